"""The lock that makes its holder the one scheduler of a database.

It is the operating system's own lock on an open file, so that the kernel frees it however its
holder ends. What is written in the file only tells people who holds it, and is never believed
while the lock is free.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_scheduler.permissions import FILE_MODE
from tui_scheduler.status_query import scheduler_pid

_log = logging.getLogger(__name__)


class SchedulerLock:
    """The lock on the file at ``path``; two objects exclude each other, also in one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock unless somebody else has it; never waits. Returns whether we hold it."""
        if self._descriptor is not None:
            return True
        descriptor = self._open()
        if descriptor is None:
            return False
        if not _taken(descriptor) or not self._is_current(descriptor):
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let somebody else have it; does nothing if we do not hold it."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder_pid(self) -> int | None:
        """The process that holds the lock; None when nobody does."""
        if self._descriptor is not None:
            return os.getpid()
        return scheduler_pid(self._path)

    def _open(self) -> int | None:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
            os.fchmod(descriptor, FILE_MODE)
        except OSError as error:
            _log.warning("nobody can schedule: %s", error)
            return None
        return descriptor

    def _is_current(self, descriptor: int) -> bool:
        """Whether the file that we locked is still the one that others would open."""
        with suppress(OSError):
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        return False


def holders_of_removed(path: Path) -> list[int]:
    """The processes that hold a lock on a file that was removed from ``path``.

    They believe that they are the only ones, and so will whoever locks the next file of that
    name. Known on Linux only.
    """
    removed = f"{path.resolve()} (deleted)"
    return sorted({int(file.parts[2]) for file in _open_files() if _target(file) == removed})


def _open_files() -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):  # it ended, or is not ours to look into
            yield from list(folder.iterdir())


def _target(link: Path) -> str | None:
    with suppress(OSError):
        return str(link.readlink())
    return None


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
