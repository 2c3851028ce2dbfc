"""The clauses of a sentence, each found by the word that it begins with."""

from collections.abc import Callable, Mapping

from tui_scheduler.schedules.words.clauses import Clauses
from tui_scheduler.schedules.words.counts import read_count
from tui_scheduler.schedules.words.dates import (
    at_clock,
    at_date,
    read_clock,
    read_delay,
    read_moment,
)
from tui_scheduler.schedules.words.days import (
    at_month_day,
    at_range,
    at_weekday,
    read_every,
    read_month_day,
    read_weekdays,
)
from tui_scheduler.schedules.words.errors import NotUnderstood, refuse_unsayable
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.vocabulary import ADVERBS, KINDS_OF_DAYS, PARTS_OF_DAY, UNITS

_ON = "every week on monday at 7:30, or once on 2027-03-01 at 12:00"
_TIMES = {"times", "time", "x"}

Clause = Callable[[Reader, Clauses], None]


def read_clauses(reader: Reader, clauses: Clauses) -> Clauses:
    """Everything up to the last word; raises NotUnderstood at the first that does not fit."""
    while reader.peek().text:
        _read_clause(reader, clauses)
        if reader.accept({",", ";"}):
            reader.accept({"and"})
    return clauses


def _read_clause(reader: Reader, clauses: Clauses) -> None:
    word = reader.peek().word
    refuse_unsayable(word)
    start = reader.place
    if clause := _OPENED_BY.get(word):
        reader.take()
        clause(reader, clauses)
    elif at_date(reader):
        clauses.say(on=read_moment(reader))
    elif at_clock(reader):
        clauses.say(at=read_clock(reader))
    else:
        _days_or_number(reader, clauses, start)


def _days_or_number(reader: Reader, clauses: Clauses, start: int) -> None:
    """What is known by its kind: weekdays, a day of the month, a number of times."""
    if reader.peek().word in ADVERBS:
        if reader.peek().word == "nightly":
            clauses.say(part_of_day="night")
        clauses.say(step=ADVERBS[reader.take().word])
    elif reader.peek().word in PARTS_OF_DAY:
        clauses.say(part_of_day=reader.take().word)
    elif reader.peek().word in KINDS_OF_DAYS:
        clauses.say(kind_of_days=KINDS_OF_DAYS[reader.take().word])
    elif at_weekday(reader):
        clauses.say(weekdays=read_weekdays(reader))
    elif at_month_day(reader):
        clauses.say(month_day=read_month_day(reader))
    elif reader.peek(1).word in _TIMES and (times := reader.number()) is not None:
        reader.take()
        read_count(reader, clauses, times, start)
    elif reader.peek().kind == "number":
        raise _lone_number(reader)
    else:
        raise reader.unexpected()


def _lone_number(reader: Reader) -> NotUnderstood:
    number = reader.peek().text
    is_length = reader.peek(1).word in UNITS
    if reader.peek(1).text in {"-", "\N{EN DASH}"} and reader.peek(2).kind == "number":
        hours = f"{number}-{reader.peek(2).text}"
        reason = f"{hours!r} is said by a cron expression"
        raise NotUnderstood(reason, f"0 {hours} * * *", readings=[f"0 {hours} * * {{weekdays}}"])
    meanings = ("every {}", "in {}") if is_length else ("at {}", "{} times in all")
    readings = [
        reader.sentence(reader.place, reader.place + 1, meaning.format(number))
        for meaning in meanings
    ]
    example = "at 7, or every hour 10 times in all"
    return NotUnderstood(f"{number!r} alone is not clear", example, readings=readings)


def _at(reader: Reader, clauses: Clauses) -> None:
    if reader.accept_all("the time of day it is scheduled"):
        clauses.say(when_scheduled=True)
    elif reader.peek().word in PARTS_OF_DAY:
        clauses.say(part_of_day=reader.take().word)
    elif reader.accept({"the"}):
        refuse_unsayable(reader.peek().word)
        raise reader.unexpected("every day at 18:30")
    elif reader.accept({"minute", ":"}):
        reason = "the minute of every hour is said by a cron expression"
        readings = [f"{reader.peek().text} * * * *"]
        raise NotUnderstood(reason, "15 * * * *", readings=readings)
    else:
        start = reader.place
        clauses.say(at=read_clock(reader))
        _refuse_another_time(reader, clauses, start)


