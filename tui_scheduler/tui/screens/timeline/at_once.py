"""The lines over the lanes: dates, and how many run at once."""

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_scheduler.services.timeline.picture import heights
from tui_scheduler.services.timeline.reading import AtOnce
from tui_scheduler.tui.content import toned
from tui_scheduler.tui.format import timeline_tone
from tui_scheduler.tui.screens.timeline.lanes import LaneTable, Layout


class AtOnceLines(Static):
    """Shows dates and numbers over the cells that they belong to; clicks and wheel tell theirs."""

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
    _picture: tuple[Layout, str, AtOnce | None, int] | None = None

    def show(self, layout: Layout, dates: str, at_once: AtOnce | None, now_cell: int) -> None:
        """Draw dates and numbers, unless they are as before; what is not known yet stays empty."""
        picture = (layout, dates, at_once, now_cell)
        if picture == self._picture:
            return
        self._picture, self._begin = picture, layout.begin
        label, numbers = _numbers(at_once, now_cell, layout)
        self.update(
            Content("\n").join(
                [
                    Content(" " * layout.begin) + toned(dates, "strong"),
                    toned(f"{'':2}{label:<{layout.begin - 2}}"[: layout.begin], "muted") + numbers,
                ]
            ),
            layout=False,  # it would lay out the screen anew, and has two lines for ever
        )

    def on_click(self, event: events.Click) -> None:
        """Tell which cell it was."""
        self.post_message(self.Clicked(event.x - self._begin))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in, or move with shift: there is nothing to scroll here."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out, or move with shift."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        event.prevent_default()
        is_zoom, cell = not event.shift, int(event.x) - self._begin
        self.post_message(LaneTable.Wheeled(steps if is_zoom else -steps, cell, is_zoom=is_zoom))


def _numbers(at_once: AtOnce | None, now_cell: int, layout: Layout) -> tuple[str, Content]:
    if at_once is None:
        return "", Content()
    if at_once.ran is None:
        return "too many", toned("press + to see how many ran at once", "muted")
    numbers = at_once.numbers
    pieces = [
        toned(blocks, timeline_tone(state))
        for blocks, state in heights(numbers, now_cell, layout.cells)
    ]
    label = f"{max(numbers, default=0)} at once"
    long_label = f"up to {label}"
    fits = len(long_label) <= layout.begin - 3
    return long_label if fits else label, Content("").join(pieces)
