"""Cutting a log that has grown too long, while its run goes on writing to it.

The beginning and the latest output stay; between them a line says how much is missing. The run
holds this very file open to append to it, so the latest output is moved down inside the file, over
what is dropped, until we have caught up with the run; only then the file is cut off behind it. A
crash before that leaves a log that has lost nothing of its beginning and its end. All that can be
lost unseen is what the run writes between the last look and the one call that cuts.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.engine.run_files import line_of_ours
from tui_scheduler.sizes import size_text

ROOM = 1024
"""Bytes below the limit that are left for lines of ours, such as why the run has ended."""
_LIVE_PART = 5  # so much less is kept of the tail while it grows: no cut at every look
_LONGEST_LINE = 64 * 1024
_LONGEST_NOTICE = 256
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
    """Where a log was cut: the line that stands there, and how many bytes it speaks of."""

    start: int
    line: bytes
    dropped: int


def cut(log: Path, limit: Limit, last: Seam | None, *, is_written: bool) -> Seam | None:
    """Cut ``log`` if it is longer than ``limit``; returns its seam, ``last`` if it was not cut.

    While it ``is_written`` only a part of the tail is kept, so that there is room to grow. The
    line of the ``last`` cut is replaced, and what it told is counted in the new one. Not for the
    event loop; not for two threads at once. Raises OSError.
    """
    file = os.open(log, os.O_RDWR | os.O_CLOEXEC)
    try:
        size = os.fstat(file).st_size
        if size <= limit.most:
            return last
        if last is not None and os.pread(file, len(last.line), last.start) != last.line:
            last = None  # the run has emptied its log meanwhile
        head = _head(file, limit.head, last)
        kept = (limit.most - head) // (_LIVE_PART if is_written else 1)
        tail = _tail(file, max(size - kept, head + _LONGEST_NOTICE), kept)
        seam = _seam(file, head, tail, limit.reason, last)
        os.pwrite(file, seam.line, head)
        os.ftruncate(file, _moved(file, tail, head + len(seam.line), limit.most))
    finally:
        os.close(file)
    return seam


def _head(file: int, wanted: int, last: Seam | None) -> int:
    """Where the beginning ends: where it did before, or else with a line if one is near."""
    near = wanted - min(_LONGEST_LINE, wanted // 2)
    if last is not None and near <= last.start <= wanted:
        return last.start
    found = os.pread(file, wanted - near, near).rfind(b"\n")
    return wanted if found < 0 else near + found + 1


def _tail(file: int, wanted: int, kept: int) -> int:
    """Where the latest output begins: with a line if one is near."""
    found = os.pread(file, min(_LONGEST_LINE, kept // 2), wanted - 1).find(b"\n")
    return wanted + max(found, 0)


def _seam(file: int, head: int, tail: int, reason: str, last: Seam | None) -> Seam:
    dropped = tail - head
    if last is not None and head <= last.start < tail:
        dropped += last.dropped - len(last.line)
    text = f"{size_text(dropped)} of output dropped here: {reason}"
    after_line_end = head == 0 or os.pread(file, 1, head - 1) == b"\n"
    return Seam(head, line_of_ours(text, after_line_end=after_line_end), dropped)


def _moved(file: int, source: int, target: int, most: int) -> int:
    """Move the rest of the file down, also what is written meanwhile; returns its new end."""
    while target < most and (block := os.pread(file, _BLOCK, source)):
        written = os.pwrite(file, block, target)
        source, target = source + written, target + written
    return target
