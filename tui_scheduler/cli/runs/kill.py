"""Stopping a run and everything that belongs to it."""

import time

from tui_scheduler.cli.completing.completions import open_runs
from tui_scheduler.cli.options.click_classes import argument, command, examples, json_option, option
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.printing.runs import print_run
from tui_scheduler.cli.scheduler_presence import is_scheduled
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import Refused
from tui_scheduler.lock_file import query_holder
from tui_scheduler.services.queries.references import open_run_meant
from tui_scheduler.services.views.runs import RunView

_POLL = 0.1  # seconds


@command("kill", epilog=examples("kill 17", "kill backup", "kill 17 --force"))
@argument("run", metavar="RUN", shell_complete=open_runs)
@option("--force", is_flag=True, help="KILL at once, instead of TERM and KILL after a grace.")
@json_option
@pass_session
def kill_command(session: Session, run: str, force: bool, as_json: bool) -> None:
    """Stop RUN, wait until nothing of it is left, and print it.

    RUN is a number, or the name of what runs once.

    Whoever schedules the database carries it out; if nobody does, this command does it itself. A
    run of another machine, or of a cluster that is not configured, is not stopped: with --force it
    is recorded as lost.
    """
    with session.services() as services:
        run_id = open_run_meant(run)
        _refuse_unseen(session, services.runs.get(run_id), force=force)
        services.runs.kill(run_id, force=force)
    print_run(_ended(session, run_id), session.now(), session.zone, as_json=as_json)


def _refuse_unseen(session: Session, run: RunView, *, force: bool) -> None:
    """Raise Refused for a run that whoever schedules does not see, unless it is forced.

    That is one of another machine, or of a cluster that is not known here.
    """
    holder = query_holder(*session.settings.lock_files)
    if force or (holder is not None and not run.cluster and holder.host == run.host):
        return
    is_here = run.host and not run.is_elsewhere and not run.cluster
    if is_here and holder is not None and holder.is_elsewhere:
        raise Refused(
            f"Run {run.id} runs here, and {holder.name} schedules, which cannot see it. End that"
            f" one, and stop it from here then: tui-scheduler kill {run.id}"
        )
    if not run.is_elsewhere:
        return
    unseen = f"runs on {run.host}, which cannot be seen from here: stop it there"
    if run.cluster:
        unseen = (
            f"is in the cluster {run.cluster!r}, which is not in the configuration: add"
            f" [cluster.{run.cluster}] to {session.settings.config}"
        )
    raise Refused(
        f"Run {run.id} {unseen}. If nothing of it is left, have it recorded as lost:"
        f" tui-scheduler kill {run.id} --force"
    )


def _ended(session: Session, run_id: int) -> RunView:
    """The run, once it has ended."""
    while (run := _watched(session, run_id)).is_open:
        from tui_scheduler.runtime import stop_offline

        complain("Nobody schedules this database: stopping the run from here.")
        if not stop_offline(session.settings, run_id) and not is_scheduled(session.settings):
            raise Refused(f"Run {run_id} could not be stopped from here.")
    return run


def _watched(session: Session, run_id: int) -> RunView:
    """The run, once it has ended or nobody is there to end it."""
    with session.services() as services:
        while (run := services.runs.get(run_id)).is_open and is_scheduled(session.settings):
            time.sleep(_POLL)
    return run
