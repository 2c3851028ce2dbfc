"""Plans on their way into the columns of a request and back."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from tui_scheduler.models import Request
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Outcome,
    Plan,
    Timing,
    anchored,
    brief,
    summary,
)
from tui_scheduler.schedules.exceptions import NOTHING
from tui_scheduler.schedules.plan import EVERY_MONTH_HAS
from tui_scheduler.schedules.zones import zone_info
from tui_scheduler.services.calendars import resolved
from tui_scheduler.services.fields import PLAN, dumped, loaded

_STEPPED = {Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY, Frequency.WEEKLY}
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
        delay=(plan.delay or None) if plan.timing is Timing.BOOT else None,
        follows=plan.follows if follows else None,
        outcome=plan.outcome if follows else Outcome.SUCCESS,
        except_=NOTHING if plan.timing is Timing.IMMEDIATE else plan.except_,
    )


def plan_columns(plan: Plan) -> dict[str, Any]:
    """The columns of a request that hold ``plan``."""
    return dumped(plan, PLAN)


def plan_of(row: Request) -> Plan:
    """The plan that is stored in ``row``; raises ValueError if the row is damaged.

    It has the days of the calendars that it names, as they are now.
    """
    return resolved(Plan(**loaded(row, PLAN)))


def anchored_plan(row: Request) -> Plan:
    """The plan of ``row``, its missing start filled in with the moment it was scheduled."""
    plan = plan_of(row)
    return plan if row.scheduled_at is None else anchored(plan, row.scheduled_at)


def readable_plan(row: Request) -> tuple[Plan, str, str]:
    """The plan of ``row``, its sentence, and the words that a list has for it.

    A damaged row says so instead of raising.
    """
    try:
        return plan_of(row), *_sentences(anchored_plan(row))
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
