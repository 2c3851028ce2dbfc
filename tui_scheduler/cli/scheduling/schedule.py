"""Starting and stopping the plan of a request, and running it once out of turn."""

import sys

import click

from tui_scheduler.cli.completing.completions import requests
from tui_scheduler.cli.options.click_classes import argument, command, examples, json_option, option
from tui_scheduler.cli.options.param_types import only_variables
from tui_scheduler.cli.printing.output import complain, discard
from tui_scheduler.cli.printing.requests import print_request
from tui_scheduler.cli.printing.runs import print_run
from tui_scheduler.cli.runs.log import print_log
from tui_scheduler.cli.scheduler_presence import tell_if_nobody_schedules
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import ExitCode
from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.queries.references import request_meant
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.services.waiting import still_to_come
from tui_scheduler.wording import RUN_STATUSES

_request = argument("request", metavar="REQUEST", shell_complete=requests)


@command("schedule", epilog=examples("schedule 3", "schedule report"))
@_request
@json_option
@pass_session
def schedule_command(session: Session, request: str, as_json: bool) -> None:
    """Schedule a request, or reschedule one that was unscheduled or is complete.

    REQUEST is its number, or its name: of the process or group of which it is the only one, or
    its key.
    """
    with session.services() as services:
        view = services.requests.schedule(request_meant(request))
    print_request(view, session.now(), as_json=as_json)
    tell_if_nobody_schedules(session.settings)


@command("unschedule", epilog=examples("unschedule 3"))
@_request
@json_option
@pass_session
def unschedule_command(session: Session, request: str, as_json: bool) -> None:
    """Stop future runs of a request; what is running, or waits to be tried again, goes on.

    REQUEST is its number or its name.
    """
    with session.services() as services:
        request_id = request_meant(request)
        view = services.requests.unschedule(request_id)
        queued = services.runs.queued_of(request_id)
    print_request(view, session.now(), as_json=as_json)
    if queued:
        complain(still_to_come(queued, session.now()))
        complain(f"Stop it with: tui-scheduler kill {queued[0].id}")


@command(
    "trigger",
    epilog=examples(
        "trigger 3",
        "trigger report",
        "trigger 3 --json",
        "trigger 3 --follow",
        "trigger 3 --param DAY=2026-03-29",
    ),
)
@_request
@option(
    "--param",
    "params",
    multiple=True,
    metavar="K=V",
    help="What this run is given beside, or instead of, what the request gives; may be repeated.",
)
@option(
    "--follow",
    "-f",
    is_flag=True,
    help="Print its log until it has ended; exit with 0 if it was a success, else with 1.",
)
@json_option
@pass_session
def trigger_command(
    session: Session, request: str, params: tuple[str, ...], follow: bool, as_json: bool
) -> int | None:
    """Run a request now, by its number or its name, and print the run. Its plan does not move.

    With --follow its log is printed instead. ctrl+c ends only that: the run goes on.
    """
    if follow and as_json:
        raise click.UsageError("--follow prints the log: leave out --json.")
    given = only_variables("parameters", params)
    with session.services() as services:
        run = services.runs.trigger(request_meant(request), given)
        if follow:
            return _followed(session, services, run)
    print_run(run, session.now(), session.zone, as_json=as_json)
    if run.is_open:
        tell_if_nobody_schedules(session.settings)
    return None


def _followed(session: Session, services: Services, run: RunView) -> int:
    """Print the log until the run has ended; returns the exit code that says how."""
    complain(f"Run {run.id} of {run.process}.")
    if run.is_open:
        tell_if_nobody_schedules(session.settings)
    try:
        print_log(services, run, follow=True)
    except KeyboardInterrupt:
        complain(f"Run {run.id} goes on. Stop it with: tui-scheduler kill {run.id}")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        discard(sys.stdout)
        if services.runs.get(run.id).is_open:
            complain(f"Nobody reads its log any more. Run {run.id} goes on.")
            return ExitCode.FAILED
    status = services.runs.get(run.id).status
    complain(f"Run {run.id} has ended: {RUN_STATUSES[status].word}.")
    return ExitCode.DONE if status is RunStatus.SUCCESS else ExitCode.FAILED
