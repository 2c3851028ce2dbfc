"""The line at the top of every main screen: tabs, counts, who schedules, the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_scheduler.cells import fitting
from tui_scheduler.text import plain
from tui_scheduler.tui.saying import say
from tui_scheduler.wording import NOBODY_SCHEDULES, ON_HOLD, SCHEDULING

if TYPE_CHECKING:  # the first paint does not wait for what is beneath
    from tui_scheduler.runtime import SchedulerState
    from tui_scheduler.services.views.overview import Counts, Hold


_NAME = "tui-scheduler"


@dataclass(frozen=True, slots=True)
class HeaderStatus:
    """What runs and what failed, whether scheduling is held, and who schedules."""

    counts: "Counts"
    hold: "Hold"
    scheduler: "SchedulerState"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the header; ``name`` may be empty."""

    name: str
    counts: Content
    scheduler: str
    clock: str

    @property
    def parts(self) -> dict[str, Content]:
        """Each part by its name."""
        return {
            "name": Content(self.name),
            "counts": self.counts,
            "scheduler": Content(self.scheduler),
            "clock": Content(self.clock),
        }


def wordings(header_status: HeaderStatus | None, wall: datetime) -> Iterator[Wording]:
    """All ways to say it, from the longest to the shortest; ``wall`` is the clock's time.

    Until it is known only name and clock are told.
    """
    if header_status is None:
        yield Wording(_NAME, Content(), "", f"{wall:%a %H:%M:%S %Z}")
        yield Wording("", Content(), "", f"{wall:%H:%M:%S %Z}")
        return
    counts = _counts(header_status.counts, in_words=True)
    who = _who_schedules(header_status)
    clock = f"{wall:%a %H:%M:%S %Z}"
    yield Wording(_NAME, counts, who, clock)
    yield Wording("", counts, who, clock)
    clock = f"{wall:%H:%M:%S %Z}"
    yield Wording("", counts, who, clock)
    counts = _counts(header_status.counts, in_words=False)
    yield Wording("", counts, who, clock)
    who = _where(header_status) or who.split(",")[0].removesuffix(" schedules")
    yield Wording("", counts, who, clock)
    if ":" in who:  # what is waited for stands in the banner, too
        who = who.split(":")[0]
        yield Wording("", counts, who, clock)
    yield Wording("", counts, who, f"{wall:%H:%M:%S}")
    yield Wording("", counts, who, f"{wall:%H:%M}")
    counts = _counts(header_status.counts, in_words=False, gap=" ")
    yield Wording("", counts, who, f"{wall:%H:%M}")
    yield Wording("", counts, who, "")


@lru_cache(maxsize=8)
def _counts(counts: "Counts", *, in_words: bool, gap: str = "  ") -> Content:
    running = f"{counts.running:,} running" if in_words else f"{counts.running:,}"
    failed = f"{counts.failed_today:,} failed today" if in_words else f"{counts.failed_today:,}"
    parts: list[str | tuple[str, str]] = [("► ", "$text-accent"), running, gap]
    parts.append((f"✗ {failed}", "$text-error" if counts.failed_today else "$text-muted"))
    return Content.assemble(*parts)


def _who_schedules(header_status: HeaderStatus) -> str:
    if header_status.hold.is_held:
        return ON_HOLD
    scheduler = header_status.scheduler
    if scheduler.is_scheduling:
        return scheduler.headline or SCHEDULING
    if scheduler.pid is None:
        return scheduler.headline or NOBODY_SCHEDULES
    where = f" on {plain(scheduler.host)}" if scheduler.host else ""
    if scheduler.headline:
        return f"{scheduler.headline}, pid {scheduler.pid}{where} has the lock"
    who = "viewer" if scheduler.background is None else "in the background"
    return f"○ {who}, pid {scheduler.pid}{where} schedules"


def _where(header_status: HeaderStatus) -> str:
    """In few words that another machine schedules; empty if none does, or does not get on."""
    scheduler = header_status.scheduler
    if not scheduler.host or scheduler.headline or header_status.hold.is_held:
        return ""
    return f"○ on {fitting(plain(scheduler.host).partition('.')[0], _LONGEST_HOST)}"


