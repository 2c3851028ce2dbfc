"""Folders that went away, and disks that cannot be written: a sentence, and what to do."""

import errno
import logging
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run
from tui_scheduler.cli.diagnostics import log_to_file
from tui_scheduler.models.fitness import SCHEMA_VERSION

COMMANDS = [
    ["process", "list"],
    ["runs"],
    ["status"],
    ["doctor"],
    ["export"],
    ["hold"],
    ["backup", "copy.db"],
    ["apply", "definitions.toml"],
    ["import", "crontab", "crontab"],
    ["next", "--when", "hourly"],
]


@pytest.fixture
def _removed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is not there any more."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()


@pytest.mark.usefixtures("_removed_folder")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_minds_that_the_current_folder_is_gone(cli: Cli, command: list[str]) -> None:
    outcome = cli(*command)
    assert "unexpected" not in outcome.err
    assert outcome.code == 0 or outcome.err


@pytest.mark.usefixtures("_removed_folder")
def test_a_name_that_needs_it_is_explained(cli: Cli) -> None:
    outcome = cli("backup", "copy.db")
    assert outcome.code == 1
    assert outcome.err.startswith("The current folder was removed. Go to another one (cd)")
    outcome = cli("--database", "s.db", "runs")
    assert outcome.code == 2
    assert outcome.err.startswith("--database: the current folder was removed")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_folder_of_the_database_is_gone(
    cli: Cli, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_SCHEDULER_DATABASE", str(tmp_path / "gone" / "deep" / "s.db"))
    outcome = cli(*command)
    assert "unexpected" not in outcome.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_home_is_a_file(
    cli: Cli, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TUI_SCHEDULER_DATABASE")
    outcome = cli(*command)
    assert "unexpected" not in outcome.err
    assert (
        outcome.code == 0
        or str(tmp_path / "home") in outcome.err
        or "definitions" in outcome.err
        or ("crontab" in outcome.err)
    )


def test_what_the_system_refuses_is_told_with_the_path_and_the_remedy(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(errno.ESTALE, "Stale file handle", "/srv/jobs")

    monkeypatch.setattr("tui_scheduler.cli.scheduling.next.next_command.callback", refuse)
    outcome = cli("next", "--when", "hourly")
    assert outcome.code == 1
    assert outcome.err.startswith("/srv/jobs: Stale file handle. Was it removed")


def test_the_folder_of_our_own_log_is_made_anew(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state" / "own.log"
    log_to_file(file)
    log = logging.getLogger("tui_scheduler.test")
    log.info("before")
    shutil.rmtree(file.parent)
    log.info("after")
    assert "after" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    shutil.rmtree(file.parent)
    file.parent.touch()
    log.info("nobody hears this")
    assert capfd.readouterr() == ("", "")


class TestWhereNothingCanBeWritten:
    """Root may write anything, so the answers of the system are put in its mouth."""

    @pytest.fixture(autouse=True)
    def _read_only(
        self, stored: Opened, backup: int, database_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with stored() as services:
            number = a_run(services, backup)
            run = services.runs.get(number)
        run.log_path.parent.mkdir(parents=True)
        run.log_path.write_text("hello\n")
        for folder in (run.log_path.parent, run.log_path.parent.parent):
            folder.chmod(0o700)
        run.log_path.chmod(0o600)
        real_access, real_statvfs = os.access, os.statvfs

        def access(path: Path, mode: int) -> bool:
            return mode != os.W_OK and real_access(path, mode)

        class Fixed:
            f_flag = os.ST_RDONLY

        def statvfs(path: Path) -> object:
            is_ours = Path(path).is_relative_to(database_file.parent)
            return Fixed() if is_ours else real_statvfs(path)

        monkeypatch.setattr(os, "access", access)
        monkeypatch.setattr(os, "statvfs", statvfs)

    @pytest.mark.parametrize(
        ("command", "wanted"),
        [
            (["runs"], "success"),
            (["log", "1"], "hello\n"),
            (["export"], '[request.backup]\nprocess = "backup"'),
            (["doctor"], "every page and index is sound"),
            (["status"], "nobody schedules"),
            (["process", "list"], "backup"),
            (["request", "show", "1"], "backup"),
        ],
        ids=str,
    )
    def test_what_only_reads_works(
        self, cli: Cli, command: list[str], wanted: str, database_file: Path
    ) -> None:
        folder = database_file.parent
        before = {path: path.stat().st_mtime for path in folder.iterdir()}
        outcome = cli(*command)
        assert outcome.err == ""
        assert wanted in outcome.out
        assert {path: path.stat().st_mtime for path in folder.iterdir()} == before

    def test_a_backup_can_be_made_elsewhere(
        self, cli: Cli, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        assert cli("backup", tmp_path_factory.mktemp("disk") / "copy.db").code == 0

    @pytest.mark.parametrize(
        "command",
        [["hold"], ["trigger", "1"], ["process", "edit", "backup", "--name", "x"]],
        ids=str,
    )
    def test_what_would_change_something_is_refused(self, cli: Cli, command: list[str]) -> None:
        outcome = cli(*command)
        assert (outcome.code, outcome.out) == (4, "")
        assert "is read-only. Make the file and its folder writable" in outcome.err

    def test_one_of_an_older_version_is_explained(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui_scheduler.models.maintenance.SCHEMA_VERSION", 99)
        outcome = cli("runs")
        assert outcome.code == 4
        versions = f"schema {SCHEMA_VERSION}, this one needs 99"
        assert f"is of an older version ({versions}), and is read-only" in outcome.err

    def test_following_works(self, cli: Cli, stored: Opened) -> None:
        assert cli("log", "1", "--follow").out == "hello\n"
