"""What the end of a process means for its run."""

import signal
from datetime import timedelta

import pytest

from tests.support.clock import NOON, FakeClock
from tui_scheduler.engine.outcomes import Cause, Stop, ending_of
from tui_scheduler.engine.runner import Ended, Lost, Stopped
from tui_scheduler.models import RunStatus

LATER = FakeClock().advance(minutes=5)


def test_zero_is_success_without_a_word() -> None:
    ending = ending_of(1, Ended(end_time=NOON, exit_code=0), None, LATER)
    assert (ending.status, ending.exit_code, ending.note) == (RunStatus.SUCCESS, 0, "")
    assert ending.end_time == NOON


@pytest.mark.parametrize(
    ("code", "note"),
    [
        (1, ""),
        (126, "Exit code 126: a command was found but cannot be executed"),
        (127, "Exit code 127: a command was not found"),
        (128, ""),
        (129, "Exit code 129: as after SIGHUP"),
        (137, "Exit code 137: as after SIGKILL"),
        (139, "Exit code 139: as after SIGSEGV"),
        (143, "Exit code 143: as after SIGTERM"),
        (200, ""),
        (255, ""),
    ],
)
def test_any_other_code_is_an_error_and_explained_if_it_can_be(code: int, note: str) -> None:
    ending = ending_of(1, Ended(end_time=NOON, exit_code=code), None, LATER)
    assert (ending.status, ending.exit_code) == (RunStatus.ERROR, code)
    assert ending.note.startswith(note)
    assert bool(ending.note) == bool(note)


@pytest.mark.parametrize(
    ("number", "note"),
    [
        (signal.SIGSEGV, "Ended by SIGSEGV"),
        (signal.SIGPIPE, "Ended by SIGPIPE"),
        (signal.SIGTERM, "Ended by SIGTERM, which the scheduler did not send"),
        (signal.SIGKILL, "Ended by SIGKILL, which the scheduler did not send"),
    ],
)
def test_a_signal_is_an_error_and_says_which(number: signal.Signals, note: str) -> None:
    ending = ending_of(1, Ended(end_time=NOON, signal=number), None, LATER)
    assert (ending.status, ending.exit_code, ending.signal) == (RunStatus.ERROR, None, number)
    assert ending.note == note


def test_what_an_end_has_used_and_lost_is_told() -> None:
    used = timedelta(seconds=2)
    end = Ended(end_time=NOON, exit_code=3, cpu_time=used, peak_memory=5, note="12 kB not kept")
    ending = ending_of(1, end, None, LATER)
    assert (ending.cpu_time, ending.peak_memory, ending.note) == (used, 5, "12 kB not kept")


def test_what_is_lost_ended_when_it_was_missed() -> None:
    ending = ending_of(1, Lost("It is gone"), None, LATER)
    assert (ending.status, ending.exit_code, ending.note) == (RunStatus.LOST, None, "It is gone")
    assert ending.end_time == LATER


@pytest.mark.parametrize(
    ("cause", "status", "words"),
    [
        (Cause.REQUEST, RunStatus.KILLED, "Stopped on request"),
        (Cause.REPLACED, RunStatus.KILLED, "Replaced by the next run"),
        (Cause.TIMEOUT, RunStatus.TIMED_OUT, "Timed out"),
    ],
)
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_what_we_stopped_says_why_and_how(
    cause: Cause, status: RunStatus, words: str, by: signal.Signals
) -> None:
    ending = ending_of(1, Ended(end_time=NOON, signal=by), Stop(cause, Stopped(by)), LATER)
    assert ending.status is status
    assert ending.note == f"{words}; ended by {by.name[3:]}"


def test_what_could_not_be_stopped_wholly_says_so() -> None:
    stop = Stop(
        Cause.REQUEST,
        Stopped(signal.SIGKILL, survivors=("su (7, of root)", "sleep (8, of nobody)")),
    )
    ending = ending_of(1, Ended(end_time=NOON, signal=signal.SIGKILL), stop, LATER)
    assert ending.note.endswith(
        "2 of its processes could not be ended: su (7, of root), sleep (8, of nobody)"
    )


def test_what_was_stopped_and_left_no_status_is_killed_all_the_same() -> None:
    stop = Stop(Cause.REQUEST, Stopped(signal.SIGKILL))
    ending = ending_of(1, Lost("It is gone"), stop, LATER)
    assert (ending.status, ending.exit_code) == (RunStatus.KILLED, None)


def test_whom_nobody_can_place_is_counted_and_a_few_are_named() -> None:
    stop = Stop(Cause.REQUEST, Stopped(signal.SIGTERM, strangers=tuple("abcdefg")))
    assert ending_of(1, Lost("It is gone"), stop, LATER).note == (
        "Stopped on request; ended by TERM;"
        " 7 processes were left alone, as nobody can tell whose: a, b, c, d, e, ..."
    )
