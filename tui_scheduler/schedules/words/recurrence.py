"""From what was said about days and intervals to the fields of a plan."""

from dataclasses import replace
from datetime import date
from typing import Any

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import Frequency, MonthlyOption
from tui_scheduler.schedules.timetable import STEPS
from tui_scheduler.schedules.words.clauses import Clauses, MonthDay, WeekDays, YearlyDate
from tui_scheduler.schedules.words.errors import NotUnderstood, refuse_unsayable
from tui_scheduler.schedules.words.expressions import expression_of, months_of, needs_expression
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.zones import DAY

_WEEKLY = "every week on monday at 7:30"
_YEARLY = "every year on 1 march at 9:00"
_FIRST_DAY = MonthDay(MonthlyOption.SPECIFIC, "the 1st", day=1)
_SHORT = "the 31st or the last day of every month at 8:15"
_MONTHLY = "the 15th of every month at 8:15 or the last friday of the month at 6pm"


def recurrence_of(clauses: Clauses, reader: Reader) -> dict[str, Any]:
    """The fields that say how often and on which days; raises NotUnderstood."""
    _refuse_mixture(clauses)
    needed = {
        Frequency.DAILY: clauses.window,
        Frequency.WEEKLY: clauses.weekdays,
        Frequency.MONTHLY: clauses.month_day,
    }
    if clauses.of_days is not None and needed[clauses.of_days] is None:
        raise NotUnderstood("how often is said twice", "every 15 minutes from 9:00 to 17:00")
    if clauses.or_last_day and (clauses.month_day is None or not clauses.month_day.may_be_missing):
        raise NotUnderstood("'or the last day' is said of a day that some months have not", _SHORT)
    if clauses.cron is not None:
        return {"frequency": Frequency.CRON, "cron": clauses.cron}
    if not needs_expression(clauses):
        return _plain(clauses, reader.today)
    _refuse_unsaid_days_of_year(clauses, reader)
    plain = _plain(_of_days_alone(clauses, reader), reader.today)
    return {"frequency": Frequency.CRON, "cron": expression_of(clauses, plain, reader)}


def _of_days_alone(clauses: Clauses, reader: Reader) -> Clauses:
    """What is said of the days, as if all else were what a plan can hold."""
    frequency = None if clauses.step is None else clauses.step[0]
    if clauses.dates is not None or (clauses.months is not None and clauses.month_day is not None):
        if frequency not in {None, *STEPS}:
            raise NotUnderstood("days of the year are said of every year", _YEARLY)
        return replace(clauses, dates=None, step=(Frequency.MONTHLY, 1), month_day=_FIRST_DAY)
    if frequency is Frequency.MONTHLY and clauses.month_day is not None:
        return replace(clauses, step=(Frequency.MONTHLY, 1))
    if frequency not in STEPS:
        return clauses
    if clauses.kind_of_days is not None:
        return replace(clauses, step=None)
    is_of_the_month = clauses.of_the_month or clauses.of_days is Frequency.MONTHLY
    if clauses.month_day is not None and not is_of_the_month:
        readings = [f"{reader.sentence(0, 0)} of every month"]
        reason = f"it is not said of what {clauses.month_day.words} is"
        raise NotUnderstood(reason, _MONTHLY, readings=readings)
    if clauses.month_day is not None:
        return replace(clauses, step=(Frequency.MONTHLY, 1))
    return replace(clauses, step=(Frequency.WEEKLY if clauses.weekdays else Frequency.DAILY, 1))


def _refuse_unsaid_days_of_year(clauses: Clauses, reader: Reader) -> None:
    """Raise NotUnderstood for a year without its day, and for a day without its year."""
    if clauses.dates is not None:
        is_clear = clauses.years or (len(clauses.dates) > 1 and clauses.times is None)
        if not is_clear:
            raise _of_which_year(clauses, clauses.dates[0], reader)
    elif clauses.years is not None and (clauses.month_day is None or clauses.months is None):
        reason = "it is not said on which day of the year"
        day = clauses.month_day.day if clauses.month_day else None
        readings = [f"every year on {day or 1} january at {clauses.at_words}"]
        raise NotUnderstood(reason, _YEARLY, readings=readings)
    elif clauses.months is not None and clauses.month_day is not None:
        if clauses.years is None and len(clauses.months) == 1:
            [month] = clauses.months
            days = f"{clauses.month_day.words.lower()} of {english.MONTHS[month - 1].lower()}"
            readings = [f"every year on {days} at {clauses.at_words}"]
            raise NotUnderstood("it is not said of which year", _YEARLY, readings=readings)
    elif clauses.months is not None:
        raise NotUnderstood("it is not said on which day of the month", _YEARLY)


