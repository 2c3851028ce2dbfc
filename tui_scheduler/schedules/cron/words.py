"""A cron expression in plain English, true for any expression and short for the common ones."""

from collections.abc import Sequence

from tui_scheduler.schedules.cron.expression import CronExpression
from tui_scheduler.schedules.cron.fields import QUARTZ
from tui_scheduler.schedules.cron.parts import CronPart
from tui_scheduler.schedules.cron.special import weekday_of
from tui_scheduler.schedules.cron.time_words import describe_times
from tui_scheduler.schedules.english import MONTHS, WEEKDAYS, listed, ordinal, spans, step_of
from tui_scheduler.schedules.plan import WEEKEND, WORKING_DAYS, Weekday

_LONGEST_LIST = 4  # days of the month; more that are evenly spaced are told by their step


def describe_cron(expression: CronExpression) -> str:
    """The sentence, such as "At 02:30 every day"."""
    days = _days(expression)
    times = describe_times(expression.times, is_every_day=days == "every day")
    if days == "every day" and (times.startswith("Every") or times.endswith("every hour")):
        days = ""
    years = expression.year.values
    year = "" if years is None else f"in {_years(years)}"
    return " ".join(filter(None, (times, days, year)))


def _days(expression: CronExpression) -> str:
    day, weekday, months = expression.day, expression.weekday, expression.month.values
    of_month = "of every month" if months is None else f"of {spans(months, _month)}"
    in_month = "" if months is None else f"in {spans(months, _month)}"
    all_of_both = (_is_any(day), _is_any(weekday))
    if all(all_of_both) or (expression.either and any(all_of_both)):
        return f"every day {in_month}".rstrip()
    if _is_any(day):
        place = of_month if weekday.specials else in_month
        return f"{_on_weekdays(weekday)} {place}".rstrip()
    on_days = f"on {_days_of_month(day)} {of_month}"
    if _is_any(weekday):
        return on_days
    if expression.either and weekday.specials:
        return f"on {listed([_days_of_month(day), *_each_weekday(weekday)])} {of_month}"
    if expression.either:
        return f"{on_days} and on {listed(_each_weekday(weekday))} {in_month}".rstrip()
    return f"{on_days}, if it is {_any_weekday(weekday)}"


def _years(years: Sequence[int]) -> str:
    step = step_of(years)
    if step is not None and step > 1 and len(years) > _LONGEST_LIST:
        last = "" if years[-1] + step > QUARTZ[-1].high else f" to {years[-1]}"
        return f"every {ordinal(step)} year from {years[0]}{last}"
    return spans(years, str)


def _is_any(part: CronPart) -> bool:
    return part.values is None


def _month(number: int) -> str:
    return MONTHS[number - 1]


def _weekdays(part: CronPart) -> list[Weekday]:
    return sorted({weekday_of(number) for number in part.values or ()})


def _weekday_name(weekday: int) -> str:
    return WEEKDAYS[weekday]


def _on_weekdays(part: CronPart) -> str:
    weekdays = _weekdays(part)
    if part.specials:
        return f"on {listed(_each_weekday(part))}"
    if tuple(weekdays) == WORKING_DAYS:
        return "on weekdays"
    if tuple(weekdays) == WEEKEND:
        return "on weekends"
    in_a_row = len(weekdays) > 2 and step_of(weekdays) == 1
    return f"{'from' if in_a_row else 'on'} {spans(weekdays, _weekday_name)}"


def _each_weekday(part: CronPart) -> list[str]:
    names = [f"every {WEEKDAYS[weekday]}" for weekday in _weekdays(part)]
    return [*names, *(special.words for special in part.specials)]


def _any_weekday(part: CronPart) -> str:
    words = [*(special.words for special in part.specials)]
    words += [WEEKDAYS[weekday] for weekday in _weekdays(part)]
    return " or ".join(words)


def _days_of_month(part: CronPart) -> str:
    specials = [special.words for special in part.specials]
    return listed([*_plain_days(part.values or ()), *specials])


def _plain_days(values: Sequence[int]) -> list[str]:
    if not values:
        return []
    step = step_of(values)
    if step is not None and step > 1 and len(values) > _LONGEST_LIST:
        ends = f"the {ordinal(values[0])} to the {ordinal(values[-1])}"
        return [f"every {ordinal(step)} day from {ends}"]
    return [f"the {spans(values, ordinal)}"]
