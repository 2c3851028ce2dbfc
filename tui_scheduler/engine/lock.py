"""The lock that makes its holder the one scheduler of a database.

It is the operating system's own lock on an open file, so that the kernel frees it however its
holder ends. What is written in the file, see ``lock_file``, only tells people who holds it and
whether it gets on, and is never believed while the lock is free.
"""

import fcntl
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_scheduler.identity import real_path
from tui_scheduler.lock_file import query_holder, unavailable
from tui_scheduler.lock_holder import NOTHING, SIZE, Holder, encode, parse
from tui_scheduler.permissions import open_file
from tui_scheduler.signs_of_life import Beat, Trouble, steady_seconds

_PATIENCE_ELSEWHERE = 60.0  # seconds; a network folder may show what is written that much later
_log = logging.getLogger(__name__)


class SchedulerLock:
    """The lock on the file at ``path``; two objects exclude each other, also in one process.

    Nobody gets it while a scheduler of an earlier version holds one of ``former``.
    """

    def __init__(self, path: Path, *former: Path) -> None:
        self._path = path
        self._former = former
        self._descriptor: int | None = None
        self._in_use = threading.Lock()  # signs of life are given in a thread
        self._elsewhere: tuple[Holder, float] | None = None
        self.problem: Trouble | None = None
        """Why nobody can have it from here."""

    def acquire(self) -> bool:
        """Take the lock unless somebody else has it; never waits. Returns whether we hold it."""
        if self._descriptor is None and query_holder(*self._former) is None:
            try:
                self._descriptor = self._locked()
            except OSError as error:
                self.problem = unavailable(self._path, error)
                _log.warning("nobody can schedule: %s", error)
                return False
            self.problem = None
            self.beat(Beat.now())
        return self._descriptor is not None

    def release(self) -> None:
        """Let somebody else have it; does nothing if we do not hold it."""
        with self._in_use:
            if self._descriptor is not None:
                _write(self._descriptor, NOTHING)
                os.close(self._descriptor)
                self._descriptor = None

    def beat(self, beat: Beat) -> bool:
        """Give a sign of life; returns whether we hold the lock that others would look at."""
        with self._in_use:
            if self._descriptor is None:
                return False
            _write(self._descriptor, encode(os.getpid(), beat))
            return self._is_current(self._descriptor)

    def holder(self) -> Holder | None:
        """Who holds the lock; None when nobody does."""
        if self._descriptor is not None:
            return Holder(os.getpid())
        holder = query_holder(*self._former, self._path)
        if holder is None and self._elsewhere is not None and self._is_recent(self._elsewhere[1]):
            return self._elsewhere[0]  # its clock may be behind ours
        return holder

    def _may_be_held_elsewhere(self, descriptor: int) -> bool:
        """Whether another machine did not let go of the lock, and may still give signs of life.

        On a network folder the locks of others may not reach us. No clock is believed: what counts
        is that nothing new was written for as long as we have been looking.
        """
        holder = parse(os.pread(descriptor, SIZE, 0))
        if not holder.is_elsewhere:
            self._elsewhere = None
        elif self._elsewhere is None or self._elsewhere[0] != holder:
            self._elsewhere = holder, steady_seconds()
        return self._elsewhere is not None and self._is_recent(self._elsewhere[1])

    @staticmethod
    def _is_recent(since: float) -> bool:
        return steady_seconds() - since < _PATIENCE_ELSEWHERE

    def _locked(self) -> int | None:
        """The open file with our lock on it; None if that is for somebody else to have."""
        descriptor = open_file(self._path, os.O_RDWR | os.O_CREAT)
        is_ours = False
        try:
            is_ours = (
                _taken(descriptor)
                and self._is_current(descriptor)
                and not self._may_be_held_elsewhere(descriptor)
            )
        finally:
            if not is_ours:
                os.close(descriptor)
        return descriptor if is_ours else None

    def _is_current(self, descriptor: int) -> bool:
        """Whether the file that we locked is still the one that others would open."""
        with suppress(OSError):
            return os.path.samestat(os.fstat(descriptor), self._path.lstat())
        return False


def holders_of_removed(path: Path) -> list[int]:
    """The processes that hold a lock on a file that was removed from ``path``.

    They believe that they are the only ones, and so will whoever locks the next file of that
    name. Known on Linux only.
    """
    removed = f"{real_path(path)} (deleted)"
    return sorted({process for process, file in _open_files() if file == removed})


def _open_files() -> Iterator[tuple[int, str]]:
    """The number of each process, and a file that it has open; there are thousands."""
    processes = os.listdir("/proc") if sys.platform == "linux" else []  # noqa: PTH208
    for process in filter(str.isdecimal, processes):
        folder = f"/proc/{process}/fd"
        with suppress(OSError):  # it ended, or is not ours to look into
            for number in os.listdir(folder):  # noqa: PTH208
                with suppress(OSError):
                    yield int(process), os.readlink(f"{folder}/{number}")  # noqa: PTH115


def _write(descriptor: int, content: bytes) -> None:
    """Say who holds it; nobody must fail because a full or failing disk does not take that."""
    with suppress(OSError):
        os.pwrite(descriptor, content, 0)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
