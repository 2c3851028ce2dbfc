"""Everything that is SQLite's own: opening, pragmas, migrating, noticing foreign commits."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import methodcaller
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from tui_scheduler.errors import DatabaseGone, DatabaseUnusable
from tui_scheduler.file_systems import DISK_FULL, read_only, refuse_shared
from tui_scheduler.identity import FileIdentity, file_identity, real_path
from tui_scheduler.lock_file import lock_file_of, query_holder
from tui_scheduler.models import fitness
from tui_scheduler.models.base import database
from tui_scheduler.models.fitness import (
    APPLICATION_ID,
    BUSY_TIMEOUT,
    checked_version,
    fit_version,
    outgrown,
)
from tui_scheduler.models.sentences import DATABASE_ERRORS, unusable
from tui_scheduler.permissions import make_file, refuse_unsafe_folders

SYNCHRONOUS = "full"
"""What is committed is on the disk, so that no power cut makes a run begin twice."""

_COARSEST_TICK = 3.0
"""Seconds that no file system rounds the time of a file by."""

_LONGEST_JOURNAL = 16 * 1024 * 1024  # bytes that are kept after a checkpoint
_MIGRATIONS = Path(__file__).with_name("migrations")


_readable = methodcaller("decode", "utf-8", "replace")  # for each text that is read


class _Connection(sqlite3.Connection):
    """Reads text that is not UTF-8 all the same: no row stops the others."""

    file: FileIdentity | None = None
    """The file that was at the path of the database when this was opened."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.text_factory = _readable


class Database(SqliteDatabase):
    """The database at ``path``, and which file that was when it was opened.

    ``wal`` is the file of its write-ahead log, once it was looked for. ``lost`` says what was done
    to the database since, though its file is still there, so that it has to be opened anew.
    """

    def __init__(self, path: Path, *, only_read: bool = False, **options: Any) -> None:
        # A file that was taken away is not made anew.
        uri = read_only(path) if only_read else f"{real_path(path).as_uri()}?mode=rw"
        super().__init__(uri, uri=True, factory=_Connection, **options)
        self.path = path
        self.only_read = only_read
        self.file: FileIdentity | None = None
        self.wal: FileIdentity | None = None
        self.lost: DatabaseGone | None = None


@contextmanager
def open_database(
    path: Path, *, logs: Path | None = None, busy_timeout: float = BUSY_TIMEOUT
) -> Iterator[None]:
    """Open the database at ``path``, creating or migrating it, and close it at the end.

    ``busy_timeout`` is in seconds. Raises DatabaseUnusable, in a sentence, when the file is
    locked, read-only, damaged, not a database, somebody else's, or of a newer version, when others
    may write it or the folder ``logs``, and where other machines can reach it.
    """
    refuse_shared(path)
    with translate_errors(path):
        try:
            refuse_unsafe_folders(path.parent)
            is_new = make_file(path)
        except OSError as error:
            raise unusable(path, error) from error
        version = fit_version(path, logs, busy_timeout, is_new=is_new)
        with bound(_connection(path, busy_timeout)) as connection:
            if version != fitness.SCHEMA_VERSION:
                _refuse_beneath_others(path, version, busy_timeout)
                _migrate(path, connection)
            yield


def reopen_database(logs: Path, busy_timeout: float = BUSY_TIMEOUT) -> None:
    """Have all threads go on in the file that is now at the path of the database.

    It is looked at and brought up to date as by ``open_database``, but never made: whoever took it
    away may bring it back. Raises DatabaseGone while there is none, DatabaseOutgrown while it is of
    a newer version, or DatabaseUnusable.
    """
    opened: Database = database.obj
    with translate_errors(opened.path):
        file = file_identity(opened.path)
        if file is None:
            raise DatabaseGone(_gone(opened.path))
        refuse_shared(opened.path)
        version = fit_version(opened.path, logs, busy_timeout)
        if version != fitness.SCHEMA_VERSION:
            _refuse_beneath_others(opened.path, version, busy_timeout)
            fresh = _connection(opened.path, busy_timeout)
            with fresh.connection_context():
                _migrate(opened.path, fresh)
    opened.file, opened.wal, opened.lost = file, None, None


