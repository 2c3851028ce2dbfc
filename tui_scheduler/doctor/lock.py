"""Who schedules the database, and whether it can be only one."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.engine.lock import SchedulerLock, holders_of_removed
from tui_scheduler.models import Request, RequestStatus


def check(target: Target) -> Iterator[Finding]:
    """The holder of the lock; a number that an ended one left behind is believed by nobody."""
    file = target.settings.lock_file
    if outdated := holders_of_removed(file):
        yield problem(
            f"{file} was removed while process {some(outdated)} held it, so that another"
            " scheduler can begin beside it",
            "Stop that process, and never remove the file: the system frees the lock by itself",
        )
    holder = SchedulerLock(file).holder_pid()
    if holder is not None:
        yield ok(f"Process {holder} schedules")
    elif not outdated:
        yield _idle(_left_behind(file))


def _idle(left: int | None) -> Finding:
    waiting = Request.select().where(Request.status == RequestStatus.SCHEDULED).count()
    number = "" if left is None else f"; the lock names {left}, who let go of it: harmless"
    if not waiting:
        return ok(f"Nobody schedules, and nothing is scheduled{number}")
    return warning(
        f"Nobody schedules, with {counted(waiting, 'request')} waiting{number}",
        "Open the screen, or: tui-scheduler serve",
    )


def _left_behind(file: Path) -> int | None:
    """The process whose number stands in a lock that nobody holds."""
    with suppress(OSError, ValueError):
        return int(file.read_bytes()[:32])
    return None
