"""The lines over a log: which run it is of, how that stands, and what is special about it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from textual.content import Content

from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.services.views.costs import cpu_text, memory_text
from tui_scheduler.services.views.runs import Progress, RunRow, RunView
from tui_scheduler.sizes import size_text
from tui_scheduler.tui.content import toned
from tui_scheduler.tui.screens.runs.columns import progress_bar, progress_words, status_text
from tui_scheduler.tui.screens.runs.reasons import reason
from tui_scheduler.tui.widgets.log.pane import LogStatus
from tui_scheduler.wording import (
    CHANNELS,
    SUBMITTED,
    compact_duration,
    cut,
    day_and_time,
    exact_duration,
    planned_moment,
    plural,
    signal_name,
    usually,
)

_GAP = Content("  ")
_ON_TIME = timedelta(seconds=1)
_LONGEST_COMMAND = 500


def title(run: RunRow, now: datetime, usage: str = "") -> Content:
    """Return status, process, number, duration, usage and exit of ``run`` as it is at ``now``."""
    status = status_text(run)
    parts = [
        toned(status.plain, str(status.style)),
        toned(run.process, "strong"),
        *([_progress(run.progress)] if run.progress and run.is_open else []),
        toned(f"run {run.id}", "muted"),
    ]
    if run.start_time is not None:
        parts.append(toned(exact_duration(run.duration(now))))
    if usage:
        parts.append(toned(usage, "muted"))
    if run.signal is not None:
        parts.append(toned(signal_name(run.signal), "error"))
    elif run.exit_code is not None:
        parts.append(toned(f"exit {run.exit_code}", "error" if run.exit_code else "muted"))
    return _GAP.join(parts)


def _progress(progress: Progress) -> Content:
    done, left = progress_bar(progress.done / progress.total)
    figures = toned(f" {progress_words(progress)}", "accent")
    return toned(done, "accent") + toned(left, "muted") + figures


def details(
    run: RunRow,
    now: datetime,
    zone: str,
    kill_grace: timedelta,
    more: Iterable[str] = (),
) -> Content:
    """Return what is special about ``run`` first, then where it comes from and when it was.

    ``more`` is what else is known of it.
    """
    special = reason(run, now, kill_grace)
    facts = toned(" · ".join((*_facts(run, now, zone), *more)), "muted")
    return toned(special, "warning") + toned(" · ", "muted") + facts if special else facts


def further_facts(run: RunView) -> Iterable[str]:
    """Yield what only a view knows: what it was given, secrets masked, its pid, and its command."""
    for name, value in masked(run.parameters, run.secrets).items():
        yield f"{name}={value}"
    if run.pid is not None and run.is_open:
        yield f"pid {run.pid}"
    if run.command is not None:
        yield cut(" ⏎ ".join(run.command.split("\n")), _LONGEST_COMMAND)


def log_state(status: LogStatus) -> Content:
    """Return how the log is shown: the search, whether it is followed, how long it is."""
    return toned(" · ").join(_log_parts(status))


def _log_parts(status: LogStatus) -> Iterable[Content]:
    if status.search or status.errors:
        yield toned(_search_part(status), "accent")
    if status.live:
        yield toned("following", "success") if status.following else toned("paused", "warning")
    if status.wrap:
        yield toned("wrapped", "muted")
    if status.lines is not None and status.size:
        yield toned(plural(status.lines, "line"), "muted")
    if status.size:
        yield toned(size_text(status.size), "muted")


def _search_part(status: LogStatus) -> str:
    what, none = ("error line", "no error line") if status.errors else (f"“{status.search}”", "")
    more = "…" if status.is_searching else ""
    current = "" if status.match is None else f"{status.match:,}/"
    if not status.matches and not more:
        return none or f"{what} no match"
    return f"{what} {current}{status.matches:,}{more}"


def _facts(run: RunRow, now: datetime, zone: str) -> Iterable[str]:
    yield from _expectation(run, zone, now)
    if run.parent_id is not None:
        yield f"member {run.number_in_group} of {run.group}, run {run.parent_id}"
    if run.request:
        yield run.request
    yield CHANNELS[run.channel]
    if run.cause:
        yield f"after {run.cause}"
    yield f"due {planned_moment(run.scheduled_for, zone, now)}"
    if run.place:
        yield from _elsewhere(run, now, zone)
    if run.start_time is not None:
        yield from _times(run, run.start_time, zone, now)
    if cpu_time := cpu_text(run):
        yield f"CPU {cpu_time}"
    if memory := memory_text(run):
        yield f"memory {memory}"
    if run.missed:
        yield f"stands for {plural(run.missed, 'missed run')}"
    if run.attempt > 1:
        yield f"try {run.attempt}"


def _expectation(run: RunRow, zone: str, now: datetime) -> Iterable[str]:
    """Yield when it should end, unless that is over, and what is usual, unless it is late."""
    if run.norm is None or run.times_usual(now) is not None:
        return
    if run.expected_end is not None and run.expected_end >= now:
        yield f"should end {_second(run.expected_end, zone, now)}"
    yield f"usually {usually(run.norm.usual, run.norm.most)}"


def _elsewhere(run: RunRow, now: datetime, zone: str) -> Iterable[str]:
    """Yield where it was handed to, as what, and how long it waited there until it began."""
    if run.submitted_at is None:
        yield f"to run on {run.place}"
        return
    yield f"on {run.place}"
    if run.job:
        yield f"job {run.job}"
    yield f"submitted {_second(run.submitted_at, zone, now)}"
    wait = run.wait(now)
    if run.state != SUBMITTED and wait is not None:
        yield f"waited {compact_duration(wait)} in the queue of {run.cluster}"


def _times(run: RunRow, start: datetime, zone: str, now: datetime) -> Iterable[str]:
    """Yield when it began, and when it ended."""
    is_late = start - run.scheduled_for >= _ON_TIME
    yield f"started {_second(start, zone, now)}" if is_late else "started on time"
    if run.end_time is not None:
        yield f"ended {_second(run.end_time, zone, now)}"


def _second(moment: datetime, zone: str, now: datetime) -> str:
    return day_and_time(moment, zone, now, in_seconds=True)
