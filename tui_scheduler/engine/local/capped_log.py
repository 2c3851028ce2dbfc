"""A log within limits: its beginning and its latest part are kept, and what is missing is told.

Part of the keeper, and like it of the standard library alone, see there.
"""

import errno
import fcntl
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

ROOM = 1024
"""Bytes below the limit of a log that are left for lines of ours."""
LEAST = 64 * 1024
"""Bytes by which any log may grow, however full the disk is."""
SMALLEST = 4 * ROOM
"""Bytes; a limit below that says nothing."""

FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_LIVE_PART = 5  # so much less is kept of the tail while a log grows: no cut at every write
_LONGEST_LINE = 64 * 1024
_LONGEST_NOTICE = 256
_LONGEST_TEXT = ROOM - 16  # bytes of a line of ours
_BLOCK = 1024 * 1024  # bytes that are moved in one turn while a log is cut
_LOOK_AT_DISK = 0.05  # seconds between two looks at how full it is
_WHOLE = 100  # percent
_STEP = 1000  # from a unit of bytes to the next one
_REASONS = {
    errno.ENOSPC: "the disk was full",
    errno.EDQUOT: "the disk was full",
    errno.ELOOP: "its log is a symbolic link",
}
_SEAM = re.compile(
    rb"-- (\d[\d,]{,25}) bytes? of output (?:dropped here|not kept)( within a line)?:"
    rb" [^\n]{1,150} --\n"
)


def line_of_ours(text: str, *, after_line_end: bool = True) -> bytes:
    """Returns what sets a line of ours apart from the output in a log."""
    start = "" if after_line_end else "\n"
    return f"{start}-- {text} --\n".encode(errors="replace")


class Limit(NamedTuple):
    """How many bytes a log may have, how many of them are its beginning, and why that is so."""

    size: int
    head: int
    reason: str

    @property
    def most(self) -> int:
        """Bytes of output that it may have."""
        return self.size - ROOM


class Seam(NamedTuple):
    """A line of ours in a log, and how many bytes of output it says are missing there."""

    start: int
    line: bytes
    dropped: int

    @property
    def end(self) -> int:
        """The offset after the line."""
        return self.start + len(self.line)


