"""What a user should know about a valid plan before saving it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tui_scheduler.schedules import english
from tui_scheduler.schedules.clock_changes import clock_change_warnings
from tui_scheduler.schedules.firing import anchored, fires, first_fire
from tui_scheduler.schedules.plan import Frequency, MonthlyOption, Plan, Timing
from tui_scheduler.schedules.timetable import timetable
from tui_scheduler.schedules.zones import instant_of, instant_of_wall, wall_of
from tui_scheduler.wording import rounded_duration

_FIRES_COMPARED = 20


def warnings(plan: Plan, now: datetime, usual_duration: timedelta | None = None) -> tuple[str, ...]:
    """One sentence for each surprise that the plan's next fires hold.

    Looks about a year ahead. ``usual_duration`` is how long a run of the process takes. Nothing is
    said about an invalid plan: that is what ``problems`` is for.
    """
    try:
        starting = anchored(plan, now)
        timetable(starting)
    except ValueError:
        return ()
    found = [*_past_start(plan, now), *clock_change_warnings(starting, instant_of(now))]
    found += _short_months(plan)
    if usual_duration is not None:
        found += _overlap(starting, now, usual_duration)
    return tuple(found)


def _past_start(plan: Plan, now: datetime) -> Iterator[str]:
    if plan.timing is Timing.IMMEDIATE or plan.start is None:
        return
    if instant_of_wall(plan.start, plan.timezone) >= instant_of(now).replace(microsecond=0):
        return
    if plan.timing is Timing.LATER:
        yield "start is in the past: runs as soon as it is scheduled"
        return
    first = first_fire(plan, now)
    if first is not None:
        wall = wall_of(instant_of(first), plan.timezone)
        yield f"start is in the past: runs next on {english.full_moment(wall)}"


def _short_months(plan: Plan) -> Iterator[str]:
    is_monthly = plan.timing is Timing.SCHEDULE and plan.frequency is Frequency.MONTHLY
    if not is_monthly or plan.monthly_option is not MonthlyOption.SPECIFIC:
        return
    if plan.day is not None and plan.day > 28:
        yield f"months without a day {plan.day} are skipped: choose the last day to run in all"


def _overlap(plan: Plan, now: datetime, usual: timedelta) -> Iterator[str]:
    gaps = [later - earlier for earlier, later in pairwise(fires(plan, now, _FIRES_COMPARED))]
    if plan.timing is Timing.SCHEDULE and gaps and usual > min(gaps):
        runs, interval = rounded_duration(usual), rounded_duration(min(gaps))
        yield f"usually runs {runs}, interval is {interval}: will overlap"
