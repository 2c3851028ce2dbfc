"""How often: the words after ``every``."""

from tui_scheduler.schedules.plan import Frequency
from tui_scheduler.schedules.words.choices import (
    at_month_day,
    at_weekday,
    ordinal_of,
    read_month_day,
    read_weekdays,
)
from tui_scheduler.schedules.words.clauses import Clauses
from tui_scheduler.schedules.words.errors import NotUnderstood, refuse_unsayable
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.vocabulary import KINDS_OF_DAYS, UNITS, WEEKDAY_NAMES

_STEPS = "every 15 minutes, every other day at 7 or every monday at 7:30"


def read_every(reader: Reader, clauses: Clauses) -> None:
    """What comes after ``every``: a number of units, kinds of days, or a day of the month."""
    if at_month_day(reader) and not _at_step(reader):
        clauses.say(month_day=read_month_day(reader))
        return
    is_every_other = reader.accept({"other"}) is not None
    interval = 2 if is_every_other else _interval(reader)
    word = reader.peek().word
    refuse_unsayable(word)
    if at_weekday(reader) and (interval is None or is_every_other):
        clauses.say(step=(Frequency.WEEKLY, interval or 1), weekdays=read_weekdays(reader))
    elif word in KINDS_OF_DAYS and interval is None:
        clauses.say(kind_of_days=KINDS_OF_DAYS[reader.take().word])
    elif word in UNITS:
        clauses.say(step=(UNITS[reader.take().word], _at_least_one(interval)))
    else:
        raise reader.unexpected(_STEPS)


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
