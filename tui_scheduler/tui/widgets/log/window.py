"""Where a log is being read: which lines of it are on the screen, and where a movement leads.

A place is the byte at which a line of the log starts, and, when long lines are wrapped, which of
its parts. So every movement reads only near the screen, and a log of a gigabyte is like a short
one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tui_scheduler.services.logs.log_file import Line, LogFile
from tui_scheduler.tui.widgets.log.rows import Row, row_of

_MOST_REMEMBERED = 256


@dataclass(frozen=True, slots=True, order=True)
class Top:
    """The first thing on the screen: a line of the log, and a part of it when it is wrapped."""

    start: int = 0
    part: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What one line of the screen shows: a line of the log or, when it is wrapped, a part of it."""

    line: Line
    part: int


class LogWindow:
    """A screen of ``width`` cells on a log."""

    def __init__(self, log: LogFile) -> None:
        self.log = log
        self.width = 80
        self.wrap = False
        self._starts: dict[tuple[int, int, int], tuple[Row, list[int]]] = {}

    def parts_from(self, top: Top) -> Iterator[Part]:
        """Yield what follows on the screen from a place on."""
        first = top.part
        for line in self.log.lines_from(top.start):
            for part in range(min(first, self._parts(line) - 1), self._parts(line)):
                yield Part(line, part)
            first = 0

    def parts_before(self, top: Top) -> Iterator[Part]:
        """Yield what stands above a place, the nearest first."""
        if top.part and top.start < self.log.size:
            line = self.log.line_from(top.start)
            for part in reversed(range(min(top.part, self._parts(line)))):
                yield Part(line, part)
        for line in self.log.lines_before(top.start):
            for part in reversed(range(self._parts(line))):
                yield Part(line, part)

    def end(self, height: int) -> Top:
        """Return the place from which the log just fills the screen to its end."""
        return self.up(Top(self.log.size), height)

    def up(self, top: Top, count: int) -> Top:
        """Go towards the beginning."""
        for part in islice(self.parts_before(top), count):
            top = Top(part.line.start, part.part)
        return top

    def down(self, top: Top, count: int, height: int) -> Top:
        """Go towards the end, but not further than the screen can be filled."""
        for part in islice(self.parts_from(top), count + 1):
            top = Top(part.line.start, part.part)
        return min(top, self.end(height))

    def at_fraction(self, fraction: float, height: int) -> Top:
        """Return the place so far into the log: 0 is its beginning, 1 its end."""
        end = self.end(height)
        if fraction >= 1:
            return end
        return min(Top(self.log.start_of(round(end.start * max(0.0, fraction)))), end)

    def wrapped(self, line: Line) -> tuple[Row, list[int]]:
        """Return a whole line and the characters at which its parts begin."""
        key = (line.start, line.end, self.width)
        wrapped = self._starts.get(key)
        if wrapped is None:
            row = row_of(self.log, line, None)
            wrapped = row, row.starts(self.width)
            if len(self._starts) >= _MOST_REMEMBERED:
                self._starts.clear()
            self._starts[key] = wrapped
        return wrapped

    def forget(self) -> None:
        """Drop what is remembered of lines: the log is another one now."""
        self._starts.clear()

    def _parts(self, line: Line) -> int:
        return len(self.wrapped(line)[1]) if self.wrap else 1
