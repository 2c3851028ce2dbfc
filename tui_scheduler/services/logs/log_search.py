"""Search in a log: a chunk at a time, so that a caller can show progress, and stop.

What is searched is what is shown (``line_model``): what is hidden, such as terminal sequences and
the overwritten states of progress bars, does not count, and whatever counts can be shown. Matches
are counted per chunk and not listed, so that a million of them cost nothing.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from tui_scheduler.services.logs.line_model import printed, shown_bytes
from tui_scheduler.services.logs.log_file import BLOCK, LogFile
from tui_scheduler.services.logs.shown_lines import Stretch, stretches
from tui_scheduler.text import REPLACEMENT, decode

CHUNK = 8 * BLOCK
_UNKNOWN = -1
_ALSO_ASCII = {
    letter: [other.encode() for other in others]
    for letter, others in {"i": "\u0131\u0130", "s": "\u017f", "k": "\u212a"}.items()
}
"""Letters beyond ASCII that are these in another case."""


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """The ``nth`` match (from 0) in the line that starts at an offset."""

    start: int
    nth: int


@dataclass(frozen=True)
class Pattern:
    """What is searched for: a text, found in any case unless ``exact``."""

    text: str
    exact: bool = False

    def spans(self, text: str, ahead: str = "") -> Iterator[tuple[int, int]]:
        """Yield from where to where the matches go that begin in ``text``, before ``ahead``."""
        for match in self._regex.finditer(text + self._overlap(ahead)):
            yield match.span()

    def count(self, data: bytes, ahead: str = "") -> int:
        """Count the matches that begin in ``data``, which is UTF-8 for the most part."""
        data += self._overlap(ahead).encode()
        if self.exact and REPLACEMENT not in self.text:
            return data.count(self._needle)
        if self.text.isascii() and (
            data.isascii() or not any(map(data.__contains__, self._others))
        ):
            return data.lower().count(self._needle.lower())  # of ASCII letters only
        return sum(1 for _ in self.spans(decode(data)))

    def seen(self, data: bytes) -> bytes:
        """Return whole lines as they are shown, or as they are if it is found as often in that."""
        is_plain = self.text.isascii() and self.text.isprintable()
        if is_plain and not (" " in self.text and b"\t" in data):  # which is shown as spaces
            seen = printed(data)
            return shown_bytes(data) if seen is None else seen
        return shown_bytes(data)

    def _overlap(self, ahead: str) -> str:
        """Returns as much of what is ahead as can belong to a match that begins before it."""
        return ahead[: len(self.text) - 1]

    def _may_be_other(self, data: bytes) -> bool:
        """Whether ``data`` has any of its letters in another case, beyond ASCII."""
        return (
            bool(self._others) and not data.isascii() and any(map(data.__contains__, self._others))
        )

    @cached_property
    def _others(self) -> list[bytes]:
        return [other for letter in set(self.text.lower()) for other in _ALSO_ASCII.get(letter, [])]

    @cached_property
    def _needle(self) -> bytes:
        return self.text.encode("utf-8", "replace")

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.text), 0 if self.exact else re.IGNORECASE)


def pattern(text: str) -> Pattern:
    """Make a pattern that heeds case only when the text has a capital letter."""
    return Pattern(text, exact=text != text.lower())


class Wanted(Protocol):
    """What can be searched for."""

    def spans(self, text: str, ahead: str = "") -> Iterator[tuple[int, int]]:
        """Yield from where to where the matches go that begin in ``text``, before ``ahead``."""
        ...

    def count(self, data: bytes, ahead: str = "") -> int:
        """Count the matches that begin in ``data``, which is UTF-8 for the most part."""
        ...

    def seen(self, data: bytes) -> bytes:
        """Return whole lines as they are shown, or as they are if it is found as often in that."""
        ...


class LogSearch:
    """Matches in a log that may grow meanwhile; for a replaced log begin anew."""

    def __init__(self, log: LogFile, wanted: Wanted) -> None:
        self.pattern = wanted
        self._log = log
        self._counts: array[int] = array("q")
        self._searched = 0
        self._left = 0

    @property
    def match_count(self) -> int:
        """How many matches have been counted so far."""
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
            stretch = next(self._matching(first, last), None)
            if stretch is not None:
                return self._first_in(stretch)
        return None

    def before(self, match: Match, stop: Callable[[], bool]) -> Match | None:
        """Find the match before; None if there is none or ``stop()`` became true."""
        if match.nth > 0:
            return Match(match.start, match.nth - 1)
        for first, last in self._chunks_before(match.start):
            if stop():
                return None
            *_, stretch = None, *self._matching(first, last)
            if stretch is not None:
                return self._last_in(stretch)
        return None

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
        if start >= end:
            return 0
        return sum(map(self._count_in, self._stretches(start, end)))

    def _count_in(self, stretch: Stretch) -> int:
        return self.pattern.count(stretch.data, stretch.ahead)

    def _matching(self, start: int, end: int) -> Iterator[Stretch]:
        return filter(self._count_in, self._stretches(start, end))

    def _stretches(self, start: int, end: int) -> Iterator[Stretch]:
        return stretches(self._log, start, end, self.pattern.seen)

    def _first_in(self, stretch: Stretch) -> Match:
        lines = stretch.data.split(b"\n")
        through = bisect_left(
            range(len(lines)), 1, key=lambda n: self._count_of(lines[:n], stretch.ahead)
        )
        return Match(self._line_start(stretch, through - 1), 0)

    def _last_in(self, stretch: Stretch) -> Match:
        lines = stretch.data.split(b"\n")
        beyond = bisect_left(
            range(len(lines)), 1, key=lambda n: not self._count_of(lines[n:], stretch.ahead)
        )
        count = self._count_of(lines[beyond - 1 :], stretch.ahead)
        return Match(self._line_start(stretch, beyond - 1), count - 1)

    def _count_of(self, lines: list[bytes], ahead: str) -> int:
        """Count the matches in some lines of a stretch; only one that is alone has more ahead."""
        return self.pattern.count(b"\n".join(lines), ahead)

    def _line_start(self, stretch: Stretch, number: int) -> int:
        """Return where a line of a stretch starts: they have as many lines in the log."""
        data = self._log.read(stretch.start, stretch.end)
        return stretch.end - len(data.split(b"\n", number)[-1])

    def _grow(self) -> None:
        """Search the new chunks, and again those whose last line, or the one before, is longer."""
        last = self._log.start_of(min(self._searched, self._log.size))
        unsure = self._log.start_of(max(0, last - 1)) // CHUNK
        chunks = -(-self._log.size // CHUNK)
        kept = self._counts[:unsure]
        self._counts = kept + array("q", [_UNKNOWN] * (chunks - len(kept)))
        self._searched = self._log.size
        self._left = chunks
