"""Lines of a log as they are drawn: cut or wrapped to the width, with what is highlighted."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from rich.segment import Segment
from rich.style import Style

from tui_scheduler.cells import cell_widths
from tui_scheduler.services.logs.line_model import ShownLine
from tui_scheduler.services.logs.log_file import Line, LogFile
from tui_scheduler.services.logs.log_search import Wanted
from tui_scheduler.services.logs.shown_lines import read_line
from tui_scheduler.tui.text import rich_style


@dataclass(frozen=True, slots=True)
class Highlight:
    """Characters of a row that are drawn in another style."""

    start: int
    end: int
    style: Style


@dataclass(frozen=True)
class Row:
    """A line of a log, read as far as it is needed."""

    line: Line
    content: ShownLine

    @property
    def text(self) -> str:
        """The characters that are shown."""
        return self.content.text

    def matches(self, pattern: Wanted) -> Iterator[tuple[int, int]]:
        """Yield from where to where the matches of ``pattern`` go that begin in this row."""
        return pattern.spans(self.content.text, self.content.ahead)

    def starts(self, width: int) -> list[int]:
        """Return the characters that begin the lines of the row wrapped to ``width`` cells."""
        if self.text.isascii():
            return list(range(0, max(1, len(self.text)), width))
        starts: list[int] = []
        start = 0
        while not starts or start < len(self.text):
            starts.append(start)
            start = max(start + 1, self._place(self.cells_before(start) + width))
        return starts

    def slice_from(self, left: int, width: int) -> tuple[int, int]:
        """Return the characters that are seen ``left`` cells to the right."""
        return self._place(left), self._place(left + width)

    def cells_before(self, place: int) -> int:
        """Return how many cells stand before a character."""
        return place if self.text.isascii() else self._ends[place - 1] if place else 0

    def segments(self, start: int, end: int, highlights: Iterable[Highlight]) -> list[Segment]:
        """Return the characters between two places, in their colours."""
        edges = sorted({edge for mark in highlights for edge in (mark.start, mark.end)})
        return [
            Segment(text, style + _over(place, highlights) if highlights else style)
            for place, text, style in self._pieces(start, end, edges)
        ]

    @cached_property
    def _ends(self) -> list[int]:
        """How many cells the text takes up to the end of each character."""
        return list(accumulate(cell_widths(self.text)))

    def _place(self, cells: int) -> int:
        """Return the character that does not fit into a number of cells any more."""
        return cells if self.text.isascii() else bisect_right(self._ends, cells)

    def _pieces(
        self, start: int, end: int, edges: Sequence[int]
    ) -> Iterator[tuple[int, str, Style]]:
        """Yield place, text and style of each stretch between changes of style."""
        offset = 0
        for span in self.content.spans:
            first, last = max(start, offset), min(end, offset + len(span.text))
            cuts = [first, *(edge for edge in edges if first < edge < last), last]
            for low, high in pairwise(cuts):
                if low < high:
                    yield low, span.text[low - offset : high - offset], rich_style(span.style)
            offset += len(span.text)


def row_of(log: LogFile, line: Line, cells: int | None) -> Row:
    """Read a line, or as much of it as may fill ``cells`` cells."""
    return Row(line, read_line(log, line, cells=cells))


def _over(place: int, highlights: Iterable[Highlight]) -> Style:
    return next((mark.style for mark in highlights if mark.start <= place < mark.end), Style.null())
