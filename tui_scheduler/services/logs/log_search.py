"""Search in a log: a chunk at a time, so that a caller can show progress, and stop.

What is searched is what is shown: terminal sequences and the overwritten states of progress bars
do not count. Matches are counted per chunk and not listed, so that a million of them cost nothing.
"""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tui_scheduler.services.logs.log_file import BLOCK, LogFile
from tui_scheduler.text import settled, without_sequences

CHUNK = 8 * BLOCK
_UNKNOWN = -1


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """The ``nth`` match (from 0) in the line that starts at an offset."""

    start: int
    nth: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is searched for: a text, found in any case unless ``exact``."""

    text: str
    exact: bool = False

    def count(self, data: bytes) -> int:
        """Count the matches in shown bytes."""
        needle, folded = self._folded(data)
        return folded.count(needle) if needle else sum(1 for _ in self._regex.finditer(data))

    def first(self, data: bytes) -> int:
        """Return where the first match begins, or -1."""
        needle, folded = self._folded(data)
        if needle:
            return folded.find(needle)
        match = self._regex.search(data)
        return -1 if match is None else match.start()

    def last(self, data: bytes) -> int:
        """Return where the last match begins, or -1."""
        needle, folded = self._folded(data)
        if needle:
            return folded.rfind(needle)
        return max((match.start() for match in self._regex.finditer(data)), default=-1)

    @property
    def regex(self) -> re.Pattern[str]:
        """The same search in decoded text, to highlight what was found."""
        return re.compile(re.escape(self.text), 0 if self.exact else re.IGNORECASE)

    @property
    def _regex(self) -> re.Pattern[bytes]:
        """Match each character in either case, which in UTF-8 may differ in length."""
        cases = ({char, char.lower(), char.upper()} for char in self.text)
        encoded = (b"|".join(re.escape(_utf8(case)) for case in sorted(chars)) for chars in cases)
        return re.compile(b"".join(b"(?:%s)" % chars for chars in encoded))

    def _folded(self, data: bytes) -> tuple[bytes, bytes]:
        """Return needle and data for a search by bytes; no needle when that does not do."""
        if self.exact or self.text.lower() == self.text.upper():
            return _utf8(self.text), data
        return (_utf8(self.text.lower()), data.lower()) if self.text.isascii() else (b"", data)


def pattern(text: str) -> Pattern:
    """Make a pattern that heeds case only when the text has a capital letter."""
    return Pattern(text, exact=text != text.lower())


class LogSearch:
    """Matches of a pattern in a log that may grow meanwhile; for a replaced log begin anew."""

    def __init__(self, log: LogFile, wanted: Pattern) -> None:
        self.pattern = wanted
        self._log = log
        self._counts: array[int] = array("q")
        self._searched = 0
        self._left = 0

    @property
    def found(self) -> int:
        """How many matches were counted so far."""
        return sum(count for count in self._counts if count > 0)

    @property
    def is_complete(self) -> bool:
        """Whether all of the log was searched."""
        return self._left <= 0 and self._searched >= self._log.size

    def step(self) -> bool:
        """Count the matches of one more chunk, the end first; False when there is none left."""
        if self._searched != self._log.size:
            self._grow()
        while self._left > 0 and self._counts[self._left - 1] != _UNKNOWN:
            self._left -= 1
        if self._left <= 0:
            return False
        self._left -= 1
        self._counts[self._left] = self._count(*self._bounds(self._left))
        return True

    def number(self, match: Match) -> int | None:
        """Return which match it is, from 1; None until all before it are counted."""
        chunk = match.start // CHUNK
        before = self._counts[:chunk]
        if len(before) < chunk or _UNKNOWN in before:
            return None
        return sum(before) + self._count(self._bounds(chunk)[0], match.start) + match.nth + 1

    def after(self, match: Match, stop: Callable[[], bool]) -> Match | None:
        """Find the next match; None if there is none or ``stop()`` became true."""
        if match.start >= self._log.size:
            return None
        line = self._log.line_from(match.start)
        if match.nth + 1 < self._count(line.start, line.next):
            return Match(line.start, match.nth + 1)
        for first, last in self._chunks_from(line.next):
            if stop():
                return None
            visible = self._shown(first, last)
            position = self.pattern.first(visible)
            if position >= 0:
                return self._match_at(first, last, visible, position, is_last=False)
        return None

    def before(self, match: Match, stop: Callable[[], bool]) -> Match | None:
        """Find the match before; None if there is none or ``stop()`` became true."""
        if match.nth > 0:
            return Match(match.start, match.nth - 1)
        for first, last in self._chunks_before(match.start):
            if stop():
                return None
            visible = self._shown(first, last)
            position = self.pattern.last(visible)
            if position >= 0:
                return self._match_at(first, last, visible, position, is_last=True)
        return None

    def _match_at(
        self, first: int, last: int, visible: bytes, position: int, *, is_last: bool
    ) -> Match:
        """Find the line in the file that a match in the shown bytes belongs to."""
        raw = self._log.read(first, last)
        start = first + _line_start(raw, visible, position)
        end = raw.find(b"\n", start - first)
        lines = list(self._pieces(start, last if end < 0 else first + end))
        for piece, count in reversed(lines) if is_last else lines:
            if count:
                return Match(piece, count - 1 if is_last else 0)
        return Match(start, 0)

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for line in self._log.lines_from(start):
            yield line.start, self._count(line.start, line.end)
            if line.next >= end:
                return

    def _chunks_from(self, start: int) -> Iterator[tuple[int, int]]:
        while start < self._log.size:
            chunk = start // CHUNK
            end = self._bounds(chunk)[1]
            if start < end and not self._is_known_empty(chunk):
                yield start, end
            start = max(end, start + 1)

    def _chunks_before(self, end: int) -> Iterator[tuple[int, int]]:
        for chunk in range(min(end, self._log.size) // CHUNK, -1, -1):
            first, last = self._bounds(chunk)
            if first < min(last, end) and not self._is_known_empty(chunk):
                yield first, min(last, end)

    def _is_known_empty(self, chunk: int) -> bool:
        return chunk < len(self._counts) and self._counts[chunk] == 0

    def _bounds(self, chunk: int) -> tuple[int, int]:
        """Return where the lines that start in a chunk begin and end."""
        return self._start_from(chunk * CHUNK), self._start_from((chunk + 1) * CHUNK)

    def _start_from(self, offset: int) -> int:
        if offset <= 0 or offset >= self._log.size:
            return max(0, min(offset, self._log.size))
        return self._log.line_at(offset - 1).next

    def _count(self, start: int, end: int) -> int:
        return self.pattern.count(self._shown(start, end)) if start < end else 0

    def _shown(self, start: int, end: int) -> bytes:
        return without_sequences(settled(self._log.read(start, end)))

    def _grow(self) -> None:
        """Search the new chunks, and again those whose last line may have become longer."""
        unsure = max(0, self._searched - 2 * BLOCK) // CHUNK
        chunks = -(-self._log.size // CHUNK)
        kept = self._counts[:unsure]
        self._counts = kept + array("q", [_UNKNOWN] * (chunks - len(kept)))
        self._searched = self._log.size
        self._left = chunks


def _line_start(raw: bytes, visible: bytes, position: int) -> int:
    """Return where the line of a shown position starts in the raw bytes."""
    if len(raw) == len(visible):
        return raw.rfind(b"\n", 0, position) + 1
    start = 0
    for _ in range(visible.count(b"\n", 0, position)):
        start = raw.find(b"\n", start) + 1
    return start


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
