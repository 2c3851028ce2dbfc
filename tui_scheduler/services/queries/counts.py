"""The figures of the header: what runs, waits and failed."""

from datetime import datetime

from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services.queries.conditions import HAS_NOT_SUCCEEDED
from tui_scheduler.services.views.overview import Counts

FAILURES = (RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST)
"""Outcomes that a person should look at."""


def counts(today: datetime) -> Counts:
    """Returns how many run and wait now, and how many failed since ``today`` began.

    A group counts once, with all that is run for it.
    """
    unfinished = Run.select(Run.status).where(Run.end_time.is_null(), Run.parent.is_null())
    statuses = list(unfinished.scalars())
    failed = Run.select(Run.id).where(
        Run.end_time >= today,
        Run.status.in_(FAILURES),
        HAS_NOT_SUCCEEDED,
        Run.parent.is_null(),
    )
    return Counts(
        running=statuses.count(RunStatus.PROCESSING),
        queued=statuses.count(RunStatus.QUEUED),
        failed_today=failed.count(),
    )
