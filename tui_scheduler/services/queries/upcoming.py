"""All fires that are to come of what is scheduled, in order, as many as somebody goes through.

A plan of every second, or ten thousand requests, cost no more than the fires that are asked for:
requests are read in the order of their next fires, and each fire is worked out when its turn comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import islice
from typing import TypeAlias

from tui_scheduler.models import Process, ProcessKind, Request, RequestStatus
from tui_scheduler.services.plans import anchored_plan
from tui_scheduler.services.queries.forecast import fires_left, to_come

_Waiting: TypeAlias = list[tuple[datetime, int, Request, Iterator[datetime]]]
"""A heap of requests by their next fire, each with the fires that follow it."""


@dataclass(frozen=True, slots=True)
class UpcomingFire:
    """A fire of a request; ``process`` is the name of its process or group."""

    at: datetime
    request_id: int
    process: str
    is_group: bool
    timezone: str
    process_id: int


def upcoming(
    now: datetime, until: datetime, request_id: int | None = None
) -> Iterator[UpcomingFire]:
    """Yield the fires of all that is scheduled, or of one request, up to ``until``, by time.

    What is overdue at ``now`` comes first, at the time at which it was due, and once: how many of
    its fires are made up for is for whoever schedules then.
    """
    waiting: _Waiting = []
    for row in _scheduled(until, request_id):
        while waiting and waiting[0][0] < row.next_fire:
            yield _pop(waiting)
        _push(waiting, row, _fires(row, now, until))
    while waiting:
        yield _pop(waiting)


def _pop(waiting: _Waiting) -> UpcomingFire:
    """Take out the next fire, and put in the one that follows it."""
    at, request_id, row, fires = heappop(waiting)
    _push(waiting, row, fires)
    is_group = row.process.kind is ProcessKind.GROUP
    return UpcomingFire(at, request_id, row.process.name, is_group, row.timezone, row.process_id)


def _push(waiting: _Waiting, row: Request, fires: Iterator[datetime]) -> None:
    if (at := next(fires, None)) is not None:
        heappush(waiting, (at, row.id, row, fires))


def _scheduled(until: datetime, request_id: int | None) -> Iterator[Request]:
    """Yield the requests that fire until then, by their next fire; read as they are needed."""
    query = (
        Request.select(Request, Process.id, Process.name, Process.kind)
        .join(Process)
        .where(Request.status == RequestStatus.SCHEDULED, Request.next_fire <= until)
        .order_by(Request.next_fire, Request.id)
    )
    if request_id is not None:
        query = query.where(Request.id == request_id)
    yield from query.iterator()


def _fires(row: Request, now: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the stored fire of a request and those that follow it, up to ``until``."""
    at = row.next_fire
    if at is None or at > until:  # of a damaged row
        return
    yield at
    try:
        plan = anchored_plan(row)
        yield from islice(to_come(plan, at, now, until, fires_left(plan, row.executions)), 1, None)
    except ValueError:  # a damaged row still shows the fire that is stored
        return
