"""How often, which days of the week, and which day of the month."""

from copy import copy
from datetime import timedelta
from itertools import count

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import DailyOption, Frequency, MonthlyOption, Weekday
from tui_scheduler.schedules.timetable import STEPS
from tui_scheduler.schedules.timetable import UNITS as LENGTHS
from tui_scheduler.schedules.words.clauses import Clauses, DayFields, MonthDay, WeekDays
from tui_scheduler.schedules.words.dates import at_yearly_date
from tui_scheduler.schedules.words.errors import NotUnderstood, refuse_unsayable
from tui_scheduler.schedules.words.reader import Reader, Token
from tui_scheduler.schedules.words.vocabulary import (
    KINDS_OF_DAYS,
    MONTH_NAMES,
    OF_A_WEEKDAY,
    ORDINALS,
    PARTS_OF_DAY,
    UNITS,
    WEEKDAY_NAMES,
    WEEKDAY_PLURALS,
)
from tui_scheduler.schedules.words.yearly import read_yearly_dates
from tui_scheduler.schedules.zones import DAY

_WEEKDAYS = WEEKDAY_NAMES | WEEKDAY_PLURALS
_SMALLER = {Frequency.HOURLY: Frequency.MINUTELY, Frequency.MINUTELY: Frequency.SECONDLY}
_TO = {"-", "\N{EN DASH}", "to", "through"}
_MONTH_DAYS = "the last friday of the month at 6pm or the 15th of every month at 8:15"
_STEPS = "every 15 minutes, every other day at 7 or every monday at 7:30"


def at_range(reader: Reader) -> bool:
    """Whether a range of weekdays comes next."""
    return at_weekday(reader) and reader.peek(1).word in _TO and reader.peek(2).word in _WEEKDAYS


def at_weekday(reader: Reader) -> bool:
    """Whether the name of a weekday comes next, in the singular or the plural."""
    return reader.peek().word in _WEEKDAYS


def read_weekdays(reader: Reader) -> WeekDays:
    """A list of weekdays and of ranges: ``monday, wed and fri``, ``mon-fri``."""
    days: set[Weekday] = set()
    is_clear = reader.peek().word in WEEKDAY_PLURALS
    while True:
        days |= _read_range(reader)
        separators = next(ahead for ahead in count() if reader.peek(ahead).word not in {",", "and"})
        if not separators or reader.peek(separators).word not in _WEEKDAYS:
            return WeekDays(frozenset(days), is_clear or len(days) > 1)
        for _ in range(separators):
            reader.take()


def _read_range(reader: Reader) -> set[Weekday]:
    is_range = at_range(reader)
    first = _WEEKDAYS[reader.take().word]
    if not is_range:
        return {first}
    reader.take()
    last = _WEEKDAYS[reader.take().word]
    return {Weekday((first + ahead) % 7) for ahead in range((last - first) % 7 + 1)}


def ordinal_of(token: Token) -> int | None:
    """The number of ``first`` or ``15th``; None when it is neither."""
    if token.kind == "ordinal":
        return int(token.text[:-2][:6])
    return ORDINALS.get(token.word)


def at_month_day(reader: Reader) -> bool:
    """Whether a day of a month comes next: ``last`` or a number that puts in order."""
    token = reader.peek()
    return token.word == "last" or ordinal_of(token) is not None


def read_month_day(reader: Reader) -> MonthDay:
    """A weekday or day by its place: ``last friday``, ``last day``, ``15th``, ``first day``."""
    if several := _several(reader):
        return several
    token = reader.take()
    number = ordinal_of(token)
    if kind := _kind_of_day(reader):
        return _working_day([number or 0], f"the {token.text}", kind)
    if weekday := reader.accept(WEEKDAY_NAMES):
        return _weekday(token, number, WEEKDAY_NAMES[weekday.word])
    if number is None:
        if not reader.accept({"day"}):
            raise reader.unexpected(_MONTH_DAYS)
        return MonthDay(MonthlyOption.LAST_DAY, "the last day")
    reader.accept({"day"})
    if not 1 <= number <= 31:
        raise NotUnderstood(f"no month has a day {number}", _MONTH_DAYS)
    words = f"the {english.ordinal(number)}"
    return MonthDay(MonthlyOption.SPECIFIC, words, day=number)


def _several(reader: Reader) -> MonthDay | None:
    """The days of ``1st and 15th``, or of ``first and last monday``; None if only one comes."""
    has_days = False
    places, where = [_place(reader.peek())], [0]
    ahead = 1
    while True:
        is_day = reader.peek(ahead).word == "day"
        ahead += is_day
        separated = ahead
        while reader.peek(separated).word in {",", "and", "the"}:
            separated += 1
        if separated == ahead or _place(reader.peek(separated)) is None:
            break
        places.append(_place(reader.peek(separated)))
        where.append(separated)
        has_days = has_days or is_day
        ahead = separated + 1
    if len(places) == 1:
        return None
    noun = reader.peek(ahead).word
    if has_days and not is_day and (noun in _WEEKDAYS or noun in KINDS_OF_DAYS):
        reason = "days and weekdays of the month cannot go together: make a request of each"
        raise NotUnderstood(reason, _MONTH_DAYS)
    words = f"the {english.listed(reader.peek(place).text for place in where)}"
    for _ in range(ahead):
        reader.take()
    return _on_places([place or 0 for place in places], words, reader)


