"""Where the options of a choice stand: side by side, on as many lines as the width asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

GAP = 2
"""Cells between two options."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The place of one option, in cells from the top left."""

    line: int
    column: int
    width: int

    def contains(self, x: int, y: int) -> bool:
        """Whether the cell at ``x``, ``y`` belongs to the option."""
        return y == self.line and self.column <= x < self.column + self.width


def placed(widths: Sequence[int], available: int) -> tuple[Segment, ...]:
    """A place for options of these ``widths``; one wider than ``available`` gets its own line."""
    segments: list[Segment] = []
    line = column = 0
    for width in widths:
        if column and column + width > available:
            line, column = line + 1, 0
        segments.append(Segment(line, column, width))
        column += width + GAP
    return tuple(segments)
