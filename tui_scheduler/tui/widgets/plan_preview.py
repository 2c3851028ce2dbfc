"""The panel beside the request form: the plan in words, its next fires, and warnings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_scheduler.services.queries.forecast import Forecast, left_out_lines
from tui_scheduler.tui.widgets.plain_text import Words
from tui_scheduler.wording import (
    TIMELINE_SIGNS,
    countdown,
    local,
    moments_below_each_other,
    weekdays_below_each_other,
)

_GAP = 4


@dataclass(frozen=True, slots=True)
class FireLine:
    """One fire as it is shown; ``here`` is empty where the local clock shows the same."""

    wall: str
    wait: str
    here: str = ""


class TwoColumns(Widget):
    """Entries one below the other, in two columns where two fit; the first ones if not all do."""

    def entries(self) -> list[Content]:
        """What there is to show."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as the longer column has."""
        return self._fit(self.entries(), width)[0]

    def render(self) -> Content:
        """Draw what fits."""
        entries = self.entries()
        rows, step = self._fit(entries, self.content_size.width)
        rows = min(rows, self.content_size.height)
        left, right = entries[:rows], entries[rows : 2 * rows] if step else []
        return Content("\n").join(
            entry if other is None else entry.pad_right(step - entry.cell_length) + other
            for entry, other in zip_longest(left, right)
        )

    def entry_at(self, x: int, y: int) -> int:
        """Which entry is drawn at a cell; there may be none of that number."""
        rows, step = self._fit(self.entries(), self.content_size.width)
        return y + (rows if step and x >= step else 0)

    @staticmethod
    def _fit(entries: Sequence[Content], width: int) -> tuple[int, int]:
        """How many lines all take, and where the second column begins; 0 if there is none."""
        step = max((entry.cell_length for entry in entries), default=0) + _GAP
        columns = 2 if width >= 2 * step - _GAP else 1
        return -(-len(entries) // columns), step if columns == 2 else 0


class Fires(TwoColumns):
    """The next fires."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"fires--first", "fires--wait", "fires--here"}

    lines: reactive[tuple[FireLine, ...]] = reactive((), layout=True)

    def entries(self) -> list[Content]:
        """Returns the fires, the first of them standing out."""
        return [self._entry(line, is_first=index == 0) for index, line in enumerate(self.lines)]

    def _entry(self, line: FireLine, *, is_first: bool) -> Content:
        first = self.get_visual_style("fires--first", partial=True) if is_first else ""
        parts = [
            Content.styled(line.wall, first),
            Content.styled(line.wait, self.get_visual_style("fires--wait", partial=True)),
        ]
        if line.here:
            here = self.get_visual_style("fires--here", partial=True)
            parts.append(Content.styled(line.here, here))
        return Content("  ").join(parts)


class Sayings(TwoColumns):
    """What could be said; a click takes one."""

    lines: reactive[tuple[str, ...]] = reactive((), layout=True)

    class Taken(Message):
        """One of them was clicked."""

        def __init__(self, saying: str) -> None:
            self.saying = saying
            super().__init__()

    def entries(self) -> list[Content]:
        """A line each."""
        return [Content(line) for line in self.lines]

    def on_click(self, event: Click) -> None:
        """Take the one that was clicked."""
        place = event.get_content_offset(self)
        number = len(self.lines) if place is None else self.entry_at(place.x, place.y)
        if number < len(self.lines):
            self.post_message(self.Taken(self.lines[number]))


class PlanPreview(VerticalScroll):
    """Says what will happen, or what could be said; countdowns follow ``now``."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    BORDER_TITLE = "What will happen"

    class Outdated(Message):
        """The first fire has come, so there is another next one."""

    def __init__(self, here: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._here = here
        self._now = now
        self._zone = here
        self._moments: tuple[datetime, ...] = ()
        self._sentence = Words(id="preview-sentence")
        self._notes = Words(id="preview-notes")
        self._warnings = Words(id="preview-warnings")
        self._heading = Words(id="preview-heading")
        self._fires = Fires()
        self._left_out = Words(id="preview-left-out")
        self._sayings = Sayings()
        self._plan = Vertical(
            self._sentence,
            self._heading,
            self._fires,
            self._left_out,
            self._notes,
            self._warnings,
            id="preview-plan",
        )
        self._offer = Vertical(
            Words("You can write, for example (→ takes the first)"),
            self._sayings,
            id="preview-sayings",
        )
        self._offer.display = False

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield self._plan
        yield self._offer

    def on_mount(self) -> None:
        """Keep the countdowns going."""
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """Let time pass."""
        self.count_down()
        if self._moments and self._moments[0] <= self._now():
            self.post_message(self.Outdated())

    def offer(self, sayings: Sequence[str]) -> None:
        """Show what could be said instead, as long as there is anything in ``sayings``."""
        self._sayings.lines = tuple(sayings)
        self._offer.display = bool(sayings)
        self._plan.display = not sayings

    @property
    def is_offering(self) -> bool:
        """Whether it shows what could be said."""
        return self._offer.display

    def show(self, forecast: Forecast, zone: str, notes: Sequence[str] = ()) -> None:
        """Show what a plan in ``zone`` does, and whatever else there is to say."""
        self._zone = zone
        self._moments = forecast.fires
        self._sentence.text = forecast.sentence
        self._notes.text = "\n".join(f"… {text}" for text in notes)
        self._warnings.text = "\n".join(f"▲ {text}" for text in forecast.warnings)
        self._left_out.text = "\n".join(
            f"{TIMELINE_SIGNS['left_out']} {text}" for text in left_out_lines(forecast.left_out)
        )
        self.count_down()
        self._heading.text = self._heading_of(self._fires.lines)

    def count_down(self) -> None:
        """Show how long it is until each fire."""
        self._fires.lines = fire_lines(self._moments, self._zone, self._here, self._now())

    def _heading_of(self, lines: Sequence[FireLine]) -> str:
        if not lines:
            return ""
        fires = "The only run" if len(lines) == 1 else f"The next {len(lines)} runs"
        here = f", at the right in {self._here}" if lines[0].here else ""
        return f"{fires} in {self._zone}{here}"


def fire_lines(
    moments: Sequence[datetime], zone: str, here: str, now: datetime
) -> tuple[FireLine, ...]:
    """The fires on the clocks of ``zone``, and of ``here`` if those differ at any of them."""
    differs = any(
        local(moment, zone).utcoffset() != local(moment, here).utcoffset() for moment in moments
    )
    walls = moments_below_each_other(moments, zone, now)
    ours = weekdays_below_each_other(moments, here) if differs else [""] * len(walls)
    waits = [countdown(moment, now) for moment in moments]
    longest = max(map(len, waits), default=0)
    return tuple(
        FireLine(wall, wait.ljust(longest), our)
        for wall, wait, our in zip(walls, waits, ours, strict=True)
    )
