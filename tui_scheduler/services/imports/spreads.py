"""How much later than it is said what is imported may come."""

from datetime import datetime, timedelta

from tui_scheduler.schedules import Plan, shortest_interval
from tui_scheduler.schedules.timetable import LONGEST_SPREAD

_SECOND = timedelta(seconds=1)


def spread_of(plan: Plan, asked: timedelta, now: datetime) -> timedelta | None:
    """Returns the spread for what comes up to ``asked`` later; None for less than a second.

    It is of whole seconds, and no more than there is between two fires of ``plan``.
    """
    if asked < _SECOND:
        return None
    between = shortest_interval(plan, now)
    spread = min(asked, LONGEST_SPREAD, between or LONGEST_SPREAD)
    return spread - spread % _SECOND
