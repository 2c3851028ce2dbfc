"""The columns of the monitor, from those that stay on a narrow terminal to those that go first."""

from collections.abc import Callable
from datetime import datetime, timedelta

from rich.text import Text

from tui_scheduler.cells import cell_width
from tui_scheduler.models import Channel
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views.costs import cpu_brief, memory_brief
from tui_scheduler.services.views.runs import Branch, Progress, RunRow
from tui_scheduler.text import plain
from tui_scheduler.tui.format import RUN_LOOKS, cell
from tui_scheduler.tui.screens.runs.reasons import reason
from tui_scheduler.tui.widgets.table.table import Column
from tui_scheduler.wording import CHANNELS, exit_word, factor, past_moment, run_duration

_BAR = 10  # cells
_NEARLY_DONE = 0.99  # of what takes longer than usual, and has not ended
_MOST_COUNTED = 7
_LEADS: dict[Branch | None, str] = {Branch.CLOSED: "▸ ", Branch.OPENED: "▾ ", Branch.BENEATH: "  "}
_FOLLOWS = "↳ "
_SHORTEST_NOTE = 10  # cells in which it still says something
_WAITING = len("hpc: waiting (Resources)")


class RunColumns:
    """Renders runs with times on the clocks of ``zone``; durations grow with ``clock``."""

    def __init__(self, clock: Clock, zone: str, kill_grace: timedelta) -> None:
        self._clock = clock
        self._zone = zone
        self._kill_grace = kill_grace

    def all(self) -> tuple[Column[RunRow], ...]:
        """Return every column in its order; those with a high priority number go first."""
        return (
            Column("id", "Run", _number, min_width=9, align="right", ticks=False),
            Column("status", "Status", status_text, width=11, ticks=False),
            Column("process", "Process", process_text, min_width=24, ticks=False, is_searched=True),
            self._words("group", "Group", _group, least=24, priority=10),
            Column(
                "place",
                "Where",
                _where,
                min_width=_WAITING,
                priority=2,
                ticks=False,
                is_searched=True,
                vital=_least_where,
                is_rare=True,
            ),
            self._words("progress", "Progress", self._progress, width=16, priority=4, ticks=True),
            Column(
                "request",
                "Request",
                _request,
                min_width=14,
                sortable=False,
                priority=5,
                ticks=False,
                is_searched=True,
            ),
            self._words("channel", "Channel", _channel, width=9, priority=8),
            self._moments("scheduled_for", "Scheduled for", lambda run: run.scheduled_for, 7),
            Column("start", "Start", self._start, min_width=16, align="right", priority=2),
            self._moments("end", "End", lambda run: run.start_time and run.end_time, 9),
            Column("duration", "Duration", self._duration, width=8, align="right"),
            self._figures("exit", "Exit", _exit, width=7, priority=1),
            self._costs("cpu", "CPU", _cpu, 7, priority=6),
            self._costs("memory", "Memory", _memory, 8, priority=6),
            self._figures("attempt", "Try", _attempt, width=3, priority=4),
            Column(
                "note",
                "Note",
                self._note,
                min_width=18,
                sortable=False,
                priority=3,
                vital=lambda _run: _SHORTEST_NOTE,
            ),
        )

    def _words(
        self,
        key: str,
        title: str,
        render: Callable[[RunRow], Text],
        *,
        width: int | None = None,
        least: int = 6,
        priority: int = 0,
        ticks: bool = False,
    ) -> Column[RunRow]:
        return Column(key, title, render, width, least, "left", False, priority, ticks)

    def _figures(
        self, key: str, title: str, render: Callable[[RunRow], Text], width: int, priority: int
    ) -> Column[RunRow]:
        return Column(
            key,
            title,
            render,
            min_width=width,
            align="right",
            sortable=False,
            priority=priority,
            ticks=False,
        )

    def _costs(
        self, key: str, title: str, render: Callable[[RunRow], Text], width: int, priority: int
    ) -> Column[RunRow]:
        return Column(
            key, title, render, min_width=width, align="right", priority=priority, ticks=False
        )

    def _moments(
        self, key: str, title: str, field: Callable[[RunRow], datetime | None], priority: int
    ) -> Column[RunRow]:
        return Column(
            key,
            title,
            lambda run: self._moment(field(run)),
            min_width=16,
            align="right",
            priority=priority,
        )

    def _moment(self, moment: datetime | None, tone: str = "") -> Text:
        if moment is None:
            return Text()
        return cell(past_moment(moment, self._zone, self._clock.now()), tone)

    def _start(self, run: RunRow) -> Text:
        """Return when it began; of what never did, when it should have."""
        if run.start_time is None:
            return self._moment(run.scheduled_for, "muted")
        return self._moment(run.start_time)

    def _duration(self, run: RunRow) -> Text:
        return cell(run_duration(run.duration(self._clock.now())))

    def _progress(self, run: RunRow) -> Text:
        """Return a bar for what is under way, and the per cent that it stands for.

        What does not say itself how far it has come is measured by what is usual; of what is late
        it can only be said how late it is.
        """
        if run.progress is not None and run.is_open:
            share = run.progress.done / run.progress.total
            return _bar(share, "accent", f"{share:.0%}")
        took = run.duration(self._clock.now())
        if run.norm is None or took is None:
            return Text()
        times = run.times_usual(self._clock.now())
        if times is not None:
            return _bar(1.0, "warning", factor(times))
        share = min(run.norm.times(took), _NEARLY_DONE)
        return _bar(share, "primary", f"~{share:.0%}")

    def _note(self, run: RunRow) -> Text:
        """Return what it wrote of it if it failed, and what is special about it."""
        special = reason(run, self._clock.now(), self._kill_grace)
        return cell(" · ".join(filter(None, (run.telling_line, special))), "muted")


