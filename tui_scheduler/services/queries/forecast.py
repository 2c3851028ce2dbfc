"""Which fires come: the one answer that the preview, the details, ``next`` and imports give.

It is what the scheduler will do: the first fire is the one that scheduling stores, those after it
are the ones that claiming a fire puts in its place.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from tui_scheduler import schedules  # whose warnings are loaded when they are asked for
from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import (
    Plan,
    Timing,
    anchored,
    count_fires,
    english,
    fires,
    first_fire,
    left_out,
    next_fire,
    summary,
    wall_to_instant,
)
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.calendars import resolved
from tui_scheduler.services.plans import parted
from tui_scheduler.services.views.requests import Pause, RequestView

_MOST_LEFT_OUT = 1_000
_MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class LeftOutDays:
    """Days of a plan, one or several in a row, that are left out for the reason ``why``.

    Where it ``goes_on`` nobody has looked at what comes after ``last``.
    """

    first: date
    last: date
    why: str
    goes_on: bool = False

    def __str__(self) -> str:
        in_a_year = self.first.year == self.last.year
        ends = dict.fromkeys(_short_day(day, in_a_year) for day in (self.first, self.last))
        later = " and later" if self.goes_on else ""
        return f"{' to '.join(ends)}{later} left out: {self.why}"


def _short_day(day: date, in_a_year: bool) -> str:
    return f"{day.day} {english.MONTHS[day.month - 1][:3]}{'' if in_a_year else f' {day.year}'}"


def left_out_lines(days: Sequence[LeftOutDays]) -> list[str]:
    """Returns a line for each of them, the first of many."""
    more = [f"{len(days) - _MOST_SHOWN} more left out"] if len(days) > _MOST_SHOWN else []
    return [*map(str, days[:_MOST_SHOWN]), *more]


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan in words, its next fires as instants, and what may surprise about it.

    ``left_out`` are the days among them, and up to the last, on which nothing fires, and why.
    """

    sentence: str
    fires: tuple[datetime, ...] = ()
    warnings: tuple[str, ...] = ()
    left_out: tuple[LeftOutDays, ...] = ()


def forecast(
    plan: Plan, now: datetime, limit: int, usual_duration: timedelta | None = None,
    *, overlap: str = "", is_start_known: bool = False, is_for_cluster: bool = False,
    usual_end: time | None = None,
    pause: Pause | None = None,
) -> Forecast:  # fmt: skip
    """Returns what happens if a request with this valid plan is scheduled at ``now``.

    ``usual_end`` is when what it follows usually ends. It is in a ``pause`` then, which stays. What
    else is given is for the warnings, as those have it.
    """
    plan = resolved(plan)
    _, first = parted(anchored(plan, now), first_fire(plan, now), pause)
    coming = _from(plan, now, first, _allowed(plan, limit), first or now)
    return Forecast(
        sentence=summary(plan, usual_end),
        fires=coming,
        left_out=left_out_of(anchored(plan, now), now - TICK, coming),
        warnings=schedules.warnings(
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
    started = anchored(resolved(plan), after)
    if plan.repetitions is not None and started.start is not None:
        start = wall_to_instant(started.start, plan.timezone)
        limit = min(limit, plan.repetitions - count_fires(started, start - TICK, after))
    coming = tuple(fires(started, after, limit))
    left_out_days = left_out_of(started, after, coming)
    return Forecast(summary(plan), coming, schedules.warnings(started, after), left_out_days)


def left_out_of(plan: Plan, after: datetime, coming: Sequence[datetime]) -> tuple[LeftOutDays, ...]:
    """Returns the days that an anchored plan leaves out between ``after`` and the last fire.

    Days that follow each other without a fire between them are one span, if the reason is the same.
    """
    if not coming or not plan.except_:
        return ()
    spans: list[LeftOutDays] = []
    previous = after
    days = left_out(plan, after, coming[-1])
    for each in islice(days, _MOST_LEFT_OUT):
        place = bisect_right(coming, each.at)
        is_next = spans and bisect_right(coming, previous) == place and spans[-1].why == each.why
        if is_next:
            spans[-1] = replace(spans[-1], last=each.day)
        else:
            spans.append(LeftOutDays(each.day, each.day, each.why))
        previous = each.at
    if spans and next(days, None) is not None:
        spans[-1] = replace(spans[-1], goes_on=True)
    return tuple(spans)


def fires_of_request(request: RequestView, now: datetime, limit: int) -> tuple[datetime, ...]:
    """Returns the stored next fire and those that follow it; none while it is not scheduled."""
    first, scheduled_at = request.next_fire, request.scheduled_at
    if first is None or scheduled_at is None:
        return () if first is None else (first,)
    try:
        left = _allowed(request.plan, limit, request.executions)
        after = follow_from(first, now, request.misfire)
        return _from(request.plan, scheduled_at, first, left, after)
    except ValueError:  # a damaged row still shows the fire that is stored
        return (first,)


def follow_from(first: datetime, now: datetime, misfire: MisfirePolicy) -> datetime:
    """Returns the moment from which on come the fires that follow ``first``, the stored one.

    If that is overdue at ``now``, those between them were missed, and only come if all are run.
    """
    return first if misfire is MisfirePolicy.ALL else max(first, now)


def left_out_of_request(
    request: RequestView, fires: Sequence[datetime], now: datetime
) -> tuple[LeftOutDays, ...]:
    """Returns the days that a request leaves out from ``now`` on, among its next ``fires``."""
    if request.scheduled_at is None:
        return ()
    try:
        return left_out_of(anchored(request.plan, request.scheduled_at), now, fires)
    except ValueError:  # a damaged row, or one that waits for a calendar
        return ()


def to_come(
    plan: Plan, first: datetime, now: datetime, until: datetime, left: int | None
) -> Iterator[datetime]:
    """Yield ``first``, the stored fire of an anchored plan, and what follows it up to ``until``.

    ``left`` is how many fires there still are, None for any number. ``now`` is the moment from
    which on those come that follow the first one (``follow_from``).
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
        at, left = _after(plan, after, max(after, begin - TICK), left, passed=1)
    while at is not None and at < end and left != 0:
        edge = edges[bisect_right(edges, at)] - TICK
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
    plan: Plan, scheduled_at: datetime, first: datetime | None, limit: int, after: datetime
) -> tuple[datetime, ...]:
    """Returns ``first`` and what comes ``after`` it, of a plan that was scheduled then."""
    if first is None:
        return ()
    if plan.timing is not Timing.SCHEDULE:
        return (first,)
    return (first, *fires(anchored(plan, scheduled_at), after, limit - 1))


def _allowed(plan: Plan, limit: int, executions: int = 0) -> int:
    """Returns how many fires there are at most, if that many were asked for."""
    return limit if plan.repetitions is None else min(limit, plan.repetitions - executions)
