"""What is said of runs that are to come, where they keep something else from being done."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui_scheduler.models import Run, RunStatus
from tui_scheduler.wording import local_zone, planned_moment

if TYPE_CHECKING:
    from tui_scheduler.services.views.runs import RunRow

_MOST_NAMED = 3


def waiting(run: "Run | RunRow", now: datetime) -> str:
    """Returns until when a run waits that is queued: ``a retry waits until 10:30 (run 7)``."""
    if run.attempt == 1:
        return f"run {run.id} waits to start"
    moment = planned_moment(run.scheduled_for, local_zone(), now)
    until = f"until {moment}" if run.scheduled_for > now else "to start"
    return f"a retry waits {until} (run {run.id})"


def waiting_retry(run: "Run | RunRow", now: datetime) -> str:
    """The same if ``run`` is a retry that waits; else empty."""
    return waiting(run, now) if run.status is RunStatus.QUEUED and run.attempt > 1 else ""


def still_to_come(runs: "Sequence[RunRow]", now: datetime) -> str:
    """Returns which runs begin all the same though their request is unscheduled; empty if none."""
    if not runs:
        return ""
    named = [waiting(run, now) for run in runs[:_MOST_NAMED]]
    more = [f"{len(runs) - _MOST_NAMED} more"] if len(runs) > _MOST_NAMED else []
    return f"Still to come: {', '.join(named + more)}."
