"""How a log reaches standard output: byte for byte, or line by line as a person is to see it."""

import shutil
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Protocol

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.cells import cell_width, cell_widths
from tui_scheduler.services.logs.line_cursor import Span
from tui_scheduler.services.logs.log_file import Line, LogFile
from tui_scheduler.services.logs.shown_lines import read_line, style_before
from tui_scheduler.wording import ELLIPSIS

_CHUNK = 65536  # bytes
_NARROWEST = 2  # cells


class LogOutput(Protocol):
    """Prints a log that may be growing."""

    def copy(self, log: LogFile, start: int, *, is_last: bool) -> int:
        """Print what is there from ``start`` on; returns where to go on, unless it ``is_last``."""
        ...

    def break_off(self) -> None:
        """Prepare for words of ours, and for what does not follow what was printed."""
        ...


class RawOutput:
    """For files and pipes: every byte as it is."""

    def copy(self, log: LogFile, start: int, *, is_last: bool) -> int:
        """Print what is there from ``start`` on; returns where that ends."""
        del is_last  # nothing is held back
        while chunk := log.read(start, min(start + _CHUNK, log.size)):
            sys.stdout.buffer.write(chunk)
            start += len(chunk)
        sys.stdout.buffer.flush()
        return start

    def break_off(self) -> None:
        """Nothing is to be prepared."""


class TerminalOutput:
    """For a person: lines as ``line_model`` says, in colours if wanted.

    The end of a line that is not finished yet is shown as far as it fits on one line of the
    terminal, and anew when it has grown.
    """

    def __init__(self, has_colour: bool) -> None:
        self._has_colour = has_colour
        self._style: AnsiStyle | None = None
        self._unfinished: Line | None = None
        self._covered = 0  # cells that the unfinished line takes
        self._is_within = False  # a line of which the beginning was printed

    def copy(self, log: LogFile, start: int, *, is_last: bool) -> int:
        """Print what is there from ``start`` on; returns where a line begins that is unfinished."""
        for line in log.lines_from(start):
            if line.end == line.next == log.size and not is_last:
                self._show(log, line)
                break
            self._erase()
            self._print(log, line)
            start = line.next
        sys.stdout.flush()
        return start

    def break_off(self) -> None:
        """Leave an unfinished line as it is, and forget its colours."""
        if self._covered or self._is_within:
            print()
        self._style, self._unfinished = None, None
        self._covered, self._is_within = 0, False

    def _print(self, log: LogFile, line: Line) -> None:
        content = read_line(log, line, style=self._style_of(log, line))
        self._style, self._is_within = content.style_after, bool(content.ahead)
        sys.stdout.write(self._painted(content.spans) + ("" if self._is_within else "\n"))

    def _show(self, log: LogFile, line: Line) -> None:
        if line == self._unfinished or self._is_within:
            return
        self._unfinished = line
        content = read_line(log, line, style=self._style_of(log, line))
        spans = _end_of(content.spans, max(_NARROWEST, shutil.get_terminal_size().columns - 1))
        self._erase()
        sys.stdout.write(self._painted(spans))
        self._covered = sum(cell_width(span.text) for span in spans)

    def _style_of(self, log: LogFile, line: Line) -> AnsiStyle:
        return style_before(log, line.start) if self._style is None else self._style

    def _erase(self) -> None:
        if self._covered:
            sys.stdout.write(f"\r{' ' * self._covered}\r")
            self._covered = 0

    def _painted(self, spans: Sequence[Span]) -> str:
        if not self._has_colour or all(span.style == UNSTYLED for span in spans):
            return "".join(span.text for span in spans)
        return "".join(span.style.sequence() + span.text for span in spans) + UNSTYLED.sequence()


def _end_of(spans: Sequence[Span], width: int) -> Sequence[Span]:
    """Returns as much of the end as fits into ``width`` cells, with an ellipsis where it is cut."""
    widths = cell_widths("".join(span.text for span in spans))
    excess = sum(widths) - width
    if excess <= 0:
        return spans
    before = list(accumulate(widths))
    cut = bisect_right(before, before[bisect_left(before, excess + 1)])
    return [Span(ELLIPSIS, UNSTYLED), *_without(spans, cut)]


def _without(spans: Sequence[Span], cut: int) -> Iterator[Span]:
    for span in spans:
        if cut < len(span.text):
            yield Span(span.text[cut:], span.style)
        cut = max(0, cut - len(span.text))
