"""Draws the lines of a table, and remembers them by the row they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui_scheduler.tui.widgets.row_table_cells import cell, row
from tui_scheduler.tui.widgets.row_table_columns import Column, Placed, R, fit
from tui_scheduler.tui.widgets.row_table_style import Styles, resolver

GUTTER = 2
WIDE = 100
"""From this width on the columns stand two cells apart."""
_MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Look:
    """What a line shows beside its row."""

    part: str
    """"row", "odd", "hover" or "cursor"."""
    marked: bool


@dataclass(frozen=True, slots=True)
class _Drawn(Generic[R]):
    row: R
    look: Look
    strip: Strip


class Painter(Generic[R]):
    """Draws rows and the header in a given width."""

    def __init__(self, columns: Sequence[Column[R]], styles: Styles) -> None:
        self.columns = tuple(columns)
        self.width = 0
        self.placed: tuple[Placed[R], ...] = ()
        self._gap = 1
        self._styles = styles
        self._resolve = resolver(styles)
        self._drawn: dict[int, _Drawn[R]] = {}
        self._others: dict[tuple[str | bool | None, ...], Strip] = {}

    def set_width(self, width: int) -> None:
        """Fit the columns into a new width."""
        self.width = width
        self._gap = 2 if width >= WIDE else 1
        self.placed = fit(self.columns, max(1, width - GUTTER - 1), gap=self._gap)
        self.forget()

    def forget(self) -> None:
        """Drop every remembered line: its colours or columns have changed."""
        self._drawn.clear()
        self._others.clear()

    def line(self, row: R, look: Look) -> Strip:
        """Return the line of a row, drawn anew only if the row or its look has changed."""
        drawn = self._drawn.get(row.id)
        if drawn is not None and drawn.look == look and drawn.row == row:
            return drawn.strip
        return self._draw(row, look)

    def line_now(self, row: R, look: Look) -> Strip:
        """Draw a row as it looks at this moment; the same line is returned if nothing differs."""
        before = self._drawn.get(row.id)
        strip = self._draw(row, look)
        if before is None or before.strip != strip:
            return strip
        self._drawn[row.id] = _Drawn(row, look, before.strip)
        return before.strip

    def header(self, sort: str | None, *, reverse: bool, hovered: str | None) -> Strip:
        """Return the titles, with an arrow at the column that the rows are sorted by."""
        key = (sort, reverse, hovered)
        if key not in self._others:
            self._others[key] = self._header(sort, reverse=reverse, hovered=hovered)
        return self._others[key]

    def blank(self, part: str, text: str = "") -> Strip:
        """Return a line without a row, with a text in its middle."""
        key = (part, text)
        if key not in self._others:
            base = self._styles(part, True)
            cells = cell(Text(text), self.width, "center", base, self._resolve)
            self._others[key] = Strip(cells, self.width)
        return self._others[key]

    def column_at(self, x: int) -> Column[R] | None:
        """Return the column that is drawn at a cell of the line."""
        for placed in reversed(self.placed):
            if x >= placed.x + GUTTER:
                return placed.column
        return None

    def _header(self, sort: str | None, *, reverse: bool, hovered: str | None) -> Strip:
        base = self._styles("header", True)
        cells = [
            self._title(placed, base, sort=sort, reverse=reverse, hovered=hovered)
            for placed in self.placed
        ]
        return self._strip([Segment(" " * GUTTER, base), *row(cells, self._space(base))], base)

    def _title(
        self,
        placed: Placed[R],
        base: Style,
        *,
        sort: str | None,
        reverse: bool,
        hovered: str | None,
    ) -> list[Segment]:
        column = placed.column
        style = base
        if column.key == hovered and column.sortable:
            style += self._styles("header-hover", False)
        title = Text(column.title)
        if column.key == sort:
            style += self._styles("sorted", False)
            title = Text(f"{column.title} {'▼' if reverse else '▲'}")
        return cell(title, placed.width, column.align, style, self._resolve)

    def _draw(self, value: R, look: Look) -> Strip:
        base = self._styles(look.part, True)
        edge = self._edge(look, base)
        if look.marked:
            base += self._styles("marked", False)
        cells = [
            cell(
                placed.column.render(value), placed.width, placed.column.align, base, self._resolve
            )
            for placed in self.placed
        ]
        strip = self._strip([*edge, *row(cells, self._space(base))], base)
        if len(self._drawn) >= _MOST_REMEMBERED:
            self.forget()
        self._drawn[value.id] = _Drawn(value, look, strip)
        return strip

    def _edge(self, look: Look, base: Style) -> list[Segment]:
        """Show cursor and mark by glyphs as well, for terminals without colour."""
        bar = "▌" if look.part == "cursor" else " "
        mark = "●" if look.marked else " "
        return [
            Segment(bar, base + self._styles("gutter", False)),
            Segment(mark, base + self._styles("mark", False)),
        ]

    def _space(self, style: Style) -> Segment:
        return Segment(" " * self._gap, style)

    def _strip(self, segments: list[Segment], base: Style) -> Strip:
        strip = Strip(Segment.simplify(segments))
        return strip.adjust_cell_length(self.width, base)
