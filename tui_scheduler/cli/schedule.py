"""Starting and stopping the plan of a request, and running it once out of turn."""

from tui_scheduler.cli.output import print_json
from tui_scheduler.cli.parsing import argument, command, examples, json_option
from tui_scheduler.cli.records import request_record, run_record
from tui_scheduler.cli.scheduling import tell_if_nobody_schedules
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.cli.show import print_request, print_run
from tui_scheduler.cli.suggesting import request_ids
from tui_scheduler.cli.values import ID
from tui_scheduler.services.views import RequestView

_id = argument("request_id", metavar="ID", type=ID, shell_complete=request_ids)


@command("schedule", epilog=examples("schedule 3"))
@_id
@json_option
@pass_session
def schedule_command(session: Session, request_id: int, as_json: bool) -> None:
    """Schedule a request, or reschedule one that was unscheduled or is complete."""
    with session.services() as services:
        view = services.requests.schedule(request_id)
    _print(view, as_json)
    tell_if_nobody_schedules(session.settings)


@command("unschedule", epilog=examples("unschedule 3"))
@_id
@json_option
@pass_session
def unschedule_command(session: Session, request_id: int, as_json: bool) -> None:
    """Stop future fires of a request; what is running goes on."""
    with session.services() as services:
        view = services.requests.unschedule(request_id)
    _print(view, as_json)


@command("trigger", epilog=examples("trigger 3", "trigger 3 --json"))
@_id
@json_option
@pass_session
def trigger_command(session: Session, request_id: int, as_json: bool) -> None:
    """Run a request now and print the run; its plan does not move."""
    with session.services() as services:
        run = services.runs.trigger(request_id)
    if as_json:
        print_json(run_record(run, session.now(), session.zone))
    else:
        print_run(run, session.now(), session.zone)
    if run.is_open:
        tell_if_nobody_schedules(session.settings)


def _print(view: RequestView, as_json: bool) -> None:
    if as_json:
        print_json(request_record(view))
    else:
        print_request(view)
