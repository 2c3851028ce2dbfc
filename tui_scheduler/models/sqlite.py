"""Everything that is SQLite's own: opening, pragmas, permissions, noticing foreign commits."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from peewee import PeeweeException, SqliteDatabase

from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models.base import database

SCHEMA_VERSION = 2
"""Number of the newest migration; also kept as ``user_version`` so that a start need not look."""

_APPLICATION_ID = 0x54554953  # "TUIS", marks the file as ours
_BUSY_TIMEOUT = 5.0  # seconds
_LONGEST_JOURNAL = 16 * 1024 * 1024  # bytes that are kept after a checkpoint
_MIGRATIONS = Path(__file__).with_name("migrations")

DATABASE_ERRORS: tuple[type[Exception], ...] = (PeeweeException, sqlite3.Error)
"""What a statement may raise when the database itself is in trouble."""


@contextmanager
def opened(path: Path, *, busy_timeout: float = _BUSY_TIMEOUT) -> Iterator[None]:
    """Open the database at ``path``, creating or migrating it, and close it at the end.

    ``busy_timeout`` is in seconds. Raises DatabaseUnusable, in a sentence, when the file is
    locked, read-only, damaged, not a database, somebody else's, or of a newer version.
    """
    with explained(path):
        try:
            connection = _open(path, busy_timeout)
        except OSError as error:
            raise DatabaseUnusable(_sentence(path, error)) from error
        try:
            yield
        finally:
            connection.close()


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the database at ``path`` into DatabaseUnusable."""
    try:
        yield
    except DATABASE_ERRORS as error:
        raise DatabaseUnusable(_sentence(path, error)) from error


def _open(path: Path, busy_timeout: float) -> SqliteDatabase:
    _create_private(path)
    version = _checked_version(path, busy_timeout)
    connection = SqliteDatabase(
        str(path),
        pragmas={
            "foreign_keys": 1,
            "journal_mode": "wal",
            "synchronous": "full",
            "journal_size_limit": _LONGEST_JOURNAL,
        },
        timeout=busy_timeout,
        lock_type="IMMEDIATE",
    )
    connection.register_function(_holds, "holds", 2, deterministic=True)
    database.initialize(connection)
    try:
        connection.connect()
        if version != SCHEMA_VERSION:
            _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _holds(text: str | None, word: str) -> bool:
    """SQL's ``holds``: whether ``word``, case-folded, stands in ``text`` in any script."""
    return text is not None and word in text.casefold()


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
    if not path.exists():
        _create_folders(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        path.chmod(0o600)
    elif path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    elif not path.is_file():
        raise OSError(errno.EINVAL, "not a database: it is not a regular file")
    elif not os.access(path, os.W_OK):
        raise OSError(errno.EROFS, "readonly file")


def _create_folders(folder: Path) -> None:
    if not folder.exists():
        _create_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)


def _checked_version(path: Path, busy_timeout: float) -> int:
    """The schema version of a database that is ours, looked at without changing a byte of it."""
    read_only = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(read_only, uri=True, timeout=busy_timeout)) as reader:
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
