"""From what no single plan but a cron expression says to that expression.

Several times of day, months, days of the year, working days at the ends of a month, and intervals
on some days or between two times of day. What would need several requests is refused with each.
"""

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any, NamedTuple

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import DailyOption, Frequency, MonthlyOption, Weekday
from tui_scheduler.schedules.timetable import STEPS
from tui_scheduler.schedules.words import windows
from tui_scheduler.schedules.words.clauses import Clauses, DayFields, MonthDay
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.mentions import cron_weekdays
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.vocabulary import OF_A_WEEKDAY
from tui_scheduler.schedules.words.windows import Part, Times
from tui_scheduler.schedules.zones import wall_of

_YEARLY = "every year on 1 march at 9:00"
_WINDOW = "every 15 minutes from 9:00 to 17:00 on weekdays"
_SEVERAL = "one request cannot say all of these times, several can"
_MOST_REQUESTS = 6
_KINDS = {DailyOption.WEEKDAYS: "mon-fri", DailyOption.WEEKENDS: "sat,sun"}


class Days(NamedTuple):
    """The last fields of an expression, and whether they need seconds before the others."""

    day: str = "*"
    month: str = "*"
    weekday: str = "*"
    year: str = "*"
    needs_seconds: bool = False

    @property
    def are_all(self) -> bool:
        """Whether every day is meant."""
        return self == Days()

    def at(self, times: Times) -> str:
        """The whole expression; with the fields of Quartz where five do not say it."""
        if not self.needs_seconds and times.second == "0" and self.year == "*":
            return f"{times.minute} {times.hour} {self.day} {self.month} {self.weekday}"
        day, weekday = (self.day, "?") if self.weekday == "*" else ("?", self.weekday)
        fields = [times.second, times.minute, times.hour, day, self.month, weekday]
        return " ".join(fields if self.year == "*" else [*fields, self.year])


def needs_expression(clauses: Clauses) -> bool:
    """Whether no plan but one by a cron expression says it."""
    of_expressions = (clauses.clocks, clauses.years, clauses.dates, clauses.months, clauses.window)
    if any(part is not None for part in of_expressions):
        return True
    if clauses.month_day is not None and clauses.month_day.fields is not None:
        return True
    frequency, interval = clauses.step or (None, 1)
    return (frequency in STEPS and clauses.has_days) or (
        frequency is Frequency.MONTHLY and interval > 1
    )


def expression_of(clauses: Clauses, plain: dict[str, Any], reader: Reader) -> str:
    """Returns the expression; ``plain`` are the fields of the plan for its days alone.

    Raises NotUnderstood for what it cannot say.
    """
    if clauses.when_scheduled:
        reason = "what is said by a cron expression has a time of day of its own"
        raise NotUnderstood(reason, "daily at 9:00 and 17:00")
    if plain["interval"] > 1 or clauses.or_last_day:
        raise NotUnderstood(_SEVERAL, readings=[*_one_by_one(clauses, reader)], together=True)
    days = _days(clauses, reader)
    if clauses.step is not None and clauses.step[0] in STEPS:
        return days.at(_within_days(clauses, days, *clauses.step))
    return days.at(_at_clocks(clauses, reader))


def fields_of(chosen: MonthDay) -> DayFields:
    """Returns the days of a month as an expression says them."""
    if chosen.fields is not None:
        return chosen.fields
    if chosen.option is MonthlyOption.LAST_DAY:
        return DayFields(day="L")
    if chosen.weekday is None:
        return DayFields(day=str(chosen.day))
    name = chosen.weekday.name.lower()
    if chosen.option is MonthlyOption.LAST:
        return DayFields(weekday=f"{name}L", needs_seconds=True)
    count = OF_A_WEEKDAY.index(chosen.option or MonthlyOption.FIRST) + 1
    return DayFields(weekday=f"{name}#{count}")


def months_of(clauses: Clauses) -> str:
    """Returns every few months as a field: from January on, or from the first that is said.

    The last days of quarters are those of their last months.
    """
    frequency, interval = clauses.step or (None, 1)
    if frequency is not Frequency.MONTHLY:
        return "*"
    if clauses.quarter is not None and interval == 3 and _is_at_the_end(clauses.month_day):
        return "3,6,9,12"
    if 12 % interval:
        example = "every 4 months on the 1st at 9:00"
        raise NotUnderstood(f"{interval} months do not go evenly into a year", example)
    if interval == 1:
        return "*"
    begin = _first_day(clauses)
    first = 1 if begin is None else (begin.month - 1) % interval + 1
    if first == 1 and interval < 12:
        return f"*/{interval}"
    month = first if begin is None else begin.month
    months = {(month - 1 + ahead) % 12 + 1 for ahead in range(0, 12, interval)}
    return ",".join(map(str, sorted(months)))


def _is_at_the_end(chosen: MonthDay | None) -> bool:
    if chosen is None:
        return False
    day, weekday, _needs_seconds = fields_of(chosen)
    return "L" in day or weekday.endswith("L")


def _days(clauses: Clauses, reader: Reader) -> Days:
    if clauses.dates is not None:
        return _of_year(clauses, reader)
    if clauses.month_day is not None:
        day, weekday, needs_seconds = fields_of(clauses.month_day)
        month = months_of(clauses) if clauses.months is None else _list(clauses.months)
        last = (max(clauses.months or {12}), 31)
        return Days(day, month, weekday, _year(clauses, last, reader), needs_seconds)
    if clauses.kind_of_days is not None:
        return Days(weekday=_KINDS[clauses.kind_of_days])
    if clauses.weekdays is not None:
        return Days(weekday=cron_weekdays(clauses.weekdays.days))
    return Days()


