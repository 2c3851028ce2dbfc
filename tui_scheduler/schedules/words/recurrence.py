"""From what was said about days and intervals to the fields of a plan."""

from typing import Any

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import Frequency
from tui_scheduler.schedules.words.clauses import Clauses, MonthDay, WeekDays
from tui_scheduler.schedules.words.errors import NotUnderstood

_WEEKLY = "every week on monday at 7:30"
_MONTHLY = "the 15th of every month at 8:15 or the last friday of the month at 6pm"


def recurrence_of(clauses: Clauses) -> dict[str, Any]:
    """The fields that say how often and on which days; raises NotUnderstood."""
    _refuse_mixture(clauses)
    if clauses.cron is not None:
        return {"frequency": Frequency.CRON, "cron": clauses.cron}
    if clauses.kind_of_days is not None:
        return _kind_of_days(clauses)
    if clauses.month_day is not None:
        return _monthly(clauses, clauses.month_day)
    if clauses.weekdays is not None:
        return _weekly(clauses, clauses.weekdays)
    frequency, interval = clauses.step or (None, 1)
    if frequency is Frequency.WEEKLY:
        raise NotUnderstood("it is not said on which weekdays", _WEEKLY)
    if frequency is Frequency.MONTHLY or clauses.of_the_month:
        raise NotUnderstood("it is not said on which day of the month", _MONTHLY)
    return {"frequency": frequency, "interval": interval}


def _refuse_mixture(clauses: Clauses) -> None:
    """Days are said in one way, and an expression says all of them."""
    kinds: dict[str, object] = {
        "a cron expression": clauses.cron,
        "weekdays or weekends": clauses.kind_of_days,
        "days of the week": clauses.weekdays,
        "a day of the month": clauses.month_day,
    }
    if clauses.cron is not None:
        kinds |= {"an interval": clauses.step, "the month": clauses.of_the_month}
    chosen = [words for words, value in kinds.items() if value is not None]
    if len(chosen) > 1:
        example = "every friday at 7:30 or the 13th of every month at 7:30"
        raise NotUnderstood(f"{english.listed(chosen)} cannot go together", example)


def _kind_of_days(clauses: Clauses) -> dict[str, Any]:
    if clauses.step not in {None, (Frequency.DAILY, 1)} or clauses.of_the_month:
        reason = f"{clauses.kind_of_days} at more than one time are said by a cron expression"
        raise NotUnderstood(reason, "*/30 9-17 * * mon-fri")
    return {"frequency": Frequency.DAILY, "daily_option": clauses.kind_of_days}


def _weekly(clauses: Clauses, weekdays: WeekDays) -> dict[str, Any]:
    names = english.listed(english.WEEKDAYS[day] for day in sorted(weekdays.days))
    if clauses.step is None and not weekdays.is_clear:
        example = f"every {names} at 7:30, or next {names} at 7:30"
        raise NotUnderstood(f"{names} could be once or every week", example.lower())
    frequency, interval = clauses.step or (Frequency.WEEKLY, 1)
    if frequency is not Frequency.WEEKLY or clauses.of_the_month:
        raise NotUnderstood(f"{names} can only be said of weeks", _WEEKLY)
    return {"frequency": frequency, "interval": interval, "days": weekdays.days}


def _monthly(clauses: Clauses, chosen: MonthDay) -> dict[str, Any]:
    frequency, interval = clauses.step or (Frequency.MONTHLY, 1)
    if interval != 1:
        raise NotUnderstood("every few months is said by a cron expression", "0 8 1 */3 *")
    if frequency is not Frequency.MONTHLY:
        raise NotUnderstood(f"{chosen.words} can only be said of every month", _MONTHLY)
    if clauses.step is None and not clauses.of_the_month:
        example = f"{chosen.words} of every month at 7:30".lower()
        if chosen.weekday is not None:
            example += f" or every 2 weeks on {chosen.weekday.name.lower()} at 7:30"
        raise NotUnderstood(f"it is not said of what {chosen.words} is", example)
    return {
        "frequency": frequency,
        "monthly_option": chosen.option,
        "weekday": chosen.weekday,
        "day": chosen.day,
    }
