"""The clauses of a sentence, each found by the word that it begins with."""

from collections.abc import Callable, Mapping

from tui_scheduler.schedules.plain.choices import (
    at_month_day,
    at_weekday,
    ordinal_of,
    read_month_day,
    read_weekdays,
)
from tui_scheduler.schedules.plain.dates import (
    at_clock,
    at_date,
    read_clock,
    read_delay,
    read_moment,
)
from tui_scheduler.schedules.plain.reader import Reader
from tui_scheduler.schedules.plain.refusal import NotUnderstood
from tui_scheduler.schedules.plain.said import Said
from tui_scheduler.schedules.plain.vocabulary import (
    ADVERBS,
    KINDS_OF_DAYS,
    UNITS,
    UNSAYABLE,
    WEEKDAY_NAMES,
)
from tui_scheduler.schedules.plan import Frequency

_STEPS = "every 15 minutes, every other day at 7 or every monday at 7:30"
_ON = "every week on monday at 7:30, or once on 2027-03-01 at 12:00"
_TIMES = {"times", "time", "x"}

Clause = Callable[[Reader, Said], None]


def read_clauses(reader: Reader, said: Said) -> Said:
    """Everything up to the last word; raises NotUnderstood at the first that does not fit."""
    while reader.peek().text:
        _read_clause(reader, said)
        if reader.accept({",", ";"}):
            reader.accept({"and"})
    return said


def _read_clause(reader: Reader, said: Said) -> None:
    word = reader.peek().word
    if word in UNSAYABLE:
        reason, example = UNSAYABLE[word]
        raise NotUnderstood(f"{word!r} {reason}", example)
    if clause := _OPENED_BY.get(word):
        reader.take()
        clause(reader, said)
    elif at_date(reader):
        said.say(on=read_moment(reader))
    elif at_clock(reader):
        said.say(at=read_clock(reader))
    else:
        _days_or_number(reader, said)


def _days_or_number(reader: Reader, said: Said) -> None:
    """What is known by its kind: weekdays, a day of the month, a number of times."""
    if reader.peek().word in ADVERBS:
        said.say(step=ADVERBS[reader.take().word])
    elif reader.peek().word in KINDS_OF_DAYS:
        said.say(kind_of_days=KINDS_OF_DAYS[reader.take().word])
    elif at_weekday(reader):
        said.say(weekdays=read_weekdays(reader))
    elif at_month_day(reader):
        said.say(month_day=read_month_day(reader))
    elif reader.peek(1).word in _TIMES and (times := reader.number()) is not None:
        reader.take()
        said.say(times=times)
    elif reader.peek().kind == "number":
        number = reader.peek().text
        raise NotUnderstood(f"{number!r} alone is not clear", "at 7, or every hour 10 times")
    else:
        raise reader.stumble()


def _every(reader: Reader, said: Said) -> None:
    if at_month_day(reader) and not _at_step(reader):
        said.say(month_day=read_month_day(reader))
        return
    is_every_other = reader.accept({"other"}) is not None
    interval = 2 if is_every_other else _interval(reader)
    word = reader.peek().word
    if at_weekday(reader) and (interval is None or is_every_other):
        said.say(step=(Frequency.WEEKLY, interval or 1), weekdays=read_weekdays(reader))
    elif word in KINDS_OF_DAYS and interval is None:
        said.say(kind_of_days=KINDS_OF_DAYS[reader.take().word])
    elif word in UNITS:
        said.say(step=(UNITS[reader.take().word], _at_least_one(interval)))
    elif word in UNSAYABLE:
        _read_clause(reader, said)
    else:
        raise reader.stumble(_STEPS)


def _at_step(reader: Reader) -> bool:
    """Whether ``second``, ``third`` or ``3rd`` is no day: ``every 3rd day``, ``every second``."""
    following = reader.peek(1).word
    if following in UNITS:
        return reader.peek(2).word != "of"
    return reader.peek().word == "second" and following not in {"of", *WEEKDAY_NAMES}


def _interval(reader: Reader) -> int | None:
    """The number before a unit, also ``3rd``; None when there is none."""
    number = ordinal_of(reader.peek())
    if number is not None and reader.peek(1).word in UNITS:
        reader.take()
        return number
    return reader.number()


def _at_least_one(interval: int | None) -> int:
    if interval == 0:
        raise NotUnderstood("'every 0' never ends", _STEPS)
    return interval or 1


def _at(reader: Reader, said: Said) -> None:
    if reader.accept_all("the time of day it is scheduled"):
        said.say(when_scheduled=True)
    else:
        said.say(at=read_clock(reader))
        _refuse_another_time(reader)


def _refuse_another_time(reader: Reader) -> None:
    following = reader.peek(1)
    if reader.peek().word in {",", "and"} and following.kind in {"clock", "number"}:
        if reader.peek(2).word in _TIMES:
            return
        reason = "a request has one time of day; several are said by a cron expression"
        raise NotUnderstood(reason, "0 8,18 * * mon-fri")


def _on(reader: Reader, said: Said) -> None:
    """A date or weekdays, or with ``the`` a day of the month."""
    is_the = reader.accept({"the"}) is not None
    if at_date(reader) and not is_the:
        said.say(on=read_moment(reader))
    elif at_month_day(reader):
        said.say(month_day=read_month_day(reader))
    elif reader.peek().word in KINDS_OF_DAYS and not is_the:
        said.say(kind_of_days=KINDS_OF_DAYS[reader.take().word])
    elif at_weekday(reader) and not is_the:
        said.say(weekdays=read_weekdays(reader))
    else:
        raise reader.stumble(_ON)


def _the(reader: Reader, said: Said) -> None:
    if not at_month_day(reader):
        raise reader.stumble("the 15th of every month at 8:15")
    said.say(month_day=read_month_day(reader))


def _of(reader: Reader, said: Said) -> None:
    reader.accept({"the", "every", "each", "a"})
    if not reader.accept({"month"}):
        raise reader.stumble("the 15th of every month at 8:15")
    said.say(of_the_month=True)
    reader.accept_all("that has one")


def _from(reader: Reader, said: Said) -> None:
    reader.accept({"from", "at", "on"})
    said.say(begin=read_moment(reader))


def _until(reader: Reader, said: Said) -> None:
    said.say(end=read_moment(reader))


def _in(reader: Reader, said: Said) -> None:
    said.say(on=read_delay(reader))


def _at_once(_reader: Reader, said: Said) -> None:
    said.say(at_once=True)


def _once(_reader: Reader, said: Said) -> None:
    said.say(times=1)


def _twice(_reader: Reader, said: Said) -> None:
    said.say(times=2)


def _when(reader: Reader, said: Said) -> None:
    if not reader.accept_all("it is scheduled"):
        raise reader.stumble("once when it is scheduled")
    said.say(when_scheduled=True)


_OPENED_BY: Mapping[str, Clause] = {
    "every": _every,
    "each": _every,
    "at": _at,
    "on": _on,
    "the": _the,
    "of": _of,
    "from": _from,
    "starting": _from,
    "beginning": _from,
    "until": _until,
    "till": _until,
    "now": _at_once,
    "immediately": _at_once,
    "when": _when,
    "in": _in,
    "once": _once,
    "twice": _twice,
}
