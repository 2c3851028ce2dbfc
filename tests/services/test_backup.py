"""A copy that is complete or not there, whatever goes on meanwhile."""

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.services.drafts import a_process, minutely, run_all, scheduled
from tests.support.clock import FakeClock
from tui_scheduler.errors import DatabaseUnusable, InvalidInput, NotFound, Refused
from tui_scheduler.models import Process, Run, database
from tui_scheduler.models.maintenance import copy_to
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, backup
from tui_scheduler.services.backup import back_up
from tui_scheduler.settings import Settings


@pytest.fixture
def settings(services: Services, clock: FakeClock, database_file: Path) -> Settings:
    """A database in use, with a run in it."""
    scheduled(services, minutely())
    run_all(services, clock)
    return Settings(database=database_file)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "copy.db"


def rows(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_it_is_the_database_as_it_is(settings: Settings, file: Path) -> None:
    made = back_up(settings, file)
    assert rows(file) == rows(settings.database)
    assert (made.file, made.size) == (file, file.stat().st_size)
    with open_database(file):
        assert Run.select().count() == 1


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_it_is_one_file_for_its_owner_alone(settings: Settings, file: Path, umask: int) -> None:
    former = os.umask(umask)
    try:
        back_up(settings, file)
    finally:
        os.umask(former)
    assert list(file.parent.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_not_committed_is_not_in_it(
    settings: Settings, services: Services, file: Path
) -> None:
    with database.atomic():
        a_process(services, "half done")
        back_up(settings, file)
    with open_database(file):
        assert [process.name for process in Process.select()] == ["backup"]


def test_a_writer_goes_on_meanwhile(
    settings: Settings, services: Services, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is of the moment it began, and needs no lock that a writer would wait for."""

    def copy_between_writes(path: Path, target: Path) -> None:
        a_process(services, "before")
        copy_to(path, target)
        a_process(services, "after")

    monkeypatch.setattr(backup, "copy_to", copy_between_writes)
    back_up(settings, file)
    with open_database(file):
        assert {process.name for process in Process.select()} == {"backup", "before"}


def refusal(settings: Settings, file: Path) -> str:
    with pytest.raises(InvalidInput) as refused:
        back_up(settings, file)
    [problem] = refused.value.problems
    assert problem.field == "FILE"
    return problem.text


def test_an_existing_file_is_never_changed(settings: Settings, file: Path) -> None:
    file.write_text("precious")
    assert "exists already" in refusal(settings, file)
    assert file.read_text() == "precious"


def test_a_link_that_leads_nowhere_is_not_followed(settings: Settings, file: Path) -> None:
    file.symlink_to(file.with_name("elsewhere"))
    assert "exists already" in refusal(settings, file)
    assert not file.exists()


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_what_another_database_left_is_not_taken_for_a_part_of_it(
    settings: Settings, file: Path, end: str
) -> None:
    left = file.with_name(file.name + end)
    left.write_text("of another one")
    assert refusal(settings, file).startswith(f"{left} is there already")
    assert (left.read_text(), file.exists()) == ("of another one", False)


def test_a_file_that_appears_meanwhile_is_kept(
    settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "copy_to", lambda path, target: file.write_text("precious"))
    assert "exists already" in refusal(settings, file)
    assert file.read_text() == "precious"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal", ".lock", ".logs"])
def test_a_part_of_the_database_is_no_place_for_it(settings: Settings, end: str) -> None:
    file = settings.database.with_name(settings.database.name + end)
    existed = file.exists()
    assert "choose another name" in refusal(settings, file)
    assert file.exists() is existed


def test_a_folder_that_does_not_exist_is_said(settings: Settings, tmp_path: Path) -> None:
    assert "No such file or directory" in refusal(settings, tmp_path / "missing" / "copy.db")


def full(path: Path, target: Path) -> None:
    target.write_text("half")
    raise sqlite3.OperationalError("database or disk is full")


def interrupted(path: Path, target: Path) -> None:
    target.write_text("half")
    raise KeyboardInterrupt


@pytest.mark.parametrize(("trouble", "error"), [(full, Refused), (interrupted, KeyboardInterrupt)])
def test_half_a_copy_is_removed(
    settings: Settings,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Callable[[Path, Path], None],
    error: type[BaseException],
) -> None:
    monkeypatch.setattr(backup, "copy_to", trouble)
    with pytest.raises(error):
        back_up(settings, file)
    assert list(file.parent.iterdir()) == []


def test_nothing_bears_the_name_before_it_is_complete(
    settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a crash at any moment leaves no half backup that is taken for one."""
    seen = []
    sync = os.fsync

    def look(descriptor: int) -> None:
        seen.append(file.exists())
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    back_up(settings, file)
    assert seen == [False, True]  # the copy is on the disk, then its name


def test_without_links_it_is_renamed(
    settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(link: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", unknown)
    back_up(settings, file)
    assert list(file.parent.iterdir()) == [file]


def test_a_damaged_database_is_not_copied(settings: Settings, file: Path) -> None:
    with closing(sqlite3.connect(settings.database)) as connection:
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'run_end'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    with settings.database.open("r+b") as content:
        content.seek((page - 1) * 4096)
        content.write(b"\xff" * 4096)
    with pytest.raises(DatabaseUnusable, match="is damaged"):
        back_up(settings, file)
    assert list(file.parent.iterdir()) == []


def test_without_a_database_nothing_is_made(tmp_path: Path, file: Path) -> None:
    with pytest.raises(NotFound):
        back_up(Settings(database=tmp_path / "missing.db"), file)
    assert list(tmp_path.iterdir()) == [file.parent]
