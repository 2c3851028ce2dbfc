"""How far a run says it has come: a small file beside its log, overwritten as it goes on."""

from pathlib import Path

from tui_scheduler.permissions import read_file
from tui_scheduler.services.views.runs import Progress

_LONGEST = 100  # bytes


def progress_file(log_path: Path) -> Path:
    """Where a run says how far it has come."""
    return log_path.with_suffix(".progress")


def read_progress(log_path: Path) -> Progress | None:
    """Returns the progress that a run wrote last, such as ``3 10``; None if none can be read."""
    try:
        data = read_file(progress_file(log_path), _LONGEST)
        done, total = map(float, data.split(b"\n")[0].split())
    except (OSError, ValueError):
        return None
    is_sensible = 0 <= done <= total < float("inf") and total > 0
    return Progress(done, total) if is_sensible else None
