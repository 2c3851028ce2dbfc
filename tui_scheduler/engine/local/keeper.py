"""The keeper: one small process that starts the runs, reads their output and sees how they end.

It outlives whoever asked it to, so that a run loses neither its output nor its exit code when the
scheduler goes. It needs the standard library alone, all of which is imported when it starts: the
package may be upgraded, or removed, while it lives. It is single-threaded, and looks up no path
that a user has chosen, since a dead mount must not hold up everybody else.

What it did stands in its *journal*, one short write a line, and in this order:

    boot ID                   of the machine, once
    begin RUN TOKEN           before the start: no trace, no start
    no RUN                    it could not be started after all
    pid RUN PID START TIME PIPE   who it is, START in the system's own ticks, "-" if there are none;
                              when it began, and the number of the pipe that it writes to
    end RUN STATUS TIME       its wait status, written before the process is reaped
    cost RUN CPU MEMORY       seconds, and the peak in bytes
    closed                    nothing begins any more: the scheduler is gone

As long as the keeper lives it holds the lock of its journal, which the kernel frees at any crash.

It talks with the scheduler in messages over a socket pair, see ``Keeper``.
"""

import errno
import fcntl
import marshal
import os
import re
import resource
import select
import selectors
import signal
import socket
import stat
import struct
import sys
import termios
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

JOURNAL_SUFFIX = ".journal"
ROOM = 1024
"""Bytes below the limit of a log that are left for lines of ours."""
LEAST = 64 * 1024
"""Bytes by which any log may grow, however full the disk is."""
SMALLEST = 4 * ROOM
"""Bytes; a limit below that says nothing."""

_HEADER = struct.Struct("=I")
_MOST_DESCRIPTORS = 8  # that come with one message
_TURN = 256 * 1024  # bytes of messages, or of the output of a run, that are read in one turn
_LARGER_PIPE = 512 * 1024
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)
_RESERVED = 64 * 1024  # bytes of a journal that are written ahead
_LINES = 512  # bytes that the lines of one run need at most, with a token of half of them
_LONGEST_JOURNAL = 1024 * 1024
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_UMASK = 0o077
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
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, see prctl(2)
_START_TIME = 22  # the field of /proc/PID/stat, counted as in proc(5)
_FIRST_REAL_TIME_SIGNAL = 32
_MANY = 100  # runs at once, so that to list our children at each end would cost too much
_RESET = [
    number
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
    if number < _FIRST_REAL_TIME_SIGNAL
]
"""What we ignore or handle, and what we were told to ignore, is no matter of the commands'."""
_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE)

Message = tuple[Any, ...]


def packed(message: Message) -> bytes:
    """Returns ``message`` as it goes through the socket: its length, and itself."""
    body = marshal.dumps(message)
    return _HEADER.pack(len(body)) + body


