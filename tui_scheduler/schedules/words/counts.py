"""``once``, ``twice`` and ``10 times``: how many times in all, or how often.

Beside what recurs they could be either (``once daily``), and are refused with both. What is clear:
``once a day`` is how often; ``in all``, or set apart by a comma or a time, it is how many times.
"""

from collections.abc import Mapping
from copy import copy
from datetime import timedelta
from math import gcd

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import Frequency
from tui_scheduler.schedules.timetable import STEPS
from tui_scheduler.schedules.timetable import UNITS as LENGTHS
from tui_scheduler.schedules.words.clauses import Clauses, Counted
from tui_scheduler.schedules.words.days import read_every
from tui_scheduler.schedules.words.errors import NotUnderstood, refuse_unsayable
from tui_scheduler.schedules.words.mentions import Mentions, gathered
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.vocabulary import (
    ADVERBS,
    KINDS_OF_DAYS,
    UNITS,
    WEEKDAY_NAMES,
    WEEKDAY_PLURALS,
)

Step = tuple[Frequency, int]

_DAYS = {*KINDS_OF_DAYS, *WEEKDAY_NAMES, *WEEKDAY_PLURALS}
_DAILY: Step = (Frequency.DAILY, 1)
_WEEKDAYS = {2: "mon,thu", 3: "mon,wed,fri", 4: "mon,tue,thu,fri", 5: "mon-fri", 6: "mon-sat"}
_ELAPSED = (("hour", 3600), ("minute", 60), ("second", 1))


def read_count(reader: Reader, clauses: Clauses, count: int, start: int) -> None:
    """Note a count, which stands from the token ``start`` on; raises NotUnderstood."""
    words = {1: "once", 2: "twice"}.get(count, f"{count} times")
    if reader.accept_all("in all"):
        clauses.say(times=count)
        return
    end = reader.place
    if article := reader.accept({"a", "an", "per"}):
        _say_how_often(reader, clauses, count, f"{words} {article.word}")
    elif step := _step_behind(reader) or _step_before(reader, clauses, start):
        mentions = gathered(reader)
        rest = reader.sentence(start, end)
        if mentions.is_at_night and not mentions.clocks:
            rest += " at 2:00"
        often = [rest] if count == 1 else _often(count, step, mentions)
        raise NotUnderstood(
            f"{words!r} could be how often it runs, or how many times in all",
            readings=[*often, f"{rest} {words} in all"],
        )
    else:
        clauses.say(times=count)


def _say_how_often(reader: Reader, clauses: Clauses, count: int, words: str) -> None:
    word = reader.peek().word
    if word != "year" and word not in UNITS:
        refuse_unsayable(word)
        raise reader.unexpected("every day at 9:00, or once tomorrow at 9:00")
    reader.take()
    if count != 1:
        clauses.say(counted=Counted(count, word, f"{words} {word}"))
    if word == "year":
        clauses.say(years=1)
    else:
        clauses.say_step((UNITS[word], 1))


def check_counted(clauses: Clauses, reader: Reader) -> None:
    """Raise NotUnderstood unless ``twice a day`` comes with two times, a week with two days."""
    if clauses.counted is None:
        return
    count, unit, words = clauses.counted
    counts: Mapping[str, int] = {
        "day": len(clauses.clocks or ()),
        "week": len(clauses.weekdays.days) if clauses.weekdays else 0,
        "month": clauses.month_day.count if clauses.month_day else 0,
        "year": len(clauses.dates or ()),
    }
    if counts.get(unit) == count:
        return
    if unit == "year":
        readings = _yearly(count)
    else:
        readings = _often(count, (UNITS[unit], 1), gathered(reader))
    what = {"day": "times of day", "week": "weekdays", "month": "days", "year": "days"}
    reason = f"{words!r} is said by its {what.get(unit, 'interval')}"
    raise NotUnderstood(reason, "daily at 9:00 and 17:00", readings=readings)


def _yearly(count: int) -> list[str]:
    if not 1 < count < 12:
        return []
    months = [english.MONTHS[int(month) - 1].lower() for month in _spaced(count, 12).split(",")]
    return [f"every year on {' and '.join(f'1 {month}' for month in months)} at {{at}}"]


def _step_behind(reader: Reader) -> Step | None:
    """How often what follows recurs; None if it does not."""
    word = reader.peek().word
    if word in ADVERBS:
        return ADVERBS[word]
    if word in KINDS_OF_DAYS or word in WEEKDAY_PLURALS:
        return _DAILY
    if word not in {"every", "each"}:
        return None
    ahead, clauses = copy(reader), Clauses()
    ahead.take()
    read_every(ahead, clauses)
    return _DAILY if clauses.weekdays else clauses.step or _DAILY


def _step_before(reader: Reader, clauses: Clauses, start: int) -> Step | None:
    """How often it recurs if that was said just before the count."""
    word = reader.peek(start - 1 - reader.place).word
    if clauses.month_day or not clauses.recurs or word not in {*UNITS, *ADVERBS, *_DAYS}:
        return None
    return _DAILY if clauses.weekdays or clauses.kind_of_days else clauses.step


def _often(count: int, step: Step, mentions: Mentions) -> list[str]:
    """Returns readings that run ``count`` times in each step."""
    frequency, interval = step
    if count < 1:
        return []
    if frequency in STEPS:
        return _elapsed(interval * LENGTHS[frequency], count)
    if interval > 1:
        return []
    if frequency is Frequency.WEEKLY:
        is_each_said = len(mentions.weekdays.split(",")) == count
        return [f"{{time}} * * {'{weekdays}' if is_each_said else _WEEKDAYS.get(count, '*')}"]
    if frequency is Frequency.MONTHLY:
        days = "{days}" if len(mentions.days) == count else _spaced(count, 30)
        return [f"{{time}} {days} * *"]
    return _daily(count, mentions)


def _spaced(count: int, size: int) -> str:
    """So many of the numbers from 1 to ``size``, as a field of an expression."""
    if count >= size:
        return "*"
    return ",".join(str(1 + number * size // count) for number in range(count))


def _daily(count: int, mentions: Mentions) -> list[str]:
    if len(mentions.clocks) > 1:
        return ["{times} * * {weekdays}"]
    if count > 24:
        return _elapsed(timedelta(days=1), count)
    first = mentions.clock.hour if mentions.clocks else 9
    hours = sorted((first + number * 24 // count) % 24 for number in range(count))
    if mentions.weekdays == "*":
        return [f"daily at {' and '.join(f'{hour}:{mentions.clock.minute:02}' for hour in hours)}"]
    return [f"{mentions.clock.minute} {','.join(map(str, hours))} * * {{weekdays}}"]


def _elapsed(whole: timedelta, count: int) -> list[str]:
    seconds = int(whole.total_seconds())
    if gcd(seconds, count) != count:
        return []
    part = seconds // count
    name, length = next((name, length) for name, length in _ELAPSED if part % length == 0)
    number = part // length
    return [f"every {number} {name}s" if number > 1 else f"every {name}"]
