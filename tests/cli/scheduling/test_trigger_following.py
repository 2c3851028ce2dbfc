"""Running a request and seeing its log at once, until it has ended."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.stored_runs import end_elsewhere, log_of, take_elsewhere
from tui_scheduler.models import RunStatus
from tui_scheduler.wording import RUN_STATUSES

NOBODY = (
    "Nobody schedules this database: it waits for the screen or tui-scheduler serve."
    " To keep that going: tui-scheduler service install\n"
)


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
    database_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: RunStatus,
    code: int,
) -> None:
    meanwhile(
        monkeypatch,
        lambda: take_elsewhere(database_file),
        lambda: log_of(database_file).write_text("one\n"),
        lambda: log_of(database_file).write_text("one\ntwo\n"),
        lambda: end_elsewhere(database_file, status),
    )
    followed = cli("trigger", backup, "--follow")
    assert (followed.code, followed.out) == (code, "one\ntwo\n")
    assert (
        followed.err == f"Run 1 of backup.\n{NOBODY}Run 1 has ended: {RUN_STATUSES[status].word}.\n"
    )


def test_a_run_that_is_given_back_and_taken_again_writes_another_log(
    cli: Cli, backup: int, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(
        monkeypatch,
        lambda: take_elsewhere(database_file, "00000001").write_text("in vain\n"),
        lambda: take_elsewhere(database_file, "00000002").write_text("output\n"),
        lambda: end_elsewhere(database_file),
    )
    assert cli("trigger", backup, "--follow").out == "in vain\noutput\n"


def test_a_run_that_writes_nothing_says_so(
    cli: Cli, backup: int, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(
        monkeypatch, lambda: take_elsewhere(database_file), lambda: end_elsewhere(database_file)
    )
    followed = cli("trigger", backup, "--follow")
    assert (followed.code, followed.out) == (0, "")
    assert followed.err.endswith("Run 1 wrote nothing.\nRun 1 has ended: success.\n")


def test_a_run_that_is_skipped_is_no_success(cli: Cli, backup: int) -> None:
    cli("trigger", backup)
    followed = cli("trigger", backup, "--follow")
    assert (followed.code, followed.out) == (1, "")
    assert "Run 1 waits to start" in followed.err
    assert followed.err.endswith("Run 2 has ended: skipped.\n")


def test_ctrl_c_leaves_the_run_going_and_says_so(
    cli: Cli, backup: int, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    meanwhile(monkeypatch, lambda: take_elsewhere(database_file), interrupt)
    followed = cli("trigger", backup, "--follow")
    assert followed.code == 130
    assert followed.err.endswith("Run 1 goes on. Stop it with: tui-scheduler kill 1\n")
    assert cli("runs", "--json").json[0]["status"] == "queued"


def test_a_log_is_no_json(cli: Cli, backup: int) -> None:
    refused = cli("trigger", backup, "--follow", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "leave out --json" in refused.err
    assert cli("runs", "--json").json == []
