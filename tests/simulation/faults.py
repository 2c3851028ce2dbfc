"""What fails in a world, and the seams at which it does: database, files, starts.

The database is SQLite's own. A statement that fails does what SQLite does then: with the disk full
or broken the whole transaction is gone, whatever Peewee believes; a lock changes nothing.
"""

import errno
import fcntl
import os
import sqlite3
import stat
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from tui_scheduler.models import sqlite

_READS = ("SELECT", "PRAGMA", "ROLLBACK")


class Killed(BaseException):
    """Whoever is at work here is killed with -9, in the middle of a statement."""


class StandsStill(BaseException):
    """What is done here never returns, so that its thread stands still for ever."""


class DatabaseFault(Enum):
    """How a statement fails."""

    LOCKED = "database is locked"
    FULL = "database or disk is full"
    BROKEN = "disk I/O error"
    KILLED_BEFORE = "killed before it is done"
    KILLED_AFTER = "killed when it is done"


_KILLING = (DatabaseFault.KILLED_BEFORE, DatabaseFault.KILLED_AFTER)


class StartFault(Enum):
    """How a start fails."""

    REFUSED = "the system has no process for it"
    BROKEN = "the runner itself fails"
    WAITS = "there is no room for it now"
    SILENT = "nobody answers"
    GONE = "whoever began it was killed"


@dataclass(slots=True)
class Faults:
    """What fails from now on.

    ``statement`` fails once so many others have been done: those that change something count.
    ``outage`` fails every one of them. ``starts`` is for the next starts, one each; None is none.
    """

    statement: DatabaseFault | None = None
    statements_until: int = 0
    outage: DatabaseFault | None = None
    starts: deque[StartFault | None] = field(default_factory=deque)
    lock_error: int | None = None
    is_silent: bool = False
    """Whether starts that nobody answers go on like that."""
    silent: set[int] = field(default_factory=set)
    """The runs whose starts nobody answers."""
    plants_fifo: bool = False
    """Whether somebody puts a FIFO in the place of the next log."""
    changes: int = 0
    """How many statements that change something were tried, in all."""

    stands_still: str = ""
    """What somebody waits for who will never go on."""
    lock_descriptors: set[int] = field(default_factory=set)
    """The files of locks that are open, of whoever is at work."""

    def heal(self, *, answers: bool = True) -> None:
        """Let nothing fail any more; starts that nobody answers may go on like that."""
        self.statement = self.outage = self.lock_error = None
        self.starts.clear()
        self.plants_fifo = False
        self.is_silent = self.is_silent and not answers

    @contextmanager
    def sparing_lives(self) -> Iterator[None]:
        """Let nobody be killed by a statement in the block: they do what they do, or it fails."""
        fault = self.statement
        if fault in _KILLING:
            self.statement = None
        try:
            yield
        finally:
            if fault in _KILLING:
                self.statement = fault

    def next_start(self) -> StartFault | None:
        """What becomes of the next start."""
        fault = self.starts.popleft() if self.starts else None
        if fault is StartFault.SILENT:
            self.is_silent = True
        return fault

    def next_statement(self) -> DatabaseFault | None:
        """What becomes of the next statement that changes something."""
        self.changes += 1
        if self.statement is not None:
            self.statements_until -= 1
            if self.statements_until < 0:
                fault, self.statement = self.statement, None
                return fault
        return self.outage


_now = Faults()


@contextmanager
def failing(faults: Faults) -> Iterator[None]:
    """Let ``faults`` be those of the world in the block."""
    global _now  # noqa: PLW0603  the seams are those of the whole process
    before, _now = _now, faults
    try:
        yield
    finally:
        _now = before


@contextmanager
def seams() -> Iterator[None]:
    """Have the database and the files of this process fail in the block when the world says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_Connection", _Connection)
        for module, name, errors in _LOCK_CALLS:
            patch.setattr(module, name, _failing_lock(getattr(module, name), errors))
        patch.setattr(os, "open", _open(os.open))
        patch.setattr(os, "close", _close(os.close))
        yield


class _Cursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = ()) -> "_Cursor":
        """Do it, unless it fails."""
        if sql.startswith(_READS):
            super().execute(sql, parameters)
            return self
        try:
            with _failing_statement(self.connection):
                super().execute(sql, parameters)
        except Killed:
            self.close()  # rows that nobody fetches any more would keep others from committing
            raise
        return self


class _Connection(sqlite._Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        """Commit, unless it fails."""
        with _failing_statement(self):
            super().commit()


@contextmanager
def _failing_statement(connection: sqlite3.Connection) -> Iterator[None]:
    """Let the next statement fail before or after what is done in the block."""
    fault = _now.next_statement()
    match fault:
        case DatabaseFault.KILLED_BEFORE:
            raise Killed
        case DatabaseFault.LOCKED:
            raise sqlite3.OperationalError(fault.value)
        case DatabaseFault.FULL | DatabaseFault.BROKEN:
            connection.rollback()
            raise sqlite3.OperationalError(fault.value)
    yield
    if fault is DatabaseFault.KILLED_AFTER:
        raise Killed


_LOCK_CALLS = (
    (os, "ftruncate", (errno.ENOSPC, errno.EIO)),
    (os, "pwrite", (errno.ENOSPC, errno.EIO)),
    (fcntl, "flock", (errno.ENOLCK, errno.EIO)),
)


def _failing_lock(call: Callable[..., Any], errors: tuple[int, ...]) -> Callable[..., Any]:
    def failing_call(*arguments: Any) -> Any:
        _fail_lock(errors)
        return call(*arguments)

    return failing_call


def _fail_lock(errors: tuple[int, ...]) -> None:
    if _now.lock_error in errors:
        raise OSError(_now.lock_error, os.strerror(_now.lock_error))


def _open(call: Callable[..., int]) -> Callable[..., int]:
    def opened(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if str(path).endswith(".lock"):
            _fail_lock((errno.EACCES, errno.EMFILE))
        if _now.plants_fifo and str(path).endswith(".log") and _may_be_made(Path(path)):
            _now.plants_fifo = False
            os.mkfifo(path)
        if _waits_for_others(path, flags):
            _now.stands_still = f"somebody opens {path}, which is a FIFO"
            raise StandsStill
        descriptor = call(path, flags, *arguments, **options)
        if str(path).endswith(".lock"):
            _now.lock_descriptors.add(descriptor)
        return descriptor

    return opened


def _may_be_made(path: Path) -> bool:
    return path.parent.is_dir() and not path.exists()


def _close(call: Callable[[int], None]) -> Callable[[int], None]:
    def closed(descriptor: int) -> None:
        _now.lock_descriptors.discard(descriptor)
        call(descriptor)

    return closed


def _waits_for_others(path: Any, flags: int) -> bool:
    """Whether to open this, or to read from it then, waits for somebody who never comes."""
    if flags & os.O_NONBLOCK:
        return False
    try:
        return stat.S_ISFIFO(Path(path).stat().st_mode)
    except (OSError, TypeError, ValueError):
        return False