def _number(run: RunRow) -> Text:
    return cell(str(run.id), "muted")


def status_text(run: RunRow) -> Text:
    """Return glyph and word; a run that was asked to stop says so until it has."""
    if run.is_open and run.kill_request is not None:
        return Text("■ stopping…", style="warning", no_wrap=True)
    return RUN_LOOKS[run.state].text


def process_text(run: RunRow) -> Text:
    """Return the name, in its place in the tree, and how far a running one has come."""
    text = Text(no_wrap=True)
    text.append(_LEADS.get(run.branch, ""), "muted")
    if run.branch is Branch.BENEATH:
        text.append(f"{run.number_in_group} ")
    if run.after_run is not None:
        text.append(_FOLLOWS, "muted")
    text.append_text(cell(run.process, "strong"))
    if run.progress is not None and run.is_open:
        text.append(f" {progress_words(run.progress)}", "accent")
    return text


def progress_words(progress: Progress) -> str:
    """Return how far something has come: counted, or if that would be long in per cent."""
    counted = f"{progress.done:g}/{progress.total:g}"
    return counted if len(counted) <= _MOST_COUNTED else f"{progress.done / progress.total:.0%}"


def progress_bar(share: float) -> tuple[str, str]:
    """Return the part of a bar that is done, and the rest of it."""
    full = int(share * _BAR)
    return "━" * full, "─" * (_BAR - full)


def _bar(share: float, tone: str, words: str) -> Text:
    done, left = progress_bar(share)
    bar = Text(done, style=tone, no_wrap=True)
    bar.append(left, "muted")
    return bar.append(f" {words:>4}", "")


def _group(run: RunRow) -> Text:
    return cell(run.group or "", "muted") if run.parent_id is not None else Text()


def _where(run: RunRow) -> Text:
    return cell(run.where, "muted")


def _least_where(run: RunRow) -> int:
    """Return the cells of its place; what it waits for there is told below the list as well."""
    return min(cell_width(plain(run.place)), _WAITING)


def _request(run: RunRow) -> Text:
    return cell(run.request, "muted")


def _channel(run: RunRow) -> Text:
    return cell(CHANNELS[run.channel], "muted" if run.channel is Channel.SCHEDULER else "")


def _cpu(run: RunRow) -> Text:
    return cell(cpu_brief(run), "muted")


def _memory(run: RunRow) -> Text:
    return cell(memory_brief(run), "muted")


def _exit(run: RunRow) -> Text:
    is_failure = run.signal is not None or run.exit_code not in (None, 0)
    return cell(exit_word(run.exit_code, run.signal), "error" if is_failure else "muted")


def _attempt(run: RunRow) -> Text:
    """Return which try it was; nothing for what was never tried."""
    if run.start_time is None and not run.is_open:
        return Text()
    return cell(str(run.attempt), "warning" if run.attempt > 1 else "muted")