def connect_thread() -> bool:
    """Connect this thread to the file that was opened, unless it is; returns whether it was not.

    Raises DatabaseGone.
    """
    opened: Database = database.obj
    try:
        refuse_gone()
    except DatabaseGone:
        leave_file()
        raise
    if not database.is_closed() and database.connection().file != opened.file:
        leave_file()
    is_new: bool = database.is_closed()
    if is_new:
        database.connect()
        database.connection().file = opened.file
    return is_new


def leave_file() -> None:
    """Close the connection of this thread to a file that is not at its path any more.

    What stands in its WAL is brought into that file first, wherever it is now: the WAL keeps its
    name, and would be taken for that of whatever file comes next.
    """
    if not database.is_closed():
        with suppress(*DATABASE_ERRORS):
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()


def says_full(error: Exception | None) -> bool:
    """Whether a statement failed because the disk is full."""
    if not isinstance(error, DATABASE_ERRORS):
        return False
    return unusable(database.obj.path, error).reason == DISK_FULL


def make_room() -> None:
    """Let the WAL be written from its beginning again, so that it need not grow; waits for nobody.

    On a small disk it may be all that fills it.
    """
    with suppress(*DATABASE_ERRORS):
        database.execute_sql("PRAGMA wal_checkpoint(PASSIVE)")


def refuse_gone() -> None:
    """Raise DatabaseGone if the file that was opened is not at its path any more, or lost."""
    opened: Database = database.obj
    if file_identity(opened.path) != opened.file:
        raise DatabaseGone(_gone(opened.path))
    if opened.lost is not None:
        raise opened.lost.with_traceback(None)  # or each would be longer than the one before


def _gone(path: Path) -> str:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return (
            f"The database {path} is not there any more, so nothing is begun. Put it back, or start"
            " again with a new one."
        )
    except OSError as error:
        return (
            f"The database {path} cannot be reached any more ({error.strerror}), so nothing is"
            " begun. See to its disk and its folder."
        )
    return f"The database {path} was replaced by another file, which is opened in its place."


@contextmanager
def bound(connection: Database) -> Iterator[Database]:
    """Connect, and let ``connection`` be the database of all tables; then what was before."""
    former = database.obj
    database.initialize(connection)
    try:
        connection.connect()
        connection.file = database.connection().file = file_identity(connection.path)
        yield connection
    finally:
        connection.close()
        if former is not None:
            database.initialize(former)


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the database at ``path`` into DatabaseUnusable."""
    try:
        yield
    except DATABASE_ERRORS as error:
        raise unusable(path, error) from error


def _connection(path: Path, busy_timeout: float) -> Database:
    connection = Database(
        path,
        pragmas={
            "foreign_keys": 1,
            "journal_mode": "wal",
            "synchronous": SYNCHRONOUS,
            "journal_size_limit": _LONGEST_JOURNAL,
        },
        timeout=busy_timeout,
        lock_type="IMMEDIATE",
    )
    connection.register_function(_holds, "holds", 2, deterministic=True)
    return connection


def _holds(text: str | None, word: str) -> bool:
    """SQL's ``holds``: whether ``word``, case-folded, stands in ``text`` in any script."""
    return text is not None and word in text.casefold()


def _refuse_beneath_others(path: Path, version: int, busy_timeout: float) -> None:
    """Raise DatabaseUnusable if somebody schedules it: whoever does knows the tables as they are.

    A program of our version brings it up to date before it schedules; perhaps just now.
    """
    holder = query_holder(lock_file_of(path)) if version else None
    if holder is not None and checked_version(path, busy_timeout) != fitness.SCHEMA_VERSION:
        end = "" if holder.pid is None or holder.is_elsewhere else f", or end it: kill {holder.pid}"
        raise DatabaseUnusable(
            f"The database {path} is scheduled by {holder.name}, whose program is of an older"
            " version, and it would lose its tables. Nothing was changed; begin that anew with"
            f" this version (a service: tui-scheduler service restart){end}. What it runs goes on.",
            "an older version schedules the database",
            "Restart it: tui-scheduler service restart",
        )


