"""What SQLite and the system say when a database cannot be used, in sentences with a remedy."""

import errno
import os
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from peewee import PeeweeException

from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.file_systems import DISK_FULL, shortage

DATABASE_ERRORS: tuple[type[Exception], ...] = (PeeweeException, sqlite3.Error)
"""What a statement may raise when the database itself is in trouble."""

IF_DAMAGED = (
    "Stop what schedules, and put a backup in its place; or save what can be read: sqlite3 OLD"
    " .recover | sqlite3 NEW"
)


def unusable(path: Path, error: Exception) -> DatabaseUnusable:
    """Returns what is wrong with the database at ``path``, by the first cause that says so.

    On a full or failing disk SQLite rolls back by itself, and Peewee's attempt, which fails, says
    nothing of that.
    """
    causes = list(_causes(error))
    if os.access(path, os.F_OK) and not os.access(path, os.R_OK):
        causes.insert(0, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    for cause in causes:
        text = str(cause).lower()
        for sign in _SIGNS:
            if sign in text:
                fault = _fault(path, sign)
                return DatabaseUnusable(
                    f"The database {path} {fault.text}", fault.reason, fault.remedy
                )
    first = str(causes[0])
    return DatabaseUnusable(f"The database {path} cannot be used: {first}", first)


def _fault(path: Path, sign: str) -> "_Fault":
    """What is wrong where ``sign`` was said of the database at ``path``."""
    if sign in _OF_A_FULL_DISK and (lack := shortage(path)):
        reason, remedy = lack
        return _Fault(f"cannot grow: {reason}. {remedy}", reason, remedy)
    fault = _UNMADE if sign == _CLOSED and not os.access(path, os.F_OK) else _SIGNS[sign]
    return fault._replace(remedy=fault.remedy.format(path=shlex.quote(str(path))))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yields what led to ``error``, the first cause first, and ``error`` itself."""
    before = error.__context__
    if before is not None and isinstance(before, (*DATABASE_ERRORS, OSError)):
        yield from _causes(before)
    yield error


class _Fault(NamedTuple):
    """What is wrong with the database, as the end of a sentence and in few words, and a remedy."""

    text: str
    reason: str
    remedy: str


_FULL = "Free some space: df {path}"
_OPENABLE = "Check that its folder exists and is yours to write"

_CLOSED = "permission denied"
_UNMADE = _Fault(
    "is not there, and cannot be made: you may not write where it would lie. Choose another path"
    " with --database.",
    "the database cannot be made",
    "Choose another path with --database",
)
_IO_ERROR = _Fault(
    "cannot be read or written: the disk reports an error. See what the system says of it (dmesg),"
    " and whether a quota or a limit on the size of files (ulimit -f) is used up.",
    "the disk reports an error",
    "See what the system says of it (dmesg), and whether a quota or ulimit -f is used up",
)
_SIGNS = {
    "locked": _Fault(
        "is locked by another program. Try again when that has finished.",
        "the database is locked by another program",
        "See what holds it: fuser -v {path}",
    ),
    "read-only file system": _Fault(
        "is on a read-only file system. Choose another one with --database.",
        "the disk can only be read",
        "See why the system does not write to it: dmesg",
    ),
    "readonly": _Fault(
        "is read-only. Make the file and its folder writable, or choose another one with"
        " --database.",
        "the database is read-only",
        "Make the file and its folder writable: ls -ld {path}",
    ),
    _CLOSED: _Fault(
        "may not be opened by you. Change its permissions, or choose another one with --database.",
        "the database may not be opened",
        "See who may use it: ls -ld {path}",
    ),
    "not a database": _Fault(
        "is not an SQLite database. Nothing was changed; choose another one with --database.",
        "the file is not a database",
        "See what it is: file {path}",
    ),
    "is a directory": _Fault(
        "is a folder. Give the path of a file with --database.",
        "the database is a folder",
        "Give the path of a file with --database",
    ),
    "no such file or directory": _Fault(
        "lies in a folder that is not there and cannot be made. Choose another path with"
        " --database.",
        "the folder of the database is not there",
        "Put it back: ls -ld {path}",
    ),
    "not a directory": _Fault(
        "is inside something that is not a folder. Choose another path with --database.",
        "the folder of the database is none",
        "Choose another path with --database",
    ),
    "malformed": _Fault(f"is damaged. {IF_DAMAGED}", "the database is damaged", IF_DAMAGED),
    "unable to open": _Fault(
        f"cannot be opened. {_OPENABLE}.",
        "the database cannot be opened",
        f"{_OPENABLE}: ls -ld {{path}}",
    ),
    "disk is full": _Fault(
        "cannot grow: the disk is full. Free some space and try again.",
        DISK_FULL,
        _FULL,
    ),
    "no space left": _Fault(
        "cannot be made: the disk is full. Free some space and try again.",
        DISK_FULL,
        _FULL,
    ),
    "quota exceeded": _Fault(
        "cannot grow: your quota is used up. Free some space and try again.",
        "your quota of the disk is used up",
        _FULL,
    ),
    "file too large": _Fault(
        "cannot grow: the limit on the size of files is reached. Raise it: ulimit -f",
        "the limit on the size of files is reached",
        "Raise it: ulimit -f",
    ),
    "input/output error": _IO_ERROR,
    "i/o error": _IO_ERROR,
}
"""By what is said. "Input/output error" is the system's own, "disk I/O error" SQLite's."""

_OF_A_FULL_DISK = {"i/o error", "unable to open"}
"""What SQLite also says where the disk is full."""
