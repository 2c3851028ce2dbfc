"""The clauses of a sentence, each found by the word that it begins with."""

from collections.abc import Callable, Mapping

from tui_scheduler.schedules.plan import Frequency
from tui_scheduler.schedules.words.clauses import Clauses
from tui_scheduler.schedules.words.counts import read_count
from tui_scheduler.schedules.words.dates import (
    at_clock,
    at_date,
    at_yearly_date,
    is_counted,
    read_clock,
    read_delay,
    read_length,
    read_moment,
    to_another_clock,
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
from tui_scheduler.schedules.words.vocabulary import (
    ADVERBS,
    KINDS_OF_DAYS,
    MONTH_NAMES,
    NAMED_CLOCKS,
    PARTS_OF_DAY,
    TIMES,
    UNITS,
)
from tui_scheduler.schedules.words.yearly import read_months, read_yearly_dates

_ON = "every week on monday at 7:30, or once on 2027-03-01 at 12:00"
_SPREAD = "daily at 2:00 spread over 30 minutes"
_DASHES = {"-", "\N{EN DASH}", "through"}
_YEARLY = {"yearly", "annually", "quarterly"}

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
    if word not in _YEARLY:
        refuse_unsayable(word)
    start = reader.place
    if clause := _OPENED_BY.get(word):
        reader.take()
        clause(reader, clauses)
    elif at_yearly_date(reader):
        clauses.say(dates=read_yearly_dates(reader))
    elif at_date(reader):
        clauses.say(on=read_moment(reader))
    elif _at_window(reader):
        _between(reader, clauses)
    elif at_clock(reader):
        _clocks(reader, clauses)
    else:
        _days_or_number(reader, clauses, start)


def _days_or_number(reader: Reader, clauses: Clauses, start: int) -> None:
    """What is known by its kind: weekdays, a day of the month, a number of times."""
    if reader.peek().word in ADVERBS:
        if reader.peek().word == "nightly":
            clauses.say(part_of_day="night")
        clauses.say_step(ADVERBS[reader.take().word])
    elif reader.peek().word in _YEARLY:
        _every_year(reader, clauses)
    elif reader.peek().word in PARTS_OF_DAY:
        clauses.say(part_of_day=reader.take().word)
    elif reader.peek().word in KINDS_OF_DAYS:
        clauses.say(kind_of_days=KINDS_OF_DAYS[reader.take().word])
    elif at_weekday(reader):
        clauses.say(weekdays=read_weekdays(reader))
    elif at_month_day(reader):
        clauses.say(month_day=read_month_day(reader))
    elif reader.peek(1).word in TIMES and (times := reader.number()) is not None:
        reader.take()
        read_count(reader, clauses, times, start)
    elif reader.peek().kind == "number":
        raise _lone_number(reader)
    else:
        raise reader.unexpected()


def _lone_number(reader: Reader) -> NotUnderstood:
    number = reader.peek().text
    is_length = reader.peek(1).word in UNITS
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
        _clocks(reader, clauses)


def _clocks(reader: Reader, clauses: Clauses) -> None:
    """One time of day, or a list of them."""
    start = reader.place
    clocks = [read_clock(reader)]
    while ahead := to_another_clock(reader):
        for _ in range(ahead):
            reader.take()
        clocks.append(read_clock(reader))
    clauses.say_clocks(tuple(clocks), (start, reader.place))


def _at_window(reader: Reader) -> bool:
    """Whether two times of day come next, as in ``9-17``, ``9 to 17`` or ``9:00-17:00``."""
    ahead, is_number = 1, reader.peek().kind == "number"
    if not is_number and reader.peek().kind != "clock":
        return False
    has_half = reader.peek(ahead).kind == "half"
    ahead += has_half
    # A clock before "to" was always that of each day, with the last moment behind it.
    words = _DASHES | {"to"} if is_number and not has_half else _DASHES
    if reader.peek(ahead).word not in words:
        return False
    token, following = reader.peek(ahead + 1), reader.peek(ahead + 2)
    is_hour = token.kind == "number" and not is_counted(following.word)
    return is_hour or token.kind == "clock" or token.word in NAMED_CLOCKS


def _every_year(reader: Reader, clauses: Clauses) -> None:
    word = reader.take().word
    if word == "quarterly":
        clauses.say(step=(Frequency.MONTHLY, 3), quarter=word)
    else:
        clauses.say(years=1)


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
    if at_yearly_date(reader):
        clauses.say(dates=read_yearly_dates(reader))
    elif at_date(reader):
        clauses.say(on=read_moment(reader))
    elif at_month_day(reader):
        clauses.say(month_day=read_month_day(reader))
    else:
        raise reader.unexpected(_ON)


def _of(reader: Reader, clauses: Clauses) -> None:
    reader.accept({"the", "every", "each", "a"})
    if reader.peek().word in MONTH_NAMES:
        clauses.say(months=read_months(reader))
        return
    if clauses.quarter is None and reader.peek().word == "quarter":
        clauses.say(step=(Frequency.MONTHLY, 3), quarter=reader.take().word)
        return
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
    if clauses.begin and clauses.begin.day is None and reader.accept(_DASHES):
        clauses.say(end=read_moment(reader), is_between=True)


def _between(reader: Reader, clauses: Clauses) -> None:
    clauses.say(begin=read_moment(reader), is_between=True)
    reader.accept({"and", "to", *_DASHES})
    clauses.say(end=read_moment(reader))


def _until(reader: Reader, clauses: Clauses) -> None:
    clauses.say(end=read_moment(reader))


def _to(reader: Reader, clauses: Clauses) -> None:
    clauses.say(end=read_moment(reader), is_to=True)


def _in(reader: Reader, clauses: Clauses) -> None:
    clauses.say(on=read_delay(reader))


def _spread(reader: Reader, clauses: Clauses) -> None:
    reader.accept({"out"})
    reader.accept({"over"})
    clauses.say(spread=read_length(reader, _SPREAD))


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
    "to": _to,
    "between": _between,
    "till": _until,
    "now": _at_once,
    "immediately": _at_once,
    "when": _when,
    "in": _in,
    "spread": _spread,
    "once": _once,
    "twice": _twice,
    "thrice": _thrice,
}
