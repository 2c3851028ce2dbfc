"""Times of day, dates, and a while from now."""

from datetime import date, datetime, time, timedelta

from tui_scheduler.schedules import english
from tui_scheduler.schedules.moments import parse_moment
from tui_scheduler.schedules.plan import Frequency, Weekday
from tui_scheduler.schedules.timetable import UNITS as LENGTHS
from tui_scheduler.schedules.words.clauses import Moment
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.reader import Reader, Token
from tui_scheduler.schedules.words.vocabulary import (
    MONTH_NAMES,
    NAMED_CLOCKS,
    NUMBERS,
    ORDINALS,
    TIMES,
    UNITS,
    WEEKDAY_NAMES,
)
from tui_scheduler.schedules.zones import DAY, instant_of_wall, wall_of

_DATES = "2027-03-01 at 9:00, 1 march 2027 at noon or next monday at 9:00"
_CALENDAR_UNITS = {Frequency.DAILY, Frequency.WEEKLY}
_CLOCKS = "every day at 18:30, at 6:30 pm or at noon"


def at_date(reader: Reader, ahead: int = 0) -> bool:
    """Whether a date comes next."""
    token, following = reader.peek(ahead), reader.peek(ahead + 1)
    if token.kind in {"date", "moment", "unclear_date"} or token.word in MONTH_NAMES:
        return True
    if token.word in WEEKDAY_NAMES:
        return following.word not in WEEKDAY_NAMES and at_date(reader, ahead + 1)
    if token.kind in {"number", "ordinal"} or token.word in ORDINALS:
        is_month_after = following.word == "of" and reader.peek(ahead + 2).word in MONTH_NAMES
        return following.word in MONTH_NAMES or is_month_after
    return token.word in {"today", "tomorrow", "next", "this"}


def at_yearly_date(reader: Reader, ahead: int = 0) -> bool:
    """Whether a day and a month come next, in either order, without a year."""
    length = length_of_yearly_date(reader, ahead)
    if not length:
        return False
    behind = ahead + length
    behind += reader.peek(behind).kind == "comma"
    year = reader.peek(behind)
    return year.kind != "number" or len(year.text) != 4


def length_of_yearly_date(reader: Reader, ahead: int) -> int:
    """How many tokens the day and the month are that come next; 0 if none do."""
    first, second = reader.peek(ahead), reader.peek(ahead + 1)
    if first.word in MONTH_NAMES:
        is_day = second.kind in {"number", "ordinal"} and len(second.text.rstrip("stndrh")) <= 2
        return 2 if is_day else 0
    if day_number(first.word) is None:
        return 0
    if second.word in MONTH_NAMES:
        return 2
    return 3 if second.word == "of" and reader.peek(ahead + 2).word in MONTH_NAMES else 0


def read_moment(reader: Reader) -> Moment:
    """A day, a time of day or both in either order, or a while from now."""
    if reader.accept({"in"}):
        return read_delay(reader)
    if at_date(reader):
        moment = _read_day(reader)
        if moment.clock is None and (reader.accept({"at"}) or at_clock(reader)):
            return Moment(moment.day, _only_clock(reader), moment.is_today)
        return moment
    if not (reader.accept({"at"}) or at_clock(reader) or _at_hour(reader)):
        _refuse_weekday(reader)
        raise reader.unexpected(_DATES)
    clock = read_clock(reader)
    if at_yearly_date(reader, ahead=int(reader.peek().word == "on")):
        return Moment(clock=clock)
    reader.accept({"on"})
    if not at_date(reader):
        return Moment(clock=clock)
    day = _read_day(reader)
    return Moment(day.day, clock, day.is_today)


def wall_time(moment: Moment, clock: time, reader: Reader) -> datetime:
    """The wall time of a moment; at ``clock`` if it says no time, on the next day that has it."""
    clock = clock if moment.clock is None else moment.clock
    return (
        next_wall_time(clock, reader) if moment.day is None else datetime.combine(moment.day, clock)
    )


def next_wall_time(clock: time, reader: Reader) -> datetime:
    """The wall time of the next ``clock``, in the second pass if only that is to come."""
    now = reader.instant.replace(microsecond=0)
    today = datetime.combine(reader.today, clock)
    walls = (today, today.replace(fold=1), today + DAY)
    return next(wall for wall in walls if instant_of_wall(wall, reader.zone) >= now)


def _only_clock(reader: Reader) -> time:
    """Returns the time of day of a date; raises NotUnderstood with each, if there are several."""
    start = reader.place
    clocks = [read_clock(reader)]
    while reader.peek().word == "and" and (ahead := to_another_clock(reader)):
        for _ in range(ahead):
            reader.take()
        clocks.append(read_clock(reader))
    if len(clocks) > 1:
        words = map(english.short_clock, clocks)
        readings = [reader.sentence(start, reader.place, each) for each in words]
        reason = "a date has one time of day, several requests can have several"
        raise NotUnderstood(reason, _DATES, readings=readings, together=True)
    return clocks[0]