_LONGEST_HOST = 12  # cells, where there is little room
_ROOMY, _TIGHT = (1, 1), (0, 1)  # cells before and behind each part


@dataclass(frozen=True, slots=True)
class Tab:
    """A main screen: the key that leads to it, its title and the name of its mode."""

    key: str
    title: str
    mode: str


class TabLabel(Static):
    """One clickable tab."""

    ALLOW_SELECT = False

    def __init__(self, tab: Tab, *, is_current: bool) -> None:
        key = Content.styled(tab.key, "bold")
        self.whole = Content.assemble(key, " ", tab.title)
        self.shortest = self.whole if is_current else key
        super().__init__(self.whole.pad(*_ROOMY))
        self.tab = tab
        self.set_class(is_current, "-current")
        self.tooltip = f"Go to {tab.title} ({tab.key})"

    def on_click(self) -> None:
        """Ask for the screen."""
        self.post_message(HeaderBar.TabSelected(self.tab))


def _minute(wall: datetime) -> datetime:
    return wall.replace(second=0, microsecond=0)


class HeaderBar(Horizontal):
    """Shows the status it is given, in words as long as fit; tabs post TabSelected.

    Where the shortest do not, the tabs that are not the current one are their keys alone.
    """

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    ALLOW_SELECT = False

    class TabSelected(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, tabs: Sequence[Tab], current: str) -> None:
        super().__init__()
        self._tabs = tuple(tabs)
        self._current = current
        self._header_status: HeaderStatus | None = None
        self._wall: datetime | None = None

    def compose(self) -> ComposeResult:
        """Lay out the parts from left to right."""
        yield Static(id="header-name")
        for tab in self._tabs:
            yield TabLabel(tab, is_current=tab.mode == self._current)
        yield Static(id="header-space")
        yield Static(id="header-counts")
        yield Static(id="header-scheduler")
        yield Static(id="header-clock")

    def show(self, header_status: HeaderStatus) -> None:
        """Tell the counts and who schedules."""
        self._header_status = header_status
        part = self.query_one("#header-scheduler")
        scheduler = header_status.scheduler
        part.set_class(scheduler.is_scheduling and not scheduler.headline, "-scheduling")
        part.set_class(header_status.hold.is_held, "-held")
        self._fit()

    def tick(self, wall: datetime) -> None:
        """Set the clock; which words fit is asked when another minute begins."""
        before, self._wall = self._wall, wall
        if before is None or _minute(before) != _minute(wall):
            self._fit()
        else:
            clock = self.query_one("#header-clock", Static)
            seconds = f"{before:%H:%M:%S}", f"{wall:%H:%M:%S}"
            say(clock, Content(str(clock.content).replace(*seconds)))

    def on_resize(self) -> None:
        """Choose words that fit."""
        self._fit()

    def _fit(self) -> None:
        """Say it in the longest words there is room for."""
        if self._wall is None:
            return
        tabs = list(self.query(TabLabel))
        labels, wording, padding = self._fitting(tabs, self._wall)
        parts = {
            self.query_one(f"#header-{name}", Static): text for name, text in wording.parts.items()
        }
        for part, text in parts.items():
            part.display = bool(text)
        # no padding of the style sheet: it would be drawn also where a part has no room for it yet
        tight_ends = [] if padding == _ROOMY else [tabs[-1], *list(parts)[-1:]]
        for part, text in [*zip(tabs, labels, strict=True), *parts.items()]:
            before, behind = padding
            say(part, text.pad(before, 0 if part in tight_ends else behind))

    def _fitting(
        self, tabs: Sequence[TabLabel], wall: datetime
    ) -> tuple[Sequence[Content], Wording, tuple[int, int]]:
        """Returns what the tabs are called, the words there is room for, the cells around each.

        They are the shortest, and cut, where there is none even for these.
        """
        names = [tab.whole for tab in tabs], [tab.shortest for tab in tabs]
        for labels, wording, padding in product(
            names, wordings(self._header_status, wall), (_ROOMY, _TIGHT)
        ):
            texts = [*labels, *filter(None, wording.parts.values())]
            gaps = sum(padding) * len(texts) - (padding == _TIGHT)
            if sum(text.cell_length for text in texts) + gaps <= self.size.width:
                return labels, wording, padding
        return labels, wording, padding
