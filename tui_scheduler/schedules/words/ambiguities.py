"""Sentences of which each word is clear, and that could mean two things all the same."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import DailyOption, Frequency, Weekday
from tui_scheduler.schedules.words.clauses import Clauses
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.mentions import named_weekdays
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.vocabulary import PARTS_OF_DAY
from tui_scheduler.schedules.words.windows import between
from tui_scheduler.schedules.zones import DAY, wall_of

_USUAL = {"night": "2:00", "morning": "8:00", "afternoon": "15:00", "evening": "19:00"}
_CLOCKS = "daily at 9:00 and 17:00"
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
    """``every hour from 9:00 until 17:00``: of every day, or of one; ``from 9 to 5``."""
    begin, end = clauses.begin, clauses.end
    if clauses.window is not None:
        return _bare_hours(*clauses.window, reader)
    if begin is None or end is None or begin.day or end.day or not clauses.recurs:
        return None
    if begin.clock is None or end.clock is None:
        return None
    frequency, interval = clauses.step or (Frequency.DAILY, 1)
    is_within_day = frequency in _UNITS
    often = (frequency, interval) if is_within_day else (Frequency.HOURLY, 1)
    times = between(*often, begin.clock, end.clock, is_every_day=True)
    readings = [] if times is None else [f"{times.minute} {times.hour} * * {{weekdays}}"]
    if not is_within_day:
        reason = "it is not said how often between these times"
        raise NotUnderstood(reason, "every 15 minutes from 9:00 to 17:00", readings=readings)
    readings += _one_day(clauses, begin.clock, end.clock, reader)
    reason = "from and until could be times of every day, or of one"
    raise NotUnderstood(reason, "*/15 9-16 * * mon-fri", readings=readings)


def _bare_hours(begin: time, end: time, reader: Reader) -> None:
    """``from 9 to 5``: over midnight, or to five in the afternoon."""
    later = end.replace(hour=end.hour + 12) if 1 <= end.hour < 12 else None
    if later is None or end > begin or not 1 <= begin.hour <= 12 or begin >= later:
        return
    places = [place for place, each in enumerate(reader.again()) if _is_bare(each)]
    hours = [each.peek().text for each in reader.again() if _is_bare(each)]
    if str(begin.hour) in hours and str(end.hour) in hours:
        place = places[len(hours) - 1 - hours[::-1].index(str(end.hour))]
        clocks = map(english.short_clock, (later, end))
        raise NotUnderstood(
            f"{end.hour} could be in the afternoon, or on the next day",
            readings=[reader.sentence(place, place + 1, clock) for clock in clocks],
        )


def _is_bare(reader: Reader) -> bool:
    return reader.peek().kind == "number" and reader.peek(1).kind != "half"


def _one_day(clauses: Clauses, begin: time, end: time, reader: Reader) -> Iterator[str]:
    frequency, interval = clauses.step or (Frequency.DAILY, 1)
    if frequency not in _UNITS:
        return
    now = wall_of(reader.instant, reader.zone)
    first = datetime.combine(reader.today, begin)
    first += DAY if first < now else timedelta()
    last = datetime.combine(first.date(), end)
    last += DAY if last < first else timedelta()
    ends = (f"{each.date()} at {english.short_clock(each.time())}" for each in (first, last))
    yield f"{english.every(interval, _UNITS[frequency])} from {' until '.join(ends)}"


def _midnight(clauses: Clauses, reader: Reader) -> None:
    """``friday at midnight``: as it begins, or as it ends."""
    on, end = clauses.on, clauses.end
    is_of_weekdays = clauses.weekdays and (clauses.step or clauses.weekdays.is_clear)
    is_of_a_day = is_of_weekdays or clauses.kind_of_days or clauses.month_day
    if clauses.window is not None:
        return
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
    if clauses.clocks is not None:
        if part == "night" or any(each.hour not in PARTS_OF_DAY[part] for each in clauses.clocks):
            readings = [*_at(clauses, clauses.at_words)]
            reason = f"several times of the {part} are said by the clock"
            raise NotUnderstood(reason, _CLOCKS, readings=readings)
        return
    if clock is None:
        readings = [*_at(clauses, _USUAL[part], later=int(part == "night"))]
        if part == "night" and clauses.weekdays:
            readings = [*_at(clauses, "22:00"), *readings]
        raise NotUnderstood("it is not said at what time", readings=readings)
    is_after_midnight = part == "night" and clock.hour not in range(6, 24)
    at = english.short_clock(clock)
    days = (*_at(clauses, at), *_at(clauses, at, later=1))
    if is_after_midnight and len(set(days)) > 1:
        raise NotUnderstood("after midnight it is the next day", readings=days)
    if clock.hour not in PARTS_OF_DAY[part]:
        other = english.short_clock(clock.replace(hour=(clock.hour + 12) % 24))
        readings = [words for each in (other, at) for words in _at(clauses, each)]
        raise NotUnderstood(f"{at} is not in the {part}", readings=readings)


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
    is_timed = clauses.at or clauses.clocks or clauses.begin or clauses.when_scheduled
    frequency, interval = clauses.step or (Frequency.WEEKLY, 1)
    if clauses.weekdays is None or is_timed or frequency != Frequency.WEEKLY or interval == 1:
        return
    whole = reader.sentence(0, 0)
    raise NotUnderstood(
        "it is not said in which week it begins: that of the first time to come, or of scheduling",
        readings=[f"{whole} at {{at}}", f"{whole} at the time of day it is scheduled"],
    )
