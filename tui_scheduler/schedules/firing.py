"""When a plan fires: the one place that preview, engine, catch-up and command line ask.

All moments in and out are aware; those given back are in UTC. A naive one is a ValueError.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from tui_scheduler.schedules.exceptions import NOTHING
from tui_scheduler.schedules.plan import Frequency, Plan, Timing
from tui_scheduler.schedules.timetable import timetable
from tui_scheduler.schedules.zones import (
    DAY,
    TICK,
    instant_of,
    instant_of_wall,
    moment_of,
    wall_of,
)

_FIRES_COMPARED = 60


@dataclass(frozen=True, slots=True)
class LeftOutDay:
    """A day on which a plan would fire first ``at`` that moment, and ``why`` it does not."""

    day: date
    at: datetime
    why: str


def anchored(plan: Plan, scheduled_at: datetime) -> Plan:
    """The plan with a start: a missing one becomes the moment of scheduling, in whole seconds.

    What awaits an event counts from no moment, and needs none.
    """
    scheduled = instant_of(scheduled_at)
    if plan.start is not None or plan.awaits_event:
        return plan
    wall = wall_of(scheduled, plan.timezone)
    return replace(plan, start=wall.replace(microsecond=0))


def first_fire(plan: Plan, scheduled_at: datetime) -> datetime | None:
    """The first fire of a request that is scheduled at that moment; None when it never fires.

    An immediate plan fires at once and a later one at its start, even a past one, unless that is
    on a day that is left out. A recurring plan fires first at or after its start, but not before
    it is scheduled; one without a start begins at the whole second in which it is scheduled. A
    spread comes on top. Of one that awaits an event nobody knows.
    """
    scheduled = instant_of(scheduled_at)
    if plan.awaits_event:
        return None
    if plan.timing is Timing.IMMEDIATE:
        return moment_of(scheduled)
    if plan.timing is Timing.LATER and plan.start is not None:
        table = timetable(plan)
        return _aware(table.next(table.begin - TICK))
    if plan.timing is Timing.LATER:
        is_left_out = why_left_out(plan, scheduled_at) is not None
        return None if is_left_out else moment_of(scheduled + plan.later_by)
    begin = scheduled if plan.start is not None else scheduled.replace(microsecond=0)
    if plan.frequency is not Frequency.CRON:  # needs no start: equal ones share a timetable
        plan = anchored(plan, scheduled_at)
    return _aware(timetable(plan).next(begin - TICK))


def next_fire(plan: Plan, after: datetime) -> datetime | None:
    """The first fire strictly later than ``after``, not counting repetitions.

    Of a plan that awaits an event nobody knows any. ValueError for a recurring plan that needs a
    start and has none (see ``anchored``).
    """
    return _aware(timetable(plan).next(instant_of(after)))


def fires(plan: Plan, after: datetime, limit: int) -> list[datetime]:
    """The next fires strictly later than ``after``: at most ``limit``, or the repetitions."""
    if plan.timing is Timing.SCHEDULE and plan.repetitions is not None:
        limit = min(limit, plan.repetitions)
    table = timetable(plan)
    moments: list[datetime] = []
    instant: datetime | None = instant_of(after)
    while len(moments) < limit and instant is not None:
        instant = table.next(instant)
        if instant is not None:
            moments.append(moment_of(instant))
    return moments


def latest_fire(plan: Plan, until: datetime) -> datetime | None:
    """The last fire not later than ``until``; None when there was none."""
    return _aware(timetable(plan).latest(instant_of(until)))


def count_fires(plan: Plan, after: datetime, until: datetime) -> int:
    """How many fires are later than ``after`` and not later than ``until``."""
    return timetable(plan).count(instant_of(after), instant_of(until))


def shortest_interval(plan: Plan, scheduled_at: datetime) -> timedelta | None:
    """The shortest time between two of the next fires, but for what clock changes do to it.

    None if there are no two of them, and for a plan that fires once.
    """
    if plan.timing is not Timing.SCHEDULE:
        return None
    endless = replace(plan, timezone="UTC", finish=None, repetitions=None)
    endless = replace(endless, spread_by=None, except_=NOTHING)
    moments = fires(anchored(endless, scheduled_at), scheduled_at, _FIRES_COMPARED)
    return min((later - earlier for earlier, later in pairwise(moments)), default=None)


def why_left_out(plan: Plan, at: datetime) -> str | None:
    """What says that the plan leaves out the day of ``at``; None where nothing does.

    It is the date, the range or the name of the calendar, as the plan has it; ``at`` is when it
    would fire without its spread. ValueError where the days of a calendar are not known.
    """
    if not plan.except_ or plan.timing is Timing.IMMEDIATE:
        return None
    instant = instant_of(at)
    if timetable(plan).left_out.at(instant) is None:
        return None
    return plan.except_.why(wall_of(instant, plan.timezone).date())


def left_out(plan: Plan, after: datetime, until: datetime) -> Iterator[LeftOutDay]:
    """The days on which the plan would fire later than ``after`` and not later than ``until``.

    Only those that are left out; each costs a step, and those on which it would not fire none. A
    day is that for which a fire was planned, wherever a spread carries it.
    """
    if not plan.except_ or plan.timing is Timing.IMMEDIATE:
        return
    whole = timetable(replace(plan, except_=NOTHING, spread_by=None))
    table = timetable(plan)
    begin, end = table.planned(instant_of(after)), table.planned(instant_of(until))
    for first, hole_end in table.left_out.between(begin, end):
        at = whole.next(max(begin, first - TICK))
        while at is not None and at < hole_end and at <= end:
            day = wall_of(at, plan.timezone).date()
            if (why := plan.except_.why(day)) is not None:
                yield LeftOutDay(day, moment_of(at + table.delay), why)
            at = whole.next(max(at, _end_of(day, plan.timezone) - TICK))


def _end_of(day: date, zone: str) -> datetime:
    """The instant at which the clock of a zone has shown all of a day."""
    midnight = datetime.combine(day, datetime.min.time()) + DAY
    return instant_of_wall(midnight.replace(fold=1), zone)


def _aware(instant: datetime | None) -> datetime | None:
    return None if instant is None else moment_of(instant)
