"""What the end of a process means for its run: the status, and the sentence that explains it."""

import signal
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from tui_scheduler.engine.runner import Ended, Lost, Stopped
from tui_scheduler.models import RunStatus
from tui_scheduler.services.running.run_ending import Ending

_SHELL_OFFSET = 128  # a shell's exit code for a command that signal n ended is 128 + n
_NOT_EXECUTABLE = 126
_NOT_FOUND = 127
_FAULTS = {
    signal.SIGABRT,
    signal.SIGBUS,
    signal.SIGFPE,
    signal.SIGILL,
    signal.SIGPIPE,
    signal.SIGSEGV,
    signal.SIGSYS,
    signal.SIGTRAP,
    signal.SIGXCPU,
    signal.SIGXFSZ,
}
_EXPLAINED = {
    _NOT_EXECUTABLE: "Exit code 126: a command was found but cannot be executed. Check its"
    " permissions, and that it is a program",
    _NOT_FOUND: "Exit code 127: a command was not found. Check its spelling, PATH and the working"
    " directory",
}


class Cause(Enum):
    """Why the scheduler itself stops a run."""

    REQUEST = "Stopped on request"
    TIMEOUT = "Timed out"


@dataclass(frozen=True, slots=True)
class Stop:
    """A run was stopped by us: why, and what it took."""

    cause: Cause
    took: Stopped


@dataclass(frozen=True, slots=True)
class Inherited:
    """A run that an earlier scheduler may have begun to stop: on request, or at ``deadline``."""

    was_asked_to_stop: bool = False
    deadline: datetime | None = None

    def cause(self, gone: Ended | Lost) -> Cause | None:
        """For which of our causes it ended; None if it ended by itself, or for others' reasons."""
        if isinstance(gone, Ended) and gone.exit_code <= _SHELL_OFFSET:
            return None
        if self.was_asked_to_stop:
            return Cause.REQUEST
        is_over = isinstance(gone, Ended) and self.deadline and gone.end_time >= self.deadline
        return Cause.TIMEOUT if is_over else None


def ending_of(
    run_id: int,
    gone: Ended | Lost,
    stop: Stop | None,
    now: datetime,
    inherited: Inherited | None = None,
) -> Ending:
    """What is recorded of a run that is over; ``now`` is when a lost one was missed."""
    code = gone.exit_code if isinstance(gone, Ended) else None
    end_time = gone.end_time if isinstance(gone, Ended) else now
    earlier = None if inherited is None else inherited.cause(gone)
    if stop is not None:
        status, note = _STOPPED[stop.cause], _stop_note(stop)
    elif earlier is not None:
        status, note = _STOPPED[earlier], earlier.value
    elif isinstance(gone, Lost):
        status, note = RunStatus.LOST, gone.reason
    else:
        status, note = _by_itself(gone.exit_code)
    return Ending(run_id=run_id, status=status, end_time=end_time, exit_code=code, note=note)


_STOPPED = {Cause.REQUEST: RunStatus.KILLED, Cause.TIMEOUT: RunStatus.TIMED_OUT}


def _stop_note(stop: Stop) -> str:
    note = f"{stop.cause.value}; ended by {stop.took.by.name.removeprefix('SIG')}"
    if not stop.took.survivors:
        return note
    return f"{note}; {stop.took.survivors} of its processes could not be ended"


def _by_itself(code: int) -> tuple[RunStatus, str]:
    if code == 0:
        return RunStatus.SUCCESS, ""
    return RunStatus.ERROR, _EXPLAINED.get(code) or _signal_note(code)


def _signal_note(code: int) -> str:
    """Which signal ended the command; empty if none did."""
    try:
        number = signal.Signals(code - _SHELL_OFFSET)
    except ValueError:
        return ""
    if number in _FAULTS:
        return f"Ended by {number.name}"
    return f"Killed by {number.name} from outside"
