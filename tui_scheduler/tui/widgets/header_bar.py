"""The line at the top of every main screen: tabs, counts, who schedules, the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_scheduler.runtime import SchedulerState
from tui_scheduler.services.views import Counts, Hold
from tui_scheduler.tui.format import local


@dataclass(frozen=True, slots=True)
class Tab:
    """A main screen: the key that leads to it, its title and the name of its mode."""

    key: str
    title: str
    mode: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What the header tells."""

    counts: Counts
    hold: Hold
    scheduler: SchedulerState


class TabLabel(Static):
    """One clickable tab."""

    ALLOW_SELECT = False

    def __init__(self, tab: Tab, *, is_current: bool) -> None:
        super().__init__(Content.assemble((tab.key, "bold"), " ", tab.title))
        self.tab = tab
        self.set_class(is_current, "-current")

    def on_click(self) -> None:
        """Ask for the screen."""
        self.post_message(HeaderBar.TabSelected(self.tab))


class HeaderBar(Horizontal):
    """Shows the situation it is given; posts TabSelected when a tab is clicked."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    ALLOW_SELECT: ClassVar[bool] = False

    class TabSelected(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, tabs: Sequence[Tab], current: str) -> None:
        super().__init__()
        self._tabs = tuple(tabs)
        self._current = current

    def compose(self) -> ComposeResult:
        """Lay out the parts from left to right."""
        yield Static("◷ tui-scheduler", id="header-name")
        for tab in self._tabs:
            yield TabLabel(tab, is_current=tab.mode == self._current)
        yield Static(id="header-space")
        yield Static(id="header-counts")
        yield Static(id="header-scheduler")
        yield Static(id="header-clock")

    def show(self, situation: Situation) -> None:
        """Tell the counts and who schedules."""
        self.query_one("#header-counts", Static).update(counts_text(situation.counts))
        part = self.query_one("#header-scheduler", Static)
        part.update(scheduler_text(situation))
        part.set_class(situation.scheduler.is_scheduling, "-scheduling")
        part.set_class(situation.hold.is_held, "-held")

    def tick(self, now: datetime, zone: str) -> None:
        """Set the clock."""
        self.query_one("#header-clock", Static).update(
            Content(f"{local(now, zone):%a %H:%M:%S %Z}")
        )


def counts_text(counts: Counts) -> Content:
    """How many run, wait and failed today; what is nought is left out, but for the first."""
    parts: list[str | tuple[str, str]] = [("► ", "$text-accent"), f"{counts.running:,} running"]
    if counts.queued:
        parts += ["  ", ("◌ ", "$text-primary"), f"{counts.queued:,} queued"]
    if counts.failed_today:
        parts += ["  ", (f"✗ {counts.failed_today:,} failed today", "$text-error")]
    return Content.assemble(*parts)


def scheduler_text(situation: Situation) -> Content:
    """Who schedules, or that nobody may."""
    if situation.hold.is_held:
        return Content("■ on hold")
    if situation.scheduler.is_scheduling:
        return Content("● scheduling")
    if situation.scheduler.pid is None:
        return Content("○ nobody schedules")
    return Content(f"○ viewer, pid {situation.scheduler.pid} schedules")
