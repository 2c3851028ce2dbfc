"""A database that is removed or replaced while it is open: noticed, left alone, opened anew."""

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from peewee import OperationalError

from tests.models.files import execute
from tests.services.drafts import a_process
from tui_scheduler.errors import DatabaseGone, DatabaseOutgrown, DatabaseUnusable
from tui_scheduler.models import Process, database
from tui_scheduler.models.fitness import SCHEMA_VERSION
from tui_scheduler.models.sqlite import (
    connect_thread,
    data_version,
    leave_file,
    open_database,
    reopen_database,
)
from tui_scheduler.services import Services


def names(file: Path) -> list[str]:
    """The processes that somebody else would find in ``file``."""
    with closing(sqlite3.connect(file)) as other:
        return [name for (name,) in other.execute("SELECT name FROM process ORDER BY name")]


def processes() -> list[str]:
    return [row.name for row in Process.select().order_by(Process.name)]


@pytest.fixture
def other(tmp_path: Path, database_to_copy: Path) -> Path:
    """Another database, with a process of its own in it."""
    file = tmp_path / "other.db"
    file.write_bytes(database_to_copy.read_bytes())
    with open_database(file):
        database.execute_sql(
            "INSERT INTO process (name, description, command, environment, overlap, retries,"
            " retry_delay, active, created_at)"
            " VALUES ('of the other', '', 'true', '{}', 'skip', 0, 0, 1, 7)"
        )
    return file


def remove(file: Path) -> None:
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()


def remove_alone(file: Path) -> None:
    file.unlink()


def move_away(file: Path) -> None:
    file.rename(file.with_name("away.db"))


def replace_by_nonsense(file: Path) -> None:
    file.with_name("nonsense").write_text("Dear diary, " * 100)
    file.with_name("nonsense").rename(file)


def reopen_at(file: Path) -> Callable[[], None]:
    return lambda: reopen_database(file.with_name("logs"))


@pytest.mark.parametrize("go", [remove, remove_alone, move_away, replace_by_nonsense])
def test_it_is_noticed(services: Services, database_file: Path, go: Callable[[Path], None]) -> None:
    data_version()
    go(database_file)
    with pytest.raises(DatabaseGone, match=str(database_file)):
        data_version()
    with pytest.raises(DatabaseGone):
        connect_thread()


def test_one_that_cannot_be_reached_is_not_called_removed(
    services: Services, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(path: Path) -> None:
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(Path, "stat", stale)
    with pytest.raises(DatabaseGone, match=r"cannot be reached any more \(Stale file handle\)"):
        data_version()


def test_tables_of_a_newer_version_are_noticed_and_left_alone(
    services: Services, database_file: Path
) -> None:
    """A program that was open while another one was upgraded knows other tables."""
    data_version()
    execute(database_file, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    for look in (data_version, connect_thread, reopen_at(database_file)):
        with pytest.raises(DatabaseOutgrown, match=f"schema {SCHEMA_VERSION + 1}, this one knows"):
            look()
    execute(database_file, f"PRAGMA user_version = {SCHEMA_VERSION}")
    reopen_at(database_file)()
    assert connect_thread()


def test_a_write_ahead_log_that_is_taken_away_is_noticed_and_nothing_of_it_lost(
    services: Services, database_file: Path
) -> None:
    """What we commit goes on into it, where nobody else finds it any more."""
    data_version()
    a_process(services, "before")
    for end in ("-wal", "-shm"):
        database_file.with_name(database_file.name + end).unlink()
    a_process(services, "after")
    with pytest.raises(DatabaseGone, match="was taken away while it was in use"):
        data_version()
    with pytest.raises(DatabaseGone):
        connect_thread()
    reopen_at(database_file)()
    assert connect_thread()
    assert processes() == names(database_file) == ["after", "before"]
    a_process(services, "new")
    assert names(database_file) == ["after", "before", "new"]


def test_connecting_never_makes_a_file(services: Services, database_file: Path) -> None:
    remove(database_file)
    database.close()
    with pytest.raises(OperationalError):
        database.connection()
    assert not database_file.exists()


def test_while_there_is_none_it_is_not_opened(services: Services, database_file: Path) -> None:
    remove(database_file)
    with pytest.raises(DatabaseGone, match="Put it back"):
        reopen_database(database_file.with_name("logs"))
    assert not database_file.exists()


def test_one_that_is_not_fit_is_not_opened(services: Services, database_file: Path) -> None:
    replace_by_nonsense(database_file)
    with pytest.raises(DatabaseUnusable, match="not an SQLite database"):
        reopen_database(database_file.with_name("logs"))
    with pytest.raises(DatabaseGone):
        connect_thread()


def test_one_that_others_reach_is_not_opened(
    services: Services, database_file: Path, other: Path, share: Path
) -> None:
    """Whatever was mounted meanwhile where it lay."""
    remove(database_file)
    other.rename(share / "x.db")
    database_file.symlink_to(share / "x.db")
    with pytest.raises(DatabaseUnusable, match="lies on a network file system"):
        reopen_database(database_file.with_name("logs"))
    with pytest.raises(DatabaseGone):
        connect_thread()


def test_the_one_that_took_its_place_is_opened(
    services: Services, database_file: Path, other: Path
) -> None:
    a_process(services, "of the first")
    other.rename(database_file)
    with pytest.raises(DatabaseGone):
        connect_thread()
    reopen_database(database_file.with_name("logs"))
    assert connect_thread()
    assert not connect_thread()
    assert processes() == ["of the other"]
    a_process(services, "new")
    assert names(database_file) == ["new", "of the other"]


def test_one_of_an_earlier_version_is_brought_up_to_date(
    services: Services, database_file: Path, other: Path
) -> None:
    execute(other, "ALTER TABLE run DROP COLUMN host_id", "PRAGMA user_version = 4",
            "DELETE FROM schema_migration WHERE name LIKE '0005%'")  # fmt: skip
    other.rename(database_file)
    reopen_database(database_file.with_name("logs"))
    connect_thread()
    assert database.pragma("user_version") == SCHEMA_VERSION


def test_what_was_not_in_the_file_yet_goes_into_it_and_not_into_its_successor(
    services: Services, database_file: Path, other: Path
) -> None:
    """The WAL keeps its name: SQLite would play it into whatever file comes next."""
    database.pragma("wal_autocheckpoint", 0)
    a_process(services, "of the first")
    wal = database_file.with_name(f"{database_file.name}-wal")
    assert wal.stat().st_size > 0
    away = database_file.rename(database_file.with_name("away.db"))
    other.rename(database_file)
    leave_file()
    assert not wal.exists() or wal.stat().st_size == 0
    reopen_database(database_file.with_name("logs"))
    connect_thread()
    assert processes() == names(database_file) == ["of the other"]
    assert names(away) == ["of the first"]


def test_a_file_with_two_names_is_refused(new_database: Path) -> None:
    new_database.with_name("other.db").hardlink_to(new_database)
    with pytest.raises(DatabaseUnusable) as refused, open_database(new_database):
        pytest.fail("it was opened")
    assert "has 2 names (hard links)" in str(refused.value)
    assert f"find {new_database.parent} -samefile {new_database}" in str(refused.value)
    new_database.with_name("other.db").unlink()
    with open_database(new_database):
        assert processes() == []