def percent_free(folder: bytes) -> float:
    """Returns how much of the disk of ``folder`` is free to us; all of it if that is not known."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return _WHOLE
    return _WHOLE * disk.f_bavail / disk.f_blocks if disk.f_blocks else _WHOLE


class Limits:
    """No log has more than ``cap`` bytes, nor grows by more than 64 kB while the disk is full.

    It is full, or nearly so, when less than ``reserve`` percent are free. 0 is no limit.
    """

    def __init__(
        self, cap: int, reserve: float, percent_free: Callable[[bytes], float] = percent_free
    ) -> None:
        self._cap = max(cap, SMALLEST) if cap else 0
        self._reserve = reserve
        self._percent_free = percent_free
        self._free: float = _WHOLE
        self._looked_at = -_LOOK_AT_DISK

    def is_disk_nearly_full(self, folder: bytes) -> bool:
        """Whether the disk has less than its reserve; it is looked at a few times a second."""
        if not self._reserve:
            return False
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_AT_DISK:
            self._looked_at = now
            self._free = self._percent_free(folder)
        return self._free < self._reserve

    def of(self, fair_size: int | None) -> Limit | None:
        """The limit of a log; ``fair_size`` is what it had before the disk was nearly full."""
        if fair_size is not None and (not self._cap or fair_size + LEAST < self._cap):
            reason = f"the disk is nearly full ({int(self._free * 10) / 10:g} % free)"
            return Limit(fair_size + LEAST, fair_size + LEAST // 2, reason)
        if not self._cap:
            return None
        return Limit(self._cap, self._cap // 2, f"the log is limited to {size_text(self._cap)}")


class Log:
    """The log of one run, made at its first byte, kept within ``limits``; only we write to it.

    What cannot be kept is counted and told in the log as soon as it takes a line again, and in
    ``losses``: how many bytes, by the reason. A trouble with a log is never one of the command.
    """

    def __init__(self, path: bytes, limits: Limits) -> None:
        self.path = path
        self._limits = limits
        self._file = -1
        self._end = 0
        self._at_line_start = True
        self._fair_size = 0
        self._unread = 0  # bytes at the beginning in which there may be lines of others like us
        self._seams: list[Seam] = []
        self._untold: dict[str, int] = {}
        self.losses: dict[str, int] = {}

    def store(self, data: bytes) -> Iterator[None]:
        """Append output; yields where others may have their turn."""
        rest = memoryview(data)
        try:
            while rest:
                size = self._size()
                limit = self._limit(size)
                if limit is not None and size >= limit.most:
                    yield from self._cut(limit)
                elif self._untold:
                    self._tell_losses()
                else:
                    room = len(rest) if limit is None else limit.most - size
                    written = os.write(self._file, rest[:room])
                    self._end = size + written
                    self._at_line_start = rest[written - 1] == ord("\n")
                    rest = rest[written:]
        except OSError as error:
            reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
            self._count(len(rest), reason)

    def note(self, text: str) -> None:
        """Append a line of ours; there is room for it beyond the limit. Raises OSError."""
        self._add_line(text, missing=0)

    def close(self) -> None:
        """Tell what is untold, and let go of the file."""
        with suppress(OSError):
            self._tell_losses()
        self._forget_file()

    def _size(self) -> int:
        """The bytes that the log has; opens it if need be, anew if it was removed."""
        status = os.fstat(self._file) if self._file >= 0 else None
        if status is not None and not status.st_nlink:
            self._shrink(0, "the log was removed")
            self._forget_file()
            status = None
        if status is None:
            self._file = _opened_log(self.path)
            status = os.fstat(self._file)
            self._unread = self._fair_size = status.st_size
        size = status.st_size
        if size < self._end:
            self._shrink(size, "the log was truncated")
        if size != self._end:
            self._end = size
            self._at_line_start = size == 0 or os.pread(self._file, 1, size - 1) == b"\n"
        return size

    def _shrink(self, size: int, reason: str) -> None:
        """Somebody else took what was behind ``size``."""
        missing = _missing(self._seams, size, self._end)
        if missing:
            self._count(missing, reason)
        self._seams = [seam for seam in self._seams if seam.end <= size]
        self._unread = min(self._unread, size)
        self._fair_size = min(self._fair_size, size)

    def _forget_file(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1
        self._end = 0
        self._at_line_start = True

    def _limit(self, size: int) -> Limit | None:
        if self._limits.is_disk_nearly_full(os.path.dirname(self.path)):
            return self._limits.of(self._fair_size)
        self._fair_size = size
        return self._limits.of(None)

    def _count(self, size: int, reason: str) -> None:
        for counts in (self._untold, self.losses):
            counts[reason] = counts.get(reason, 0) + size

    def _tell_losses(self) -> None:
        while self._untold:
            self._size()  # it may have been removed
            reason, size = next(iter(self._untold.items()))
            self._add_line(_loss(size, "not kept", self._at_line_start, reason), missing=size)
            del self._untold[reason]

    def _add_line(self, text: str, missing: int) -> None:
        """Append a whole line of ours, or nothing."""
        text = text.encode(errors="replace")[:_LONGEST_TEXT].decode(errors="ignore")
        size = self._size()
        line = line_of_ours(text, after_line_end=self._at_line_start)
        limit = self._limit(size)
        if limit is not None and size + len(line) > limit.size:
            for _ in self._cut(limit):
                pass
            size = self._size()
        try:
            refuse_part(os.write(self._file, line), line)
        except OSError:
            os.ftruncate(self._file, size)
            raise
        self._end = size + len(line)
        self._at_line_start = True
        self._seams.append(Seam(size, line, missing))

    def _cut(self, limit: Limit) -> Iterator[None]:
        """Keep the beginning and the latest output, and between them a line that says what is gone.

        The latest output is moved down over what is dropped. A crash meanwhile leaves a log that
        has lost nothing of its beginning and its end, but may have a part of it twice.
        """
        file = self._file
        yield from self._read_seams()
        seams = [seam for seam in self._seams if _is_there(file, seam)]
        head = _head(file, limit.head, seams)
        tail = _tail(file, head, (limit.most - head - _LONGEST_NOTICE) // _LIVE_PART, seams)
        self._seams, self._unread = [], self._end  # until it is done, only the file knows
        flags = fcntl.fcntl(file, fcntl.F_GETFL)
        fcntl.fcntl(file, fcntl.F_SETFL, flags & ~os.O_APPEND)  # it would make pwrite append
        try:
            new = _written(file, head, _missing(seams, head, tail), limit.reason)
            target, source = new.end, tail
            while block := os.pread(file, _BLOCK, source):
                written = os.pwrite(file, block, target)
                source, target = source + written, target + written
                yield
            os.ftruncate(file, min(target, os.fstat(file).st_size))
        finally:
            fcntl.fcntl(file, fcntl.F_SETFL, flags)
        self._seams, self._unread = _left(seams, head, tail, new), 0
        self._end = target

    def _read_seams(self) -> Iterator[None]:
        """Look for the lines that an earlier keeper, or a cut that failed, has left in the file."""
        seams: list[Seam] = []
        place = 0
        while place < self._unread:
            block = os.pread(self._file, min(_BLOCK, self._unread - place), place)
            lines = block[: block.rfind(b"\n") + 1] or block
            for match in _SEAM.finditer(lines):
                if lines[match.start() - 1 : match.start()] in (b"", b"\n"):
                    start = place + match.start()
                    before = b"\n" if match[2] and start else b""
                    dropped = int(match[1].replace(b",", b""))
                    seams.append(Seam(start - len(before), before + match[0], dropped))
            place += len(lines) or self._unread
            yield
        self._seams, self._unread = seams + self._seams, 0


def _opened_log(path: bytes) -> int:
    """Returns a descriptor that appends to the log at ``path``, which is made if need be.

    Raises OSError, before anything is done to it, for what somebody put in its place.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        file = os.open(path, flags, FILE_MODE)
    except FileNotFoundError:
        make_folder(os.path.dirname(path))
        # Whoever removes old logs takes empty folders too; then the next output makes it again.
        file = os.open(path, flags, FILE_MODE)
    if (problem := _problem(os.fstat(file))) is not None:
        os.close(file)
        raise OSError(errno.EPERM, problem)
    return file


