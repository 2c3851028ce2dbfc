"""Everything that is SQLite's own: opening, pragmas, permissions, noticing foreign commits."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from peewee import DatabaseError, InterfaceError, OperationalError, PeeweeException, SqliteDatabase

from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models.base import database

SCHEMA_VERSION = 1
"""Number of the newest migration; also kept as ``user_version`` so that a start need not look."""

_APPLICATION_ID = 0x54554953  # "TUIS", marks the file as ours
_BUSY_TIMEOUT = 5.0  # seconds
_MIGRATIONS = Path(__file__).with_name("migrations")


@contextmanager
def opened(path: Path, *, busy_timeout: float = _BUSY_TIMEOUT) -> Iterator[None]:
    """Open the database at ``path``, creating or migrating it, and close it at the end.

    ``busy_timeout`` is in seconds. Raises DatabaseUnusable, in a sentence, when the file is
    locked, read-only, damaged, not a database, somebody else's, or of a newer version.
    """
    with explained(path):
        _create_private(path)
        is_current = _check_owner(path) == SCHEMA_VERSION
        connection = SqliteDatabase(
            str(path),
            pragmas={
                "foreign_keys": 1,
                "journal_mode": "wal",
                "synchronous": "full",
                "journal_size_limit": 16 * 1024 * 1024,
            },
            timeout=busy_timeout,
            lock_type="IMMEDIATE",
        )
        database.initialize(connection)
        try:
            connection.connect()
            if not is_current:
                _migrate(connection)
        except BaseException:
            connection.close()
            raise
    try:
        yield
    finally:
        connection.close()


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say about ``path`` into DatabaseUnusable."""
    try:
        yield
    except (PeeweeException, sqlite3.Error, OSError) as error:
        raise DatabaseUnusable(_sentence(path, error)) from error


def _sentence(path: Path, error: Exception) -> str:
    said = str(error).lower()
    for sign, sentence in _SENTENCES.items():
        if sign in said:
            return f"The database {path} {sentence}"
    return f"The database {path} cannot be used: {error}"


_SENTENCES = {
    "locked": "is locked by another program. Try again when that has finished.",
    "readonly": "is read-only. Make the file and its folder writable, or choose another one"
    " with --database.",
    "permission denied": "may not be opened by you. Change its permissions, or choose another"
    " one with --database.",
    "read-only file system": "is on a read-only file system. Choose another one with --database.",
    "not a database": "is not an SQLite database. Nothing was changed; choose another one with"
    " --database.",
    "is a directory": "is a folder. Give the path of a file with --database.",
    "not a directory": "is inside something that is not a folder. Choose another path with"
    " --database.",
    "malformed": "is damaged. Restore it from a backup.",
    "unable to open": "cannot be opened. Check that its folder exists and is yours to write.",
    "disk is full": "cannot grow: the disk is full. Free some space and try again.",
    "no space left": "cannot be made: the disk is full. Free some space and try again.",
}


def _create_private(path: Path) -> None:
    """Make the file readable by its owner alone, whatever the umask; existing ones are kept."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        path.chmod(0o600)
    elif stat.S_ISDIR(path.stat().st_mode):
        raise IsADirectoryError(21, "Is a directory")
    if not os.access(path, os.W_OK):
        raise PermissionError(13, "readonly")


def _check_owner(path: Path) -> int:
    """The schema version of a database that is ours, looked at without changing a byte of it."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as reader:
        (owner,) = reader.execute("PRAGMA application_id").fetchone()
        (version,) = reader.execute("PRAGMA user_version").fetchone()
        (tables,) = reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner != _APPLICATION_ID and (owner or version or tables):
        raise DatabaseUnusable(
            f"The database {path} belongs to another program. Nothing was changed; choose"
            " another one with --database."
        )
    if version > SCHEMA_VERSION:
        raise DatabaseUnusable(
            f"The database {path} was written by a newer version of tui-scheduler (schema"
            f" {version}, this one knows {SCHEMA_VERSION}). Nothing was changed; upgrade"
            " tui-scheduler."
        )
    return int(version)


def _migrate(connection: SqliteDatabase) -> None:
    from playhouse.migrations import Runner  # slow to import, and seldom needed

    with connection.atomic():
        connection.pragma("application_id", _APPLICATION_ID)
        Runner(connection, str(_MIGRATIONS)).up()
        connection.pragma("user_version", SCHEMA_VERSION)


def data_version() -> int:
    """A number that changes when another connection commits; about 7 microseconds."""
    version: int = database.pragma("data_version")
    return version


def forbid_writing() -> None:
    """Make this thread's connection read-only, so that a slow query can never hold a lock."""
    database.pragma("query_only", 1)


def is_busy(error: Exception) -> bool:
    """Whether another program held the database for too long; trying again may help."""
    return isinstance(error, OperationalError) and "locked" in str(error)


DATABASE_ERRORS: tuple[type[Exception], ...] = (DatabaseError, InterfaceError, sqlite3.Error)
"""What a statement may raise when the database itself is in trouble."""


def integrity_violation(error: Any) -> bool:
    """Whether a constraint of the tables refused a row."""
    return type(error).__name__ == "IntegrityError"
