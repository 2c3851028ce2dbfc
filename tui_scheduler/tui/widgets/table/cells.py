"""From the text of a cell to segments of exactly the cells it may take."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from tui_scheduler.cells import cell_width, fitting
from tui_scheduler.text import plain
from tui_scheduler.tui.widgets.table.columns import Align
from tui_scheduler.wording import ELLIPSIS

Resolve = Callable[[str | Style], Style]
"""Turns the name of a tone, or anything that rich understands, into a style."""


def cell(text: Text, width: int, align: Align, base: Style, resolve: Resolve) -> list[Segment]:
    """Draw one cell: harmless, cut with an ellipsis or padded to ``width`` cells."""
    whole = base + resolve(text.style)
    pieces = _pieces(text, whole, resolve)
    needed = sum([cell_width(piece.text) for piece in pieces])
    if needed > width:
        return list(_cut(pieces, width))
    free = width - needed
    before = 0 if align == "left" else free if align == "right" else free // 2
    if len(pieces) == 1 and not _shows_on_blanks(pieces[0].style):
        padded = f"{' ' * before}{pieces[0].text}{' ' * (free - before)}"
        return [Segment(padded, pieces[0].style)]
    return [*_blank(before, base), *pieces, *_blank(free - before, base)]


def row(cells: Iterable[Sequence[Segment]], gap: Segment) -> list[Segment]:
    """Join cells with a gap between them."""
    joined: list[Segment] = []
    for segments in cells:
        if joined:
            joined.append(gap)
        joined.extend(segments)
    return joined


def _pieces(text: Text, whole: Style, resolve: Resolve) -> list[Segment]:
    printable = plain(text.plain)
    if not text.spans:
        return [Segment(printable, whole)] if printable else []
    if len(printable) != len(text.plain):  # a tab: its spans no longer say where they belong
        return [Segment(printable, whole)]
    ends = {0, len(printable)}
    for span in text.spans:
        ends |= {min(span.start, len(printable)), min(span.end, len(printable))}
    return [
        Segment(printable[start:end], _style_at(text, start, whole, resolve))
        for start, end in pairwise(sorted(ends))
    ]


def _style_at(text: Text, position: int, whole: Style, resolve: Resolve) -> Style:
    for span in text.spans:
        if span.start <= position < span.end:
            whole += resolve(span.style)
    return whole


def _cut(pieces: Iterable[Segment], width: int) -> Iterator[Segment]:
    """Yield what fits before an ellipsis; a wide character that does not fit leaves a space."""
    left = width - 1
    style = None
    for piece in pieces:
        style = piece.style
        cells = cell_width(piece.text)
        if cells > left:
            if left > 0:
                kept = fitting(piece.text, left)
                yield Segment(kept + " " * (left - cell_width(kept)), style)
            break
        yield piece
        left -= cells
    if width > 0:
        yield Segment(ELLIPSIS, style)


def _shows_on_blanks(style: Style | None) -> bool:
    return style is not None and bool(style.underline or style.reverse or style.strike)


def _blank(width: int, style: Style) -> list[Segment]:
    return [Segment(" " * width, style)] if width > 0 else []