class Inbox:
    """The messages that come from a socket, and in ``descriptors`` what came with each of some.

    None stands for descriptors that did not come whole, as this process may have no more of them.
    """

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._buffer = bytearray()
        self.descriptors: deque[list[int] | None] = deque()

    def receive(self) -> Iterator[Message]:
        """Yields what has come; raises EOFError when nothing can come any more."""
        is_over = not self._read()
        while len(self._buffer) >= _HEADER.size:
            (length,) = _HEADER.unpack_from(self._buffer)
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            message = marshal.loads(self._buffer[_HEADER.size : end])  # noqa: S302  from ourselves
            del self._buffer[:end]
            yield message
        if is_over:
            self._close_unclaimed()
            raise EOFError

    def _read(self) -> bool:
        """False at the end of all messages."""
        room = socket.CMSG_SPACE(_MOST_DESCRIPTORS * struct.calcsize("i"))
        close_on_exec = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
        try:
            read, notes, flags, _ = self._source.recvmsg(_TURN, room, close_on_exec)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        received = [number for *_, data in notes for (number,) in struct.iter_unpack("i", data)]
        if flags & socket.MSG_CTRUNC:
            for number in received:
                os.close(number)
            self.descriptors.append(None)
        elif received:
            for number in received:
                os.set_inheritable(number, False)
            self.descriptors.append(received)
        self._buffer += read
        return bool(read)

    def _close_unclaimed(self) -> None:
        """What came with a message that did not: others may wait until nobody has it open."""
        while self.descriptors:
            for number in self.descriptors.popleft() or ():
                os.close(number)


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
        return Limit(self._cap, self._cap // 2, f"the log is limited to {_size_text(self._cap)}")


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
            self._add_line(_told(size, "not kept", self._at_line_start, reason), missing=size)
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
            _refuse_part(os.write(self._file, line), line)
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
        found: list[Seam] = []
        place = 0
        while place < self._unread:
            block = os.pread(self._file, min(_BLOCK, self._unread - place), place)
            lines = block[: block.rfind(b"\n") + 1] or block
            for match in _SEAM.finditer(lines):
                if lines[match.start() - 1 : match.start()] in (b"", b"\n"):
                    start = place + match.start()
                    before = b"\n" if match[2] and start else b""
                    dropped = int(match[1].replace(b",", b""))
                    found.append(Seam(start - len(before), before + match[0], dropped))
            place += len(lines) or self._unread
            yield
        self._seams, self._unread = found + self._seams, 0


def _opened_log(path: bytes) -> int:
    """Returns a descriptor that appends to the log at ``path``, which is made if need be.

    Raises OSError, before anything is done to it, for what somebody put in its place.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        file = os.open(path, flags, _FILE_MODE)
    except FileNotFoundError:
        _make_folder(os.path.dirname(path))
        # Whoever removes old logs takes empty folders too; then the next output makes it again.
        file = os.open(path, flags, _FILE_MODE)
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


def _make_folder(path: bytes) -> None:
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
    """A new seam, already in the log."""
    after_line_end = place == 0 or os.pread(file, 1, place - 1) == b"\n"
    text = _told(dropped, "dropped here", after_line_end, reason)
    seam = Seam(place, line_of_ours(text, after_line_end=after_line_end), dropped)
    _refuse_part(os.pwrite(file, seam.line, place), seam.line)
    return seam


def _told(missing: int, how: str, after_line_end: bool, reason: str) -> str:
    """What ``_SEAM`` matches; it says whether the line end before it is one of ours too."""
    unit = "byte" if missing == 1 else "bytes"
    where = "" if after_line_end else " within a line"
    return f"{missing:,} {unit} of output {how}{where}: {reason}"


def _refuse_part(written: int, data: bytes) -> None:
    """Raise OSError when there was room for a part of ``data`` only."""
    if written < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _size_text(size: int) -> str:
    """Returns a number of bytes as all of the program writes them: ``312 B``, ``1.4 MB``."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < _STEP - 0.5 or unit == "TB":
            break
        amount /= _STEP
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"


class Journal:
    """What happened to the runs that began in one file, which ends in zeros written ahead.

    Those are the room that the lines of all its open runs need, so a full disk costs no end.
    Raises OSError when it cannot be made.
    """

    def __init__(self, folder: bytes, boot: str) -> None:
        _make_folder(folder)
        name = f"{time.time_ns():020d}-{os.getpid()}{JOURNAL_SUFFIX}"
        self.path = os.path.join(folder, name.encode())
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = os.open(self.path, flags, _FILE_MODE)
        self._end = self._reserved = 0
        self.unrecorded: set[int] = set()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.reserve()
            self.write("boot", boot)
        except OSError:
            self.remove()
            raise

    @property
    def is_long(self) -> bool:
        """Whether another one should take the next run."""
        return self._end >= _LONGEST_JOURNAL

    def reserve(self) -> None:
        """Make sure that one more run has room for its lines; raises OSError."""
        wanted = self._end + _LINES * (len(self.unrecorded) + 2)  # this one, and ``closed``
        while self._reserved < wanted:
            zeros = bytes(_RESERVED)
            self._reserved += os.pwrite(self._file, zeros, self._reserved)

    def write(self, *words: object) -> None:
        """Add a line, in one write; raises OSError, and the next line takes its place then."""
        line = " ".join(map(str, words)).encode() + b"\n"
        _refuse_part(os.pwrite(self._file, line, self._end), line)
        self._end += len(line)
        self._reserved = max(self._reserved, self._end)

    def remove(self) -> None:
        """Let go of the file, and take it away."""
        with suppress(OSError):
            os.unlink(self.path)
        os.close(self._file)


class Run(NamedTuple):
    """A process that was begun, where its ends are written down, and where its output goes."""

    number: int
    journal: Journal
    output: "Output"


class Output:
    """What comes through the pipe of a run, on its way into the log."""

    def __init__(self, run: int, pipe: int, log: Log) -> None:
        self.run = run
        self.pipe = pipe
        self.log = log
        self.work: Iterator[None] | None = None
        self._is_large = False
        os.set_blocking(pipe, False)

    def read(self) -> bool:
        """Take what has come, as much as one turn allows; False when nobody holds the pipe."""
        try:
            data = os.read(self.pipe, _TURN)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not self._is_large and len(data) >= _LEAST_OF_A_FLOOD:
            self._is_large = True
            if _SET_PIPE_SIZE is not None:
                with suppress(OSError):  # the user's pipes have all the room that they may have
                    fcntl.fcntl(self.pipe, _SET_PIPE_SIZE, _LARGER_PIPE)
        if data:
            self._store(data)
        return bool(data)

    def go_on(self) -> bool:
        """Do a piece of the work that is not done; False when all of it is."""
        if self.work is None:
            return False
        try:
            next(self.work)
        except StopIteration:
            self.work = None
        return self.work is not None

    def read_rest(self) -> None:
        """Take what is in the pipe now, and no more: a flood must not hold up an end."""
        self.finish()
        left = _bytes_in(self.pipe)
        while left > 0:
            try:
                data = os.read(self.pipe, left)
            except BlockingIOError:
                return
            if not data:
                return
            left -= len(data)
            self._store(data)
            self.finish()

    def finish(self) -> None:
        """Do all of the work that is not done."""
        while self.go_on():
            pass

    def close(self) -> None:
        """Nobody holds the pipe any more."""
        os.close(self.pipe)
        self.finish()
        self.log.close()

    def _store(self, data: bytes) -> None:
        self.work = self.log.store(data)
        self.go_on()


_LEAST_OF_A_FLOOD = 64 * 1024  # bytes in one read: as much as a pipe holds


def _bytes_in(pipe: int) -> int:
    (number,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
    return int(number)


class Settings(NamedTuple):
    """What all runs have in common, as the scheduler was given it; ``journals`` is a folder."""

    journals: bytes
    boot: str
    environment: dict[bytes, bytes]
    umask: int
    descriptor_limit: int
    log_cap: int
    disk_reserve: float
    may_adopt: bool = True


class Keeper:
    """The loop of the keeper, and the messages that it understands; RUN is the number of a run.

    ``start RUN TOKEN ARGUMENTS VARIABLES LOG NOTE``, with both ends of a pipe and a folder, is
    answered by ``began RUN PID START TIME``; ``no RUN REASON`` if it cannot be started; ``wait
    RUN REASON`` if it cannot now. ``take RUN LOG NOTE`` with the reading end of a pipe hands over
    the output of a run that another keeper began. ``note RUN LOG TEXT`` adds a line of ours to a
    log, and is answered by ``noted RUN``. ``recorded RUNS`` says that their ends are known for
    good, ``ping NUMBER`` is answered by ``pong NUMBER``.

    Told of itself: ``journal PATH``, with the name of each new one; ``ended RUN STATUS TIME CPU
    MEMORY LOSSES ORPHANS``, the last being what this run and others have left behind; ``drained RUN
    LOSSES`` when nobody holds the pipe of a run any more; and ``closed``, when the scheduler has
    shut its side of the channel.
    """

    def __init__(self, channel: socket.socket, settings: Settings) -> None:
        self._channel = channel
        self._settings = settings
        self._limits = Limits(settings.log_cap, settings.disk_reserve)
        self._inbox = Inbox(channel)
        self._outbox = bytearray()
        self._is_alone = False
        self._journal: Journal | None = None
        self._journals: list[Journal] = []
        self._runs: dict[int, Run] = {}
        self._outputs: dict[int, Output] = {}
        self._busy: set[Output] = set()
        self._selector = selectors.DefaultSelector()
        self._hang_up = select.poll()
        self._hang_up.register(channel, getattr(select, "POLLRDHUP", 0))
        self._handlers: dict[str, Callable[..., None]] = {
            "start": self._start,
            "take": self._take,
            "note": self._note,
            "recorded": self._recorded,
            "ping": lambda number: self._send("pong", number),
        }

    def run(self) -> None:
        """Serve until the scheduler is gone, every run has ended and every pipe is closed."""
        ended, wake = os.pipe()
        for descriptor in (ended, wake):
            os.set_blocking(descriptor, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._selector.register(ended, selectors.EVENT_READ, self._ended)
        self._selector.register(self._channel, selectors.EVENT_READ, self._hear)
        with suppress(OSError):  # asked to begin something, we try again and say why we cannot
            self._make_journal()
        while not self._is_alone or self._outbox or self._runs or self._outputs:
            self._turn(0 if self._busy else None)
        for journal in self._journals:
            if not journal.unrecorded:
                journal.remove()

    def _turn(self, patience: float | None) -> None:
        ready = self._selector.select(patience)
        for key, events in ready:
            if isinstance(key.data, Output):
                self._read(key.data)
            else:
                key.data(key.fd, events)
        for output in tuple(self._busy):
            if not output.go_on():
                self._busy.discard(output)
                self._selector.register(output.pipe, selectors.EVENT_READ, output)

    def _read(self, output: Output) -> None:
        if output.pipe not in self._outputs:  # closed earlier in this turn
            return
        if not output.read():
            self._close(output)
        elif output.work is not None:
            self._selector.unregister(output.pipe)
            self._busy.add(output)

    def _close(self, output: Output) -> None:
        del self._outputs[output.pipe]
        if output in self._busy:
            self._busy.discard(output)
        else:
            self._selector.unregister(output.pipe)
        output.close()
        self._send("drained", output.run, dict(output.log.losses))

    def _hear(self, _: int, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush()
        if not events & selectors.EVENT_READ:
            return
        try:
            for kind, *words in self._inbox.receive():
                self._handlers[kind](*words)
        except EOFError:
            self._be_alone()

    def _be_alone(self) -> None:
        self._is_alone = True
        if self._journal is not None:
            with suppress(OSError):
                self._journal.write("closed")
        self._send("closed")
        self._selector.unregister(self._channel)
        self._channel.close()
        self._outbox.clear()

    def _is_scheduler_gone(self) -> bool:
        return bool(self._hang_up.poll(0))

    def _send(self, *message: Any) -> None:
        if self._channel.fileno() >= 0:
            self._outbox += packed(message)
            self._flush()

    def _flush(self) -> None:
        try:
            while self._outbox:
                del self._outbox[: self._channel.send(self._outbox)]
        except BlockingIOError:
            pass
        except OSError:
            self._outbox.clear()  # nobody will read it
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._outbox else 0)
        if self._selector.get_key(self._channel).events != events:
            self._selector.modify(self._channel, events, self._hear)

    def _make_journal(self) -> None:
        journal = Journal(self._settings.journals, self._settings.boot)
        self._journal = journal
        self._journals.append(journal)
        self._send("journal", journal.path)

    def _start(
        self,
        run: int,
        token: str,
        arguments: list[bytes],
        variables: dict[bytes, bytes],
        log: bytes,
        note: str,
    ) -> None:
        descriptors = self._inbox.descriptors.popleft()
        if descriptors is None:
            self._send("wait", run, os.strerror(errno.EMFILE))
            return
        output = Output(run, descriptors[0], Log(log, self._limits))
        _, writing, folder = descriptors
        try:
            began = self._begin(run, token, arguments, variables, writing, folder, output)
        except Exception as error:  # whatever is wrong with this one is no matter of the others'
            number = error.errno if isinstance(error, OSError) else None
            began = ("no", run, number or 0, str(error) or repr(error))
        finally:
            os.close(writing)
            os.close(folder)
        if began[0] != "began":
            os.close(output.pipe)
            self._send(*began)
            return
        if note:
            with suppress(OSError):  # a disk that is full is no reason not to run
                output.log.note(note)
        self._listen_to(output)
        self._send(*began)

    def _begin(
        self,
        run: int,
        token: str,
        arguments: list[bytes],
        variables: dict[bytes, bytes],
        writing: int,
        folder: int,
        output: Output,
    ) -> Message:
        """Start a run, and write that down; returns the answer. Raises OSError or ValueError."""
        try:
            if self._journal is None:
                # Whoever schedules next has to find it, so the scheduler must be seen alive later.
                self._make_journal()
                return ("wait", run, "")
            if self._journal.is_long:
                self._make_journal()
            self._journal.reserve()
            if self._is_scheduler_gone():
                return ("wait", run, "")
            self._journal.write("begin", run, token)
        except OSError as error:
            return ("wait", run, _reason(error))
        journal = self._journal
        moment = time.time()  # nothing that the command does comes before its start
        try:
            pid = self._spawn(arguments, variables, writing, folder)
        except Exception:
            journal.write("no", run)
            raise
        start = start_of(pid)
        journal.unrecorded.add(run)
        self._runs[pid] = Run(run, journal, output)
        with suppress(OSError):  # there is room for it, but the disk itself may fail
            journal.write("pid", run, pid, start, f"{moment:.6f}", os.fstat(output.pipe).st_ino)
        return ("began", run, pid, start, moment)

    def _spawn(
        self, arguments: list[bytes], variables: dict[bytes, bytes], writing: int, folder: int
    ) -> int:
        settings = self._settings
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        os.fchdir(folder)
        os.umask(settings.umask)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (settings.descriptor_limit, hard))
            return os.posix_spawn(
                arguments[0],
                arguments[1:],
                {**settings.environment, **variables},
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, writing, 1),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
                setsigmask=(),
                setsigdef=_RESET,
            )
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            os.umask(_UMASK)
            os.chdir("/")

    def _take(self, run: int, log: bytes, note: str) -> None:
        descriptors = self._inbox.descriptors.popleft()
        if descriptors is None:
            return
        output = Output(run, descriptors[0], Log(log, self._limits))
        if note:
            with suppress(OSError):
                output.log.note(note)
        self._listen_to(output)
        self._send("taken", run)

    def _listen_to(self, output: Output) -> None:
        self._outputs[output.pipe] = output
        self._selector.register(output.pipe, selectors.EVENT_READ, output)

    def _note(self, run: int, path: bytes, text: str) -> None:
        """Add a line of ours to the log of a run, whose output may have ended long ago."""
        open_logs = (each for each in self._outputs.values() if each.log.path == path)
        output = next(open_logs, None)
        if output is not None:
            output.read_rest()
        log = Log(path, self._limits) if output is None else output.log
        with suppress(OSError):  # no log to say it in, but the run itself says it too
            log.note(text)
        if output is None:
            log.close()
        self._send("noted", run)

    def _recorded(self, runs: list[int]) -> None:
        """Forget runs whose end is known for good, and the journals that nobody needs any more."""
        for journal in tuple(self._journals):
            journal.unrecorded.difference_update(runs)
            if journal is not self._journal and not journal.unrecorded:
                self._journals.remove(journal)
                journal.remove()

    def _ended(self, wake: int, _: int) -> None:
        with suppress(BlockingIOError):
            while os.read(wake, _TURN):
                pass
        for pid, status, usage in _ended_children():
            run = self._runs.pop(pid, None)
            if run is not None:
                self._end(run, pid, status, usage)
            elif usage is None:  # what a run left behind
                os.waitpid(pid, 0)

    def _end(self, run: Run, pid: int, status: int, usage: resource.struct_rusage | None) -> None:
        moment = time.time()
        number, journal, output = run
        if self._outputs.get(output.pipe) is output:
            output.read_rest()
        with suppress(OSError):
            journal.write("end", number, status, f"{moment:.6f}")
        if usage is None:
            _, _, usage = os.wait4(pid, 0)
        cpu = usage.ru_utime + usage.ru_stime
        memory = usage.ru_maxrss * MEMORY_UNIT
        with suppress(OSError):
            journal.write("cost", number, f"{cpu:.6f}", memory)
        losses = dict(output.log.losses)
        self._send("ended", number, status, moment, cpu, memory, losses, self._orphans())

    def _orphans(self) -> list[int]:
        """The processes that runs have left to us; none if too many run to look for them.

        Whose they are stands in their environment, which is not for us to read: that waits for a
        process which waits for a dead mount.
        """
        if len(self._runs) > _MANY:
            return []
        return [pid for pid in children_of(os.getpid()) if pid not in self._runs]


MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


def _reason(error: OSError) -> str:
    place = f": {os.fsdecode(error.filename)}" if error.filename else ""
    return f"{error.strerror or error}{place}"


def _ended_children() -> Iterator[tuple[int, int, resource.struct_rusage | None]]:
    """Yields every child that has ended, its wait status, and what it used if it is reaped already.

    The caller must reap it otherwise, before it asks for the next one.
    """
    while True:
        try:
            if hasattr(os, "waitid"):
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if ended is None:
                    return
                has_exited = ended.si_code == os.CLD_EXITED
                yield ended.si_pid, ended.si_status << 8 if has_exited else ended.si_status, None
            else:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
                if not pid:
                    return
                yield pid, status, usage
        except ChildProcessError:
            return


def start_of(pid: int) -> str:
    """When a process began, in the system's own ticks; "-" if that cannot be known here."""
    try:
        file = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return "-"
    try:
        content = os.read(file, 4096)
    finally:
        os.close(file)
    return content.rpartition(b")")[2].split()[_START_TIME - 3].decode()


def children_of(pid: int) -> list[int]:
    """The processes whose parent is ``pid``; none where that cannot be known, or it is gone."""
    children: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            children += map(int, _content(f"/proc/{pid}/task/{task}/children").split())
    return children


def _content(path: str) -> bytes:
    """What a file of the system's own holds, whose size nobody knows before; raises OSError."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return b"".join(iter(lambda: os.read(file, 4096), b""))
    finally:
        os.close(file)


def adopt_orphans() -> None:
    """Become the parent of what our children leave behind; Linux alone can. Raises OSError."""
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def raise_descriptor_limit() -> int:
    """Raise our soft limit of open files to the hard one; returns what it was before.

    Children are given the former limit back: programs that walk or select() over all possible
    descriptors expect a small one.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (hard, 65536, 10240):  # macOS refuses more than its OPEN_MAX
        if limit != resource.RLIM_INFINITY and limit > soft:
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            except (OSError, ValueError):
                continue
            break
    return soft


def main(channel: int, settings: Message) -> None:
    """Be a keeper, for the scheduler at the other end of the socket ``channel``."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the ends of the runs come as signals
    os.chdir("/")
    os.umask(_UMASK)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)
    os.close(null)
    raise_descriptor_limit()
    known = Settings(*settings)
    if known.may_adopt:
        with suppress(OSError):
            adopt_orphans()
    with socket.socket(fileno=channel) as connection:
        connection.setblocking(False)
        connection.set_inheritable(False)
        Keeper(connection, known).run()
