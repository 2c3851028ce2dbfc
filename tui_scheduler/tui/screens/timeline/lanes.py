"""The lanes as rows of a table: the name of a request, and its picture beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.message import Message

from tui_scheduler.services import Services
from tui_scheduler.services.timeline.picture import draw
from tui_scheduler.services.timeline.span import Span, axis
from tui_scheduler.services.views.requests import RequestRow
from tui_scheduler.tui.format import GROUP, REQUEST_LOOKS, cell, timeline_tone
from tui_scheduler.tui.screens.timeline.view import LaneRow, View
from tui_scheduler.tui.widgets.table.painter import GUTTER, WIDE
from tui_scheduler.tui.widgets.table.table import Column, Order, RowTable
from tui_scheduler.tui.widgets.table.view import HEADER

_NAME_WIDTHS = ((150, 32), (110, 26), (70, 20), (0, 12))
"""From which width of the table on names take how many cells."""
ORDERS: Mapping[str, str] = {
    "next": "next run",
    "last": "last run",
    "schedule": "schedule",
    "status": "state",
}
"""How the list of requests can be sorted beside its own order, and what that is called."""

_EDGE = 1  # cell at the right of the table


def lane_rows(
    services: Services, requests: Sequence[RequestRow], span: Span, zone: str
) -> list[LaneRow]:
    """Returns the lanes of some requests; called on the reading thread."""
    now = services.context.clock.now()
    drawn = axis(span, zone, now)
    lanes = services.timelines.lanes([request.id for request in requests], span)
    return [
        LaneRow(
            request.id,
            request,
            request.state(now),
            draw(lane.bars, lane.fires, span, drawn, now, lane.usual, lane.left_out),
            lane,
            span,
        )
        for request, lane in zip(requests, lanes, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a width is shared: where the lanes begin, and the cells that they have."""

    name: int
    begin: int
    cells: int

    @classmethod
    def of(cls, width: int, beside: int) -> "Layout":
        """Returns that of a table so wide, of which ``beside`` cells belong to a scroll bar."""
        name = next(cells for least, cells in _NAME_WIDTHS if width >= least)
        begin = GUTTER + name + (2 if width >= WIDE else 1)
        return cls(name, begin, max(1, width - beside - _EDGE - begin))


class LaneTable(RowTable[LaneRow]):
    """The table of lanes; it tells how many cells these have, and of the wheel beside its keys."""

    margin = 10  # a lane costs far more than the row of another list
    layout_of_lanes = Layout(12, 15, 1)

    class Fitted(Message):
        """The lanes have another width."""

        def __init__(self, layout: Layout) -> None:
            super().__init__()
            self.layout = layout

    class Wheeled(Message):
        """The wheel was turned to zoom (``is_zoom``) or to move, by ``steps``, at a cell."""

        def __init__(self, steps: int, cell: int, *, is_zoom: bool) -> None:
            super().__init__()
            self.steps = steps
            self.cell = cell
            self.is_zoom = is_zoom

    def __init__(self, view: View, own_order: Order, empty_text: str) -> None:
        super().__init__((), own_order=own_order, empty_text=empty_text)
        self._view = view
        self._drawn_cursor: int | None = None
        self.fit_lanes("")

    def action_sort_next(self) -> None:
        """Sort by the next of the orders that the list of requests has; most have no column."""
        orders = [None, *ORDERS]
        current = orders.index(self.wanted.sort) if self.wanted.sort in orders else 0
        self.sort_by(orders[(current + 1) % len(orders)])

    def fit_lanes(self, times: str) -> None:
        """Share the width; ``times`` is the title of the lanes."""
        layout = self.layout_of_lanes
        self.set_columns(
            (
                Column("process", "Request", _name, layout.name, ticks=False, is_searched=True),
                Column("lane", times, self._lane, layout.cells, sortable=False),
            )
        )

    def changed(self) -> None:
        """Show the cursor of the lane at the new row, and no more at the one before."""
        if self.cursor_id != self._drawn_cursor:
            self._drawn_cursor = self.cursor_id
            self.tick()
        super().changed()

    def on_resize(self) -> None:
        """Share another width, and tell that."""
        beside = self.size.width - self.scrollable_content_region.width
        layout = Layout.of(self.size.width, beside)
        if layout != self.layout_of_lanes:
            self.layout_of_lanes = layout
            self.fit_lanes("")
            self.post_message(self.Fitted(layout))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom with ctrl or over the times, or move with shift; else scroll."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom with ctrl or over the times, or move with shift; else scroll."""
        self._wheel(event, -1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Move to what was before."""
        self._tell_wheel(event, -1, is_zoom=False)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Move to what comes after."""
        self._tell_wheel(event, 1, is_zoom=False)

    def _wheel(self, event: events.MouseEvent, steps: int) -> None:
        if event.shift:
            self._tell_wheel(event, -steps, is_zoom=False)
        elif event.ctrl or event.y < HEADER:
            self._tell_wheel(event, steps, is_zoom=True)

    def _tell_wheel(self, event: events.MouseEvent, steps: int, *, is_zoom: bool) -> None:
        event.stop()
        event.prevent_default()
        cell_at = int(event.x) - self.layout_of_lanes.begin
        self.post_message(self.Wheeled(steps, cell_at, is_zoom=is_zoom))

    def _lane(self, row: LaneRow) -> Text:
        text = Text(row.picture.glyphs, no_wrap=True)
        for glyphs, state, begin in row.picture.pieces():
            if tone := timeline_tone(state):
                text.stylize(tone, begin, begin + len(glyphs))
        if row.id == self.cursor_id and (stop := self._view.stop(row)) is not None:
            text.stylize("reverse", stop.cell, stop.cell + 1)
        return text


def _name(row: LaneRow) -> Text:
    request = row.request
    look = REQUEST_LOOKS[row.state]
    text = Text(f"{look.glyph} ", style=look.tone, no_wrap=True)
    text = Text.assemble(text, cell(f"{GROUP} " if request.is_group else "", "muted"))
    return text.append_text(cell(request.process, "strong"))
