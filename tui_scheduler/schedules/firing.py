"""When a plan fires: the one place that preview, engine, catch-up and command line ask.

All moments in and out are aware; those given back are in UTC. A naive one is a ValueError.
"""

from dataclasses import replace
from datetime import datetime

from tui_scheduler.schedules.plan import Plan, Timing
from tui_scheduler.schedules.timetable import timetable
from tui_scheduler.schedules.zones import TICK, instant_of, moment_of, wall_of


def anchored(plan: Plan, scheduled_at: datetime) -> Plan:
    """The plan with a start: a missing one becomes the moment of scheduling, in whole seconds."""
    scheduled = instant_of(scheduled_at)
    if plan.start is not None:
        return plan
    wall = wall_of(scheduled, plan.timezone)
    return replace(plan, start=wall.replace(microsecond=0))


def first_fire(plan: Plan, scheduled_at: datetime) -> datetime | None:
    """The first fire of a request that is scheduled at that moment; None when it never fires.

    An immediate plan fires at once and a later one at its start, even a past one. A recurring
    plan fires first at or after its start, but not before it is scheduled; one without a start
    begins at the whole second in which it is scheduled. Of one that awaits an event nobody knows.
    """
    scheduled = instant_of(scheduled_at)
    if plan.awaits_event:
        return None
    if plan.timing is Timing.IMMEDIATE or (plan.timing is Timing.LATER and plan.start is None):
        return moment_of(scheduled)
    if plan.timing is Timing.LATER:
        return _aware(timetable(plan).begin)
    begin = scheduled if plan.start is not None else scheduled.replace(microsecond=0)
    return _aware(timetable(anchored(plan, scheduled_at)).next(begin - TICK))


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


def _aware(instant: datetime | None) -> datetime | None:
    return None if instant is None else moment_of(instant)