def _of_which_year(clauses: Clauses, date: YearlyDate, reader: Reader) -> NotUnderstood:
    """The refusal of ``1 march``: of this year or the next, or of every year."""
    day, month = date
    year = reader.today.year + ((month, day) <= (reader.today.month, reader.today.day))
    return NotUnderstood(
        f"a day and a year belong to {english.MONTHS[month - 1]}",
        _YEARLY,
        readings=[
            f"{date.words} {year} at {{at}}",
            f"every year on {date.words} at {clauses.at_words}",
        ],
    )


def _plain(clauses: Clauses, today: date) -> dict[str, Any]:
    """The fields of a plan that no expression is needed for."""
    if clauses.kind_of_days is not None:
        return _kind_of_days(clauses)
    if clauses.month_day is not None:
        return _monthly(clauses, clauses.month_day)
    if clauses.weekdays is not None:
        return _weekly(clauses, clauses.weekdays, today)
    frequency, interval = clauses.step or (None, 1)
    if clauses.quarter is not None:
        refuse_unsayable(clauses.quarter)
    if frequency is Frequency.WEEKLY:
        readings = ["every monday at {at}"]
        raise NotUnderstood("it is not said on which weekdays", _WEEKLY, readings=readings)
    if frequency is Frequency.MONTHLY or clauses.of_the_month:
        reason = "it is not said on which day of the month"
        if interval > 1:
            months_of(clauses)
            readings = [f"every {interval} months on the 1st at {clauses.at_words}"]
            raise NotUnderstood(reason, _MONTHLY, readings=readings)
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
        "a day of the year": clauses.dates,
    }
    if clauses.cron is not None:
        kinds |= {
            "an interval": clauses.step or clauses.years,
            "the month": clauses.of_the_month or clauses.months,
            "times of day": clauses.clocks,
        }
    chosen = [words for words, value in kinds.items() if value is not None]
    if len(chosen) > 1:
        example = "every friday at 7:30 or the 13th of every month at 7:30"
        raise NotUnderstood(f"{english.listed(chosen)} cannot go together", example)


def _kind_of_days(clauses: Clauses) -> dict[str, Any]:
    if clauses.step not in {None, (Frequency.DAILY, 1)} or clauses.of_the_month:
        reason = f"{clauses.kind_of_days} are those of every week"
        raise NotUnderstood(reason, "every 30 minutes from 9:00 to 17:00 on weekdays")
    return {
        "frequency": Frequency.DAILY,
        "daily_option": clauses.kind_of_days,
        "interval": 1,
    }


def _weekly(clauses: Clauses, weekdays: WeekDays, today: date) -> dict[str, Any]:
    names = english.listed(english.WEEKDAYS[day] for day in sorted(weekdays.days))
    if clauses.step is None and not weekdays.is_clear:
        [day] = weekdays.days
        ahead = (day - today.weekday() - 1) % 7 + 1
        at = clauses.at_words
        readings = [f"every {names.lower()} at {at}", f"{today + ahead * DAY} at {at}"]
        raise NotUnderstood(f"{names} could be once or every week", readings=readings)
    frequency, interval = clauses.step or (Frequency.WEEKLY, 1)
    if frequency is not Frequency.WEEKLY or clauses.of_the_month:
        reason = f"{names} can only be said of weeks"
        is_daily = clauses.step == (Frequency.DAILY, 1) and not clauses.of_the_month
        readings = [f"every {names.lower()} at {{at}}"] if is_daily and "," not in names else []
        raise NotUnderstood(reason, _WEEKLY, readings=readings)
    return {"frequency": frequency, "interval": interval, "days": weekdays.days}


def _monthly(clauses: Clauses, chosen: MonthDay) -> dict[str, Any]:
    frequency, interval = clauses.step or (Frequency.MONTHLY, 1)
    if frequency is not Frequency.MONTHLY:
        reason = f"{chosen.words} can only be said of every month"
        raise NotUnderstood(reason, _MONTHLY)
    if clauses.step is None and not clauses.of_the_month:
        or_last_day = " or the last day" if clauses.or_last_day else ""
        words = chosen.words.replace(",", " and")
        readings = [f"{words}{or_last_day} of every month at {clauses.at_words}".lower()]
        if chosen.weekday is not None:
            readings.append(f"every 2 weeks on {chosen.weekday.name.lower()} at {{at}}")
        raise NotUnderstood(f"it is not said of what {chosen.words} is", readings=readings)
    return {
        "frequency": frequency,
        "interval": interval,
        "monthly_option": chosen.option,
        "weekday": chosen.weekday,
        "day": chosen.day,
        "or_last_day": clauses.or_last_day is not None,
    }
