"""Plans and pauses on their way into the columns of a request and back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from tui_scheduler.errors import Refused
from tui_scheduler.models import Request, RequestStatus
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Outcome,
    Plan,
    Timing,
    anchored,
    brief,
    first_fire,
    next_fire,
    summary,
)
from tui_scheduler.schedules.exceptions import NOTHING
from tui_scheduler.schedules.plan import EVERY_MONTH_HAS
from tui_scheduler.schedules.zones import TICK, zone_info
from tui_scheduler.services.calendars import resolved
from tui_scheduler.services.context import Context
from tui_scheduler.services.fields import PLAN, dumped, loaded
from tui_scheduler.services.views.requests import Pause

_STEPPED = {Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY, Frequency.WEEKLY}
PLAN_COLUMNS = (*PLAN, "spread_by")
"""The columns of a request of which its plan is made."""
_plan_columns_of = attrgetter(*PLAN_COLUMNS)

_MONTH_WEEKDAYS = set(MonthlyOption) - {MonthlyOption.LAST_DAY, MonthlyOption.SPECIFIC}


def normalised(plan: Plan) -> Plan:
    """``plan`` without the fields that its timing and frequency do not use."""
    follows = plan.timing is Timing.AFTER
    timed = follows or plan.timing in (Timing.LATER, Timing.SCHEDULE)
    frequency = plan.frequency if plan.timing is Timing.SCHEDULE else None
    monthly = plan.monthly_option if frequency is Frequency.MONTHLY else None
    daily = plan.daily_option if frequency is Frequency.DAILY else DailyOption.EVERY_N_DAYS
    every_n_days = frequency is Frequency.DAILY and daily is DailyOption.EVERY_N_DAYS
    recurs = follows or frequency is not None
    day = plan.day if monthly is MonthlyOption.SPECIFIC else None
    spread = plan.spread if timed and not follows else None
    return Plan(
        timing=plan.timing,
        timezone=plan.timezone,
        start=plan.start if timed else None,
        frequency=frequency,
        interval=plan.interval if frequency in _STEPPED or every_n_days else 1,
        repetitions=plan.repetitions if recurs else None,
        daily_option=daily,
        days=plan.days if frequency is Frequency.WEEKLY else frozenset(),
        monthly_option=monthly,
        weekday=plan.weekday if monthly in _MONTH_WEEKDAYS else None,
        day=day,
        or_last_day=plan.or_last_day and (day or 0) > EVERY_MONTH_HAS,
        cron=plan.cron if frequency is Frequency.CRON else None,
        finish=plan.finish if recurs else None,
        delay=plan.delay if plan.timing is Timing.BOOT else None,
        follows=plan.follows if follows else None,
        outcome=plan.outcome if follows else Outcome.SUCCESS,
        spread=spread,
        spread_by=None if spread is None else plan.spread_by,
        except_=NOTHING if plan.timing is Timing.IMMEDIATE else plan.except_,
    )


def plan_columns(plan: Plan) -> dict[str, Any]:
    """The columns of a request that hold ``plan``."""
    return dumped(plan, PLAN)


def drawn(plan: Plan, draw: Callable[[timedelta], timedelta], stored: Plan | None = None) -> Plan:
    """A normalised plan with how much later its fires come, if it has a spread.

    That is what was drawn for the ``stored`` plan, as long as the spread is the same, or is drawn.
    """
    if plan.spread is None:
        return plan
    if stored is not None and stored.spread == plan.spread and stored.spread_by is not None:
        return replace(plan, spread_by=stored.spread_by)
    return replace(plan, spread_by=draw(plan.spread))


def plan_of(row: Request) -> Plan:
    """The plan that is stored in ``row``; raises ValueError if the row is damaged.

    It has the days of the calendars that it names, as they are now.
    """
    return resolved(_plan_of(*_plan_columns_of(row)))


@lru_cache(maxsize=4096)
def _plan_of(*columns: Any) -> Plan:
    """The plan that ``columns`` hold, without the days of its calendars."""
    row = SimpleNamespace(**dict(zip(PLAN_COLUMNS, columns, strict=True)))
    return Plan(**loaded(row, PLAN), spread_by=row.spread_by)


def anchored_plan(row: Request) -> Plan:
    """The plan of ``row``, its missing start filled in with the moment it was scheduled."""
    return _anchored(plan_of(row), row)


def _anchored(plan: Plan, row: Request) -> Plan:
    return plan if row.scheduled_at is None else anchored(plan, row.scheduled_at)


def planned(context: Context, plan: Plan, now: datetime) -> dict[str, Any]:
    """The columns of a request whose plan is started at ``now``.

    Raises Refused if it never fires.
    """
    plan = resolved(plan)
    if problems := plan.except_.problems:
        raise Refused(f"Nothing can be planned: {problems[0]}.")
    first = first_fire(plan, now)
    if first is None and not plan.awaits_event:
        also = ", or what it leaves out," if plan.except_ else ""
        raise Refused(
            f"This plan has no run left. Edit its start, finish or frequency{also} first."
        )
    return {
        "status": RequestStatus.SCHEDULED,
        "scheduled_at": now,
        "scheduled_by": context.actor,
        "next_fire": first,
        "executions": 0,
        "boot": context.boot(now).id if plan.timing is Timing.BOOT else None,
    }


def pause_of(request: Request) -> Pause | None:
    """The latest pause of a request since it was scheduled, which may be over; None without one."""
    if request.paused_at is None:
        return None
    return Pause(
        at=request.paused_at,
        by=request.paused_by,
        until=request.paused_until,
        skips_next=request.skips_next,
    )


def parted(
    plan: Plan, first: datetime | None, pause: Pause | None
) -> tuple[datetime | None, datetime | None]:
    """Of the fires of an anchored plan from ``first`` on, the first in the pause, and the next.

    These are the ``paused_fire`` and the ``next_fire`` of its request. What awaits an event has no
    ``paused_fire``: an event in a pause leaves its row at once.
    """
    if first is None or pause is None or plan.awaits_event or not pause.covers(first):
        return None, first
    last = pause.last_moment
    if last is None or plan.timing is not Timing.SCHEDULE:
        return first, None
    return first, next_fire(plan, last)


def fire_from(plan: Plan, moment: datetime) -> datetime | None:
    """The first fire of an anchored plan from a moment on, if there is one after the first."""
    return next_fire(plan, moment - TICK) if plan.timing is Timing.SCHEDULE else None


def readable_plan(row: Request) -> tuple[Plan, str, str]:
    """The plan of ``row``, its sentence, and the words that a list has for it.

    A damaged row says so instead of raising.
    """
    try:
        plan = plan_of(row)
        return plan, *_sentences(_anchored(plan, row))
    except Exception as error:  # whatever is wrong with one row: the others are still shown
        sentence = f"Unreadable plan: {error}"
        return Plan(timing=Timing.IMMEDIATE, timezone="UTC"), sentence, sentence


@lru_cache(maxsize=4096)
def _sentences(plan: Plan) -> tuple[str, str]:
    return summary(plan), brief(plan)


def local_date(moment: datetime, zone: str) -> date:
    """The date at ``moment`` in ``zone``; in UTC if this machine does not know the zone."""
    try:
        return moment.astimezone(zone_info(zone)).date()
    except ValueError:
        return moment.date()
