"""The panel beside the request form: the plan in words, its next fires, and warnings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_scheduler.services.queries.forecast import Forecast
from tui_scheduler.tui.widgets.plain_text import Words
from tui_scheduler.wording import (
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

    @property
    def width(self) -> int:
        """Cells with two between the parts."""
        return sum(len(part) + 2 for part in (self.wall, self.wait, self.here) if part) - 2


class Fires(Widget):
    """Fires one below the other, in two columns where two fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"fires--first", "fires--wait", "fires--here"}

    lines: reactive[tuple[FireLine, ...]] = reactive((), layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as the longer column has."""
        return self._rows(width)

    def render(self) -> Content:
        """The fires, the first of them standing out."""
        rows = self._rows(self.content_size.width)
        fires = [self._shown(line, is_first=index == 0) for index, line in enumerate(self.lines)]
        columns = zip(fires[:rows], [*fires[rows:], *[None] * rows], strict=False)
        widest = max((line.width for line in self.lines), default=0)
        return Content("\n").join(
            left if right is None else left.pad_right(widest + _GAP - len(left)) + right
            for left, right in columns
        )

    def _rows(self, width: int) -> int:
        widest = max((line.width for line in self.lines), default=0)
        columns = 2 if width >= 2 * widest + _GAP else 1
        return -(-len(self.lines) // columns)

    def _shown(self, line: FireLine, *, is_first: bool) -> Content:
        first = self.get_visual_style("fires--first", partial=True) if is_first else ""
        parts = [
            Content.styled(line.wall, first),
            Content.styled(line.wait, self.get_visual_style("fires--wait", partial=True)),
        ]
        if line.here:
            here = self.get_visual_style("fires--here", partial=True)
            parts.append(Content.styled(line.here, here))
        return Content("  ").join(parts)


class PlanPreview(VerticalScroll):
    """Says what will happen; countdowns follow ``now``."""

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

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield self._sentence
        yield self._notes
        yield self._warnings
        yield self._heading
        yield self._fires

    def on_mount(self) -> None:
        """Keep the countdowns going."""
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """Let time pass."""
        self.count_down()
        if self._moments and self._moments[0] <= self._now():
            self.post_message(self.Outdated())

    def show(self, forecast: Forecast, zone: str, notes: Sequence[str] = ()) -> None:
        """Show what a plan in ``zone`` does, and whatever else there is to say."""
        self._zone = zone
        self._moments = forecast.fires
        self._sentence.text = forecast.sentence
        self._notes.text = "\n".join(f"… {text}" for text in notes)
        self._warnings.text = "\n".join(f"▲ {text}" for text in forecast.warnings)
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
