"""The history of runs."""

from datetime import datetime

from tui_scheduler.cli.output import complain, print_json
from tui_scheduler.cli.parsing import command, examples, json_option, option
from tui_scheduler.cli.records import run_record
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.cli.show import print_runs
from tui_scheduler.cli.suggesting import process_names, request_ids
from tui_scheduler.cli.values import ID, NUMBER, choice
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.models import RunStatus
from tui_scheduler.schedules import parse_duration, parse_moment, wall_to_instant
from tui_scheduler.services import Services
from tui_scheduler.services.run_list import RunFilter

_MOST = 1_000_000


@command(
    "runs",
    epilog=examples(
        "runs --status error --status lost --since 24h",
        "runs --process backup --since 2026-03-01 --limit 500 --json",
    ),
)
@option(
    "--request",
    "request_id",
    type=ID,
    metavar="ID",
    shell_complete=request_ids,
    help="Only runs of this request.",
)
@option(
    "--process", metavar="NAME", shell_complete=process_names, help="Only runs of this process."
)
@option(
    "--status",
    "statuses",
    type=choice(RunStatus),
    multiple=True,
    metavar="S",
    help=f"Only runs with this status; may be repeated. One of: {', '.join(RunStatus)}.",
)
@option(
    "--since",
    metavar="T",
    help="Only runs planned since then: an ISO 8601 time (local without an offset) or how long"
    " ago, such as 2h.",
)
@option("--limit", type=NUMBER, default=100, metavar="N", help="At most N runs. Default: 100.")
@json_option
@pass_session
def runs_command(
    session: Session,
    request_id: int | None,
    process: str | None,
    statuses: tuple[RunStatus, ...],
    since: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List runs, newest first; times are the machine's local ones."""
    if not 1 <= limit <= _MOST:
        raise InvalidInput([Problem("limit", f"must be a whole number from 1 to {_MOST}")])
    wanted = RunFilter(
        statuses=frozenset(statuses),
        since=None if since is None else _moment(session, since),
        request_id=request_id,
        process=process,
    )
    with session.services() as services:
        _refuse_unknown(services, wanted)
        views = services.runs.latest(wanted, limit)
    now = session.now()
    if as_json:
        print_json([run_record(view, now, session.zone) for view in views])
    elif views:
        print_runs(views, now, session.zone)
    else:
        complain("There are no such runs.")


def _moment(session: Session, text: str) -> datetime:
    """A moment, or how long ago; raises InvalidInput."""
    now = session.now()
    try:
        return now - parse_duration(text)
    except OverflowError:
        pass
    except ValueError:
        try:
            return wall_to_instant(parse_moment(text, session.zone, now), session.zone)
        except ValueError as error:
            raise InvalidInput([Problem("since", f"{error}, or how long ago: 2h")]) from error
    raise InvalidInput([Problem("since", f"{text!r} is too long ago")])


def _refuse_unknown(services: Services, wanted: RunFilter) -> None:
    """Raise NotFound rather than show nothing for a process or request that does not exist."""
    if wanted.process is not None:
        services.processes.named(wanted.process)
    if wanted.request_id is not None:
        services.requests.get(wanted.request_id)
