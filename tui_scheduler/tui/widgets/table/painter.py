"""Draws the lines of a table, and remembers them by the row they show."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui_scheduler.services.queries.page import Page, words_of
from tui_scheduler.tui.widgets.table.cells import cell, row
from tui_scheduler.tui.widgets.table.columns import Column, Placed, R, fit
from tui_scheduler.tui.widgets.table.measuring import Measure
from tui_scheduler.tui.widgets.table.style import Palette, Styles
from tui_scheduler.wording import cut

GUTTER = 2
MARK = "◆"
WIDE = 100
"""From this width on the columns stand two cells apart."""
_MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Look:
    """What a line shows beside its row."""

    part: str
    """"row", "odd", "hover" or "cursor"."""
    marked: bool


@dataclass(slots=True)
class _Drawn(Generic[R]):
    row: R
    look: Look
    phase: object
    texts: tuple[Text, ...]
    cells: tuple[list[Segment], ...]
    strip: Strip

    def is_of(self, row: R, look: Look) -> bool:
        """Whether that is what was drawn; mostly it is the same row, not one that equals it."""
        return (self.row is row or self.row == row) and self.look == look


class Painter(Generic[R]):
    """Draws rows and the header in a given width.

    ``phase`` gives what the columns of a row change with while the row does not, if that is known.
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        styles: Styles,
        phase: Callable[[R], object] = lambda _row: object(),
    ) -> None:
        self.columns = tuple(columns)
        self._phase = phase
        self.width = 0
        self.placed: tuple[Placed[R], ...] = ()
        self._room = 1
        self._gap = 1
        self._sort = ""
        self._words: tuple[str, ...] = ()
        self._measure = Measure(self.columns)
        self._palette = Palette(styles)
        self._drawn: dict[int, _Drawn[R]] = {}
        self._others: dict[tuple[str | bool | None, ...], Strip] = {}

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Draw other columns from now on."""
        self.columns = tuple(columns)
        self._measure = Measure(self.columns)
        self.forget()
        self._arrange()

    def set_width(self, width: int, *, beside: int) -> None:
        """Fit the columns into a new width; ``beside`` cells of it belong to the scroll bar."""
        self.width = width
        self._room = max(1, width - beside - GUTTER - 1)
        self._gap = 2 if width >= WIDE else 1
        self.forget()
        self._arrange()

    def take(self, page: Page[R], sort: str, text: str = "") -> None:
        """Fit the columns to the rows of a page, sorted by the column ``sort``, filtered by text.

        The words of the text are marked from now on.
        """
        self._sort = sort
        words = tuple(map(str.lower, words_of(text)))
        if words != self._words:
            self._words = words
            self.forget()
        self._measure.take(page)
        self._arrange()

    def begin_anew(self) -> None:
        """Know nothing of the rows any more: those of another list are to come."""
        self._measure.forget()

    def forget(self) -> None:
        """Drop every remembered line: its colours or columns have changed."""
        self._palette.forget()
        self._drawn.clear()
        self._others.clear()

    def line(self, row: R, look: Look) -> Strip:
        """Return the line of a row, drawn anew only if the row or its look has changed."""
        drawn = self._drawn.get(row.id)
        if drawn is not None and drawn.is_of(row, look):
            return drawn.strip
        return self._draw(row, look)

    def line_now(self, row: R, look: Look) -> Strip:
        """Draw a row as it looks at this moment; the same strip comes back if nothing differs."""
        drawn = self._drawn.get(row.id)
        if drawn is None or not drawn.is_of(row, look):
            return self._draw(row, look)
        earlier, drawn.phase = drawn.phase, self._phase(row)
        if drawn.phase == earlier:
            return drawn.strip
        texts = tuple(
            placed.column.render(row) if placed.column.ticks else before
            for placed, before in zip(self.placed, drawn.texts, strict=True)
        )
        if all(map(_is_same, texts, drawn.texts)):
            return drawn.strip
        return self._draw(row, look, texts)

    def _arrange(self) -> None:
        taken, vital = self._measure.taken, self._measure.vital
        placed = fit(
            self.columns, self._room, gap=self._gap, taken=taken, vital=vital, sort=self._sort
        )
        if placed != self.placed:
            self.placed = placed
            self.forget()

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
            base = self._palette.whole(part)
            cells = cell(Text(text), self.width, "center", base, self._palette.resolve)
            self._others[key] = Strip(cells, self.width)
        return self._others[key]

    def column_at(self, x: int) -> Column[R] | None:
        """Return the column that is drawn at a cell of the line."""
        placed = self.placed_at(x)
        return None if placed is None else placed.column

    def placed_at(self, x: int) -> Placed[R] | None:
        """Return the column at a cell of the line, with its place."""
        return next((placed for placed in reversed(self.placed) if x >= placed.x + GUTTER), None)

    def _header(self, sort: str | None, *, reverse: bool, hovered: str | None) -> Strip:
        base = self._palette.whole("header")
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
            style += self._palette.added("header-hover")
        title = Text(column.title)
        if column.key == sort:
            style += self._palette.added("sorted")
            arrow = "▼" if reverse else "▲"
            room = max(0, placed.width - 2)
            title = Text(f"{cut(column.title, room) if room else ''} {arrow}".strip())
        return cell(title, placed.width, column.align, style, self._palette.resolve)

    def _draw(self, value: R, look: Look, texts: tuple[Text, ...] | None = None) -> Strip:
        """Draw a row; cells that say the same as before are taken from before."""
        phase = self._phase(value) if texts is None else self._drawn[value.id].phase
        if texts is None:
            texts = tuple(placed.column.render(value) for placed in self.placed)
        base = self._palette.whole(look.part)
        edge = self._edge(look, base)
        if look.marked:
            base += self._palette.added("marked")
        cells = self._cells(self._drawn.get(value.id), look, texts, base)
        strip = self._strip([*edge, *row(cells, self._space(base))], base)
        if len(self._drawn) >= _MOST_REMEMBERED:
            self._drawn.clear()
        self._drawn[value.id] = _Drawn(value, look, phase, texts, cells, strip)
        return strip

    def _cells(
        self, drawn: _Drawn[R] | None, look: Look, texts: tuple[Text, ...], base: Style
    ) -> tuple[list[Segment], ...]:
        if drawn is None or drawn.look != look:
            return tuple(map(partial(self._cell, base), self.placed, texts))
        return tuple(
            before if _is_same(text, known) else self._cell(base, placed, text)
            for placed, text, known, before in zip(
                self.placed, texts, drawn.texts, drawn.cells, strict=True
            )
        )

    def _cell(self, base: Style, placed: Placed[R], text: Text) -> list[Segment]:
        if self._words and placed.column.is_searched:
            text = _with_matches(text, self._words)
        return cell(text, placed.width, placed.column.align, base, self._palette.resolve)

    def _edge(self, look: Look, base: Style) -> list[Segment]:
        """Show cursor and mark by glyphs as well, for terminals without colour."""
        bar = "▌" if look.part == "cursor" else " "
        mark = MARK if look.marked else " "
        return [
            Segment(bar, base + self._palette.added("gutter")),
            Segment(mark, base + self._palette.added("mark")),
        ]

    def _space(self, style: Style) -> Segment:
        return Segment(" " * self._gap, style)

    def _strip(self, segments: list[Segment], base: Style) -> Strip:
        """Fill the line up; its length is known, so that nobody needs to measure it."""
        last = self.placed[-1] if self.placed else None
        used = GUTTER + (last.x + last.width if last is not None else 0)
        segments.append(Segment(" " * max(0, self.width - used), base))
        return Strip(Segment.simplify(segments), max(used, self.width))


def _with_matches(text: Text, words: Sequence[str]) -> Text:
    """Return the text with every one of the words in it, in whichever case, as a match."""
    marked = text.copy()
    lower = text.plain.lower()
    if len(lower) == len(text.plain):  # else places in one are not those in the other
        for word in words:
            for match in re.finditer(re.escape(word), lower):
                marked.stylize("match", match.start(), match.end())
    return marked


def _is_same(text: Text, before: Text) -> bool:
    """Whether two texts look the same (rich compares neither the style nor the overflow)."""
    return text is before or (
        text.plain == before.plain and text.style == before.style and text.spans == before.spans
    )
