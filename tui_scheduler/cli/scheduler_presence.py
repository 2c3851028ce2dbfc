"""Whether anybody schedules the database, as commands that wait for it must know."""

from tui_scheduler.cli.printing.output import complain
from tui_scheduler.settings import Settings


def holder(settings: Settings) -> int | None:
    """The process that schedules this database at the moment, if any."""
    from tui_scheduler.engine.lock import SchedulerLock

    return SchedulerLock(settings.lock_file).holder_pid()


def is_scheduled(settings: Settings) -> bool:
    """Whether some process schedules this database at the moment."""
    return holder(settings) is not None


def tell_if_nobody_schedules(settings: Settings) -> None:
    """Say on standard error that nothing happens until somebody schedules."""
    if not is_scheduled(settings):
        complain("Nobody schedules this database: it waits for the screen or: tui-scheduler serve")