def _at_hour(reader: Reader) -> bool:
    """Whether a number comes next that can only be an hour: ``from 9 until 17``."""
    return reader.peek().kind == "number" and reader.peek(1).word not in UNITS


def _refuse_weekday(reader: Reader) -> None:
    """Raise NotUnderstood, with its date, for a weekday that should have one."""
    if reader.peek().word in WEEKDAY_NAMES:
        day = _coming(WEEKDAY_NAMES[reader.peek().word], reader)
        readings = [reader.sentence(reader.place, reader.place + 1, day.isoformat())]
        reason = f"it is not said which {reader.peek().text}"
        raise NotUnderstood(reason, _DATES, readings=readings)


def _coming(weekday: Weekday, reader: Reader) -> date:
    """The first day after today that is such a weekday."""
    return reader.today + ((weekday - reader.today.weekday() - 1) % 7 + 1) * DAY


def _read_day(reader: Reader) -> Moment:
    token = reader.take()
    if token.kind == "moment":
        wall = _iso(token, reader)
        return Moment(wall.date(), wall.time())
    if token.kind == "unclear_date":
        raise NotUnderstood(f"{token.text!r} is read in different ways", _DATES)
    if token.word == "today":
        return Moment(reader.today, is_today=True)
    if token.word == "tomorrow":
        return Moment(reader.today + DAY)
    if token.word == "next":
        return Moment(_next_weekday(reader))
    if token.word == "this":
        return Moment(_this_weekday(reader))
    if token.word in WEEKDAY_NAMES:
        return _checked(token.text, _read_day(reader))
    if token.kind == "date":
        return Moment(_iso(token, reader).date())
    return Moment(_named_date(reader, token.word))


def _iso(token: Token, reader: Reader) -> datetime:
    try:
        return parse_moment(token.text.upper(), reader.zone, reader.moment)
    except ValueError:
        raise NotUnderstood(f"there is no {token.text}", _DATES) from None


def _next_weekday(reader: Reader) -> date:
    token = reader.accept(WEEKDAY_NAMES)
    if token is None:
        raise reader.unexpected("next monday at 7:30")
    day = _coming(WEEKDAY_NAMES[token.word], reader)
    if day.weekday() > reader.today.weekday():  # it comes in this week already
        days = [each.isoformat() for each in (day, day + timedelta(weeks=1))]
        start, end = reader.place - 2, reader.place
        raise NotUnderstood(
            f"'next {token.text}' could be {english.day(day)}, or that of next week",
            readings=[reader.sentence(start, end, each) for each in days],
        )
    return day


def _this_weekday(reader: Reader) -> date:
    token = reader.accept(WEEKDAY_NAMES)
    if token is None:
        raise reader.unexpected("next monday at 7:30")
    day = reader.today + (WEEKDAY_NAMES[token.word] - reader.today.weekday()) * DAY
    if day < reader.today:
        coming = (day + timedelta(weeks=1)).isoformat()
        readings = [reader.sentence(reader.place - 2, reader.place, coming)]
        raise NotUnderstood(f"this {token.text} is over", _DATES, readings=readings)
    return day


def _checked(weekday: str, moment: Moment) -> Moment:
    day = moment.day
    if day is not None and WEEKDAY_NAMES[weekday.lower()] != day.weekday():
        raise NotUnderstood(
            f"{english.full_day(day)} is not a {weekday}", f"{day.isoformat()} at 9:00"
        )
    return moment


def _named_date(reader: Reader, first: str) -> date:
    """The rest of ``1 march 2027`` or ``march 1 2027``."""
    if first in MONTH_NAMES:
        month, day = MONTH_NAMES[first], day_number(reader.take().word)
    else:
        reader.accept({"of"})
        day, month = day_number(first), MONTH_NAMES[reader.take().word]
    comma = 1 if reader.peek().kind == "comma" else 0
    year = reader.peek(comma)
    if day is None or year.kind != "number" or len(year.text) != 4:
        raise _without_year(reader, day, month)
    for _ in range(comma + 1):
        reader.take()
    try:
        return date(int(year.text), month, day)
    except ValueError:
        named = f"{day} {english.MONTHS[month - 1]} {year.text}"
        raise NotUnderstood(f"there is no {named}", _DATES) from None