def _migrate(path: Path, connection: Database) -> None:
    """Bring the tables up to date, or leave everything as it was and raise DatabaseUnusable."""
    from playhouse.migrations import Runner  # slow to import, and seldom needed

    connection.pragma("foreign_keys", 0)  # or a table that is made anew takes its children along
    try:
        with connection.atomic():
            connection.pragma("application_id", APPLICATION_ID)
            Runner(connection, str(_MIGRATIONS)).up()
            connection.pragma("user_version", fitness.SCHEMA_VERSION)
    except DATABASE_ERRORS as error:
        if "locked" in str(error):
            raise
        raise _not_migrated(path, error) from error
    except Exception as error:  # whatever a migration runs into
        raise _not_migrated(path, error) from error
    finally:
        connection.pragma("foreign_keys", 1)


def _not_migrated(path: Path, error: Exception) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"The database {path} could not be brought to schema {fitness.SCHEMA_VERSION}: {error}."
        " It is as it was: go on with the version of tui-scheduler that wrote it, and report this."
    )


def stored_version() -> int:
    """Returns the schema version of the database that is open, which may be an older one."""
    version: int = database.pragma("user_version")
    return version


def data_version() -> int:
    """A number that changes when another connection commits; some 20 microseconds.

    Raises DatabaseGone when the file is not at its path any more: nobody would ever commit to it;
    and from then on wherever a thread connects, when its write-ahead log was taken away, which
    others would not find what we commit in, or as DatabaseOutgrown when a newer program has
    changed its tables: what we know of them is not true any more.
    """
    refuse_gone()
    version: int = database.pragma("data_version")
    opened: Database = database.obj
    opened.lost = _loss(opened)
    refuse_gone()
    return version


def _loss(opened: Database) -> DatabaseGone | None:
    """What was done to the database that is open; None if nothing was."""
    if (stored := stored_version()) > fitness.SCHEMA_VERSION:
        return outgrown(opened.path, stored)
    path = opened.path.with_name(f"{opened.path.name}-wal")
    before, opened.wal = opened.wal, file_identity(path)
    if opened.only_read or before in (None, opened.wal):
        return None
    return DatabaseGone(
        f"{path}, a part of the database, was taken away while it was in use, so what others did"
        " since then may be lost. Leave it where it is."
    )


def untouched_since() -> tuple[int, ...] | None:
    """What stays as it is until somebody commits or takes the file away; None if it cannot be told.

    Two ``stat`` calls, for whoever would ask for ``data_version`` of an idle database. A WAL that
    was written just now tells nothing: what is written within the same tick looks the same.
    """
    path: Path = database.obj.path
    try:
        file, wal = path.stat(), os.stat(f"{path}-wal")  # noqa: PTH116 - it is done all the time
    except OSError:
        return None
    if abs(time.time() - wal.st_mtime) < _COARSEST_TICK:
        return None
    return file.st_dev, file.st_ino, wal.st_ino, wal.st_size, wal.st_mtime_ns


def only_reads() -> bool:
    """Whether the database was opened for reading alone."""
    opened: Database = database.obj
    return opened.only_read


def forbid_writing() -> None:
    """Make this thread's connection read-only, so that a slow query can never hold a lock."""
    database.pragma("query_only", 1)


def undo_in_memory() -> None:
    """Keep in memory what this thread's savepoints would bring back.

    In a file, as usual, that is half of what the start and the end of a run cost. It is for small
    changes: what sorts millions of rows would have them in memory, too.
    """
    database.pragma("temp_store", "memory")
