"""Where all worlds stand, one after the other: a database that is made and opened once.

To open one for each world, and for SQLite to parse anew what it is asked there, took a third of the
time of the world.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.simulation.faults import seams
from tui_scheduler.models import database
from tui_scheduler.models.sqlite import Database, open_database

_CHEAP = {"synchronous": 0, "locking_mode": "exclusive", "journal_mode": "memory"}
"""The machine goes on, and nobody else opens the file: only programs of a world die."""

Rows = dict[str, list[tuple[Any, ...]]]
"""The rows of each table."""

_open = ExitStack()


@contextmanager
def cleared_ground() -> Iterator[Path]:
    """The path of a new database, which is the one of all tables in the block."""
    former = database.obj
    opened, at_first = _opened()
    database.initialize(opened)
    try:
        _clear(opened, at_first)
        yield opened.path
    finally:
        if former is not None:
            database.initialize(former)


def leave_ground() -> None:
    """Take the database away; the next world makes another."""
    _open.close()
    _opened.cache_clear()


def every_row() -> Rows:
    """All that stands in the database."""
    connection = database.connection()
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}


def _clear(opened: Database, at_first: Rows) -> None:
    """Take away what the world before has left: rows, logs, locks."""
    connection = database.connection()
    connection.rollback()
    connection.execute("BEGIN")
    for table, left in every_row().items():
        if left != (rows := at_first[table]):
            connection.execute(f"DELETE FROM {table}")
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    connection.commit()
    for path in opened.path.parent.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != opened.path:
            path.unlink()


@cache
def _opened() -> tuple[Database, Rows]:
    folder = _open.enter_context(TemporaryDirectory(dir=_fast_folder()))
    with seams():
        _open.enter_context(open_database(Path(folder) / "world.db"))
    for name, value in _CHEAP.items():
        database.pragma(name, value)
    return database.obj, every_row()


def _fast_folder() -> Path | None:
    """Where files cost the least."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() else None