def _without_year(reader: Reader, day: int | None, month: int) -> NotUnderstood:
    """The refusal of ``1 march``: of this year or the next, or of every year."""
    name = english.MONTHS[month - 1]
    year = reader.today.year + ((month, day or 1) <= (reader.today.month, reader.today.day))
    return NotUnderstood(
        f"a day and a year belong to {name}",
        _DATES,
        readings=[
            f"{day} {name.lower()} {year} at {{at}}",
            f"{{time}} {day} {month} *",
        ],
    )


def day_number(word: str) -> int | None:
    """The number of a day of the month: ``1``, ``1st`` or ``first``; None for anything else."""
    digits = word.rstrip("stndrh")
    return int(digits[:6]) if digits.isdecimal() else ORDINALS.get(word)


def read_delay(reader: Reader) -> Moment:
    """A while from now: days and weeks by the calendar, what is shorter in elapsed time."""
    days, elapsed = _read_lengths(reader)
    instant = reader.instant
    if days:
        wall = wall_of(instant, reader.zone) + days
        if not elapsed and (reader.accept({"at"}) or at_clock(reader)):
            return Moment(wall.date(), read_clock(reader))
        instant = instant_of_wall(wall, reader.zone)
    wall = wall_of(instant + elapsed, reader.zone).replace(microsecond=0)
    return Moment(wall.date(), wall.time())


def read_length(reader: Reader, example: str) -> timedelta:
    """A length of elapsed time, such as ``30 minutes``, ``1h30m`` or ``1 hour and 30 minutes``."""
    whole = _read_part(reader, example)
    while _at_part(reader):
        reader.accept({"and"})
        whole += _read_part(reader, example)
    return whole


def _at_part(reader: Reader) -> bool:
    """Whether more of a length comes next, and not a number of times."""
    ahead = reader.peek().word == "and"
    token, following = reader.peek(ahead), reader.peek(ahead + 1)
    is_number = token.kind == "number" or token.word in NUMBERS
    return is_number and UNITS.get(following.word) in LENGTHS


def _read_part(reader: Reader, example: str) -> timedelta:
    number = reader.number()
    unit = UNITS.get(reader.peek().word)
    if number is None or unit not in LENGTHS:
        raise reader.unexpected(example)
    reader.take()
    return number * LENGTHS[unit]


def _read_lengths(reader: Reader) -> tuple[timedelta, timedelta]:
    days, elapsed = timedelta(), timedelta()
    is_first = True
    while is_first or reader.peek().kind == "number" or reader.accept({"and"}):
        is_first = False
        number = reader.number()
        unit = UNITS.get(reader.peek().word)
        if number is None or unit not in LENGTHS:
            raise reader.unexpected("in 10 minutes, in 2h or in 3 days at 9:00")
        reader.take()
        if unit in _CALENDAR_UNITS:
            days += number * LENGTHS[unit]
        else:
            elapsed += number * LENGTHS[unit]
    return days, elapsed


def at_clock(reader: Reader) -> bool:
    """Whether a time of day comes next that needs no "at" to be known as one."""
    token = reader.peek()
    has_half = token.kind == "number" and reader.peek(1).kind == "half"
    return token.kind == "clock" or token.word in NAMED_CLOCKS or has_half


def to_another_clock(reader: Reader) -> int:
    """How many words stand before another time of day that comes next; 0 if none does."""
    ahead = 0
    while reader.peek(ahead).word in {",", "and"}:
        ahead += 1
    if not ahead:
        return 0
    ahead += reader.peek(ahead).word == "at"
    token, following = reader.peek(ahead), reader.peek(ahead + 1)
    is_hour = token.kind == "number" and not is_counted(following.word)
    return ahead if is_hour or token.kind == "clock" or token.word in NAMED_CLOCKS else 0


def is_counted(word: str) -> bool:
    """Whether a number before ``word`` is no time of day."""
    return word in TIMES or word in UNITS or word in MONTH_NAMES or word == "of"


def read_clock(reader: Reader) -> time:
    """The time of day; its ``fold`` is 1 when it is said to be that of a second pass."""
    token = reader.peek()
    if token.word in NAMED_CLOCKS:
        clock = time(NAMED_CLOCKS[reader.take().word])
    elif token.kind in {"number", "clock"}:
        clock = _clock_in_digits(reader)
    else:
        raise reader.unexpected(_CLOCKS)
    return clock.replace(fold=int(reader.accept_all("second pass")))


def _clock_in_digits(reader: Reader) -> time:
    text = reader.take().text
    half = reader.take().word.replace(".", "") if reader.peek().kind == "half" else ""
    hour, minute, second = (*map(int, text.split(":")), 0, 0)[:3]
    if half and not 1 <= hour <= 12:
        raise NotUnderstood(f"'{text}{half}' is not a time of day", _CLOCKS)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise NotUnderstood(f"{text!r} is not a time of day", _CLOCKS) from None
