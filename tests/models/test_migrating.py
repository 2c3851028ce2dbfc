"""Bringing a database up to date: all of it, or nothing."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.services.drafts import scheduled
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import Process, database, fitness, sqlite
from tui_scheduler.models.fitness import SCHEMA_VERSION
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context

_BEGINNING = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE novelty (id INTEGER)")
    db.execute_sql("ALTER TABLE request ADD COLUMN novelty TEXT")
    db.execute_sql("UPDATE process SET name = 'migrated'")
    db.execute_sql("DELETE FROM run")
"""
_REBUILDING = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE anew AS SELECT * FROM process")
    db.execute_sql("DROP TABLE process")
    db.execute_sql("ALTER TABLE anew RENAME TO process")
"""
_ENDS = {
    "a statement that is refused": "    db.execute_sql('DROP TABLE no_such_table')",
    "a constraint that is broken": "    db.execute_sql('INSERT INTO control VALUES (1, 0, 0, 0)')",
    "an error of its own": "    raise KeyError('the unexpected')",
    "an interruption": "    raise KeyboardInterrupt",
}
_WAITING = """
    print("half way", flush=True)
    input()
"""


@pytest.fixture
def old(database_file: Path) -> Path:
    """A database with something in it, of the version that is the newest now."""
    with open_database(database_file):
        services = services_on(Context(actor="ann", log_folder=database_file.with_name("logs")))
        scheduled(services)
        services.dispatch.claim()
    return database_file


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A copy of all migrations, to which a test adds the next one."""
    return Path(shutil.copytree(sqlite._MIGRATIONS, tmp_path / "migrations"))


def add(migrations: Path, text: str) -> None:
    (migrations / f"{SCHEMA_VERSION + 1:04}_next.py").write_text(text)


def content(path: Path) -> list[str]:
    """Everything that is in a database, its version included."""
    with closing(sqlite3.connect(path)) as connection:
        versions = [
            str(connection.execute(f"PRAGMA {name}").fetchone())
            for name in ("user_version", "application_id")
        ]
        return [*versions, *connection.iterdump()]


@pytest.mark.parametrize("end", _ENDS.values(), ids=_ENDS)
def test_one_that_fails_leaves_everything_as_it_was(
    old: Path, migrations: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    before = content(old)
    add(migrations, _BEGINNING + end)
    with monkeypatch.context() as newer:
        newer.setattr(sqlite, "_MIGRATIONS", migrations)
        newer.setattr(fitness, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
        with pytest.raises((DatabaseUnusable, KeyboardInterrupt)) as failed, open_database(old):
            pytest.fail("it was opened")
    if failed.type is DatabaseUnusable:
        assert f"could not be brought to schema {SCHEMA_VERSION + 1}: " in str(failed.value)
        assert "It is as it was" in str(failed.value)
    assert content(old) == before
    with open_database(old):
        assert Process.get().name == "backup"


def test_one_that_is_killed_leaves_everything_as_it_was(old: Path, migrations: Path) -> None:
    before = content(old)
    add(migrations, _BEGINNING + _WAITING)
    command = [sys.executable, "-m", "tests.models.migrating", str(old), str(migrations)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as migrating:
        assert migrating.stdout is not None
        assert migrating.stdout.readline() == b"half way\n"
        migrating.kill()
    assert content(old) == before
    with open_database(old):
        assert Process.get().name == "backup"


def test_a_table_that_is_made_anew_keeps_its_children(
    old: Path, migrations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(migrations, _REBUILDING)
    monkeypatch.setattr(sqlite, "_MIGRATIONS", migrations)
    monkeypatch.setattr(fitness, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with open_database(old):
        rows = database.execute_sql("SELECT count(*) FROM request").fetchone()
        assert rows == (1,)
        assert database.pragma("foreign_keys") == 1
        assert database.pragma("user_version") == SCHEMA_VERSION + 1
