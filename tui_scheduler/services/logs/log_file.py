"""Logs by byte offsets: a line is found by reading the file near it, never the whole file.

A line ends with a line end. One that is very long is cut into pieces, of which each is a line:
before a block, where the block before it has no line end and nothing that brings the cursor back,
and in any case after sixteen megabytes. So a progress bar that is written over itself is one line,
and a megabyte of text comes in pieces that are quickly drawn. No character is cut in two, and no
sequence of up to some kilobytes.

Files are opened for each read and read with ``pread``: nothing is held open, and a log that is
truncated under us gives fewer bytes where a memory map would end the program (SIGBUS). Measured,
both read 1.3 GB a second.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

from tui_scheduler.permissions import open_file
from tui_scheduler.services.logs.line_model import goes_back, whole_from

BLOCK = 32 * 1024
"""Bytes in a block."""
LONGEST = 16 * 1024 * 1024
"""Bytes of a line at most."""
_NEAR = 8 * 1024  # bytes on either side of where a line is cut, by which the exact place is found
_MOST_BLOCKS = 16
_MOST_CUTS = 1024
_MOST_LONG = 8
_LONG = 4  # blocks from which on the ends of a line are remembered
_REMEMBERED = 64  # bytes before the end, by which a log is known again that was cut and has grown


T = TypeVar("T")


class Change(Enum):
    """What became of a log since it was last looked at."""

    NONE = "none"
    GROWN = "grown"
    REPLACED = "replaced"
    """Cut, or another file of the same name: all offsets are void."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a piece of a very long one, by byte offsets; a piece is cut where it ends."""

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
        self._cuts: dict[int, int | None] = {}
        self._long: dict[int, int] = {}  # starts of long lines, and a block that they reach into

    def refresh(self) -> Change:
        """Look at the file again and tell what changed; one ``stat`` if nothing did."""
        try:
            status = self.path.lstat()
        except OSError:
            return self._missing()
        if not stat.S_ISREG(status.st_mode):  # somebody put it in the place of the log
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
            self._forget_all()
            return Change.REPLACED
        if size == before:  # there is a file now, and it is empty
            return Change.NONE
        self._blocks.pop(before // BLOCK, None)
        return Change.GROWN

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes between two offsets; fewer, or none, if they are no longer there."""
        try:
            descriptor = open_file(self.path, os.O_RDONLY, of_anybody=True)
        except OSError:
            return b""
        try:
            return os.pread(descriptor, max(0, end - start), start)
        except OSError:
            return b""
        finally:
            os.close(descriptor)

    @property
    def is_there(self) -> bool:
        """Whether anything could be read when it was last looked at."""
        return self.size > 0 and bool(self._last_bytes)

    def block(self, number: int) -> bytes:
        """Return the bytes of a block; those that were read last are remembered."""
        block = self._blocks.get(number)
        if block is None:
            start = number * BLOCK
            block = self.read(start, min(start + BLOCK, self.size))
            _make_room(self._blocks, _MOST_BLOCKS)
            self._blocks[number] = block
        return block

    def bytes_of(self, line: Line) -> bytes:
        """Return a line as it stands in the file, without its line end."""
        first, last = line.start // BLOCK, max(line.start, line.end - 1) // BLOCK
        data = b"".join(self.block(number) for number in range(first, last + 1))
        return data[line.start - first * BLOCK : line.end - first * BLOCK]

    def line_at(self, offset: int) -> Line:
        """Return the line that the byte at an offset belongs to."""
        return self.line_from(self.start_of(offset))

    def start_of(self, offset: int) -> int:
        """Return where the line of a byte starts."""
        number = last = min(offset, max(0, self.size - 1)) // BLOCK
        line_end = self.block(number).rfind(b"\n", 0, offset - number * BLOCK)
        while line_end < 0:
            start = self._cut(number)
            if start is None or start > offset:
                start = self._long_line_into(number)
            if start is not None:
                self._remember(start, last)
                return start
            number -= 1
            line_end = self.block(number).rfind(b"\n")
        start = number * BLOCK + line_end + 1
        self._remember(start, last)
        return start

    def line_from(self, start: int) -> Line:
        """Return the line that starts at an offset."""
        number = self._long.get(start, start // BLOCK)
        while number * BLOCK < self.size:
            is_far = start > number * BLOCK + _NEAR  # further than a cut can be from its block
            cut = None if is_far else self._cut(number)
            if cut is not None and cut > start:
                return Line(start, cut, cut)
            line_end = self.block(number).find(b"\n", max(0, start - number * BLOCK))
            if line_end >= 0:
                self._remember(start, number)
                end = number * BLOCK + line_end
                return Line(start, end, end + 1)
            number += 1
        self._remember(start, number - 1)
        return Line(start, self.size, self.size)

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
        """Return where the last ``count`` lines start, however long they are."""
        end = self.size
        if count == 0 or end == 0:
            return end
        wanted = count + (self.read(end - 1, end) == b"\n")
        while end > 0:
            start = max(0, end - BLOCK)
            data = self.read(start, end)
            line_ends = data.count(b"\n")
            if line_ends >= wanted:
                return start + len(data.rsplit(b"\n", wanted)[0]) + 1
            wanted -= line_ends
            end = start
        return 0

    def _ended_at(self, offset: int) -> bool:
        """Whether the bytes that were the last ones are still where they were."""
        return self.read(offset - len(self._last_bytes), offset) == self._last_bytes

    def _missing(self) -> Change:
        change = Change.NONE if self._identity is None else Change.MISSING
        self.size, self._identity = 0, None
        self._forget_all()
        return change

    def _forget_all(self) -> None:
        self._blocks.clear()
        self._cuts.clear()
        self._long.clear()

    def _cut(self, number: int) -> int | None:
        """Where the line is cut that comes to the start of a block; None if it goes on there."""
        if number == 0:
            return 0
        if number not in self._cuts:
            cut = self._found_cut(number)
            if number * BLOCK + _NEAR > self.size:  # what comes may belong to the last character
                return cut
            _make_room(self._cuts, _MOST_CUTS)
            self._cuts[number] = cut
        return self._cuts[number]

    def _found_cut(self, number: int) -> int | None:
        place, before = number * BLOCK, self.block(number - 1)
        if len(before) < BLOCK:  # the log is being cut
            return place
        if b"\n" in before or (place % LONGEST and goes_back(before)):
            return None
        return place - _NEAR + whole_from(self.read(place - _NEAR, place + _NEAR), _NEAR)

    def _long_line_into(self, number: int) -> int | None:
        reaches = (
            start for start, last in self._long.items() if start < number * BLOCK <= last * BLOCK
        )
        return next(reaches, None)

    def _remember(self, start: int, number: int) -> None:
        if number - start // BLOCK >= _LONG and number > self._long.get(start, 0):
            _make_room(self._long, _MOST_LONG)
            self._long[start] = number


def _make_room(known: dict[int, T], most: int) -> None:
    """Forget what is known longest."""
    if len(known) >= most:
        with suppress(KeyError, StopIteration):
            del known[next(iter(known))]
