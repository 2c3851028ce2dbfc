"""What keepers have written down, read by whoever comes after them. See ``keeper``."""

import errno
import fcntl
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_scheduler.engine.runner import Ended
from tui_scheduler.permissions import open_file, read_file

MAY_BE_MISSING = "The process that kept this output was killed: some of it may be missing"
_UNREAD = "unread"
_LARGEST_STATUS = 0xFFFF
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_writing = threading.Lock()


class CannotLook(Exception):
    """The machine has nothing left to read a journal with: what stands there may yet be read."""


@dataclass(slots=True)
class Trace:
    """What a journal says of one run.

    ``is_unread``: nobody was there to read what was left of its output when it had ended.
    """

    run_id: int
    token: str
    pid: int | None = None
    start: str = "-"
    start_time: datetime | None = None
    pipe: int = 0
    wait_status: int | None = None
    end_time: datetime | None = None
    is_unread: bool = False
    usage: "Usage | None" = None
    was_refused: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether its keeper was about to begin it, and has not said whether it did."""
        return self.pid is None and self.wait_status is None and not self.was_refused

    def ended(self) -> Ended | None:
        """How the run ended, if that is known."""
        if self.wait_status is None or self.end_time is None:
            return None
        note = MAY_BE_MISSING if self.is_unread else ""
        return ended(self.wait_status, self.end_time, self.usage, note)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the kernel says that a process, and those that it waited for, have used."""

    cpu_time: timedelta
    peak_memory: int


def ended(
    wait_status: int,
    end_time: datetime,
    usage: Usage | None = None,
    note: str = "",
    log_bytes: int | None = None,
) -> Ended:
    """What a wait status means for a run: an exit code, or the signal that ended it."""
    has_exited = os.WIFEXITED(wait_status)
    return Ended(
        end_time=end_time,
        exit_code=os.WEXITSTATUS(wait_status) if has_exited else None,
        signal=None if has_exited else os.WTERMSIG(wait_status),
        cpu_time=None if usage is None else usage.cpu_time,
        peak_memory=None if usage is None else usage.peak_memory,
        note=note,
        log_bytes=log_bytes,
    )


@dataclass(slots=True)
class Journal:
    """One journal as it is now. ``is_closed``: its keeper begins nothing any more."""

    path: Path
    boot: str = ""
    is_closed: bool = False
    traces: dict[tuple[int, str], Trace] = field(default_factory=dict)

    @property
    def run_ids(self) -> set[int]:
        """The runs that it knows."""
        return {trace.run_id for trace in self.traces.values()}

    def is_kept(self) -> bool:
        """Whether its keeper lives; raises CannotLook."""
        try:
            with os.fdopen(open_file(self.path, os.O_RDONLY), "rb") as file:
                # Shared, so that two who look at once do not take each other for its keeper.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if is_passing(error):
                raise CannotLook from error
            return not isinstance(error, FileNotFoundError)
        return False

    def keeper_pid(self) -> int | None:
        """Who wrote it, alive or not; None if its name does not say that."""
        _, _, pid = self.path.stem.rpartition("-")
        return int(pid) if pid.isdecimal() else None

    def write_end(
        self, run_id: int, wait_status: int, moment: datetime, *, is_unread: bool = False
    ) -> None:
        """Say how a run ended, in place of its keeper, and that its output is ``is_unread``.

        Raises OSError.
        """
        more = [_UNREAD] if is_unread else []
        self.add("end", run_id, wait_status, f"{moment.timestamp():.6f}", *more)

    def add(self, *words: object) -> None:
        """Add a line that a keeper which is dead cannot write any more; raises OSError.

        A line that it was killed in is overwritten.
        """
        line = " ".join(map(str, words)).encode() + b"\n"
        with _writing, os.fdopen(open_file(self.path, os.O_RDWR), "rb+") as file:
            content = file.read()
            end = content.rfind(b"\n") + 1
            file.seek(end)
            file.write(line.ljust(len(content.rstrip(b"\0")) - end, b"\0"))


def is_passing(error: BaseException | None) -> bool:
    """Whether what was refused may be had later, as the machine has only run out of something."""
    return isinstance(error, OSError) and error.errno in _PASSING


def read_journals(paths: Iterable[Path]) -> list[Journal]:
    """All those that can be read; raises CannotLook."""
    journals = []
    for path in paths:
        try:
            journals.append(read_journal(path))
        except OSError as error:
            if is_passing(error):
                raise CannotLook from error
    return journals


def read_journal(path: Path) -> Journal:
    """What stands in the journal at ``path``; raises OSError.

    A last line without an end, and lines that make no sense, count as not written.
    """
    journal = Journal(path)
    complete = read_file(path).rstrip(b"\0").rpartition(b"\n")[0]
    latest: dict[int, Trace] = {}
    for line in complete.decode(errors="replace").split("\n"):
        with suppress(ValueError, KeyError, OverflowError, OSError):
            _take(journal, latest, line.split(" "))
    return journal


def trace_of(journals: Iterable[Journal], run_id: int, token: str) -> tuple[Journal, Trace] | None:
    """Which journal knows a run, and what it says.

    A keeper may have refused a run that the next one was asked to begin, and began.
    """
    known = [
        (journal, trace)
        for journal in journals
        if (trace := journal.traces.get((run_id, token))) is not None
    ]
    return min(known, key=lambda pair: pair[1].was_refused, default=None)


def _take(journal: Journal, latest: dict[int, Trace], words: list[str]) -> None:
    match words:
        case ["begin", run, token]:
            trace = Trace(int(run), token)
            latest[trace.run_id] = journal.traces[trace.run_id, token] = trace
        case ["no", run]:
            latest[int(run)].was_refused = True
        case ["pid", run, pid, start, moment, pipe] if int(pid) > 0:
            trace, start_time = latest[int(run)], _time(moment)
            trace.pid, trace.start, trace.pipe = int(pid), start, int(pipe)
            trace.start_time = start_time
        case ["end", run, status, moment, *more] if 0 <= int(
            status
        ) <= _LARGEST_STATUS and more in ([], [_UNREAD]):
            trace, end_time = latest[int(run)], _time(moment)
            trace.wait_status, trace.end_time = int(status), end_time
            trace.is_unread = more == [_UNREAD]
        case ["cost", run, cpu, memory]:
            latest[int(run)].usage = Usage(timedelta(seconds=float(cpu)), int(memory))
        case ["boot", boot]:
            journal.boot = boot
        case ["closed"]:
            journal.is_closed = True


def _time(moment: str) -> datetime:
    return datetime.fromtimestamp(float(moment), UTC)
