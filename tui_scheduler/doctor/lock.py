"""Who schedules the database, and whether it can be only one."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.engine.lock import holders_of_removed
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.lock_file import obstacle, query_holder
from tui_scheduler.lock_holder import SIZE, Holder, parse
from tui_scheduler.models import Request, RequestStatus
from tui_scheduler.models.backend import refuse_other_names
from tui_scheduler.permissions import read_file


def check(target: Target) -> Iterator[Finding]:
    """The holder of the lock; what an ended one left behind is believed by nobody."""
    file = target.settings.lock_file
    try:
        refuse_other_names(target.settings.database)
    except DatabaseUnusable as error:
        yield problem(str(error).removesuffix("."), "")
    if outdated := holders_of_removed(file):
        yield problem(
            f"{file} was removed while process {some(outdated)} held it, so that another"
            " scheduler can begin beside it",
            "Stop that process, and never remove the file: the system frees the lock by itself",
        )
    held = list(check_holder(target))
    if not held and (trouble := obstacle(file)) is not None:
        yield problem(trouble.text, trouble.remedy)
    yield from held
    if not held and not outdated:
        yield _idle(_left_behind(file))


def check_holder(target: Target) -> Iterator[Finding]:
    """Who holds the lock, if anybody does; needs no database."""
    if (holder := query_holder(*target.settings.lock_files)) is not None:
        yield _held(holder, target)


def _held(holder: Holder, target: Target) -> Finding:
    if trouble := holder.trouble(target.settings.database):
        finding = warning if trouble.is_minor else problem
        return finding(trouble.text, trouble.remedy)
    if holder.beat is None:
        return ok(
            f"{holder.title} schedules; it gives no signs of life, so that is all that is known"
        )
    if holder.is_elsewhere:
        return ok(f"{holder.title} schedules, as it says: from here that cannot be seen")
    return ok(f"{holder.title} schedules, and gets on")


def _idle(left: Holder) -> Finding:
    waiting = Request.select().where(Request.status == RequestStatus.SCHEDULED).count()
    named = _named(left)
    if not waiting:
        return ok(f"Nobody schedules, and nothing is scheduled{named}")
    return warning(
        f"Nobody schedules, with {counted(waiting, 'request')} waiting{named}",
        "Open the screen, or: tui-scheduler serve",
    )


def _named(left: Holder) -> str:
    """What is to be said of who is named by a lock that nobody holds."""
    if left.is_elsewhere:
        return f"; the lock names {left.name}, of which nothing was heard for long"
    return "" if left.pid is None else f"; the lock names {left.pid}, who let go of it: harmless"


def _left_behind(file: Path) -> Holder:
    """Who is named by a lock that nobody holds, if anybody is."""
    with suppress(OSError):
        return parse(read_file(file, SIZE))
    return Holder(None)
