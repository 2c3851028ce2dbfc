"""What the end of a process means for its run: the status, and the sentence that explains it."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from tui_scheduler.engine.runner import Ended, Lost, Stopped
from tui_scheduler.models import KillRequest, RunStatus
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.wording import KILL_SENTENCES, exit_text, plural

_SHELL_OFFSET = 128  # a shell's exit code for a command that signal n ended is 128 + n
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


_MOST_NAMED = 5


class Cause(Enum):
    """Why the scheduler itself stops a run."""

    REQUEST = KILL_SENTENCES[KillRequest.TERM]
    REPLACED = KILL_SENTENCES[KillRequest.REPLACED]
    TIMEOUT = "Timed out"

    @classmethod
    def of(cls, how: KillRequest) -> "Cause":
        """Why one is stopped that was asked to end."""
        return cls(KILL_SENTENCES[how])


@dataclass(frozen=True, slots=True)
class Stop:
    """A run was stopped by us: why, and what it took."""

    cause: Cause
    took: Stopped


@dataclass(frozen=True, slots=True)
class Inherited:
    """A run that an earlier scheduler may have begun to stop: if ``asked``, or at ``deadline``."""

    asked: Cause | None = None
    deadline: datetime | None = None

    def cause(self, gone: Ended | Lost) -> Cause | None:
        """For which of our causes it ended; None if it ended by itself, or for others' reasons."""
        if isinstance(gone, Ended) and not _may_be_a_signals(gone):
            return None
        if self.asked is not None:
            return self.asked
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
    earlier = None if inherited is None else inherited.cause(gone)
    if stop is not None:
        status, note = _STOPPED[stop.cause], _stop_note(stop)
    elif earlier is not None:
        status, note = _STOPPED[earlier], earlier.value
    elif isinstance(gone, Lost):
        status, note = RunStatus.LOST, gone.reason
    elif gone.status is not None:
        status, note = gone.status, ""
    else:
        status, note = _by_itself(gone)
    if isinstance(gone, Lost):
        return Ending(run_id=run_id, status=status, end_time=now, note=note, is_gone=gone.is_gone)
    return Ending(
        run_id=run_id,
        status=status,
        end_time=gone.end_time,
        exit_code=gone.exit_code,
        signal=gone.signal,
        note="; ".join(filter(None, (note, _left(gone.left), gone.note))),
        cpu_time=gone.cpu_time,
        peak_memory=gone.peak_memory,
        log_bytes=gone.log_bytes,
    )


_STOPPED = {
    Cause.REQUEST: RunStatus.KILLED,
    Cause.REPLACED: RunStatus.KILLED,
    Cause.TIMEOUT: RunStatus.TIMED_OUT,
}


def _stop_note(stop: Stop) -> str:
    parts = [stop.cause.value, f"ended by {stop.took.by.name.removeprefix('SIG')}"]
    if survivors := stop.took.survivors:
        parts.append(f"{len(survivors)} of its processes could not be ended: {_some(survivors)}")
    if strangers := stop.took.strangers:
        number = "1 process was" if len(strangers) == 1 else f"{len(strangers)} processes were"
        parts.append(f"{number} left alone, as nobody can tell whose: {_some(strangers)}")
    return "; ".join(parts)


def _left(number: int) -> str:
    goes = "goes" if number == 1 else "go"
    return f"{plural(number, 'process')} {goes} on" if number else ""


def _some(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _may_be_a_signals(gone: Ended) -> bool:
    """Whether it ended as one does that was sent a signal."""
    return gone.signal is not None or (gone.exit_code or 0) > _SHELL_OFFSET


def _by_itself(gone: Ended) -> tuple[RunStatus, str]:
    if gone.exit_code == 0:
        return RunStatus.SUCCESS, ""
    text = exit_text(gone.exit_code, gone.signal)
    if gone.signal is None or gone.signal in _FAULTS:
        return RunStatus.ERROR, text
    return RunStatus.ERROR, f"{text}, which the scheduler did not send"
