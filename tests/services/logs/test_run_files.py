"""The log of a run, and the exit status that the version before left beside it."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tui_scheduler.services.logs.run_files import RunFiles


@pytest.fixture
def files(tmp_path: Path) -> RunFiles:
    return RunFiles.of(tmp_path / "x.db.logs" / "00000" / "7.log")


def test_a_relative_path_is_pinned_to_where_we_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    files = RunFiles.of(Path("logs/7.log"))
    assert files.log == Path.cwd() / "logs" / "7.log"
    assert files.status == Path.cwd() / "logs" / "7.exit"


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o277])
def test_log_and_folders_are_for_their_owner_alone(files: RunFiles, umask: int) -> None:
    before = os.umask(umask)
    try:
        os.close(files.open_log())
    finally:
        os.umask(before)
    assert stat.S_IMODE(files.log.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.log.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(files.log.parent.parent.stat().st_mode) == 0o700


def test_a_folder_that_is_removed_while_the_log_is_made_is_made_again(
    files: RunFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever removes old logs may find the folder empty just then."""
    make = Path.mkdir
    made: list[Path] = []

    def make_and_lose(folder: Path, *arguments: Any, **options: Any) -> None:
        make(folder, *arguments, **options)
        made.append(folder)
        if folder == files.log.parent and made.count(folder) == 1:
            folder.rmdir()

    monkeypatch.setattr(Path, "mkdir", make_and_lose)
    os.close(files.open_log())
    assert made.count(files.log.parent) == 2


def test_the_folder_of_the_database_is_not_made_in_its_place(tmp_path: Path) -> None:
    files = RunFiles.of(tmp_path / "moved" / "logs" / "00000" / "1.log")
    with pytest.raises(FileNotFoundError):
        files.append("a line")
    assert not (tmp_path / "moved").exists()


def test_the_size_of_a_log_is_known(files: RunFiles) -> None:
    assert files.log_bytes() == 0
    files.append("why")
    assert files.log_bytes() == len("-- why --\n")


def test_the_log_is_only_ever_appended_to(files: RunFiles) -> None:
    first, second = files.open_log(), files.open_log()
    os.write(first, b"one\n")
    os.write(second, b"two\n")
    os.write(first, b"three\n")
    os.close(first)
    os.close(second)
    assert files.log.read_bytes() == b"one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"", b"-- why --\n"),
        (b"whole line\n", b"whole line\n-- why --\n"),
        (b"no end", b"no end\n-- why --\n"),
    ],
)
def test_a_line_of_ours_stands_alone(files: RunFiles, written: bytes, expected: bytes) -> None:
    os.close(files.open_log())
    files.log.write_bytes(written)
    files.append("why")
    assert files.log.read_bytes() == expected


def test_a_status_is_read_with_the_time_it_was_written(files: RunFiles) -> None:
    os.close(files.open_log())
    files.status.write_text("3\n")
    os.utime(files.status, (1000, 1000))
    status = files.exit_status()
    assert status is not None
    assert status.code == 3
    assert status.end_time == datetime.fromtimestamp(1000, UTC)


@pytest.mark.parametrize("content", [None, b"", b"3", b"three\n", b"\xff\n"])
def test_a_status_that_is_not_complete_is_none(files: RunFiles, content: bytes | None) -> None:
    os.close(files.open_log())
    if content is not None:
        files.status.write_bytes(content)
    assert files.exit_status() is None


def test_a_run_began_when_its_log_was_made(files: RunFiles) -> None:
    os.close(files.open_log())
    os.utime(files.log, (500, 900))
    assert files.began_at() == datetime.fromtimestamp(500, UTC)
