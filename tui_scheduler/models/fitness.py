"""The file at the path of a database: whether it may be worked with, and of which version it is.

All of it is looked at before a byte of the file is changed.
"""

import errno
import os
import shlex
import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path

from tui_scheduler.errors import DatabaseOutgrown, DatabaseUnusable
from tui_scheduler.file_systems import read_only
from tui_scheduler.identity import real_path
from tui_scheduler.models.sentences import unusable
from tui_scheduler.permissions import (
    FILE_MODE,
    file_problem,
    refuse_unsafe_folders,
    refuse_what_others_write,
)

SCHEMA_VERSION = 22
"""Number of the newest migration; also kept as ``user_version`` so that a start need not look."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program that holds the database."""

APPLICATION_ID = 0x54554953
""""TUIS", which marks the file as ours."""

_COMPANIONS = ("-wal", "-shm", "-journal")


def fit_version(path: Path, logs: Path | None, busy_timeout: float, *, is_new: bool = False) -> int:
    """The schema version of a file that may be worked with; raises DatabaseUnusable."""
    folders = [] if logs is None else [logs]
    try:
        refuse_unsafe_folders(path.parent, *folders)
        refuse_what_others_write(folders)
        _refuse_unfit(path)
        if not is_new:
            refuse_emptied(path, logs)
        _let_companions_be_written(path)
    except OSError as error:
        raise unusable(path, error) from error
    return checked_version(path, busy_timeout)


def checked_version(path: Path, busy_timeout: float = BUSY_TIMEOUT) -> int:
    """The schema version of a database; raises DatabaseUnusable if it is not one of ours."""
    with closing(sqlite3.connect(read_only(path), uri=True, timeout=busy_timeout)) as reader:
        return version_seen_by(reader, path)


def version_seen_by(reader: sqlite3.Connection, path: Path) -> int:
    """The same, where the database at ``path`` is open already."""
    (owner,) = reader.execute("PRAGMA application_id").fetchone()
    (version,) = reader.execute("PRAGMA user_version").fetchone()
    if owner != APPLICATION_ID and (owner or version or _has_tables(reader)):
        raise DatabaseUnusable(
            f"The database {path} belongs to another program. Nothing was changed; choose"
            " another one with --database."
        )
    if version > SCHEMA_VERSION:
        raise outgrown(path, version)
    return int(version)


def companions(path: Path) -> list[Path]:
    """The files that SQLite keeps beside the database at ``path``; each need not exist."""
    real = real_path(path)
    return [real.with_name(real.name + end) for end in _COMPANIONS]


def is_writable(path: Path) -> bool:
    """Whether the file at ``path`` may be changed, or is not there yet, as far as can be seen."""
    return os.access(path, os.W_OK) or not os.access(path, os.F_OK)


def refuse_emptied(path: Path, logs: Path | None) -> None:
    """Raise DatabaseUnusable for an empty file that was none: SQLite would begin a new one in it.

    That would use the numbers of runs again, and throw away what is in the WAL.
    """
    if path.stat().st_size:
        return
    left = []
    with suppress(FileNotFoundError):
        left = [file for file in companions(path)[:1] if file.stat().st_size]
    if logs is not None:
        left += [logs] * any(logs.glob("*"))
    if left:
        raise DatabaseUnusable(
            f"The database {path} is empty, though there is more of it in {left[0]}: something has"
            " emptied the file. Put a backup in its place; or, to begin anew, move that away:"
            f" mv {shlex.quote(str(left[0]))} {shlex.quote(f'{left[0]}.old')}"
        )


def refuse_other_names(path: Path) -> None:
    """Raise DatabaseUnusable for a file with several names: each has its own WAL, lock and logs."""
    names = path.stat().st_nlink
    if names > 1:
        raise DatabaseUnusable(
            f"The database {path} has {names} names (hard links), under each of which it could be"
            " scheduled, and damaged. Find and remove the others:"
            f" find {shlex.quote(str(real_path(path).parent))} -samefile {shlex.quote(str(path))}"
        )


def outgrown(path: Path, version: int) -> DatabaseOutgrown:
    """Returns the error of a database whose tables are of a newer ``version``."""
    return DatabaseOutgrown(
        f"The database {path} was written by a newer version of tui-scheduler (schema {version},"
        f" this one knows {SCHEMA_VERSION}). Nothing was changed; upgrade tui-scheduler, or start"
        " anew what was open when you did."
    )


def _refuse_unfit(path: Path) -> None:
    """Raise what the system would say, or DatabaseUnusable, before a byte of the file is read."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not path.is_file():
        raise OSError(errno.EINVAL, "not a database: it is not a regular file")
    refuse_what_others_write([path, *companions(path)])
    for companion in companions(path):
        if problem := file_problem(companion):
            raise DatabaseUnusable(
                f"{companion} cannot be a part of the database: {problem}. Nothing was changed; see"
                " who put it there, and remove it."
            )
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if not is_writable(path):
        raise OSError(errno.EROFS, "readonly file")
    refuse_other_names(path)


def _let_companions_be_written(path: Path) -> None:
    """Give our files beside a database that may be written the mode of a file of ours.

    SQLite makes them with the mode of the database, and what looked at one that was read-only
    leaves them behind; then it would say that the database is read-only.
    """
    for companion in companions(path):
        with suppress(FileNotFoundError):
            status = companion.stat()
            if status.st_uid == os.geteuid() and not status.st_mode & stat.S_IWUSR:
                companion.chmod(FILE_MODE)


def _has_tables(reader: sqlite3.Connection) -> bool:
    """Whether there is any; SQLite reads what all of them are like to tell it."""
    (number,) = reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(number)
