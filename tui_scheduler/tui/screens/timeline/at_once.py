"""The lines over the lanes: dates, and how many run at once."""

from collections.abc import Iterator

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_scheduler.services.timeline.picture import levels
from tui_scheduler.services.timeline.reading import AtOnce
from tui_scheduler.tui.content import toned
from tui_scheduler.tui.screens.timeline.lanes import Layout

_COLLISION = 2
"""From how many at once on the highest are set apart."""


class AtOnceLines(Static):
    """Shows dates and numbers over the cells that they belong to; a click tells its cell."""

    DEFAULT_CSS = """
    AtOnceLines { height: 2; background: $panel; color: $foreground; }
    """
    ALLOW_SELECT = False

    class Clicked(Message):
        """Somebody clicked over a cell of the lanes."""

        def __init__(self, cell: int) -> None:
            super().__init__()
            self.cell = cell

    _begin = 0

    def show(self, layout: Layout, dates: str, at_once: AtOnce | None, now_cell: int) -> None:
        """Show them; what is not known (yet) is left empty."""
        self._begin = layout.begin
        label, numbers = _numbers(at_once, now_cell)
        self.update(
            Content("\n").join(
                [
                    Content(" " * layout.begin) + toned(dates, "strong"),
                    toned(f"{'':2}{label:<{layout.begin - 2}}"[: layout.begin], "muted") + numbers,
                ]
            )
        )

    def on_click(self, event: events.Click) -> None:
        """Tell which cell it was."""
        self.post_message(self.Clicked(event.x - self._begin))


def _numbers(at_once: AtOnce | None, now_cell: int) -> tuple[str, Content]:
    if at_once is None:
        return "", Content()
    if at_once.ran is None:
        return "too many to count", toned("press + to see how many ran at once", "muted")
    numbers = at_once.numbers
    highest = max(numbers)
    return f"up to {highest} at once", Content("").join(_pieces(numbers, highest, now_cell))


def _pieces(numbers: tuple[int, ...], highest: int, now_cell: int) -> Iterator[Content]:
    """Yield the blocks; the highest stand out, and what is expected steps back."""
    for cell, (number, block) in enumerate(zip(numbers, levels(numbers), strict=True)):
        tone = "muted" if cell > now_cell else ""
        yield toned(block, "warning" if number == highest >= _COLLISION else tone)
