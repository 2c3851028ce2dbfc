"""From what was said about days and intervals to the fields of a plan."""

from datetime import date
from typing import Any

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import Frequency, MonthlyOption
from tui_scheduler.schedules.words.clauses import Clauses, MonthDay, WeekDays
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.vocabulary import OF_A_WEEKDAY
from tui_scheduler.schedules.zones import DAY

_WEEKLY = "every week on monday at 7:30"
_SHORT = "the 31st or the last day of every month at 8:15"
_MONTHLY = "the 15th of every month at 8:15 or the last friday of the month at 6pm"


def recurrence_of(clauses: Clauses, today: date) -> dict[str, Any]:
    """The fields that say how often and on which days; raises NotUnderstood."""
    _refuse_mixture(clauses)
    if clauses.or_last_day and (clauses.month_day is None or not clauses.month_day.may_be_missing):
        raise NotUnderstood("'or the last day' is said of a day that some months have not", _SHORT)
    if clauses.cron is not None:
        return {"frequency": Frequency.CRON, "cron": clauses.cron}
    if clauses.kind_of_days is not None:
        return _kind_of_days(clauses)
    if clauses.month_day is not None:
        return _monthly(clauses, clauses.month_day)
    if clauses.weekdays is not None:
        return _weekly(clauses, clauses.weekdays, today)
    frequency, interval = clauses.step or (None, 1)
    if frequency is Frequency.WEEKLY:
        readings = ["every monday at {at}"]
        raise NotUnderstood("it is not said on which weekdays", _WEEKLY, readings=readings)
    if frequency is Frequency.MONTHLY or clauses.of_the_month:
        reason = "it is not said on which day of the month"
        if interval > 1:
            raise NotUnderstood(reason, _MONTHLY, readings=[f"{{time}} {{day}} */{interval} *"])
        readings = ["the 1st of every month at {at}", "the last friday of the month at {at}"]
        raise NotUnderstood(reason, _MONTHLY, readings=readings)
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


def _stepped(clauses: Clauses, days: str) -> list[str]:
    """The expression of an interval that goes evenly into an hour or a day, on these ``days``."""
    frequency, interval = clauses.step or (Frequency.DAILY, 1)
    every = "*" if interval == 1 else f"*/{interval}"
    if frequency is Frequency.MINUTELY and 60 % interval == 0:
        return [f"{every} * {days}"]
    if frequency is Frequency.HOURLY and 24 % interval == 0:
        return [f"0 {every} {days}"]
    return [f"{{time}} {days}"] if clauses.step == (Frequency.DAILY, 1) else []


def _of_month(chosen: MonthDay) -> tuple[str, str]:
    """The first three fields, and the last, of the expression for a day of the month."""
    if chosen.option is MonthlyOption.LAST_DAY:
        return "{time} L", "*"
    if chosen.weekday is None:
        return f"{{time}} {chosen.day}", "*"
    name = chosen.weekday.name.lower()
    if chosen.option is MonthlyOption.LAST:
        return "0 {time} ?", f"{name}L"
    return "{time} *", f"{name}#{OF_A_WEEKDAY.index(chosen.option) + 1}"


def _kind_of_days(clauses: Clauses) -> dict[str, Any]:
    if clauses.step not in {None, (Frequency.DAILY, 1)} or clauses.of_the_month:
        reason = f"{clauses.kind_of_days} at more than one time are said by a cron expression"
        readings = _stepped(clauses, "* * {weekdays}")
        raise NotUnderstood(reason, "*/30 9-17 * * mon-fri", readings=readings)
    return {"frequency": Frequency.DAILY, "daily_option": clauses.kind_of_days}


def _weekly(clauses: Clauses, weekdays: WeekDays, today: date) -> dict[str, Any]:
    names = english.listed(english.WEEKDAYS[day] for day in sorted(weekdays.days))
    if clauses.step is None and not weekdays.is_clear:
        [day] = weekdays.days
        ahead = (day - today.weekday() - 1) % 7 + 1
        readings = [f"every {names.lower()} at {{at}}", f"{today + ahead * DAY} at {{at}}"]
        raise NotUnderstood(f"{names} could be once or every week", readings=readings)
    frequency, interval = clauses.step or (Frequency.WEEKLY, 1)
    if frequency is not Frequency.WEEKLY or clauses.of_the_month:
        reason = f"{names} can only be said of weeks"
        raise NotUnderstood(reason, _WEEKLY, readings=_stepped(clauses, "* * {weekdays}"))
    return {"frequency": frequency, "interval": interval, "days": weekdays.days}


def _monthly(clauses: Clauses, chosen: MonthDay) -> dict[str, Any]:
    frequency, interval = clauses.step or (Frequency.MONTHLY, 1)
    if interval != 1:
        reason = "every few months is said by a cron expression"
        readings = [f"{_of_month(chosen)[0]} */{interval} {_of_month(chosen)[1]}"]
        raise NotUnderstood(reason, "0 8 1 */3 *", readings=readings)
    if frequency is not Frequency.MONTHLY:
        readings = _stepped(clauses, f"{chosen.day} * *") if chosen.day else []
        reason = f"{chosen.words} can only be said of every month"
        raise NotUnderstood(reason, _MONTHLY, readings=readings)
    if clauses.step is None and not clauses.of_the_month:
        readings = [f"{chosen.words} of every month at {{at}}".lower()]
        if chosen.weekday is not None:
            readings.append(f"every 2 weeks on {chosen.weekday.name.lower()} at {{at}}")
        raise NotUnderstood(f"it is not said of what {chosen.words} is", readings=readings)
    return {
        "frequency": frequency,
        "monthly_option": chosen.option,
        "weekday": chosen.weekday,
        "day": chosen.day,
        "or_last_day": clauses.or_last_day is not None,
    }
