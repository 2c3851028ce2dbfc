"""What a refused sentence says all the same, for the plans that are offered in its place.

In a reading ``{at}`` is the first time of day that is said (7:30), or 8:00; ``{time}`` the same,
and ``{times}`` all, as minute and hours of a cron expression (``30 7``); ``{day}`` and ``{month}``
the first that are said, or 1; ``{days}`` and ``{weekdays}`` all, as fields of an expression, or
``*``; ``{year}`` this one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from tui_scheduler.schedules import english
from tui_scheduler.schedules.cron.fields import WEEKDAY_NAMES as CRON_WEEKDAYS
from tui_scheduler.schedules.plan import Weekday
from tui_scheduler.schedules.words.dates import at_clock, day_number, read_clock
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.vocabulary import (
    KINDS_OF_DAYS,
    MONTH_NAMES,
    UNITS,
    WEEKDAY_NAMES,
    WEEKDAY_PLURALS,
)

_BEFORE_A_CLOCK = {"at", "and", ",", "from", "until", "till", "to", "between"}
_USUAL = time(8)


@dataclass(frozen=True, slots=True)
class Mentions:
    """The times of day, days and months in a sentence, wherever they stand."""

    clocks: tuple[time, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: str
    year: int
    is_at_night: bool

    @property
    def clock(self) -> time:
        """The first time of day, or a usual one."""
        return self.clocks[0] if self.clocks else _USUAL

    @property
    def at(self) -> str:
        """The first time of day as it is said."""
        return f"{self.clock.hour}:{self.clock.minute:02}"

    @property
    def times(self) -> str:
        """The first two fields of an expression, if one can say all times of day."""
        clocks = self.clocks or (self.clock,)
        if len({clock.minute for clock in clocks}) > 1:
            return "?"  # which is understood nowhere
        hours = sorted({clock.hour for clock in clocks})
        return f"{self.clock.minute} {','.join(map(str, hours))}"

    def put_into(self, reading: str) -> str:
        """The reading with what is said in the place of its names."""
        return reading.format(
            at=self.at,
            time=f"{self.clock.minute} {self.clock.hour}",
            times=self.times,
            days=",".join(map(str, self.days)) or "*",
            day=self.days[0] if self.days else 1,
            month=self.months[0] if self.months else 1,
            weekdays=self.weekdays,
            year=self.year,
        )


def gathered(reader: Reader) -> Mentions:
    """All that is said, also behind the word that is refused."""
    readers = list(reader.again())
    words = [each.peek().word for each in readers]
    numbered = [each for each in readers if each.peek().kind != "number" or _is_of_month(each)]
    days = [day_number(each.peek().word) for each in numbered]
    return Mentions(
        clocks=tuple(_clocks(readers)),
        days=tuple(day for day in days if day is not None and 1 <= day <= 31),
        months=tuple(MONTH_NAMES[word] for word in words if word in MONTH_NAMES),
        weekdays=_weekdays(words),
        year=reader.today.year,
        is_at_night=not {"night", "nightly"}.isdisjoint(words),
    )


def cron_weekdays(days: frozenset[Weekday]) -> str:
    """The days as a field of a cron expression."""
    names = [CRON_WEEKDAYS[(day + 1) % 7].lower() for day in sorted(days)]
    is_span = len(days) > 2 and english.step_of(sorted(days)) == 1
    return f"{names[0]}-{names[-1]}" if is_span else ",".join(names)


def named_weekdays(days: frozenset[Weekday]) -> str:
    """The days as they are said."""
    return " and ".join(english.WEEKDAYS[day].lower() for day in sorted(days))


def _clocks(readers: list[Reader]) -> Iterator[time]:
    previous = ""
    for reader in readers:
        is_hour = reader.peek().kind == "number" and previous in _BEFORE_A_CLOCK
        is_counted = reader.peek(1).word in {*UNITS, *MONTH_NAMES, "times", "time", "x"}
        previous = reader.peek().word
        if at_clock(reader) or (is_hour and not is_counted):
            try:
                yield read_clock(reader)
            except NotUnderstood:
                continue


def _is_of_month(reader: Reader) -> bool:
    return reader.peek(1).word in MONTH_NAMES or reader.peek(-1).word in MONTH_NAMES


def _weekdays(words: list[str]) -> str:
    names = WEEKDAY_NAMES | WEEKDAY_PLURALS
    if kinds := [KINDS_OF_DAYS[word] for word in words if word in KINDS_OF_DAYS]:
        return "mon-fri" if kinds[0] == "weekdays" else "sat,sun"
    return cron_weekdays(frozenset(names[word] for word in words if word in names)) or "*"
