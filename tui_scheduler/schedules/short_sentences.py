"""A plan in as few words as a list has room for; those that say when stand before all others.

A sentence that is cut at its end so loses when it ends, and neither the days nor the time of day.
"""

import re
from datetime import datetime, time

from tui_scheduler.schedules import english
from tui_scheduler.schedules.durations import format_duration
from tui_scheduler.schedules.events import after_end
from tui_scheduler.schedules.plan import (
    EVERY_MONTH_HAS,
    WEEKEND,
    WORKING_DAYS,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
)
from tui_scheduler.schedules.sentences import counted_from, daily, summary

_ORDINALS = {
    MonthlyOption.FIRST: "1st",
    MonthlyOption.SECOND: "2nd",
    MonthlyOption.THIRD: "3rd",
    MonthlyOption.FOURTH: "4th",
    MonthlyOption.LAST: "last",
}
_NAMED = {WORKING_DAYS: "Weekdays", WEEKEND: "Weekends", tuple(Weekday): "Every day"}
_LAST_SECOND = time(23, 59, 59)
_MOST_EXCEPTIONS = 4


def brief(plan: Plan) -> str:
    """Returns the words, such as "1st Sun of the month 04:00" or "Every Mon Wed 18:30, 3 times".

    Never raises: what an unfinished plan lacks is left open.
    """
    if plan.timing is Timing.LATER and plan.start is not None:
        return f"Once, {_date(plan.start)} {_time(plan.start)}{_spread(plan)}{_exceptions(plan)}"
    if plan.timing is Timing.AFTER:
        return f"{after_end(plan)}{_ending(plan)}{_exceptions(plan)}"
    if plan.timing is not Timing.SCHEDULE or plan.frequency not in _DAYS:
        return summary(plan)
    at_time = f" {_time(plan.start)}" if plan.start else ", when scheduled"
    days = f"{_DAYS[plan.frequency](plan)}{at_time}{counted_from(plan, _date)}"
    return f"{days}{_spread(plan)}{_ending(plan)}{_exceptions(plan)}"


def without_year(words: str, year: int) -> str:
    """Returns words of ``brief`` in which the dates of this ``year`` are said without it."""
    return re.sub(rf"(?<=\d [A-Z][a-z][a-z]) {year}\b", "", words)


def _weekly(plan: Plan) -> str:
    weekdays = tuple(sorted(plan.days))
    every_week = english.every(plan.interval, "week").capitalize()
    if not weekdays or plan.interval != 1:
        return f"{every_week} {_weekdays(weekdays)}".rstrip()
    return _NAMED.get(weekdays, f"Every {_weekdays(weekdays)}")


def _monthly(plan: Plan) -> str:
    option = plan.monthly_option
    if option is MonthlyOption.LAST_DAY:
        day = "last day"
    elif option is MonthlyOption.SPECIFIC:
        day = english.ordinal(plan.day or 1)
        if plan.or_last_day and (plan.day or 1) > EVERY_MONTH_HAS:
            day += " or last day"
    elif option is None:
        return "Every month"
    else:
        weekday = "day" if plan.weekday is None else _short(plan.weekday)
        day = f"{_ORDINALS[option]} {weekday}"
    return f"{day[0].upper()}{day[1:]} of the month"


_DAYS = {Frequency.DAILY: daily, Frequency.WEEKLY: _weekly, Frequency.MONTHLY: _monthly}


def _weekdays(weekdays: tuple[Weekday, ...]) -> str:
    """Returns names with a space between, three or more in a row as ``Mon-Wed``."""
    spans = english.spans(weekdays, lambda day: _short(Weekday(day)))
    return spans.replace(" to ", "-").replace(" and ", " ").replace(",", "")


def _short(weekday: int) -> str:
    return english.WEEKDAYS[weekday][:3]


def _time(wall: datetime) -> str:
    return english.clock(wall) + english.second_pass(wall)


def _date(wall: datetime) -> str:
    return f"{_short(wall.weekday())} {wall.day} {english.MONTHS[wall.month - 1][:3]} {wall.year}"


def _spread(plan: Plan) -> str:
    return f" spread {format_duration(plan.spread)}" if plan.spread else ""


def _ending(plan: Plan) -> str:
    words = ""
    if plan.finish is not None:
        is_whole_day = plan.finish.time() == _LAST_SECOND
        words += f", until {_date(plan.finish)}{'' if is_whole_day else f' {_time(plan.finish)}'}"
    if plan.repetitions is not None:
        words += ", once" if plan.repetitions == 1 else f", {plan.repetitions} times"
    return words


def _exceptions(plan: Plan) -> str:
    """The days that are left out, the first of many."""
    items = plan.except_.items
    if not items:
        return ""
    if len(items) > _MOST_EXCEPTIONS:
        items = (*items[: _MOST_EXCEPTIONS - 1], f"{len(items) - _MOST_EXCEPTIONS + 1} more")
    return f", except {', '.join(items)}"
