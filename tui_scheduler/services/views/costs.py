"""What a run used, in the words of both front ends; nothing where that is not known.

The kernel counts what a process used when somebody waits for its end. Of a run that was ended with
all its processes at once that is the first one, and those for which it had waited.
"""

from tui_scheduler.models import RunStatus
from tui_scheduler.services.views.runs import RunRow
from tui_scheduler.sizes import peak_text, size_text
from tui_scheduler.wording import exact_duration, run_duration


def is_counted_in_part(run: RunRow) -> bool:
    """Whether processes of the run may have ended for which nobody had waited."""
    return run.signal is not None or run.status in (RunStatus.KILLED, RunStatus.TIMED_OUT)


def cpu_text(run: RunRow) -> str:
    """Returns its CPU time: ``00:00:01.250``, of some ``at least 00:00:01.250``."""
    if run.cpu_time is None:
        return ""
    return f"{'at least ' if is_counted_in_part(run) else ''}{exact_duration(run.cpu_time)}"


def cpu_brief(run: RunRow) -> str:
    """Returns its CPU time in few cells: ``1.2s``, of some ``≥1.2s``."""
    if run.cpu_time is None:
        return ""
    return f"{'≥' if is_counted_in_part(run) else ''}{run_duration(run.cpu_time)}"


def memory_text(run: RunRow) -> str:
    """Returns its peak memory: ``at most 12.3 MB``, of some ``... of its first process``."""
    if run.peak_memory is None:
        return ""
    part = " of its first process" if is_counted_in_part(run) else ""
    return f"{peak_text(run.peak_memory)}{part}"


def memory_brief(run: RunRow) -> str:
    """Returns its peak memory in few cells: ``≤12.3 MB``; of some nobody knows: ``~12.3 MB``."""
    if run.peak_memory is None:
        return ""
    return f"{'~' if is_counted_in_part(run) else '≤'}{size_text(run.peak_memory)}"
