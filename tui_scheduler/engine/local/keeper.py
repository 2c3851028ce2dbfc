"""The keeper: one small process that starts the runs, reads their output and sees how they end.

It outlives whoever asked it to, so that a run loses neither its output nor its exit code when the
scheduler goes. It needs the standard library alone, and ``capped_log``, which is handed over with
it; all of that is imported when it starts: the package may be upgraded, or removed, while it
lives. It is single-threaded, and looks up no path that a user has chosen, since a dead mount must
not hold up everybody else.

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
import resource
import select
import selectors
import signal
import socket
import struct
import sys
import termios
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from tui_scheduler.engine.local.capped_log import (
    FILE_MODE,
    Limits,
    Log,
    make_folder,
    refuse_part,
)

JOURNAL_SUFFIX = ".journal"
_HEADER = struct.Struct("=I")
_MOST_DESCRIPTORS = 8  # that come with one message
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
_CUT_SHORT = int(socket.MSG_CTRUNC)
_ENOUGH = 2048  # bytes of messages, from which on they are not kept until the end of a turn
_SIGNALS = 4096  # that are read in one turn: all of them are looked for at the first
_PIECE = 64 * 1024  # bytes of messages that are read at once
_MESSAGES = 8  # so often in one turn: what begins a run comes alone, as its descriptors do
_PIPE = 64 * 1024  # bytes of the output of a run that are read in one turn: all that a pipe holds
_TURN = 256 * 1024  # so many of the output of a run that floods
_LARGER_PIPE = 512 * 1024
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)
_RESERVED = 64 * 1024  # bytes of a journal that are written ahead
_LINES = 512  # bytes that the lines of one run need at most, with a token of half of them
_LONGEST_JOURNAL = 1024 * 1024
_UMASK = 0o077
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, see prctl(2)
_START_TIME = 22  # the field of /proc/PID/stat, counted as in proc(5)
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)
_TICKS = os.sysconf("SC_CLK_TCK")  # a second
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
    ``may_have_more`` says whether there was anything the last time.
    """

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._piece = memoryview(bytearray(_PIECE))  # to ask for it anew each time takes longer
        self._buffer = bytearray()
        self.descriptors: deque[list[int] | None] = deque()
        self.may_have_more = False

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
        try:
            size, notes, flags, _ = self._source.recvmsg_into([self._piece], room, _CLOSE_ON_EXEC)
        except BlockingIOError:
            self.may_have_more = False
            return True
        except ConnectionError:
            return False
        received = [number for *_, data in notes for (number,) in struct.iter_unpack("i", data)]
        if flags & _CUT_SHORT:
            for number in received:
                os.close(number)
            self.descriptors.append(None)
        elif received:
            for number in received if not _CLOSE_ON_EXEC else ():
                os.set_inheritable(number, False)
            self.descriptors.append(received)
        self._buffer += self._piece[:size]
        self.may_have_more = size > 0
        return self.may_have_more

    def _close_unclaimed(self) -> None:
        """What came with a message that did not: others may wait until nobody has it open."""
        while self.descriptors:
            for number in self.descriptors.popleft() or ():
                os.close(number)


class Journal:
    """What happened to the runs that began in one file, which ends in zeros written ahead.

    Those are the room that the lines of all its open runs need, so a full disk costs no end.
    Raises OSError when it cannot be made.
    """

    def __init__(self, folder: bytes, boot: str) -> None:
        make_folder(folder)
        name = f"{time.time_ns():020d}-{os.getpid()}{JOURNAL_SUFFIX}"
        self.path = os.path.join(folder, name.encode())
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = os.open(self.path, flags, FILE_MODE)
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

    @property
    def is_gone(self) -> bool:
        """Whether nobody who comes later would find it, as the logs were removed or moved away."""
        try:
            there = os.lstat(self.path)
        except OSError:
            return True
        return not os.path.samestat(there, os.fstat(self._file))

    def reserve(self) -> None:
        """Make sure that one more run has room for its lines; raises OSError."""
        wanted = self._end + _LINES * (len(self.unrecorded) + 2)  # this one, and ``closed``
        while self._reserved < wanted:
            zeros = bytes(_RESERVED)
            self._reserved += os.pwrite(self._file, zeros, self._reserved)

    def write(self, *words: object) -> None:
        """Add a line, in one write; raises OSError, and the next line takes its place then."""
        line = " ".join(map(str, words)).encode() + b"\n"
        refuse_part(os.pwrite(self._file, line, self._end), line)
        self._end += len(line)
        self._reserved = max(self._reserved, self._end)

    def remove(self) -> None:
        """Let go of the file, and take it away."""
        with suppress(OSError):
            os.unlink(self.path)
        os.close(self._file)


