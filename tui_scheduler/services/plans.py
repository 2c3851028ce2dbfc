"""Plans on their way into the columns of a request and back."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from tui_scheduler.models import Request
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    anchored,
    summary,
)
from tui_scheduler.schedules.zones import zone_info

_FOLDED = " (second pass)"
_STEPPED = {Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY, Frequency.WEEKLY}
_MONTH_WEEKDAYS = set(MonthlyOption) - {MonthlyOption.LAST_DAY, MonthlyOption.SPECIFIC}


def normalised(plan: Plan) -> Plan:
    """``plan`` without the fields that its timing and frequency do not use."""
    timed = plan.timing is not Timing.IMMEDIATE
    frequency = plan.frequency if plan.timing is Timing.SCHEDULE else None
    monthly = plan.monthly_option if frequency is Frequency.MONTHLY else None
    daily = plan.daily_option if frequency is Frequency.DAILY else DailyOption.EVERY_N_DAYS
    every_n_days = frequency is Frequency.DAILY and daily is DailyOption.EVERY_N_DAYS
    return Plan(
        timing=plan.timing,
        timezone=plan.timezone,
        start=plan.start if timed else None,
        frequency=frequency,
        interval=plan.interval if frequency in _STEPPED or every_n_days else 1,
        repetitions=plan.repetitions if frequency is not None else None,
        daily_option=daily,
        days=plan.days if frequency is Frequency.WEEKLY else frozenset(),
        monthly_option=monthly,
        weekday=plan.weekday if monthly in _MONTH_WEEKDAYS else None,
        day=plan.day if monthly is MonthlyOption.SPECIFIC else None,
        cron=plan.cron if frequency is Frequency.CRON else None,
        finish=plan.finish if frequency is not None else None,
    )


def plan_columns(plan: Plan) -> dict[str, Any]:
    """The columns of a request that hold ``plan``."""
    return {
        "timing": plan.timing,
        "timezone": plan.timezone,
        "start": dump_wall(plan.start),
        "frequency": plan.frequency,
        "interval": plan.interval,
        "repetitions": plan.repetitions,
        "daily_option": plan.daily_option,
        "days": ",".join(day.name.lower() for day in sorted(plan.days)),
        "monthly_option": plan.monthly_option,
        "weekday": plan.weekday,
        "day": plan.day,
        "cron": plan.cron,
        "finish": dump_wall(plan.finish),
    }


def plan_of(row: Request) -> Plan:
    """The plan that is stored in ``row``; raises ValueError if the row is damaged."""
    return Plan(
        timing=Timing(row.timing),
        timezone=row.timezone,
        start=load_wall(row.start),
        frequency=None if row.frequency is None else Frequency(row.frequency),
        interval=int(row.interval),
        repetitions=None if row.repetitions is None else int(row.repetitions),
        daily_option=DailyOption(row.daily_option),
        days=frozenset(_weekday(name) for name in row.days.split(",") if name),
        monthly_option=None if row.monthly_option is None else MonthlyOption(row.monthly_option),
        weekday=None if row.weekday is None else Weekday(row.weekday),
        day=None if row.day is None else int(row.day),
        cron=row.cron,
        finish=load_wall(row.finish),
    )


def anchored_plan(row: Request) -> Plan:
    """The plan of ``row``, its missing start filled in with the moment it was scheduled."""
    plan = plan_of(row)
    return plan if row.scheduled_at is None else anchored(plan, row.scheduled_at)


def readable_plan(row: Request) -> tuple[Plan, str]:
    """The plan of ``row`` and its sentence; a damaged row says so instead of raising."""
    try:
        return plan_of(row), _sentence(anchored_plan(row))
    except Exception as error:  # whatever is wrong with one row: the others are still shown
        return Plan(timing=Timing.IMMEDIATE, timezone="UTC"), f"Unreadable plan: {error}"


@lru_cache(maxsize=4096)
def _sentence(plan: Plan) -> str:
    return summary(plan)


def local_date(moment: datetime, zone: str) -> date:
    """The date at ``moment`` in ``zone``; in UTC if this machine does not know the zone."""
    try:
        return moment.astimezone(zone_info(zone)).date()
    except ValueError:
        return moment.date()


def dump_wall(wall: datetime | None) -> str | None:
    """Text for a column; ``load_wall`` reads it."""
    return None if wall is None else wall.isoformat() + (_FOLDED if wall.fold else "")


def load_wall(text: str | None) -> datetime | None:
    """The wall time of a column, with its ``fold``; raises ValueError for anything else."""
    if text is None:
        return None
    wall = datetime.fromisoformat(text.removesuffix(_FOLDED))
    return wall.replace(fold=int(text.endswith(_FOLDED)))


def _weekday(name: str) -> Weekday:
    try:
        return Weekday[name.upper()]
    except KeyError:
        raise ValueError(f"{name!r} is not a day of the week") from None
