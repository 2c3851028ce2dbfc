"""Whether anybody schedules the database, as commands that wait for it must know."""

from tui_scheduler.cli.printing.output import complain
from tui_scheduler.settings import Settings
from tui_scheduler.status_query import scheduler_pid


def is_scheduled(settings: Settings) -> bool:
    """Whether some process schedules this database at the moment."""
    return scheduler_pid(settings.lock_file) is not None


def tell_if_nobody_schedules(settings: Settings) -> None:
    """Say on standard error that nothing happens until somebody schedules."""
    if not is_scheduled(settings):
        complain("Nobody schedules this database: it waits for the screen or: tui-scheduler serve")
