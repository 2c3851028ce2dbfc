"""The random delay of a timer, as the spread of the requests that it becomes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.spreads import spread_of
from tui_scheduler.services.imports.systemd.spans import span_of
from tui_scheduler.services.imports.systemd.units import Unit
from tui_scheduler.wording import rounded_duration

_DELAY, _OFFSET = "RandomizedDelaySec", "RandomizedOffsetSec"
"""The second is of calendars alone, and always the same."""


def with_spread(plan: Plan, timer: Unit, now: datetime) -> Plan:
    """The plan with the delay of its timer: of whole seconds, and no more than there is between."""
    return replace(plan, spread=spread_of(plan, _asked_of(plan, timer) or timedelta(), now))


def differences_in_spread(timer: Unit, plans: Sequence[Plan]) -> Iterator[str]:
    """Yield sentences if the runs of these plans will be delayed otherwise than systemd does."""
    given = [(key, value) for key in (_DELAY, _OFFSET) if (value := timer.last("Timer", key))]
    asked = _asked(timer, _DELAY, _OFFSET)
    if not given or (asked is not None and not asked):
        return
    settings = ", ".join(map("=".join, given))
    spreads = {plan.spread: _asked_of(plan, timer) for plan in plans if plan.spread is not None}
    if asked is None or not spreads:
        yield f"{settings}: nothing is delayed: runs start on time"
        return
    if cut := [spread for spread, whole in spreads.items() if whole and spread < whole]:
        most = rounded_duration(min(cut))
        yield f"{settings}: runs are {most} apart, and come no more than that later"
    elif _asked(timer, _DELAY) and not timer.is_on("Timer", "FixedRandomDelay"):
        yield f"{settings}: how much later is drawn once, and kept"
    if any(plan.timing is Timing.BOOT for plan in plans):
        yield f"{settings}: what runs at boot is not delayed by that"


def _asked_of(plan: Plan, timer: Unit) -> timedelta | None:
    if plan.timing is not Timing.SCHEDULE:
        return timedelta()
    return _asked(timer, _DELAY, *[_OFFSET] * (plan.frequency is Frequency.CRON))


def _asked(timer: Unit, *keys: str) -> timedelta | None:
    """The delay that the timer names; None for no end, and for what is not understood."""
    asked = timedelta()
    for key in keys:
        try:
            span = span_of(key, timer.last("Timer", key) or "0")
        except Unreadable:
            return None
        if span is None:
            return None
        asked += span
    return asked
