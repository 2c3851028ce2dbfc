"""A view of rows: a header, and the part of a list at a place of it."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from textwrap import wrap
from typing import Generic

from rich.style import Style
from textual.strip import Strip

from tui_scheduler.text import plain
from tui_scheduler.tui.widgets.table.columns import Column, R
from tui_scheduler.tui.widgets.table.line_view import LineView
from tui_scheduler.tui.widgets.table.painter import Look, Painter
from tui_scheduler.tui.widgets.table.place import Place
from tui_scheduler.tui.widgets.table.rows import Order, Query, Rows
from tui_scheduler.tui.widgets.table.style import component

HEADER = 1
_WIDEST_WORDS = 76  # cells


class RowView(LineView, Generic[R]):
    """Shows a header and the rows at its place in the list; moves only when it is told to.

    ``phase`` gives what all that is shown of a row changes with while the row does not.
    """

    ALLOW_SELECT = False

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        own_order: Order = Order(),  # noqa: B008 - it is immutable
        empty_text: str = "Nothing here yet",
        phase: Callable[[R], object] = lambda _row: object(),
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.own_order = own_order
        self.empty_text = empty_text
        self.no_match = ""
        """What is told below the words that no row matches a filter."""
        self.place = Place()
        self.query_shown = Query()
        self._rows: Rows[R] | None = None
        self._marks: frozenset[int] = frozenset()
        self._pointer: tuple[int, int] | None = None
        self._painter = Painter(columns, self._style, phase)
        self._strips: dict[int, Strip] = {}

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show other columns of the same rows."""
        self._painter.set_columns(columns)
        self.repaint()

    def tick(self) -> None:
        """Draw again what changes with time; only lines that now look different are refreshed."""
        if self.draw_now():
            self.repaint()

    def draw_now(self) -> bool:
        """Have all rows in sight look as they do at this moment when they are painted.

        Returns whether any of them looks different.
        """
        differs = False
        for y in range(HEADER, self.size.height):
            row = self._row_at_line(y)
            if row is not None:
                strip = self._painter.line_now(row, self._look(y, row))
                differs = differs or strip is not self._strips.get(y)
        return differs

    def line(self, y: int) -> Strip:
        """Draw the header or a row, or what stands in its place."""
        if y < HEADER:
            sort, reverse = self.order_shown.key, self.order_shown.reverse
            return self._painter.header(sort, reverse=reverse, hovered=self._hovered())
        row = self._row_at_line(y)
        if row is not None:
            return self._painter.line(row, self._look(y, row))
        if self.row_index_at(y) is not None:
            return self._painter.blank("pending", "·")
        return self._painter.blank("empty", self._empty_line(y))

    @property
    def order_shown(self) -> Order:
        """By which column the rows in sight are sorted."""
        return self.query_shown.order(self.own_order)

    def notify_style_update(self) -> None:
        """Forget lines that were drawn in other colours."""
        self._painter.forget()
        super().notify_style_update()

    def watch_scroll_y(self, _old_value: float, new_value: float) -> None:
        """Follow the scroll bar and the wheel.

        A view that has grown is scrolled back before it hears of its size: that moves no cursor.
        """
        self.vertical_scrollbar.position = new_value
        top = round(new_value)
        if top != self.place.top:
            self.go(self._resized().scrolled_to(top))

    def go(self, place: Place) -> None:
        """Show another part of the list, or another cursor."""
        self.place = place
        self.set_height(place.total + HEADER)
        if round(self.scroll_y) != place.top:
            self.scroll_to(y=place.top, animate=False, force=True)
        self.repaint()

    def on_resize(self) -> None:
        """Fit columns and place into the new size."""
        width = self.size.width
        if width != self._painter.width:
            beside = width - self.scrollable_content_region.width
            self._painter.set_width(width, beside=beside)
        self.go(self._resized())

    def _resized(self) -> Place:
        return self.place.resized(self.size.height - HEADER)

    def row_index_at(self, y: int) -> int | None:
        """Return the place in the list of the row at a line of the widget."""
        index = self.place.top + y - HEADER
        return index if y >= HEADER and index < self.place.total else None

    def _row_at_line(self, y: int) -> R | None:
        index = self.row_index_at(y)
        return None if index is None or self._rows is None else self._rows.row(index)

    def _look(self, y: int, row: R) -> Look:
        index = self.place.top + y - HEADER
        part = "odd" if index % 2 and self.has_class("-zebra") else "row"
        if self._pointer is not None and self._pointer[1] == y:
            part = "hover"
        if index == self.place.cursor:
            part = "cursor"
        return Look(part, row.id in self._marks)

    def _hovered(self) -> str | None:
        if self._pointer is None or self._pointer[1] >= HEADER:
            return None
        column = self._painter.column_at(self._pointer[0])
        return None if column is None else column.key

    def _empty_line(self, y: int) -> str:
        """Put the words for an empty list into its upper third."""
        if self._rows is None or self.place.total:
            return ""
        lines = _wrapped(self._empty_words(), min(self.size.width - 4, _WIDEST_WORDS))
        line = y - HEADER - max(0, (self.size.height - HEADER - len(lines)) // 3)
        return lines[line] if 0 <= line < len(lines) else ""

    def _empty_words(self) -> str:
        page = self._rows.page if self._rows is not None else None
        if page is not None and page.problem:
            return page.problem
        if page is not None and page.overall and self.query_shown.text:
            nothing = f"Nothing matches “{self.query_shown.text}”"
            return f"{nothing}\n\n{self.no_match}" if self.no_match else nothing
        return self.empty_text

    def _style(self, name: str, whole: bool) -> Style:
        style = self.get_component_rich_style(component(name))
        if whole:
            return style
        added = self.get_component_rich_style(component(name), partial=True)
        # The added colour may be translucent: take it as it looks on the table's background.
        return added + Style(color=style.color) if added.color is not None else added


@lru_cache(maxsize=8)
def _wrapped(words: str, width: int) -> list[str]:
    """Wrap once what each line of an empty list asks for."""
    parts = plain(words, newlines=True).splitlines()
    return [line for part in parts for line in wrap(part, max(1, width)) or [""]]