def _of_year(clauses: Clauses, reader: Reader) -> Days:
    dates = clauses.dates or ()
    days, months = {each.day for each in dates}, {each.month for each in dates}
    if len(days) * len(months) != len(set(dates)):
        readings = [f"every year on {each.words} at {{at}}" for each in dates]
        raise NotUnderstood(_SEVERAL, readings=readings, together=True)
    last = max((each.month, each.day) for each in dates)
    return Days(_list(days), _list(months), year=_year(clauses, last, reader))


def _year(clauses: Clauses, last: tuple[int, int], reader: Reader) -> str:
    """Every few years, from the first to come that is not over; ``last`` is its last day."""
    if clauses.years in {None, 1}:
        return "*"
    begin = _first_day(clauses) or reader.today
    return f"{begin.year + (last < (begin.month, begin.day))}/{clauses.years}"


def _first_day(clauses: Clauses) -> date | None:
    """The day of the first moment, where one is said."""
    begin, _end = clauses.bounds
    return begin.day if begin else None


def _list(values: set[int] | frozenset[int]) -> str:
    return ",".join(map(str, sorted(values)))


def _within_days(clauses: Clauses, days: Days, frequency: Frequency, interval: int) -> Times:
    """The times of an interval, all day or between two times of day."""
    window = clauses.window
    if clauses.clocks or (clauses.at and (window is None or clauses.begin)):
        raise NotUnderstood("a time of day does not go with what is not daily", _WINDOW)
    if window is None and any(each and not each.day for each in (clauses.begin, clauses.end)):
        reason = "from and until are said together, as times of each of these days"
        raise NotUnderstood(reason, _WINDOW)
    if window is None:
        times = windows.all_day(frequency, interval)
    else:
        times = windows.between(frequency, interval, *window, is_every_day=days.are_all)
    if times is None:
        raise _of_several(clauses, days, frequency, interval)
    return times


def _of_several(clauses: Clauses, days: Days, frequency: Frequency, interval: int) -> NotUnderstood:
    """The refusal of an interval that one expression cannot say, with those that can."""
    if clauses.window is None:
        reason = "this interval does not go evenly into a day"
        parts = windows.all_day_parts(frequency, interval)
    else:
        reason = "this interval does not go evenly into a minute"
        parts = windows.parts(frequency, interval, *clauses.window, is_every_day=days.are_all)
    has_weekdays = clauses.weekdays is not None or clauses.kind_of_days is not None
    if any(later for _, later in parts) and not has_weekdays:
        return NotUnderstood("after midnight it is the next day, and that cannot be said", _WINDOW)
    if len(parts) > _MOST_REQUESTS:
        return NotUnderstood(f"these times need {len(parts)} requests", _WINDOW)
    readings = [*_in_parts(clauses, days, parts)]
    return NotUnderstood(_SEVERAL if parts else reason, _WINDOW, readings=readings, together=True)


def _in_parts(clauses: Clauses, days: Days, parts: Sequence[Part]) -> Iterator[str]:
    """The expressions that say together what one cannot."""
    for times, later in parts:
        if not later:
            yield days.at(times)
        else:
            after = frozenset(Weekday((day + 1) % 7) for day in _weekdays(clauses))
            yield days._replace(weekday=cron_weekdays(after)).at(times)


def _weekdays(clauses: Clauses) -> frozenset[Weekday]:
    if clauses.weekdays is not None:
        return clauses.weekdays.days
    is_weekend = clauses.kind_of_days is DailyOption.WEEKENDS
    return frozenset(day for day in Weekday if (day >= Weekday.SAT) == is_weekend)


def _at_clocks(clauses: Clauses, reader: Reader) -> Times:
    """The time or times of day; without one, that at which it is said."""
    begun = clauses.begin.clock if clauses.begin else None
    if begun is not None and (clauses.at or clauses.clocks):
        raise NotUnderstood("two times of day are said", "daily at 9:00 and 17:00")
    now = wall_of(reader.instant, reader.zone)
    clocks = clauses.clocks or (clauses.at or begun or time(now.hour, now.minute),)
    if any(clock.fold for clock in clocks):
        reason = "'second pass' is said of a single time on a single day"
        raise NotUnderstood(reason, "daily at 9:00 and 17:00")
    times = windows.at_clocks(clocks)
    if times is None:
        raise NotUnderstood(_SEVERAL, readings=[*_groups(clauses, reader)], together=True)
    return times


def _groups(clauses: Clauses, reader: Reader) -> Iterator[str]:
    """Yield, for each minute of the times of day, the sentence with those that have it."""
    start, end = clauses.clocks_at or (0, 0)
    clocks = clauses.clocks or ()
    for minute in dict.fromkeys((clock.minute, clock.second) for clock in clocks):
        same = [clock for clock in clocks if (clock.minute, clock.second) == minute]
        yield reader.sentence(start, end, " and ".join(map(english.short_clock, same)))


def _one_by_one(clauses: Clauses, reader: Reader) -> Iterator[str]:
    """Yield the sentence with each time of day alone."""
    start, end = clauses.clocks_at or (0, 0)
    for clock in clauses.clocks or ():
        yield reader.sentence(start, end, english.short_clock(clock))
