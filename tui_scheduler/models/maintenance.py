"""Looking at a database without changing it, copying it, and the little that can be repaired.

Everything here works beside a scheduler: it reads without locks, or writes for milliseconds.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tui_scheduler.errors import DatabaseUnusable, NotFound
from tui_scheduler.file_systems import read_only, refuse_shared
from tui_scheduler.models.base import BaseModel, database
from tui_scheduler.models.fields import ChoiceField
from tui_scheduler.models.fitness import BUSY_TIMEOUT, SCHEMA_VERSION, version_seen_by
from tui_scheduler.models.sqlite import Database, bound, translate_errors

_MOST_ERRORS = 10
_CHECKPOINT_TIMEOUT = 1.0  # seconds, during which a writer may have to wait


@contextmanager
def open_for_reading(path: Path, busy_timeout: float = BUSY_TIMEOUT) -> Iterator[int]:
    """Open the database at ``path`` for reading alone; yields its schema version.

    Nothing is made, migrated or refused for its permissions. ``busy_timeout`` is in seconds.
    Raises NotFound, or DatabaseUnusable, also where other machines can reach it.
    """
    refuse_shared(path)
    if not path.exists():
        raise NotFound(f"There is no database {path} (yet). Choose one with --database.")
    if not path.is_file():
        raise DatabaseUnusable(f"The database {path} is not a file. Choose one with --database.")
    with translate_errors(path), bound(Database(path, only_read=True, timeout=busy_timeout)):
        yield version_seen_by(database.connection(), path)


@contextmanager
def open_unchanged(path: Path, busy_timeout: float = BUSY_TIMEOUT) -> Iterator[None]:
    """Open the database at ``path``, of this version, where it cannot be written.

    Raises NotFound, or DatabaseUnusable.
    """
    with open_for_reading(path, busy_timeout) as version:
        if version != SCHEMA_VERSION:
            raise DatabaseUnusable(
                f"The database {path} is of an older version (schema {version}, this one needs"
                f" {SCHEMA_VERSION}), and is read-only. Make a copy that can be written, and name"
                " that with --database."
            )
        yield


def integrity_errors() -> list[str]:
    """What is wrong with the pages and indexes; a million runs take three seconds."""
    errors = database.execute_sql(f"PRAGMA integrity_check({_MOST_ERRORS})").fetchall()
    return [_plain(text) for (text,) in errors if text != "ok"]


def _plain(text: str) -> str:
    """What SQLite found, without the heading that it puts above some."""
    return text.rpartition("***\n")[2]


def orphan_rows() -> list[str]:
    """Table and id of every row that points to a row that does not exist."""
    orphans = database.execute_sql("PRAGMA foreign_key_check").fetchall()
    return [table if row_id is None else f"{table} {row_id}" for table, row_id, *_ in orphans]


def misshapen_rows(model: type[BaseModel]) -> list[int]:
    """The ids of the rows of ``model`` that hold what their columns were not made for.

    To SQLite that is no damage, and our own reading passes over it.
    """
    described = model._meta  # noqa: SLF001  Peewee documents it
    table = described.table_name
    columns = database.execute_sql(f"PRAGMA table_info({table})").fetchall()
    wrong = [
        f"typeof(\"{name}\") NOT IN ('{kind.lower()}', 'null')" for _, name, kind, *_ in columns
    ]
    for field in described.sorted_fields:
        if isinstance(field, ChoiceField):
            known = ", ".join(f"'{member.value}'" for member in field.choice)
            wrong.append(f'"{field.column_name}" NOT IN ({known})')
    misshapen = database.execute_sql(f"SELECT id FROM {table} WHERE {' OR '.join(wrong)}")  # noqa: S608
    return [row_id for (row_id,) in misshapen.fetchall()]


def checkpoint(path: Path) -> None:
    """Bring what is in the journal into the database, and make the journal small.

    Nothing happens to a journal that somebody is reading from.
    """
    with closing(sqlite3.connect(path, timeout=_CHECKPOINT_TIMEOUT)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # nobody waits for the long part
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy_to(path: Path, target: Path) -> None:
    """Copy the database at ``path``, as it is at one moment, over the empty file ``target``.

    By SQLite's backup in a single step, from a connection that only reads. A scheduler goes on
    writing meanwhile. VACUUM INTO lets it too, but takes ten times as long (5.2 s against 0.5 s
    for a million runs), and its journal cannot be emptied as long as somebody reads. In several
    steps a backup would begin anew at every commit of somebody else, and never end.
    """
    with (
        closing(sqlite3.connect(read_only(path), uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        copy.execute("PRAGMA journal_mode = off")  # half a copy is thrown away
        copy.execute("PRAGMA synchronous = off")  # it is synced once, at the end
        source.backup(copy)
    sync(target)
    unshared = f"{read_only(target)}&immutable=1"  # so that no journal is made beside it
    with closing(sqlite3.connect(unshared, uri=True)) as copy:
        ((verdict,),) = copy.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != "ok":
        raise DatabaseUnusable(
            f"The database {path} is damaged, so no backup was made: {_plain(verdict)}. Look closer"
            " with: tui-scheduler doctor"
        )


def sync(path: Path) -> None:
    """Have the content of a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
