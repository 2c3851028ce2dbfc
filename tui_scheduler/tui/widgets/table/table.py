"""The one table of all screens: rows by key from a source, cursor, marks, sorting and mouse.

What the cursor does is told in ``place``; how rows come is told in
``loading``. Colours are in ``table.tcss``.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Generic

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_scheduler.errors import SchedulerError
from tui_scheduler.tui.widgets.table.columns import Column, HasId, R
from tui_scheduler.tui.widgets.table.loading import LoadingRows
from tui_scheduler.tui.widgets.table.painter import GUTTER
from tui_scheduler.tui.widgets.table.rows import Order, Source
from tui_scheduler.tui.widgets.table.style import COMPONENT_CLASSES

__all__ = ["Column", "HasId", "Order", "RowTable", "Source"]


def _key(keys: str, action: str, name: str, tooltip: str, *, show: bool = False) -> Binding:
    label = name.replace("_", " ").capitalize()
    return Binding(keys, action, label, show=show, tooltip=tooltip, id=f"table.{name}")


class RowTable(LoadingRows[R], Generic[R]):
    """A table for any number of rows; give it columns, then a source.

    Rows are immutable values with an ``id``. Marks are kept by id, also for rows that a filter
    hides; the screen that acts on them takes them away with ``clear_marks``.
    """

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENT_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("j,down", "move('down')", "down", "Go to the next row"),
        _key("k,up", "move('up')", "up", "Go to the row before"),
        _key("ctrl+d", "move('half_down')", "half_down", "Go half a screen down"),
        _key("ctrl+u", "move('half_up')", "half_up", "Go half a screen up"),
        _key("pagedown", "move('page_down')", "page_down", "Go a screen down"),
        _key("pageup", "move('page_up')", "page_up", "Go a screen up"),
        _key("g,home", "move('first')", "first", "Go to the first row"),
        _key("G,end", "move('last')", "last", "Go to the last row"),
        _key("enter", "activate", "open", "Open the row"),
        _key("space", "mark", "mark", "Mark the row, or take its mark away"),
        _key("o", "sort_next", "sort", "Sort by the next column"),
        _key("O", "sort_reverse", "reverse", "Sort in the opposite order"),
    ]

    class Event(Message):
        """Something happened in a table."""

        def __init__(self, table: "RowTable[Any]") -> None:
            super().__init__()
            self.set_sender(table)  # what a parent's handler causes would not go beyond the parent
            self.table = table

        @property
        def control(self) -> "RowTable[Any]":
            """The table, for ``@on(RowTable.CursorMoved, "#requests")``."""
            return self.table

    class CursorMoved(Event):
        """The cursor is on another row (``row``), or there is no row any more (None)."""

        def __init__(self, table: "RowTable[Any]", row: Any) -> None:
            super().__init__(table)
            self.row = row

    class RowUpdated(CursorMoved):
        """The row at the cursor is the same one, but its content has changed."""

    class RowActivated(CursorMoved):
        """Enter was pressed on a row, or it was double-clicked."""

    class CellClicked(CursorMoved):
        """A row was clicked in the column ``key``, ``x`` cells from where the column begins."""

        def __init__(self, table: "RowTable[Any]", row: Any, key: str, x: int) -> None:
            super().__init__(table, row)
            self.key = key
            self.x = x

    class MarksChanged(Event):
        """Rows were marked, or marks taken away."""

        def __init__(self, table: "RowTable[Any]", marked: frozenset[int]) -> None:
            super().__init__(table)
            self.marked = marked

    class Loaded(Event):
        """The rows in view have been read anew."""

    class Counted(Event):
        """``total`` of ``overall`` rows match the filter now."""

        def __init__(self, table: "RowTable[Any]", total: int, overall: int) -> None:
            super().__init__(table)
            self.total = total
            self.overall = overall

    class SortChanged(Event):
        """The rows are sorted by another column; ``key`` is None in the list's own order."""

        def __init__(self, table: "RowTable[Any]", key: str | None, reverse: bool) -> None:
            super().__init__(table)
            self.key = key
            self.reverse = reverse

    class LoadFailed(Event):
        """The source could not give its rows; those in hand stay."""

        def __init__(self, table: "RowTable[Any]", error: SchedulerError) -> None:
            super().__init__(table)
            self.error = error

    _marked_rows: Mapping[int, R] = MappingProxyType({})
    _told_row: R | None = None
    _told_counts: tuple[int, int] | None = None

    @property
    def marked(self) -> frozenset[int]:
        """The keys of all marked rows."""
        return self._marks

    @property
    def marked_rows(self) -> tuple[R, ...]:
        """The marked rows as each was last seen."""
        return tuple(self._marked_rows.values())

    @property
    def rows_at_hand(self) -> tuple[R, ...]:
        """The rows in view, and those near it."""
        return () if self._rows is None else self._rows.page.rows

    @property
    def has_cursor_row(self) -> bool:
        """Whether the row at the cursor is at hand, so that it is told when it changes."""
        return self._rows is not None and self._rows.row(self.place.cursor) is not None

    def go_to(self, key: int) -> None:
        """Take the cursor to the row with this key, if it is at hand."""
        index = None if self._rows is None else self._rows.index_of(key)
        if index is not None:
            self.go(self.place.moved_to(index))

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.mark_only(frozenset())

    def sort_by(self, key: str | None, *, reverse: bool = False) -> None:
        """Sort by a column, or in the list's own order; the cursor stays on its row."""
        super().sort_by(key, reverse=reverse)
        self.post_message(self.SortChanged(self, key, reverse))

    def changed(self) -> None:
        """Tell the screen what has changed since it was last told."""
        row, last_row = self.cursor_row, self._told_row
        self._told_row = row
        if (row and row.id) != (last_row and last_row.id):
            self.post_message(self.CursorMoved(self, row))
        elif row != last_row:
            self.post_message(self.RowUpdated(self, row))
        counts = None if self._rows is None else (self._rows.page.total, self._rows.page.overall)
        if counts is not None and counts != self._told_counts:
            self._told_counts = counts
            self.post_message(self.Counted(self, *counts))

    def loaded(self) -> None:
        """Tell the screen that the rows are those of a moment ago."""
        self._see_marked()
        self.post_message(self.Loaded(self))

    def failed(self, error: SchedulerError) -> None:
        """Tell the screen that the rows could not be loaded, and count them anew when they are."""
        self._told_counts = None
        self.post_message(self.LoadFailed(self, error))

    def action_move(self, where: str) -> None:
        """Move the cursor: down, up, half_down, half_up, page_down, page_up, first or last."""
        page = max(1, self.place.height)
        steps = {"down": 1, "half_down": max(1, page // 2), "page_down": page}
        steps |= {"up": -1, "half_up": -max(1, page // 2), "page_up": -page}
        if where in steps:
            self.go(self.place.moved_by(steps[where]))
        else:
            self.go(self.place.moved_to(0 if where == "first" else self.place.total - 1))

    def action_mark(self) -> None:
        """Mark the row at the cursor, or take its mark away."""
        if self.cursor_id is not None:
            self.mark_only(self._marks ^ {self.cursor_id})

    def action_activate(self) -> None:
        """Open the row at the cursor."""
        if self.cursor_row is not None:
            self.post_message(self.RowActivated(self, self.cursor_row))

    def action_sort_next(self) -> None:
        """Sort by the next column that is shown; one of them stands for the list's own order."""
        columns = [placed.column for placed in self._painter.placed]
        cycle = [self._sort_of(column) for column in columns if column.sortable]
        if None not in cycle:
            cycle.insert(0, None)
        current = cycle.index(self._query.sort) if self._query.sort in cycle else 0
        self.sort_by(cycle[(current + 1) % len(cycle)])

    def action_sort_reverse(self) -> None:
        """Turn the order round."""
        self.sort_by(self._query.sort, reverse=not self._query.reverse)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up what the mouse points at."""
        self._point_at((event.x, event.y))

    def on_leave(self) -> None:
        """Put the light out."""
        self._point_at(None)

    def on_click(self, event: events.Click) -> None:
        """Sort by a title, or take the cursor to a row; a double click opens it."""
        index = self.row_index_at(event.y)
        if event.y == 0:
            self._sort_at(event.x)
        elif index is not None:
            self.go(self.place.moved_to(index))
            if event.ctrl:
                self.action_mark()
            elif event.chain == 2:
                self.action_activate()
            elif self.cursor_row is not None and (placed := self._painter.placed_at(event.x)):
                x = event.x - placed.x - GUTTER
                self.post_message(self.CellClicked(self, self.cursor_row, placed.column.key, x))

    def _sort_at(self, x: int) -> None:
        column = self._painter.column_at(x)
        if column is None or not column.sortable:
            return
        key = self._sort_of(column)
        self.sort_by(key, reverse=key == self._query.sort and not self._query.reverse)

    def _sort_of(self, column: Column[R]) -> str | None:
        """What to sort by for the order of a column; None if the list has that on its own."""
        return None if column.key == self.own_order.key else column.key

    def mark_only(self, marks: frozenset[int]) -> None:
        """Have these rows marked, and no others."""
        if marks != self._marks:
            self._marks = marks
            self._see_marked()
            self.repaint()
            self.post_message(self.MarksChanged(self, marks))

    def _see_marked(self) -> None:
        seen = {row.id: row for row in self.rows_at_hand if row.id in self._marks}
        known = {key: row for key, row in self._marked_rows.items() if key in self._marks}
        self._marked_rows = {**known, **seen}

    def _point_at(self, pointer: tuple[int, int] | None) -> None:
        self._pointer = pointer
        self.repaint()
