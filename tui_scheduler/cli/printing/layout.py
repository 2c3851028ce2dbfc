"""Aligned tables and records as lines of text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui_scheduler.cells import cell_width, fitting
from tui_scheduler.text import plain
from tui_scheduler.wording import ELLIPSIS

_GAP = "  "
_NARROWEST = 8  # cells that a flexible column keeps


@dataclass(frozen=True, slots=True)
class Cell:
    """Text from anywhere, and the ANSI colour code it is shown in (empty: none)."""

    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; a flexible one gives way when the terminal is narrow.

    An extra one is left out where it would cost the others their room.
    """

    title: str
    is_flexible: bool = False
    is_number: bool = False
    is_extra: bool = False


Fields: TypeAlias = Sequence[tuple[str, Cell]]
"""The fields of one object: labels, and values that may have several lines."""


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, width: int | None, colour: bool
) -> Iterator[str]:
    """Yield a header and the rows, aligned; cut to ``width`` terminal cells unless it is None."""
    texts = [[plain(cell.text) for cell in row] for row in rows]
    titles = [column.title for column in columns]
    wanted = [max(map(cell_width, column)) for column in zip(titles, *texts, strict=True)]
    if width is not None and sum(wanted) + len(_GAP) * (len(columns) - 1) > width:
        kept = [place for place, column in enumerate(columns) if not column.is_extra]
        if len(kept) < len(columns):
            columns = [columns[place] for place in kept]
            rows = [[row[place] for place in kept] for row in rows]
            yield from table(columns, rows, width=width, colour=colour)
            return
    widths = wanted if width is None else _fitted(columns, wanted, width)
    yield _line(columns, titles, widths, ["1"] * len(columns) if colour else None)
    for row, text in zip(rows, texts, strict=True):
        yield _line(columns, text, widths, [cell.colour for cell in row] if colour else None)


def fields(pairs: Fields, *, colour: bool) -> Iterator[str]:
    """Yield one object: labels aligned, values of several lines indented below themselves."""
    width = max(cell_width(label) for label, _ in pairs)
    for label, cell in pairs:
        first, *others = plain(cell.text, newlines=True).split("\n")
        painted = _paint(label + " " * (width - cell_width(label)), "1" if colour else "")
        yield (painted + _GAP + _paint(first, cell.colour if colour else "")).rstrip()
        for other in others:
            yield (" " * width + _GAP + other).rstrip()


def line(cells: Sequence[Cell], widths: Sequence[int], *, colour: bool) -> str:
    """Returns one line of cells, each but the last padded to its width; nothing is cut."""
    texts = [plain(cell.text) for cell in cells]
    padding = [" " * (width - cell_width(text)) for width, text in zip(widths, texts, strict=False)]
    painted = [
        _paint(text, cell.colour if colour else "") for cell, text in zip(cells, texts, strict=True)
    ]
    return _GAP.join(map("".join, zip(painted, [*padding, ""], strict=True))).rstrip()


def joined(cells: Sequence[Cell], gap: str, *, colour: bool) -> str:
    """Returns cells in a sentence, with ``gap`` between."""
    return gap.join(_paint(plain(cell.text), cell.colour if colour else "") for cell in cells)


def clipped(text: str, width: int) -> str:
    """Returns ``text`` in at most ``width`` cells, with an ellipsis where it was cut."""
    if cell_width(text) <= width:
        return text
    return fitting(text, width - 1) + ELLIPSIS


def _fitted(columns: Sequence[Column], wanted: Sequence[int], width: int) -> list[int]:
    """Returns the widths that fit: the widest flexible column gives way first."""
    widths = list(wanted)
    flexible = [place for place, column in enumerate(columns) if column.is_flexible]
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    while excess > 0 and flexible:
        widest = max(flexible, key=lambda place: widths[place])
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
        excess -= 1
    return widths


def _line(
    columns: Sequence[Column],
    texts: Sequence[str],
    widths: Sequence[int],
    colours: Sequence[str] | None,
) -> str:
    cells = []
    for place, (column, text, width) in enumerate(zip(columns, texts, widths, strict=True)):
        fitting = clipped(text, width)
        padding = " " * (width - cell_width(fitting))
        painted = _paint(fitting, colours[place] if colours else "")
        cells.append(padding + painted if column.is_number else painted + padding)
    return _GAP.join(cells).rstrip()


def _paint(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if colour else text
