"""When a time of day comes next."""

from dataclasses import replace
from datetime import date, datetime, time

from tui_scheduler.schedules.firing import first_fire
from tui_scheduler.schedules.plan import Plan
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.zones import DAY, instant_of, instant_of_wall, wall_of


def coming(clock: time, reader: Reader) -> datetime:
    """The wall time of the next ``clock``, in the second pass if only that is to come."""
    now = reader.instant.replace(microsecond=0)
    today = datetime.combine(reader.today, clock)
    walls = (today, today.replace(fold=1), today + DAY)
    return next(wall for wall in walls if instant_of_wall(wall, reader.zone) >= now)


def first_day(plan: Plan, clock: time, reader: Reader) -> date:
    """The day of the first fire, of a plan that fires at ``clock`` and has no start yet."""
    start = datetime.combine(reader.today, clock)
    first = first_fire(replace(plan, start=start, interval=1, finish=None), reader.moment)
    if first is None:
        return reader.today
    instant = instant_of(first)
    day = wall_of(instant, plan.timezone).date()
    # A time in a gap that reaches over midnight fires on the day after its own.
    before = datetime.combine(day - DAY, clock)
    return day - DAY if instant_of_wall(before, plan.timezone) == instant else day
