"""Whatever somebody put where a file of ours is to be: it is left alone, and nothing waits."""

import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.other_users import SOMEBODY, give_away, needs_root
from tui_scheduler.cli.diagnostics import log_to_file
from tui_scheduler.engine.local.capped_log import Limits, Log
from tui_scheduler.engine.local.journals import Journal, read_journals
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.engine.python_child import Progress
from tui_scheduler.errors import DatabaseUnusable, InvalidInput
from tui_scheduler.lock_file import query_holder
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services.logs.log_file import LogFile
from tui_scheduler.services.logs.progress import read_progress
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.running.group_log import write_story
from tui_scheduler.settings import load_settings

TEXT = "precious\n"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file of ours that is nobody's business."""
    file = tmp_path / "victim"
    file.write_text(TEXT)
    file.chmod(0o644)
    return file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a file of ours is to be."""
    return tmp_path / "1-0123abcd.log"


def _link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def _other_name(path: Path, victim: Path) -> None:
    path.hardlink_to(victim)


def _dead_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim.with_name("not there"))


def _pipe(path: Path, victim: Path) -> None:
    os.mkfifo(path)


def _device(path: Path, victim: Path) -> None:
    path.symlink_to("/dev/full")


def _folder(path: Path, victim: Path) -> None:
    path.mkdir()


def _theirs(path: Path, victim: Path) -> None:
    path.write_text(TEXT)
    path.chmod(0o666)
    give_away(path)


_PLANTED = [
    _link,
    _other_name,
    _dead_link,
    _pipe,
    _device,
    _folder,
    pytest.param(_theirs, marks=needs_root),
]


def _lock(path: Path) -> None:
    lock = SchedulerLock(path)
    assert not lock.acquire()
    assert f"The lock {path} cannot be had: it " in str(lock.problem)
    query_holder(path)


def _diagnostics(path: Path) -> None:
    assert log_to_file(path) is None
    logging.getLogger("tui_scheduler.test").warning("something")


def _line_of_ours(path: Path) -> None:
    with pytest.raises(OSError, match="it "):
        RunFiles.of(path).append("something")


def _output(path: Path) -> None:
    log = Log(os.fsencode(path), Limits(0, 0))
    for _ in log.store(b"something\n"):
        pass
    log.close()
    [(_, lost)] = log.losses.items()
    assert lost == len(b"something\n")


def _story(path: Path) -> None:
    write_story(path, b"something\n")


def _progress(path: Path) -> None:
    Progress(str(path)).tell(1, 2)


def _journal(path: Path) -> None:
    with pytest.raises(OSError, match="it "):
        Journal(path).add("end", 1)


@pytest.fixture(autouse=True)
def _nothing_else_is_made(tmp_path: Path) -> Iterator[None]:
    before = stat.S_IMODE(Path("/dev/full").stat().st_mode)
    yield
    assert stat.S_IMODE(Path("/dev/full").stat().st_mode) == before
    assert not (tmp_path / "not there").exists()


@pytest.mark.parametrize("plant", _PLANTED)
@pytest.mark.parametrize(
    "write", [_lock, _diagnostics, _line_of_ours, _output, _story, _progress, _journal]
)
def test_nothing_is_written_to_what_is_not_ours(
    plant: Callable[[Path, Path], None], write: Callable[[Path], None], path: Path, victim: Path
) -> None:
    plant(path, victim)
    before = path.lstat()
    write(path)
    assert (victim.read_text(), stat.S_IMODE(victim.stat().st_mode)) == (TEXT, 0o644)
    after = path.lstat()
    assert (after.st_mode, after.st_size) == (before.st_mode, before.st_size)


@pytest.mark.parametrize("plant", _PLANTED)
def test_nothing_is_waited_for_to_read_it(
    plant: Callable[[Path, Path], None], path: Path, victim: Path
) -> None:
    plant(path, victim)
    assert query_holder(path) is None or plant is _theirs
    assert read_progress(path.with_suffix(".log")) is None
    files = RunFiles.of(path.with_suffix(".exit"))
    assert files.exit_status() is None
    log = LogFile(path)
    log.refresh()
    log.read(0, 100)
    with suppress(OSError):
        read_journals([path])


def test_a_log_that_is_a_link_shows_nothing(path: Path, victim: Path) -> None:
    path.symlink_to(victim)
    log = LogFile(path)
    log.refresh()
    assert (log.size, log.read(0, 100)) == (0, b"")


@pytest.mark.parametrize("plant", [_link, _other_name, _dead_link, _pipe, _folder])
@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_no_part_of_a_database_is_another_file(
    plant: Callable[[Path, Path], None], end: str, new_database: Path, victim: Path
) -> None:
    part = new_database.with_name(new_database.name + end)
    plant(part, victim)
    with (
        pytest.raises(DatabaseUnusable, match=f"{part} cannot be a part of the database: it"),
        open_database(new_database),
    ):
        pytest.fail("it was opened")
    assert victim.read_text() == TEXT


class TestConfiguration:
    def test_a_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "real.toml").write_text("keep_days = 7")
        (tmp_path / "config.toml").symlink_to(tmp_path / "real.toml")
        assert load_settings(config=tmp_path / "config.toml").keep_days == 7

    @pytest.mark.parametrize(
        "plant", [_pipe, _device, _folder, pytest.param(_theirs, marks=needs_root)]
    )
    def test_only_a_file_of_ours_is_believed(
        self, plant: Callable[[Path, Path], None], tmp_path: Path, victim: Path
    ) -> None:
        file = tmp_path / "config.toml"
        plant(file, victim)
        with pytest.raises(InvalidInput) as refused:
            load_settings(config=file)
        [problem] = refused.value.problems
        assert problem.field == f"{file}: file"
        assert problem.text.startswith("cannot be read: ")

    def test_what_others_may_write_is_refused_with_the_remedy(self, tmp_path: Path) -> None:
        file = tmp_path / "config.toml"
        file.touch()
        file.chmod(0o666)
        with pytest.raises(InvalidInput) as refused:
            load_settings(config=file)
        assert refused.value.problems[0].text.endswith(f"chmod go-w {file}")


@needs_root
class TestFoldersOfOthers:
    """Their owners may put anything into them, whenever they like."""

    @pytest.fixture
    def theirs(self, tmp_path: Path) -> Path:
        folder = tmp_path / "theirs"
        folder.mkdir()
        return give_away(folder)

    def test_no_database_is_made_there(self, theirs: Path) -> None:
        file = theirs / "deep" / "s.db"
        with pytest.raises(DatabaseUnusable, match="belongs to"), open_database(file):
            pytest.fail("it was opened")
        assert list(theirs.iterdir()) == []

    def test_no_logs_are_kept_there(self, new_database: Path, theirs: Path) -> None:
        logs = new_database.with_name(new_database.name + ".logs")
        logs.symlink_to(theirs / "logs")
        (theirs / "logs").mkdir(mode=0o700)
        with (
            pytest.raises(DatabaseUnusable, match="belongs to"),
            open_database(new_database, logs=logs),
        ):
            pytest.fail("it was opened")

    def test_a_link_of_theirs_leads_to_no_logs(self, new_database: Path, tmp_path: Path) -> None:
        logs = new_database.with_name(new_database.name + ".logs")
        (tmp_path / "private").mkdir(mode=0o700)
        logs.symlink_to(tmp_path / "private")
        give_away(logs)
        assert logs.lstat().st_uid == SOMEBODY
        with (
            pytest.raises(DatabaseUnusable, match="belongs to"),
            open_database(new_database, logs=logs),
        ):
            pytest.fail("it was opened")

    def test_nothing_is_logged_there(self, theirs: Path) -> None:
        assert log_to_file(theirs / "state" / "own.log") is None
        assert list(theirs.iterdir()) == []