def _on_places(places: list[int], words: str, reader: Reader) -> MonthDay:
    if kind := _kind_of_day(reader):
        return _working_day(places, words, kind)
    if weekday := reader.accept(_WEEKDAYS):
        name = _WEEKDAYS[weekday.word].name.lower()
        each = ",".join(f"{name}#{place}" if place else f"{name}L" for place in places)
        fields = DayFields(weekday=each, needs_seconds=not all(places))
        _check_places(places, 5, words, f"{english.WEEKDAYS[_WEEKDAYS[weekday.word]]}")
        words = f"{words} {weekday.text}"
    else:
        fields = DayFields(day=",".join(str(place or "L") for place in places))
        _check_places(places, 31, words, "day")
    return MonthDay(None, words, fields=fields, count=len(set(places)))


def _check_places(places: list[int], most: int, words: str, noun: str) -> None:
    if max(places) > most:
        raise NotUnderstood(f"no month has {words} {noun}", _MONTH_DAYS)


def _place(token: Token) -> int | None:
    """The number of an ordinal, 0 for ``last``."""
    return 0 if token.word == "last" else ordinal_of(token)


def _kind_of_day(reader: Reader) -> DailyOption | None:
    """The kind of ``weekday`` or ``working day``, which is read; None if neither comes."""
    if reader.accept_all("working day") or reader.accept_all("business day"):
        return DailyOption.WEEKDAYS
    kind = reader.accept(KINDS_OF_DAYS)
    return None if kind is None else KINDS_OF_DAYS[kind.word]


def _working_day(places: list[int], words: str, kind: DailyOption) -> MonthDay:
    """The first or last from Monday to Friday, which are those nearest to the ends of a month."""
    if kind is not DailyOption.WEEKDAYS or not {0, 1}.issuperset(places):
        noun = "weekend" if kind is DailyOption.WEEKENDS else "working day"
        raise NotUnderstood(
            f"{words} {noun} is not sayable: of working days the first and the last are",
            "the last working day of every month at 8:00",
        )
    day = ",".join("1W" if place else "LW" for place in places)
    fields = DayFields(day=day, needs_seconds=True)
    return MonthDay(None, f"{words} working day", fields=fields, count=len(set(places)))


def _weekday(token: Token, number: int | None, weekday: Weekday) -> MonthDay:
    if number is None:
        option = MonthlyOption.LAST
    elif 1 <= number <= len(OF_A_WEEKDAY):
        option = OF_A_WEEKDAY[number - 1]
    else:
        _check_places([number], 5, f"the {token.text}", english.WEEKDAYS[weekday])
        words = f"the {token.text} {english.WEEKDAYS[weekday]}"
        return MonthDay(None, words, fields=DayFields(weekday=f"{weekday.name.lower()}#{number}"))
    return MonthDay(option, f"the {option} {english.WEEKDAYS[weekday]}", weekday=weekday)


def read_every(reader: Reader, clauses: Clauses) -> None:
    """What comes after ``every``: a number of units, kinds of days, or a day of the month."""
    if at_yearly_date(reader):
        clauses.say(years=1, dates=read_yearly_dates(reader))
        return
    if at_month_day(reader) and not _at_step(reader):
        clauses.say(month_day=read_month_day(reader))
        return
    is_every_other = reader.accept({"other"}) is not None
    interval = 2 if is_every_other else _interval(reader)
    word = reader.peek().word
    if word in {"year", "years"}:
        reader.take()
        clauses.say(years=_at_least_one(interval))
        return
    if word in {"quarter", "quarters"} and reader.peek(1).word != "of":
        reader.take()
        clauses.say(step=(Frequency.MONTHLY, 3 * _at_least_one(interval)), quarter=word)
        return
    refuse_unsayable(word)
    if at_weekday(reader) and (interval is None or is_every_other):
        clauses.say_step((Frequency.WEEKLY, interval or 1))
        clauses.say(weekdays=read_weekdays(reader))
    elif word in KINDS_OF_DAYS and interval is None:
        clauses.say(kind_of_days=KINDS_OF_DAYS[reader.take().word])
    elif word in PARTS_OF_DAY and interval is None:
        clauses.say(part_of_day=reader.take().word)
        clauses.say_step((Frequency.DAILY, 1))
    elif word in UNITS:
        first = (_at_least_one(interval), UNITS[reader.take().word])
        clauses.say_step(_together(reader, first))
    elif word in MONTH_NAMES:
        readings = [
            f"every year on {{day}} {english.MONTHS[MONTH_NAMES[word] - 1].lower()} at {{at}}"
        ]
        raise NotUnderstood("it is not said on which day of the month", readings=readings)
    else:
        raise reader.unexpected(_STEPS)


def _together(reader: Reader, first: tuple[int, Frequency]) -> tuple[Frequency, int]:
    """The interval of several lengths, as in ``1h30m`` or ``an hour and a half``, in the smallest.

    Raises NotUnderstood where that would count days by the clock.
    """
    lengths = [first]
    if reader.accept_all("and a half"):
        lengths.append((30, _SMALLER.get(first[1], Frequency.DAILY)))
    while (more := _further(reader)) is not None:
        for _ in range(reader.peek().word == "and"):
            reader.take()
        lengths.append((reader.number() or 0, UNITS[more]))
        reader.take()
    if len(lengths) == 1:
        return first[1], first[0]
    whole = sum((number * LENGTHS.get(unit, DAY) for number, unit in lengths), timedelta())
    smallest = min((unit for _, unit in lengths), key=lambda unit: LENGTHS.get(unit, DAY))
    if not whole or any(unit not in STEPS for _, unit in lengths):
        raise NotUnderstood("days and hours do not add up to an interval", "every 36 hours")
    return smallest, whole // LENGTHS[smallest]


def _further(reader: Reader) -> str | None:
    """The unit of another length that comes next; None if there is none."""
    ahead = copy(reader)
    ahead.accept({"and"})
    is_length = ahead.number() is not None and ahead.peek().word in UNITS
    return ahead.peek().word if is_length else None


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
