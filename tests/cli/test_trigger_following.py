"""Running a request and seeing its log at once, until it has ended."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.runs import end_elsewhere
from tui_scheduler.models import RunStatus

NOBODY = "Nobody schedules this database: it waits for the screen or: tui-scheduler serve\n"


@pytest.fixture
def log(database_file: Path) -> Path:
    """Where run 1 writes."""
    path = database_file.with_name(f"{database_file.name}.logs") / "00000" / "1.log"
    path.parent.mkdir(parents=True)
    return path


def meanwhile(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> None:
    """Do a step whenever the command pauses."""
    waiting = list(steps)
    monkeypatch.setattr(time, "sleep", lambda _seconds: waiting.pop(0)())


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (RunStatus.SUCCESS, 0),
        (RunStatus.ERROR, 1),
        (RunStatus.KILLED, 1),
        (RunStatus.TIMED_OUT, 1),
        (RunStatus.LOST, 1),
    ],
)
def test_the_log_is_printed_and_the_exit_code_says_how_it_ended(
    cli: Cli,
    backup: int,
    log: Path,
    database_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: RunStatus,
    code: int,
) -> None:
    meanwhile(
        monkeypatch,
        lambda: log.write_text("one\n"),
        lambda: log.write_text("one\ntwo\n"),
        lambda: end_elsewhere(database_file, status),
    )
    followed = cli("trigger", backup, "--follow")
    assert (followed.code, followed.out) == (code, "one\ntwo\n")
    assert followed.err == f"Run 1 of backup.\n{NOBODY}Run 1 has ended: {status}.\n"


def test_a_run_that_is_skipped_is_no_success(cli: Cli, backup: int) -> None:
    cli("trigger", backup)
    followed = cli("trigger", backup, "--follow")
    assert (followed.code, followed.out) == (1, "")
    assert "Concurrent attempt to execute" in followed.err
    assert followed.err.endswith("Run 2 has ended: skipped.\n")


def test_ctrl_c_leaves_the_run_going_and_says_so(
    cli: Cli, backup: int, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    meanwhile(monkeypatch, lambda: log.write_text("one\n"), interrupt)
    followed = cli("trigger", backup, "--follow")
    assert followed.code == 130
    assert followed.err.endswith("Run 1 goes on. Stop it with: tui-scheduler kill 1\n")
    assert cli("runs", "--json").json[0]["status"] == "queued"


def test_a_log_is_no_json(cli: Cli, backup: int) -> None:
    refused = cli("trigger", backup, "--follow", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "leave out --json" in refused.err
    assert cli("runs", "--json").json == []
