"""Sentences of which each word is clear, and that could mean two things all the same."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import DailyOption, Frequency, Weekday
from tui_scheduler.schedules.words.clauses import Clauses
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.said import named_weekdays
from tui_scheduler.schedules.words.vocabulary import PARTS_OF_DAY
from tui_scheduler.schedules.zones import DAY, wall_of

_USUAL = {"night": "2:00", "morning": "8:00", "afternoon": "15:00", "evening": "19:00"}
_UNITS = {
    Frequency.SECONDLY: "second",
    Frequency.MINUTELY: "minute",
    Frequency.HOURLY: "hour",
}


def refuse_ambiguous(clauses: Clauses, reader: Reader) -> None:
    """Raise NotUnderstood, with each meaning, for a sentence that has several."""
    if clauses.cron is None:
        for check in (_window, _midnight, _part_of_day, _first_week):
            check(clauses, reader)


def _window(clauses: Clauses, reader: Reader) -> None:
    """``every hour from 9:00 until 17:00``: of every day, or of one."""
    begin, end = clauses.begin, clauses.end
    if begin is None or end is None or begin.day or end.day or not clauses.recurs:
        return
    if begin.clock is None or end.clock is None:
        return
    if clauses.is_between:
        reason = "'between' is said by a cron expression"
    else:
        reason = "from and until could be times of every day, or of one"
    readings = [*_every_day(clauses, begin.clock, end.clock)]
    if len(readings) > 1 and clauses.is_between:
        raise NotUnderstood("these times need several requests", readings=readings, together=True)
    readings = readings if len(readings) == 1 else []
    if not clauses.is_between:
        readings += _one_day(clauses, begin.clock, end.clock, reader)
    raise NotUnderstood(reason, "*/15 9-16 * * mon-fri", readings=readings)


def _every_day(clauses: Clauses, begin: time, end: time) -> Iterator[str]:
    frequency, interval = clauses.step or (Frequency.DAILY, 1)
    first, last = begin.hour, end.hour
    if frequency is Frequency.MINUTELY and 60 % interval == 0 and not begin.minute:
        last -= not end.minute
        yield f"*/{interval} {_hours(first, last)} * * {{weekdays}}"
    elif frequency is Frequency.MINUTELY and begin < end:
        yield from _fires_between(interval, begin, end)
    elif frequency in {Frequency.HOURLY, Frequency.DAILY}:
        last -= end.minute < begin.minute
        step = f"/{interval}" if frequency is Frequency.HOURLY and interval > 1 else ""
        if first <= last or not step:
            yield f"{begin.minute} {_hours(first, last)}{step} * * {{weekdays}}"


def _fires_between(interval: int, begin: time, end: time) -> Iterator[str]:
    """All fires of a day: each minute with its hours, those with the same hours together."""
    first, last = (clock.hour * 60 + clock.minute for clock in (begin, end))
    hours: dict[int, tuple[int, ...]] = {}
    for fire in range(first, last + 1, interval):
        hours[fire % 60] = (*hours.get(fire % 60, ()), fire // 60)
    for same in dict.fromkeys(hours.values()):
        minutes = ",".join(str(minute) for minute in sorted(hours) if hours[minute] == same)
        is_span = len(same) > 2 and same[-1] - same[0] == len(same) - 1
        at = _hours(same[0], same[-1]) if is_span else ",".join(map(str, same))
        yield f"{minutes} {at} * * {{weekdays}}"


def _hours(first: int, last: int) -> str:
    return f"{first}-{last}" if first <= last else f"{first}-23,0-{last}"


def _one_day(clauses: Clauses, begin: time, end: time, reader: Reader) -> Iterator[str]:
    frequency, interval = clauses.step or (Frequency.DAILY, 1)
    if frequency not in _UNITS:
        return
    now = wall_of(reader.instant, reader.zone)
    first = datetime.combine(reader.today, begin)
    first += DAY if first < now else timedelta()
    last = datetime.combine(first.date(), end)
    last += DAY if last < first else timedelta()
    moments = (f"{moment.date()} at {_said(moment.time())}" for moment in (first, last))
    yield f"{english.every(interval, _UNITS[frequency])} from {' until '.join(moments)}"


def _midnight(clauses: Clauses, reader: Reader) -> None:
    """``friday at midnight``: as it begins, or as it ends."""
    on, end = clauses.on, clauses.end
    is_of_weekdays = clauses.weekdays and (clauses.step or clauses.weekdays.is_clear)
    is_of_a_day = is_of_weekdays or clauses.kind_of_days or clauses.month_day
    if not (is_of_a_day or (on and on.day) or (end and end.day and end.clock == time())):
        return
    for place, each in enumerate(reader.again()):
        if each.peek().word == "midnight":
            clocks = ("0:00", "23:59")
            raise NotUnderstood(
                "midnight could be when the day begins or when it ends",
                readings=[reader.sentence(place, place + 1, clock) for clock in clocks],
            )


def _part_of_day(clauses: Clauses, _reader: Reader) -> None:
    """``every night at 9``: in words the evening, by the clock the morning."""
    part, moment = clauses.part_of_day, clauses.begin or clauses.on
    if part is None or clauses.when_scheduled:
        return
    clock = clauses.at or (moment.clock if moment else None)
    if clock is None:
        readings = [*_at(clauses, _USUAL[part], later=int(part == "night"))]
        if part == "night" and clauses.weekdays:
            readings = [*_at(clauses, "22:00"), *readings]
        raise NotUnderstood("it is not said at what time", readings=readings)
    is_after_midnight = part == "night" and clock.hour not in range(6, 24)
    days = (*_at(clauses, _said(clock)), *_at(clauses, _said(clock), later=1))
    if is_after_midnight and len(set(days)) > 1:
        raise NotUnderstood("after midnight it is the next day", readings=days)
    if clock.hour not in PARTS_OF_DAY[part]:
        clocks = [clock.replace(hour=(clock.hour + 12) % 24), clock]
        readings = [words for each in clocks for words in _at(clauses, _said(each))]
        raise NotUnderstood(f"{_said(clock)} is not in the {part}", readings=readings)


def _at(clauses: Clauses, clock: str, later: int = 0) -> Iterator[str]:
    """The days that are said, at another time or a day later."""
    if clauses.on and clauses.on.day:
        yield f"{clauses.on.day + later * DAY} at {clock}"
    elif clauses.weekdays:
        days = frozenset(Weekday((day + later) % 7) for day in clauses.weekdays.days)
        yield f"every {named_weekdays(days)} at {clock}"
    elif clauses.kind_of_days:
        kind = clauses.kind_of_days
        yield f"{_LATER[kind] if later else kind} at {clock}"
    elif clauses.recurs:
        yield f"every day at {clock}"
    else:
        yield f"at {clock}"


_LATER = {DailyOption.WEEKDAYS: "tue-sat", DailyOption.WEEKENDS: "sun-mon"}


def _first_week(clauses: Clauses, reader: Reader) -> None:
    """``every other friday``: weeks count from the first friday, or from when it is scheduled."""
    is_timed = clauses.at or clauses.begin or clauses.when_scheduled
    frequency, interval = clauses.step or (Frequency.WEEKLY, 1)
    if clauses.weekdays is None or is_timed or frequency != Frequency.WEEKLY or interval == 1:
        return
    whole = reader.sentence(0, 0)
    raise NotUnderstood(
        "it is not said in which week it begins: that of the first time to come, or of scheduling",
        readings=[f"{whole} at {{at}}", f"{whole} at the time of day it is scheduled"],
    )


def _said(clock: time) -> str:
    return f"{clock.hour}:{clock.minute:02}"
