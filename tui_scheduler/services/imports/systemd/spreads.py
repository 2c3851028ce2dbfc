"""The random delay of a timer, as the spread of the requests that it becomes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tui_scheduler.schedules import Plan, shortest_interval
from tui_scheduler.schedules.timetable import LONGEST_SPREAD
from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.systemd.spans import span_of
from tui_scheduler.services.imports.systemd.units import Unit
from tui_scheduler.wording import rounded_duration

_KEY = "RandomizedDelaySec"
_SECOND = timedelta(seconds=1)


def with_spread(plan: Plan, timer: Unit, now: datetime) -> Plan:
    """The plan with the delay of its timer: of whole seconds, and no more than there is between."""
    asked = _asked(timer)
    if asked is None or asked < _SECOND:
        return plan
    between = shortest_interval(plan, now)
    spread = min(asked, LONGEST_SPREAD, between or LONGEST_SPREAD)
    return replace(plan, spread=spread - spread % _SECOND)


def differences_in_spread(timer: Unit, plans: Sequence[Plan]) -> Iterator[str]:
    """A sentence if the runs of these plans will be delayed otherwise than systemd does."""
    value, asked = timer.last("Timer", _KEY), _asked(timer)
    if value is None or (asked is not None and not asked):
        return
    spreads = [plan.spread for plan in plans if plan.spread is not None]
    if asked is None or not spreads:
        yield f"{_KEY}={value}: nothing is delayed: runs start on time"
    elif min(spreads) < asked:
        most = rounded_duration(min(spreads))
        yield f"{_KEY}={value}: runs are {most} apart, and come no more than that later"
    elif not timer.is_on("Timer", "FixedRandomDelay"):
        yield f"{_KEY}={value}: how much later is drawn once, and kept"


def _asked(timer: Unit) -> timedelta | None:
    """The delay that the timer names; None for no end, and for what is not understood."""
    try:
        return span_of(_KEY, timer.last("Timer", _KEY) or "0")
    except Unreadable:
        return None
