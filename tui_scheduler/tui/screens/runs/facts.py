"""All that is known of a run, as blocks of text."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from textual.content import Content

from tui_scheduler.runtime.live import why_unseen
from tui_scheduler.services.live_usage import LiveUsage
from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.services.views.costs import cpu_text, memory_text
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.sizes import size_text
from tui_scheduler.tui.content import heading, lines, named, toned
from tui_scheduler.tui.format import RUN_LOOKS
from tui_scheduler.tui.screens.runs.live import process_lines
from tui_scheduler.tui.screens.runs.reasons import reason
from tui_scheduler.wording import (
    CHANNELS,
    compact_duration,
    day_and_time,
    exact_duration,
    exit_word,
    plural,
    usually,
)


def run_facts(
    run: RunView,
    usage: LiveUsage | None,
    now: datetime,
    zone: str,
    kill_grace: timedelta,
    width: int,
) -> tuple[Content, ...]:
    """How it stands; its processes, as they were looked at, while it goes on; and where it is.

    A process has a line of ``width`` cells.
    """
    return (
        lines(*_course(run, now, zone, kill_grace)),
        *([lines(*_processes(run, usage, width))] if run.is_open else []),
        lines(*_origin(run)),
    )


def _course(run: RunView, now: datetime, zone: str, kill_grace: timedelta) -> Iterator[Content]:
    """Yield how it stands, since when, and what it has cost."""
    look = RUN_LOOKS[run.state]
    yield named("Status", toned(f"{look.glyph} {look.word}", look.tone))
    if special := reason(run, now, kill_grace):
        yield named("Note", toned(special, "warning"))
    yield named("Due", _moment(run.scheduled_for, zone, now))
    if run.submitted_at is not None:
        yield named("Submitted", _moment(run.submitted_at, zone, now))
    if run.start_time is not None:
        yield named("Started", _moment(run.start_time, zone, now))
        yield named("Took" if run.end_time else "Runs for", exact_duration(run.duration(now)))
    if run.norm is not None:
        yield named("Usually", usually(run.norm.usual, run.norm.most))
    if run.expected_end is not None and run.expected_end >= now:
        left = compact_duration(run.expected_end - now)
        yield named("Should end", f"{_moment(run.expected_end, zone, now)}, in {left}")
    if run.end_time is not None:
        yield named("Ended", _moment(run.end_time, zone, now))
    if ended_with := exit_word(run.exit_code, run.signal):
        yield named("Ended by" if run.signal else "Exit code", ended_with)
    if cpu_time := cpu_text(run):
        yield named("CPU time", cpu_time)
    if memory := memory_text(run):
        yield named("Memory", memory)


def _origin(run: RunView) -> Iterator[Content]:
    """Yield what it is a run of, where it is, and what it was given."""
    if run.parent_id is not None:
        yield named("Member", f"{run.number_in_group} of {run.group}, run {run.parent_id}")
    yield named("Request", f"{run.request_id} {run.request}".rstrip())
    yield named("Channel", CHANNELS[run.channel])
    if run.cause:
        yield named("After", run.cause)
    if run.effects:
        yield named("Then", run.effects)
    if run.attempt > 1:
        yield named("Try", str(run.attempt))
    if run.missed:
        yield named("Stands for", plural(run.missed, "missed run"))
    if run.locks:
        yield named("Locks", ", ".join(run.locks))
    if run.command is not None:
        yield named("Command", run.command)
    for index, (name, value) in enumerate(masked(run.parameters, run.secrets).items()):
        yield named("" if index else "Parameters", f"{name}={value}")
    yield from _place(run)


def _place(run: RunView) -> Iterator[Content]:
    """Yield where it runs, as what, and where its log lies."""
    if run.place:
        yield named("Where", run.where)
        yield named("Job", run.job or "none yet")
    if run.host:
        yield named("Host", run.host)
    if run.pid is not None:
        yield named("Process id", str(run.pid))
    if run.was_taken:
        yield named("Log", str(run.log_path))
    if run.log_bytes:
        yield named("Log size", size_text(run.log_bytes))


def _moment(moment: datetime, zone: str, now: datetime) -> str:
    return day_and_time(moment, zone, now, in_seconds=True)


def _processes(run: RunView, usage: LiveUsage | None, width: int) -> Iterator[Content]:
    """Yield what its processes use now, or why that cannot be seen."""
    if usage is not None:
        yield from process_lines(usage, width)
    else:
        yield heading("Processes now")
        yield toned(why_unseen(run) or "being looked up", "muted")