def _problem(status: os.stat_result) -> str | None:
    """Why an open file is no log of ours; None if it is."""
    if not stat.S_ISREG(status.st_mode):
        return "its log is not a regular file"
    if status.st_uid != os.geteuid():
        return "its log belongs to somebody else"
    return "its log has other names (hard links)" if status.st_nlink > 1 else None


def make_folder(path: bytes) -> None:
    """Make a folder among the logs, and that of the logs; raises OSError.

    The one above, with the database, may only have been moved away, and is to find its place free.
    """
    for folder in (os.path.dirname(path), path):
        try:
            os.mkdir(folder, _FOLDER_MODE)
        except FileExistsError:
            if not os.path.isdir(folder):
                raise


def _is_there(file: int, seam: Seam) -> bool:
    """Whether the line still stands: somebody may have written over it."""
    return os.pread(file, len(seam.line), seam.start) == seam.line


def _head(file: int, wanted: int, seams: list[Seam]) -> int:
    """Where the beginning ends: where output is missing already, or with a line if one is near."""
    near = wanted - min(_LONGEST_LINE, wanted // 2)
    for seam in seams:
        if seam.dropped and near <= seam.start <= wanted:
            return seam.start
    line_end = os.pread(file, wanted - near, near).rfind(b"\n")
    head = wanted if line_end < 0 else near + line_end + 1
    return next((seam.start for seam in seams if seam.start < head < seam.end), head)


def _tail(file: int, head: int, kept: int, seams: list[Seam]) -> int:
    """Where the latest output begins: with a line if one is near."""
    start = max(os.fstat(file).st_size - kept, head + _LONGEST_NOTICE)
    line_end = os.pread(file, min(_LONGEST_LINE, kept // 2), start - 1).find(b"\n")
    tail = start + max(line_end, 0)
    return next((seam.end for seam in seams if seam.start < tail < seam.end), tail)


def _missing(seams: list[Seam], head: int, tail: int) -> int:
    """Bytes of output that are missing when all between two places is dropped."""
    within = [seam for seam in seams if head <= seam.start < tail]
    return tail - head + sum(seam.dropped - len(seam.line) for seam in within)


def _left(seams: list[Seam], head: int, tail: int, new: Seam) -> list[Seam]:
    """All seams when ``new`` stands for what was between two places."""
    before = [seam for seam in seams if seam.start < head]
    moved = [seam for seam in seams if seam.start >= tail]
    return [*before, new, *(seam._replace(start=seam.start - tail + new.end) for seam in moved)]


def _written(file: int, place: int, dropped: int, reason: str) -> Seam:
    """Write a new seam into the log, and return it."""
    after_line_end = place == 0 or os.pread(file, 1, place - 1) == b"\n"
    text = _loss(dropped, "dropped here", after_line_end, reason)
    seam = Seam(place, line_of_ours(text, after_line_end=after_line_end), dropped)
    refuse_part(os.pwrite(file, seam.line, place), seam.line)
    return seam


def _loss(missing: int, how: str, after_line_end: bool, reason: str) -> str:
    """Returns a text that ``_SEAM`` matches; "within a line" says that the line end is ours too."""
    unit = "byte" if missing == 1 else "bytes"
    where = "" if after_line_end else " within a line"
    return f"{missing:,} {unit} of output {how}{where}: {reason}"


def refuse_part(written: int, data: bytes) -> None:
    """Raise OSError when there was room for a part of ``data`` only."""
    if written < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def size_text(size: int) -> str:
    """Returns a number of bytes as all of the program writes them: ``312 B``, ``1.4 MB``."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < _STEP - 0.5 or unit == "TB":
            break
        amount /= _STEP
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"
