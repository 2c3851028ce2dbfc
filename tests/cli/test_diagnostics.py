"""The program's own log."""

import logging
from pathlib import Path

import pytest

from tui_scheduler.cli import diagnostics
from tui_scheduler.cli.diagnostics import log_to_file

log = logging.getLogger("tui_scheduler.test")


def test_what_is_logged_is_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "state" / "own.log"
    assert log_to_file(file) == file
    log.info("something")
    assert file.read_text().endswith("INFO tui_scheduler.test: something\n")


def test_what_is_not_unicode_is_logged_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "own.log"
    log_to_file(file)
    record = log.makeRecord(log.name, logging.INFO, __file__, 1, "something \udcff", (), None)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler):  # not those of pytest, which cannot send it
            handler.handle(record)
    assert file.read_text().endswith("something \\udcff\n")


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "state" / "own.log"
    log_to_file(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_an_old_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "own.log"
    file.touch(0o644)
    log_to_file(file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_asking_twice_logs_once(tmp_path: Path) -> None:
    file = tmp_path / "own.log"
    log_to_file(file)
    log_to_file(file)
    log.info("once")
    assert file.read_text().count("once") == 1


@pytest.mark.usefixtures("_no_database")
def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "_SIZE", 300)
    file = tmp_path / "own.log"
    log_to_file(file)
    for number in range(50):
        log.info("line %d", number)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["own.log", "own.log.1", "own.log.2", "own.log.3"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert all(file.stat().st_size <= 300 for file in files)


def test_a_program_that_cannot_log_still_runs(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert log_to_file(tmp_path / "file" / "own.log") is None
    log.error("nobody hears this")
