"""Which fires come: the one answer that the preview, the details, ``next`` and imports give.

It is what the scheduler will do: the first fire is the one that scheduling stores, those after it
are the ones that claiming a fire puts in its place.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tui_scheduler.schedules import (
    Plan,
    Timing,
    anchored,
    count_fires,
    fires,
    first_fire,
    next_fire,
    summary,
    wall_to_instant,
    warnings,
)
from tui_scheduler.services.views import RequestView

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan in words, its next fires as instants, and what may surprise about it."""

    sentence: str
    fires: tuple[datetime, ...] = ()
    warnings: tuple[str, ...] = ()


def forecast(
    plan: Plan, now: datetime, limit: int, usual_duration: timedelta | None = None,
    *, overlap: str = "", is_start_known: bool = False, is_for_cluster: bool = False,
    usual_end: time | None = None,
) -> Forecast:  # fmt: skip
    """Returns what happens if a request with this valid plan is scheduled at ``now``.

    ``usual_end`` is when what it follows usually ends. What else is given is for the warnings, as
    those have it.
    """
    return Forecast(
        sentence=summary(plan, usual_end),
        fires=_from(plan, now, first_fire(plan, now), _allowed(plan, limit)),
        warnings=warnings(
            plan,
            now,
            usual_duration,
            overlap=overlap,
            is_start_known=is_start_known,
            is_for_cluster=is_for_cluster,
        ),
    )


def forecast_after(plan: Plan, after: datetime, limit: int) -> Forecast:
    """Returns what a request with this valid plan still does strictly later than ``after``.

    It counts from the start of the plan, so that earlier fires use up repetitions; a plan without
    a start is scheduled at ``after``.
    """
    started = anchored(plan, after)
    if plan.repetitions is not None and started.start is not None:
        start = wall_to_instant(started.start, plan.timezone)
        limit = min(limit, plan.repetitions - count_fires(started, start - _INSTANT, after))
    return Forecast(summary(plan), tuple(fires(started, after, limit)), warnings(plan, after))


def fires_of_request(request: RequestView, limit: int) -> tuple[datetime, ...]:
    """Returns the stored next fire and those that follow it; none while it is not scheduled."""
    first, scheduled_at = request.next_fire, request.scheduled_at
    if first is None or scheduled_at is None:
        return () if first is None else (first,)
    try:
        left = _allowed(request.plan, limit, request.executions)
        return _from(request.plan, scheduled_at, first, left)
    except ValueError:  # a damaged row still shows the fire that is stored
        return (first,)


def to_come(
    plan: Plan, first: datetime, now: datetime, until: datetime, left: int | None
) -> Iterator[datetime]:
    """Yield ``first``, the stored fire of an anchored plan, and what follows it up to ``until``.

    ``left`` is how many fires there still are, None for any number. If the first one is overdue
    at ``now``, those between them do not come: they are missed fires.
    """
    at: datetime | None = first
    while at is not None and at <= until and left != 0:
        yield at
        left = None if left is None else left - 1
        at = next_fire(plan, max(at, now)) if plan.timing is Timing.SCHEDULE else None


def to_come_by_stretch(
    plan: Plan, first: datetime, now: datetime, edges: Sequence[datetime], left: int | None
) -> Iterator[tuple[datetime, bool]]:
    """Yield the first fire of each stretch from one edge to the next, and whether others follow.

    They are those of ``to_come``, with two steps at the most for a stretch: a plan of every second
    costs no more than one of every day.
    """
    begin, end = edges[0], edges[-1]
    at: datetime | None = first
    if first < begin:
        after = max(first, now)
        at, left = _after(plan, after, max(after, begin - _INSTANT), left, passed=1)
    while at is not None and at < end and left != 0:
        edge = edges[bisect_right(edges, at)] - _INSTANT
        is_one_of_many = False
        after, passed = max(at, now), 1
        if plan.timing is Timing.SCHEDULE and left != 1:
            following = next_fire(plan, after)
            is_one_of_many = following is not None and following <= edge
        yield at, is_one_of_many
        at, left = _after(plan, after, max(after, edge), left, passed=passed)


def fires_left(plan: Plan, executions: int) -> int | None:
    """Returns how many fires there still are, with the stored one; None for any number."""
    return None if plan.repetitions is None else max(1, plan.repetitions - executions)


def _after(
    plan: Plan, after: datetime, until: datetime, left: int | None, *, passed: int
) -> tuple[datetime | None, int | None]:
    """Returns the first fire later than ``until``, and how many are left from it on.

    ``passed`` are those that have gone beside the ones later than ``after``.
    """
    if plan.timing is not Timing.SCHEDULE:
        return None, 0
    if left is not None:
        left = max(0, left - passed - count_fires(plan, after, until))
    return next_fire(plan, until), left


def _from(
    plan: Plan, scheduled_at: datetime, first: datetime | None, limit: int
) -> tuple[datetime, ...]:
    """Returns ``first`` and what follows it, of a plan that was scheduled at ``scheduled_at``."""
    if first is None:
        return ()
    if plan.timing is not Timing.SCHEDULE:
        return (first,)
    return (first, *fires(anchored(plan, scheduled_at), first, limit - 1))


def _allowed(plan: Plan, limit: int, executions: int = 0) -> int:
    """Returns how many fires there are at most, if that many were asked for."""
    return limit if plan.repetitions is None else min(limit, plan.repetitions - executions)
