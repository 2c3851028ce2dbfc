"""What the columns of a run do not say: why it did not run, why it failed, what it waits for."""

import signal
from datetime import datetime, timedelta

from tui_scheduler.models import KillRequest, RunStatus
from tui_scheduler.services.views import RunRow

_SHELL_EXITS = {126: "the command could not be executed", 127: "command not found"}
_SIGNAL_BASE = 128  # how a shell tells that a signal ended a command
_SECOND = timedelta(seconds=1)
_FALLBACKS = {
    RunStatus.QUEUED: "Waiting to start",
    RunStatus.KILLED: "Stopped on request",
    RunStatus.TIMED_OUT: "Stopped: it took longer than its process allows",
    RunStatus.LOST: "Nobody saw how it ended: its end was not recorded",
    RunStatus.MISFIRED: "Missed: nobody was scheduling when it was due",
    RunStatus.SKIPPED: "Skipped: the same process was still running",
}


def reason(run: RunRow, now: datetime, kill_grace: timedelta) -> str:
    """Say in a sentence what is special about ``run``; empty if nothing is."""
    stopping = stop_progress(run, now, kill_grace)
    exit_meaning = exit_text(run.exit_code) if run.status is RunStatus.ERROR else ""
    parts = [stopping, run.note or _FALLBACKS.get(run.status, ""), exit_meaning]
    return " · ".join(part for part in parts if part)


def stop_progress(run: RunRow, now: datetime, kill_grace: timedelta) -> str:
    """Say how far a stop has come that was asked for; empty if none is under way."""
    if run.kill_request is None or not run.is_open:
        return ""
    if run.kill_request is KillRequest.FORCE or run.kill_requested_at is None:
        return "By force now"
    left = -((now - run.kill_requested_at - kill_grace) // _SECOND)
    return f"By force in {left} s" if left > 0 else "By force now"


def exit_text(exit_code: int | None) -> str:
    """Say what an exit code means to a shell; empty if it has no meaning of its own."""
    if exit_code is None:
        return ""
    if exit_code in _SHELL_EXITS:
        return f"Exit {exit_code}: {_SHELL_EXITS[exit_code]}"
    number = -exit_code if exit_code < 0 else exit_code - _SIGNAL_BASE
    if number not in {item.value for item in signal.Signals}:
        return ""
    return f"Exit {exit_code}: ended by {signal.Signals(number).name}"


def no_log(run: RunRow) -> str:
    """Say in the place of a log why there is none yet, or will be none."""
    if run.status is RunStatus.QUEUED:
        return "Waiting to start: its log will appear here."
    if run.status in (RunStatus.MISFIRED, RunStatus.SKIPPED):
        return "This fire did not execute, so there is no log."
    return "It has written nothing yet." if run.is_open else "It wrote nothing."
