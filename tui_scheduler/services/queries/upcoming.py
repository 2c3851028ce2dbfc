"""All fires that are to come of what is scheduled, in order, as many as somebody goes through.

A plan of every second, or ten thousand requests, cost no more than the fires that are asked for:
requests are read in the order of their next fires, and each fire is worked out when its turn comes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import islice
from typing import TypeAlias

from tui_scheduler.models import Process, ProcessKind, Request, RequestStatus
from tui_scheduler.services.plans import anchored_plan
from tui_scheduler.services.queries.forecast import (
    fires_left,
    follow_from,
    to_come,
    to_come_by_stretch,
)

_Fires: TypeAlias = Iterator[tuple[datetime, bool]]
"""Fires of a request, and whether each stands for others."""

_Waiting: TypeAlias = list[tuple[datetime, int, bool, Request, _Fires]]
"""A heap of requests by their next fire, each with the fires that follow it."""


@dataclass(frozen=True, slots=True)
class UpcomingFire:
    """A fire of a request; ``process`` is the name of its process or group.

    If it ``is_one_of_many``, others follow in the same stretch of time.
    """

    at: datetime
    request_id: int
    process: str
    is_group: bool
    timezone: str
    process_id: int
    is_one_of_many: bool = False


def upcoming(
    now: datetime, until: datetime, request_id: int | None = None
) -> Iterator[UpcomingFire]:
    """Yield the fires of all that is scheduled, or of one request, up to ``until``, by time.

    What is overdue at ``now`` comes first, at the time at which it was due, and once: how many of
    its fires are made up for is for whoever schedules then.
    """
    for at, row, _ in _in_order(
        (row, _fires(row, now, until)) for row in _scheduled(until, request_id)
    ):
        yield _fire(at, row)


def upcoming_by_stretch(now: datetime, edges: Sequence[datetime]) -> Iterator[UpcomingFire]:
    """Yield the first fire of each request in each stretch from one edge to the next, by time.

    So a plan of every second costs no more than others. What is overdue comes if ``now`` is not
    before the first edge.
    """
    for at, row, is_one_of_many in _in_order(
        (row, _first_fires(row, now, edges)) for row in _scheduled(edges[-1], None)
    ):
        yield _fire(at, row, is_one_of_many=is_one_of_many)


def number_scheduled(until: datetime) -> int:
    """Returns how many requests fire up to ``until``."""
    due = (Request.status == RequestStatus.SCHEDULED) & (Request.next_fire <= until)
    return Request.select().where(due).count()


def _in_order(
    requests: Iterator[tuple[Request, _Fires]],
) -> Iterator[tuple[datetime, Request, bool]]:
    """Merge the fires of requests that come by their next fire; each is taken as it is needed."""
    waiting: _Waiting = []
    for row, fires in requests:
        while waiting and waiting[0][0] < row.next_fire:
            yield _pop(waiting)
        _push(waiting, row, fires)
    while waiting:
        yield _pop(waiting)


def _pop(waiting: _Waiting) -> tuple[datetime, Request, bool]:
    """Take out the next fire, and put in the one that follows it."""
    at, _, is_one_of_many, row, fires = heappop(waiting)
    _push(waiting, row, fires)
    return at, row, is_one_of_many


def _push(waiting: _Waiting, row: Request, fires: _Fires) -> None:
    if (following := next(fires, None)) is not None:
        at, is_one_of_many = following
        heappush(waiting, (at, row.id, is_one_of_many, row, fires))


def _fire(at: datetime, row: Request, *, is_one_of_many: bool = False) -> UpcomingFire:
    is_group, process = row.process.kind is ProcessKind.GROUP, row.process
    return UpcomingFire(
        at, row.id, process.name, is_group, row.timezone, row.process_id, is_one_of_many
    )


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


def _fires(row: Request, now: datetime, until: datetime) -> _Fires:
    """Yield the stored fire of a request and those that follow it, up to ``until``."""
    at = row.next_fire
    if at is None or at > until:  # of a damaged row
        return
    yield at, False
    try:
        plan = anchored_plan(row)
        after = follow_from(at, now, row.misfire)
        fires = to_come(plan, at, after, until, fires_left(plan, row.executions))
        yield from ((fire, False) for fire in islice(fires, 1, None))
    except ValueError:  # a damaged row still shows the fire that is stored
        return


def _first_fires(row: Request, now: datetime, edges: Sequence[datetime]) -> _Fires:
    """Yield the first fire of each stretch, and whether others follow there."""
    first = row.next_fire
    if first is None:  # of a damaged row
        return
    if edges[0] <= now and first < edges[0]:  # it is overdue, and comes at once
        edges = (first, *edges[1:])
    try:
        plan = anchored_plan(row)
        left = fires_left(plan, row.executions)
        yield from to_come_by_stretch(
            plan, first, follow_from(first, now, row.misfire), edges, left
        )
    except ValueError:
        if edges[0] <= first < edges[-1]:
            yield first, False
