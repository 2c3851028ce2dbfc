"""What the end of a process means for its run."""

import signal

import pytest

from tests.clock import NOON, FakeClock
from tui_scheduler.engine.outcomes import Cause, Stop, ending_of
from tui_scheduler.engine.runner import Ended, Lost, Stopped
from tui_scheduler.models import RunStatus

LATER = FakeClock().advance(minutes=5)


def test_zero_is_success_without_a_word() -> None:
    ending = ending_of(1, Ended(NOON, 0), None, LATER)
    assert (ending.status, ending.exit_code, ending.note) == (RunStatus.SUCCESS, 0, "")
    assert ending.end_time == NOON


@pytest.mark.parametrize(
    ("code", "note"),
    [
        (1, ""),
        (126, "Exit code 126: a command was found but cannot be executed"),
        (127, "Exit code 127: a command was not found"),
        (128, ""),
        (129, "Killed by SIGHUP from outside"),
        (137, "Killed by SIGKILL from outside"),
        (139, "Ended by SIGSEGV"),
        (141, "Ended by SIGPIPE"),
        (143, "Killed by SIGTERM from outside"),
        (200, ""),
        (255, ""),
    ],
)
def test_any_other_code_is_an_error_and_explained_if_it_can_be(code: int, note: str) -> None:
    ending = ending_of(1, Ended(NOON, code), None, LATER)
    assert (ending.status, ending.exit_code) == (RunStatus.ERROR, code)
    assert ending.note.startswith(note)
    assert bool(ending.note) == bool(note)


def test_what_is_lost_ended_when_it_was_missed() -> None:
    ending = ending_of(1, Lost("It is gone"), None, LATER)
    assert (ending.status, ending.exit_code, ending.note) == (RunStatus.LOST, None, "It is gone")
    assert ending.end_time == LATER


@pytest.mark.parametrize(
    ("cause", "status", "words"),
    [
        (Cause.REQUEST, RunStatus.KILLED, "Stopped on request"),
        (Cause.TIMEOUT, RunStatus.TIMED_OUT, "Timed out"),
    ],
)
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_what_we_stopped_says_why_and_how(
    cause: Cause, status: RunStatus, words: str, by: signal.Signals
) -> None:
    ending = ending_of(1, Ended(NOON, 128 + by), Stop(cause, Stopped(by)), LATER)
    assert ending.status is status
    assert ending.note == f"{words}; ended by {by.name[3:]}"


def test_what_could_not_be_stopped_wholly_says_so() -> None:
    stop = Stop(Cause.REQUEST, Stopped(signal.SIGKILL, survivors=2))
    ending = ending_of(1, Ended(NOON, 137), stop, LATER)
    assert ending.note.endswith("2 of its processes could not be ended")


def test_what_was_stopped_and_left_no_status_is_killed_all_the_same() -> None:
    stop = Stop(Cause.REQUEST, Stopped(signal.SIGKILL))
    ending = ending_of(1, Lost("It is gone"), stop, LATER)
    assert (ending.status, ending.exit_code) == (RunStatus.KILLED, None)
