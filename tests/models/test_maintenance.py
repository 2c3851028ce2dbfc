"""Looking at a database without changing it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from peewee import OperationalError

from tui_scheduler.errors import DatabaseUnusable, NotFound
from tui_scheduler.models import Process, database
from tui_scheduler.models.fitness import SCHEMA_VERSION
from tui_scheduler.models.maintenance import integrity_errors, open_for_reading, orphan_rows
from tui_scheduler.models.sqlite import open_database


@pytest.fixture
def path(database_file: Path) -> Path:
    with open_database(database_file):
        pass
    return database_file


def test_it_reads_and_cannot_write(path: Path) -> None:
    before = path.read_bytes()
    with open_for_reading(path) as version:
        assert version == SCHEMA_VERSION
        assert Process.select().count() == 0
        assert integrity_errors() == orphan_rows() == []
        with pytest.raises(OperationalError, match="readonly"):
            database.execute_sql("DELETE FROM process")
    assert path.read_bytes() == before


def test_it_brings_nothing_up_to_date(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 0")
    with open_for_reading(path) as version:
        assert version == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)


def test_it_minds_no_permissions(path: Path) -> None:
    path.chmod(0o666)
    with open_for_reading(path):
        assert Process.select().count() == 0


def test_what_was_open_before_is_in_use_again(path: Path) -> None:
    with open_database(path):
        with open_for_reading(path):
            pass
        database.execute_sql("DELETE FROM process")


@pytest.mark.parametrize("statement", ["CREATE TABLE theirs (id)", "PRAGMA user_version = 99"])
def test_what_is_not_ours_is_not_looked_at(database_file: Path, statement: str) -> None:
    with closing(sqlite3.connect(database_file)) as connection:
        connection.execute(statement)
    with pytest.raises(DatabaseUnusable), open_for_reading(database_file):
        pytest.fail("it was opened")


def test_what_is_not_a_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotFound), open_for_reading(tmp_path / "missing.db"):
        pytest.fail("it was opened")
    with pytest.raises(DatabaseUnusable, match="is not a file"), open_for_reading(tmp_path):
        pytest.fail("it was opened")
    assert list(tmp_path.iterdir()) == []
