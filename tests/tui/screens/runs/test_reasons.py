from datetime import timedelta
from typing import Any

import pytest

from tests.support.clock import NOON
from tests.tui.screens.runs.data import a_run
from tui_scheduler.models import KillRequest, RunStatus
from tui_scheduler.tui.screens.runs.reasons import no_log, reason, stop_progress

_GRACE = timedelta(seconds=10)


def test_nothing_is_said_of_a_run_without_anything_special() -> None:
    assert reason(a_run(), NOON, _GRACE) == ""
    assert reason(a_run(status=RunStatus.SUCCESS, exit_code=0), NOON, _GRACE) == ""
    assert reason(a_run(status=RunStatus.ERROR, exit_code=3), NOON, _GRACE) == ""


@pytest.mark.parametrize("status", [RunStatus.MISFIRED, RunStatus.SKIPPED])
def test_a_fire_that_did_not_run_says_why(status: RunStatus) -> None:
    assert reason(a_run(status=status, note="Missed 3 runs"), NOON, _GRACE) == "Missed 3 runs"


@pytest.mark.parametrize(
    "status",
    [
        RunStatus.QUEUED,
        RunStatus.KILLED,
        RunStatus.TIMED_OUT,
        RunStatus.LOST,
        RunStatus.MISFIRED,
        RunStatus.SKIPPED,
    ],
)
def test_what_did_not_end_by_itself_is_explained_even_without_a_note(status: RunStatus) -> None:
    assert reason(a_run(status=status), NOON, _GRACE) != ""


def test_a_failure_keeps_its_note_and_explains_its_exit_code() -> None:
    run = a_run(status=RunStatus.ERROR, exit_code=127, note="Late by 2 min")
    late, _, meaning = reason(run, NOON, _GRACE).partition(" · ")
    assert late == "Late by 2 min"
    assert meaning.startswith("Exit code 127: a command was not found.")


def test_a_failure_names_the_signal_that_ended_it() -> None:
    run = a_run(status=RunStatus.ERROR, signal=11)
    assert reason(run, NOON, _GRACE) == "Ended by SIGSEGV"


@pytest.mark.parametrize("fields", [{"exit_code": 127}, {"signal": 11}])
def test_what_its_note_says_already_is_not_said_twice(fields: dict[str, Any]) -> None:
    meaning = reason(a_run(status=RunStatus.ERROR, **fields), NOON, _GRACE)
    note = f"{meaning}; Late by 2 min"
    assert reason(a_run(status=RunStatus.ERROR, note=note, **fields), NOON, _GRACE) == note


def test_a_stop_counts_down_to_force() -> None:
    run = a_run(kill_request=KillRequest.TERM, kill_requested_at=NOON)
    after = NOON + timedelta(seconds=2.5)
    assert stop_progress(run, NOON, _GRACE) == "KILL in 10 s"
    assert stop_progress(run, after, _GRACE) == "KILL in 8 s"
    assert stop_progress(run, NOON + _GRACE, _GRACE) == "KILL now"


def test_a_stop_by_force_does_not_wait() -> None:
    run = a_run(kill_request=KillRequest.FORCE, kill_requested_at=NOON)
    assert stop_progress(run, NOON, _GRACE) == "KILL now"


def test_a_run_that_has_ended_is_not_being_stopped() -> None:
    run = a_run(status=RunStatus.KILLED, kill_request=KillRequest.TERM, kill_requested_at=NOON)
    assert stop_progress(run, NOON, _GRACE) == ""
    assert stop_progress(a_run(), NOON, _GRACE) == ""


def test_a_missing_log_is_explained() -> None:
    assert "will appear" in no_log(a_run(status=RunStatus.QUEUED))
    assert "yet" in no_log(a_run())
    assert no_log(a_run(status=RunStatus.SUCCESS)) == "It wrote nothing."
    assert "gone" in no_log(a_run(status=RunStatus.SUCCESS, log_bytes=7))
    for status in (RunStatus.SKIPPED, RunStatus.MISFIRED):
        assert "did not run" in no_log(a_run(status=status))
