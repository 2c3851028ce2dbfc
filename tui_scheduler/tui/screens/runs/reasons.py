"""What the columns of a run do not say: why it did not run, why it failed, what it waits for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tui_scheduler.models import KillRequest, RunStatus
from tui_scheduler.services.views.runs import RunRow
from tui_scheduler.wording import SUBMITTED, compact_duration, exit_text, times_usual
from tui_scheduler.wording import no_log as why_no_log

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
    parts = [stopping, _lateness(run, now), *_explanations(run, now), _exit_meaning(run)]
    return " · ".join(part for part in parts if part)


def _explanations(run: RunRow, now: datetime) -> Iterator[str]:
    """Yield its note, or what its status means; and how long it waits in the queue of a cluster."""
    wait = run.wait(now)
    if run.state == SUBMITTED and wait is not None:
        yield run.own_note
        waits_for = f" ({run.waits_for})" if run.waits_for else ""
        yield f"{compact_duration(wait)} in the queue of {run.cluster}{waits_for}"
    else:
        yield run.note or _FALLBACKS.get(run.status, "")


def _lateness(run: RunRow, now: datetime) -> str:
    """Say how long it goes on beside what is usual, if that is out of the ordinary."""
    times = run.times_usual(now)
    return "" if times is None or run.norm is None else times_usual(times, run.norm.usual)


def _exit_meaning(run: RunRow) -> str:
    """Say what its end means, unless its note does."""
    meaning = exit_text(run.exit_code, run.signal) if run.status is RunStatus.ERROR else ""
    return "" if meaning in run.note else meaning


def stop_progress(run: RunRow, now: datetime, kill_grace: timedelta) -> str:
    """Say how far a stop has come that was asked for; empty if none is under way."""
    if run.kill_request is None or not run.is_open:
        return ""
    if run.kill_request is KillRequest.FORCE or run.kill_requested_at is None:
        return "KILL now"
    left = -((now - run.kill_requested_at - kill_grace) // _SECOND)
    return f"KILL in {left} s" if left > 0 else "KILL now"


def no_log(run: RunRow) -> str:
    """Say in the place of a log why there is none yet, or will be none."""
    return f"It {why_no_log(run.status, is_gone=run.log_bytes > 0)}."
