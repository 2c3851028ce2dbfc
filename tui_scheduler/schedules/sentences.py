"""A plan as one plain English sentence: for people, or in words that say all of it."""

from collections.abc import Callable
from datetime import datetime, time

from tui_scheduler.schedules import english
from tui_scheduler.schedules.events import after_end, at_boot, when_ended
from tui_scheduler.schedules.plan import (
    EVERY_MONTH_HAS,
    WEEKEND,
    WORKING_DAYS,
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
)
from tui_scheduler.schedules.timetable import STEPS

_NOUNS = {Frequency.SECONDLY: "second", Frequency.MINUTELY: "minute", Frequency.HOURLY: "hour"}


def summary(plan: Plan, usual_end: time | None = None) -> str:
    """The sentence, such as "Every day at 02:30" or "Every 5 minutes, 10 times".

    ``usual_end`` is the time of day at which what it follows usually ends, if that is known.

    It is meant for valid plans, but never raises: what an unfinished one lacks is left open.
    """
    if plan.timing is Timing.IMMEDIATE:
        return "Immediately, once"
    if plan.timing is Timing.LATER:
        return f"{_once(plan)}{_exceptions(plan)}"
    if plan.timing is Timing.BOOT:
        return f"{at_boot(plan)}{_exceptions(plan)}"
    if plan.timing is Timing.AFTER:
        usually = "" if usual_end is None else f", usually about {usual_end:%H:%M}"
        return f"{when_ended(plan)}{usually}{_ending(plan)}{_exceptions(plan)}"
    return f"{_recurring(plan)}{spread_over(plan)}{_ending(plan)}{_exceptions(plan)}"


def spread_over(plan: Plan) -> str:
    """Returns over how long its runs are spread, such as " spread over 30 minutes"."""
    if plan.spread is None or plan.timing is Timing.IMMEDIATE:
        return ""
    return f" spread over {english.length(plan.spread)}"


def _ending(plan: Plan) -> str:
    """When and after how many fires a recurring plan ends, such as ", 10 times"."""
    return f"{_until(plan)}{_times(plan)}"


def _exceptions(plan: Plan) -> str:
    """Which days are left out, such as ", except company, 2026-12-24"."""
    return f", except {plan.except_}" if plan.except_ else ""


def _on_days(plan: Plan) -> str:
    """The days of a daily, weekly or monthly plan, such as "Weekdays"."""
    return _DAYS[plan.frequency or Frequency.DAILY](plan)


def _every_step(plan: Plan) -> str:
    """The interval of a plan that fires every n seconds, minutes or hours."""
    return english.every(plan.interval, _NOUNS[plan.frequency or Frequency.HOURLY]).capitalize()


def _at_time(plan: Plan) -> str:
    """The time of day at which such a plan fires on its days."""
    if plan.start is None:
        return ", at the time of day it is scheduled"
    return f" at {english.clock(plan.start)}"


def _once(plan: Plan) -> str:
    when = f"on {english.exact_moment(plan.start)}" if plan.start else "when it is scheduled"
    return f"Once, {when}{spread_over(plan)}"


def _until(plan: Plan) -> str:
    return f", until {english.last_moment(plan.finish)}" if plan.finish else ""


def _times(plan: Plan) -> str:
    if plan.repetitions is None:
        return ""
    return ", once" if plan.repetitions == 1 else f", {plan.repetitions} times"


def _recurring(plan: Plan) -> str:
    if plan.frequency is None:
        return "Again and again"
    if plan.frequency is Frequency.CRON:
        return _cron(plan)
    if plan.frequency in _NOUNS:
        return _every_step(plan)
    return f"{_on_days(plan)}{_at_time(plan)}{counted_from(plan, _full_day)}"


def _cron(plan: Plan) -> str:
    from tui_scheduler.schedules.cron import CronError, parse_cron
    from tui_scheduler.schedules.cron.words import describe_cron

    try:
        return describe_cron(parse_cron(plan.cron or ""))
    except CronError:
        return "By a cron expression that is not understood"