class Run(NamedTuple):
    """A process that was begun, where its end is written down, and where its output goes.

    ``lines`` are those that its journal has of it by then.
    """

    number: int
    journal: Journal
    output: "Output"
    lines: tuple[tuple[object, ...], ...]


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
            data = os.read(self.pipe, _TURN if self._is_large else _PIPE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not self._is_large and len(data) >= _PIPE:
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
    MEMORY LOSSES SIZE ORPHANS``, these being the bytes of its log, and what this run and others
    have left behind; ``drained RUN LOSSES`` when nobody holds the pipe of a run any more; and
    ``closed``, when the scheduler has shut its side of the channel.
    """

    def __init__(self, channel: socket.socket, settings: Settings) -> None:
        self._channel = channel
        self._settings = settings
        self._pid = os.getpid()
        self._limits = Limits(settings.log_cap, settings.disk_reserve)
        self._inbox = Inbox(channel)
        self._outbox = bytearray()
        self._is_alone = False
        self._has_same_ticks = False
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
        if self._outbox:
            self._flush()

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
            for _ in range(_MESSAGES):
                for kind, *words in self._inbox.receive():
                    self._handlers[kind](*words)
                if not self._inbox.may_have_more:
                    break
        except EOFError:
            self._be_alone()

    def _be_alone(self) -> None:
        self._is_alone = True
        if self._journal is not None:
            with suppress(OSError):
                self._journal.write("closed")
        self._send("closed")
        self._flush()
        self._selector.unregister(self._channel)
        self._channel.close()
        self._outbox.clear()

    def _is_scheduler_gone(self) -> bool:
        return bool(self._hang_up.poll(0))

    def _send(self, *message: Any) -> None:
        """Tell the scheduler, with all else of this turn, or sooner if that is much."""
        if self._channel.fileno() >= 0:
            self._outbox += packed(message)
            if len(self._outbox) >= _ENOUGH:
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

    def _renew_journal(self) -> None:
        """Make a journal in the place of one that is gone, for runs that go on as well."""
        self._make_journal()
        journal = self._journal
        assert journal is not None
        for pid, run in self._runs.items():
            if run.journal is not journal and run.journal.is_gone:
                journal.reserve()
                for line in run.lines:
                    journal.write(*line)
                run.journal.unrecorded.discard(run.number)
                journal.unrecorded.add(run.number)
                self._runs[pid] = run._replace(journal=journal)
        if self._is_alone:
            journal.write("closed")

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
            if self._journal.is_gone:
                self._renew_journal()
            elif self._journal.is_long:
                self._make_journal()
            self._journal.reserve()
            if self._is_scheduler_gone():
                return ("wait", run, "")
            self._journal.write("begin", run, token)
        except OSError as error:
            return ("wait", run, _reason(error))
        journal = self._journal
        moment = time.time()  # nothing that the command does comes before its start
        before = _tick()
        try:
            pid = self._spawn(arguments, variables, writing, folder)
        except Exception:
            journal.write("no", run)
            raise
        start = self._start_since(before, pid)
        journal.unrecorded.add(run)
        who = ("pid", run, pid, start, f"{moment:.6f}", os.fstat(output.pipe).st_ino)
        self._runs[pid] = Run(run, journal, output, (("begin", run, token), who))
        with suppress(OSError):  # there is room for it, but the disk itself may fail
            journal.write(*who)
        return ("began", run, pid, start, moment)

    def _start_since(self, before: int, pid: int) -> str:
        """When a process began, which was not before that tick: in it, if that is not over yet.

        The system is asked as seldom as that allows, since its answer waits for a process that is
        just beginning; whenever it is asked, it is seen whether its ticks are those of our clock.
        """
        now = _tick()
        if self._has_same_ticks and before == now:
            return str(now)
        start = start_of(pid)
        self._has_same_ticks = start.isdecimal() and before <= int(start) <= now
        return start

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
            os.read(wake, _SIGNALS)  # of more than that, the next turn tells
        ends = []
        for pid, status, usage in _ended_children():
            if pid in self._runs and self._runs[pid].journal.is_gone:
                with suppress(OSError):
                    self._renew_journal()
            run = self._runs.pop(pid, None)
            if run is not None:
                ends.append(self._end(run, pid, status, usage))
            elif usage is None:  # what a run left behind
                os.waitpid(pid, 0)
        orphans = self._orphans() if ends else []
        for end in ends:
            self._send(*end, orphans)

    def _end(
        self, run: Run, pid: int, status: int, usage: resource.struct_rusage | None
    ) -> Message:
        """Write down how a run ended, and reap it; returns what to tell of it."""
        moment = time.time()
        number, journal, output, _ = run
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
        losses, size = dict(output.log.losses), _size_of(output.log.path)
        return ("ended", number, status, moment, cpu, memory, losses, size)

    def _orphans(self) -> list[int]:
        """The processes that runs have left to us; none if too many run to look for them.

        Whose they are stands in their environment, which is not for us to read: that waits for a
        process which waits for a dead mount.
        """
        if len(self._runs) > _MANY:
            return []
        return [pid for pid in _children_of_thread(self._pid, self._pid) if pid not in self._runs]


def _size_of(path: bytes) -> int:
    """The bytes of a log; 0 if there is none."""
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


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


def _tick() -> int:
    """The tick in which a process begins that begins now, by the clock that the system tells it by.

    See proc(5), and clock_gettime(2); 0 where there is no such clock.
    """
    return 0 if _BOOT_CLOCK is None else time.clock_gettime_ns(_BOOT_CLOCK) * _TICKS // 10**9


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
    with suppress(OSError):
        threads = map(int, os.listdir(f"/proc/{pid}/task"))
        return [child for thread in threads for child in _children_of_thread(pid, thread)]
    return []


def _children_of_thread(pid: int, thread: int) -> list[int]:
    """The same of one thread; the first one has the number of its process."""
    with suppress(OSError):
        return [*map(int, _content(f"/proc/{pid}/task/{thread}/children").split())]
    return []


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
