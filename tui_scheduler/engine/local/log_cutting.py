"""Cutting a log that has grown too long, while its run goes on writing to it.

The beginning and the latest output stay; between them a line says how much is missing. The run
holds this very file open to append to it, so the latest output is moved down inside the file, over
what is dropped, until we have caught up with the run; only then the file is cut off behind it. A
crash before that leaves a log that has lost nothing of its beginning and its end. All that can be
lost unsaid is what the run writes between the last look and the one call that cuts.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from tui_scheduler.services.logs.run_files import line_of_ours
from tui_scheduler.sizes import size_text

ROOM = 1024
"""Bytes below the limit that are left for lines of ours, such as why the run has ended."""
_LIVE_PART = 5  # so much less is kept of the tail while it grows: no cut at every look
_LONGEST_LINE = 64 * 1024
_LONGEST_NOTICE = 256
_TRIES = 4
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limit:
    """How many bytes a log may have, how many of them are its beginning, and why that is so."""

    size: int
    head: int
    reason: str

    @property
    def most(self) -> int:
        """Bytes of output that it may have."""
        return self.size - ROOM


@dataclass(frozen=True, slots=True)
class Seam:
    """Where output is missing: the line that says so, and how many bytes it speaks of."""

    start: int
    line: bytes
    dropped: int

    @property
    def end(self) -> int:
        """The offset after the line."""
        return self.start + len(self.line)


Seams = tuple[Seam, ...]


def cut(log: Path, limit: Limit, seams: Seams = (), *, is_written: bool) -> Seams:
    """Cut ``log`` if it is longer than ``limit``; returns the seams that it has now.

    While it ``is_written`` only a part of the tail is kept, so that there is room to grow. What
    the ``seams`` of earlier cuts tell is counted where they are dropped. Not for the event loop;
    not for two threads at once. Raises OSError.
    """
    file = os.open(log, os.O_RDWR | os.O_CLOEXEC)
    try:
        if os.fstat(file).st_size <= limit.most:
            return seams
        return _cut(file, limit, tuple(seam for seam in seams if _is_there(file, seam)), is_written)
    finally:
        os.close(file)


def _cut(file: int, limit: Limit, seams: Seams, is_written: bool) -> Seams:
    head = _head(file, limit.head, seams)
    kept = (limit.most - head - _LONGEST_NOTICE) // (_LIVE_PART if is_written else 1)
    for _ in range(_TRIES):
        tail = _tail(file, head, kept)
        new = _written(file, head, _missing(seams, head, tail), limit.reason)
        source, end = _moved(file, tail, new.end, limit.most)
        left = _left(seams, head, tail, new)
        if end < limit.most:
            break
        kept //= 2  # it is written faster than we read: begin again nearer to its end
    else:
        missed = os.fstat(file).st_size - source
        left = (*left, _written(file, end, missed, "it came too fast to be kept"))
        end = left[-1].end
    os.ftruncate(file, end)
    return left


def _is_there(file: int, seam: Seam) -> bool:
    """Whether the line of ``seam`` still stands; the run may have emptied its log."""
    return os.pread(file, len(seam.line), seam.start) == seam.line


def _head(file: int, wanted: int, seams: Seams) -> int:
    """Where the beginning ends: where it did before, or else with a line if one is near."""
    near = wanted - min(_LONGEST_LINE, wanted // 2)
    for seam in seams:
        if near <= seam.start <= wanted:
            return seam.start
    line_end = os.pread(file, wanted - near, near).rfind(b"\n")
    return wanted if line_end < 0 else near + line_end + 1


def _tail(file: int, head: int, kept: int) -> int:
    """Where the latest output begins: with a line if one is near."""
    start = max(os.fstat(file).st_size - kept, head + _LONGEST_NOTICE)
    line_end = os.pread(file, min(_LONGEST_LINE, kept // 2), start - 1).find(b"\n")
    return start + max(line_end, 0)


def _missing(seams: Seams, head: int, tail: int) -> int:
    """Bytes of output that are missing when all between two places is dropped."""
    seams_left = [seam for seam in seams if head <= seam.start < tail]
    return tail - head + sum(seam.dropped - len(seam.line) for seam in seams_left)


def _left(seams: Seams, head: int, tail: int, new: Seam) -> Seams:
    """All seams when ``new`` stands for what was between two places."""
    before = (seam for seam in seams if seam.start < head)
    moved = (seam for seam in seams if seam.start >= tail)
    return (*before, new, *(replace(seam, start=seam.start - tail + new.end) for seam in moved))


def _moved(file: int, source: int, target: int, most: int) -> tuple[int, int]:
    """Move the rest down, also what is written meanwhile; returns where both places are then."""
    while target < most and (block := os.pread(file, min(_BLOCK, most - target), source)):
        written = os.pwrite(file, block, target)
        source, target = source + written, target + written
    return source, target


def _written(file: int, place: int, dropped: int, reason: str) -> Seam:
    """A new seam, already in the log."""
    after_line_end = place == 0 or os.pread(file, 1, place - 1) == b"\n"
    text = f"{size_text(dropped)} of output dropped here: {reason}"
    seam = Seam(place, line_of_ours(text, after_line_end=after_line_end), dropped)
    os.pwrite(file, seam.line, place)
    return seam