def counted_from(plan: Plan, day: Callable[[datetime], str]) -> str:
    """Returns which of the n days or weeks are meant, in the words of ``day``.

    They are those that count from the start; empty where all of them are meant.
    """
    counts = plan.frequency is Frequency.WEEKLY or plan.daily_option is DailyOption.EVERY_N_DAYS
    if plan.start is None or plan.interval == 1 or not counts:
        return ""
    return f" from {day(plan.start)}"


def _full_day(wall: datetime) -> str:
    return f"{english.day(wall)} {wall.year}"


def daily(plan: Plan) -> str:
    """Returns on which days a daily plan runs."""
    if plan.daily_option is DailyOption.EVERY_N_DAYS:
        return english.every(plan.interval, "day").capitalize()
    return "Weekdays" if plan.daily_option is DailyOption.WEEKDAYS else "Weekends"


def _weekly(plan: Plan) -> str:
    weekdays = tuple(sorted(plan.days))
    if not weekdays:
        return english.every(plan.interval, "week").capitalize()
    names = english.listed(english.WEEKDAYS[weekday] for weekday in weekdays)
    if plan.interval != 1:
        return f"Every {plan.interval} weeks on {names}"
    words = {WORKING_DAYS: "Weekdays", WEEKEND: "Weekends"}
    return words.get(weekdays, "Every day" if len(weekdays) == 7 else f"Every {names}")


def _monthly(plan: Plan) -> str:
    option = plan.monthly_option
    if option is None:
        return "Every month"
    if option is MonthlyOption.LAST_DAY:
        return "The last day of every month"
    if option is MonthlyOption.SPECIFIC:
        return _day_of_month(plan.day or 1, or_last_day=plan.or_last_day)
    weekday = "day" if plan.weekday is None else english.WEEKDAYS[plan.weekday]
    return f"The {option.value} {weekday} of every month"


def _day_of_month(day: int, *, or_last_day: bool) -> str:
    if day <= EVERY_MONTH_HAS:
        return f"The {english.ordinal(day)} of every month"
    if or_last_day:
        return f"The {english.ordinal(day)} or the last day of every month"
    return f"The {english.ordinal(day)} of every month that has one"


_DAYS: dict[Frequency, Callable[[Plan], str]] = {
    Frequency.DAILY: daily,
    Frequency.WEEKLY: _weekly,
    Frequency.MONTHLY: _monthly,
}


def to_words(plan: Plan) -> str:
    """The sentence that ``parse`` reads as this valid plan, in the plan's zone.

    It is longer than that of ``summary``, which says neither the first day nor the fields of cron.
    """
    if plan.timing is Timing.AFTER:
        return f"{after_end(plan)}{_from_moment(plan)}{_ending(plan)}{_exceptions(plan)}"
    if plan.timing is not Timing.SCHEDULE or plan.frequency is None:
        return summary(plan)
    return f"{_said_times(plan)}{spread_over(plan)}{_ending(plan)}{_exceptions(plan)}"


def _said_times(plan: Plan) -> str:
    if plan.frequency is Frequency.CRON:
        return f"cron {(plan.cron or '').strip()}{_from_moment(plan)}"
    if plan.frequency in STEPS:
        return f"{_every_step(plan)}{_from_moment(plan)}"
    return f"{_named_days(plan)}{_at_time(plan)}{_from_day(plan)}"


def _named_days(plan: Plan) -> str:
    """The days, of a weekly plan each by its name: "weekdays" are those of a daily one."""
    if plan.frequency is not Frequency.WEEKLY or not plan.days:
        return _on_days(plan)
    names = english.listed(english.WEEKDAYS[weekday] for weekday in sorted(plan.days))
    return f"Every {names}" if plan.interval == 1 else f"Every {plan.interval} weeks on {names}"


def _from_moment(plan: Plan) -> str:
    return f", from {english.exact_moment(plan.start)}" if plan.start else ""


def _from_day(plan: Plan) -> str:
    if plan.start is None:
        return ""
    return f"{english.second_pass(plan.start)} from {english.full_day(plan.start)}"