def _refuse_another_time(reader: Reader, clauses: Clauses, start: int) -> None:
    """Raise NotUnderstood if another time of day comes, which may be said by one expression."""
    end, following = reader.place, reader.peek(1)
    if reader.peek().word in {",", "and"} and following.kind in {"clock", "number"}:
        if reader.peek(2).word in _TIMES:
            return
        reason = "a request has one time of day; several are said by a cron expression"
        reader.take()
        begin = reader.place
        minutes = {clock.minute for clock in (clauses.at, read_clock(reader)) if clock}
        readings = ["{times} {days} * {weekdays}"]
        if len(minutes) > 1 or (clauses.step and clauses.step[1] > 1):
            readings = [reader.sentence(end, reader.place), reader.sentence(start, begin)]
        raise NotUnderstood(reason, "0 8,18 * * mon-fri", readings=readings)


def _on(reader: Reader, clauses: Clauses) -> None:
    """Days: weekdays, kinds of days, or with ``the`` a date or a day of the month."""
    if reader.accept({"the"}):
        _the(reader, clauses)
    elif reader.peek().word in KINDS_OF_DAYS:
        clauses.say(kind_of_days=KINDS_OF_DAYS[reader.take().word])
    elif at_weekday(reader) and not at_date(reader):
        clauses.say(weekdays=read_weekdays(reader))
    else:
        _the(reader, clauses)


def _the(reader: Reader, clauses: Clauses) -> None:
    if at_date(reader):
        clauses.say(on=read_moment(reader))
    elif at_month_day(reader):
        clauses.say(month_day=read_month_day(reader))
    else:
        raise reader.unexpected(_ON)


def _of(reader: Reader, clauses: Clauses) -> None:
    reader.accept({"the", "every", "each", "a"})
    if not reader.accept({"month"}):
        raise reader.unexpected("the 15th of every month at 8:15")
    clauses.say(of_the_month=True)
    reader.accept_all("that has one")


def _or(reader: Reader, clauses: Clauses) -> None:
    reader.accept({"the"})
    if not reader.accept_all("last day"):
        raise reader.unexpected("the 31st or the last day of every month at 8:15")
    clauses.say(or_last_day=True)


def _from(reader: Reader, clauses: Clauses) -> None:
    if at_range(reader):
        clauses.say(weekdays=read_weekdays(reader))
        return
    reader.accept({"from", "at", "on"})
    clauses.say(begin=read_moment(reader))


def _between(reader: Reader, clauses: Clauses) -> None:
    clauses.say(begin=read_moment(reader), is_between=True)
    reader.accept({"and", "-"})
    clauses.say(end=read_moment(reader))


def _until(reader: Reader, clauses: Clauses) -> None:
    clauses.say(end=read_moment(reader))


def _in(reader: Reader, clauses: Clauses) -> None:
    clauses.say(on=read_delay(reader))


def _at_once(_reader: Reader, clauses: Clauses) -> None:
    clauses.say(at_once=True)


def _once(reader: Reader, clauses: Clauses) -> None:
    read_count(reader, clauses, 1, reader.place - 1)


def _twice(reader: Reader, clauses: Clauses) -> None:
    read_count(reader, clauses, 2, reader.place - 1)


def _thrice(reader: Reader, clauses: Clauses) -> None:
    read_count(reader, clauses, 3, reader.place - 1)


def _when(reader: Reader, clauses: Clauses) -> None:
    if not reader.accept_all("it is scheduled"):
        raise reader.unexpected("once when it is scheduled")
    clauses.say(when_scheduled=True)


_OPENED_BY: Mapping[str, Clause] = {
    "every": read_every,
    "each": read_every,
    "at": _at,
    "on": _on,
    "the": _the,
    "of": _of,
    "or": _or,
    "from": _from,
    "starting": _from,
    "beginning": _from,
    "until": _until,
    "to": _until,
    "between": _between,
    "till": _until,
    "now": _at_once,
    "immediately": _at_once,
    "when": _when,
    "in": _in,
    "once": _once,
    "twice": _twice,
    "thrice": _thrice,
}
