"""The figures of the header: what runs, waits and failed."""

from datetime import datetime

from peewee import SQL, fn

from tui_scheduler.models import Run, RunStatus
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.services.queries.conditions import HAS_NOT_SUCCEEDED
from tui_scheduler.services.views.overview import Counts

FAILURES = (RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST)
"""Outcomes that a person should look at."""

_IS_NO_MEMBER = Run.parent.is_null()
_UNFINISHED = Prepared(
    Run.select(Run.status).where(Run.end_time.is_null(), _IS_NO_MEMBER), Run.status
)
_FAILED = Prepared(
    Run.select(fn.count(SQL("*"))).where(
        Run.end_time >= slot("today", Run.end_time),
        Run.status.in_(FAILURES),
        HAS_NOT_SUCCEEDED,
        _IS_NO_MEMBER,
    ),
    Run.id,
)


def counts(today: datetime) -> Counts:
    """Returns how many run and wait now, and how many failed since ``today`` began.

    A group counts once, with all that is run for it.
    """
    statuses = [status for (status,) in _UNFINISHED.rows()]
    ((failed,),) = _FAILED.rows(today=today)
    return Counts(
        running=statuses.count(RunStatus.PROCESSING),
        queued=statuses.count(RunStatus.QUEUED),
        failed_today=failed,
    )
