"""The fields of a cron expression and the plain part of their language.

Plain items are a value, a range, a star or a step over one of these. They are checked here, with
reasons a user can act on, and written in numbers for croniter, which expands them. What only some
fields know (``L``, ``W``, ``#``) is read in ``special``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# fmt: off
MONTH_NAMES = (
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
)
# fmt: on
WEEKDAY_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_PLAIN = re.compile(r"(?P<first>\*|[0-9A-Z]+)(?:-(?P<last>[0-9A-Z]+))?(?:/(?P<step>[0-9]+))?")


class CronError(ValueError):
    """An expression that is refused, with the field, the reason and the remedy.

    ``remedy`` is the expression that was probably meant, and empty where that is not known.
    """

    def __init__(self, where: str, reason: str, remedy: str = "") -> None:
        self.where, self.reason, self.remedy = where, reason, remedy
        self.refusal = f"{where}: {reason}" if where else reason
        super().__init__(f"{self.refusal}; write {remedy}" if remedy else self.refusal)


@dataclass(frozen=True, slots=True)
class CronField:
    """What one field accepts.

    ``shift`` is added to a number to get croniter's; ``wraps`` allows ranges such as 22-2, which
    run over the end of the field.
    """

    name: str
    low: int
    high: int
    names: Mapping[str, int] = field(default_factory=dict)
    shift: int = 0
    wraps: bool = False

    @property
    def bounds(self) -> str:
        """The accepted values, in words."""
        first, *_, last = [name for name in self.names if len(name) == 3] or ["", ""]
        names = f" or {first}-{last}" if first else ""
        return f"{self.low}-{self.high}{names}"

    def number(self, word: str) -> int:
        """The value of a number or name."""
        if word in self.names:
            return self.names[word]
        if not word.isdecimal():
            raise CronError(self.name, f"{word!r} is not a value; use {self.bounds}")
        if not self.low <= int(word[:6]) <= self.high:
            raise CronError(self.name, f"{word} is out of range; use {self.bounds}")
        return int(word)

    def plain(self, item: str) -> str:
        """A plain item as croniter writes it, in numbers."""
        match = _PLAIN.fullmatch(item)
        if match is None:
            reason = f"{item!r} is not understood" if item else "a value is missing in the list"
            raise CronError(self.name, f"{reason}; use * or values {self.bounds}")
        if item == "*":
            return item
        step = self._step(match["step"])
        first, last = self._ends(match)
        # croniter takes a range of one value for all values, and refuses what cron means by a step
        # that leaves only the first.
        if first == last or 0 < last - first < step:
            return str(first + self.shift)
        if first < last:
            return f"{first + self.shift}-{last + self.shift}/{step}"
        return self._wrapped(first, last, step, item)

    def _ends(self, match: re.Match[str]) -> tuple[int, int]:
        if match["first"] == "*":
            if match["last"] is not None:
                raise CronError(self.name, f"{match[0]!r} mixes * with a range; use one of them")
            return self.low, self.high
        first = self.number(match["first"])
        if match["last"] is not None:
            last = self.number(match["last"])
            # Sunday is also the end of a week, where its number is the start of one.
            is_sunday = match["last"] == "SUN" and self.high == self.low + 7
            return first, self.high if is_sunday and first > last else last
        return first, self.high if match["step"] else first

    def _step(self, digits: str | None) -> int:
        step = int((digits or "1")[:6])
        if step == 0:
            raise CronError(self.name, f"a step of {digits} never moves on; use 1 or more")
        return step

    def _wrapped(self, first: int, last: int, step: int, item: str) -> str:
        if not self.wraps:
            raise CronError(self.name, f"the range {item} ends before it begins")
        size = self.high - self.low + 1
        values = range(first, last + size + 1, step)
        return ",".join(str((value - self.low) % size + self.low + self.shift) for value in values)


_MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, start=1)}
_SUNDAY_0 = {name: number for number, name in enumerate(WEEKDAY_NAMES)}
_SUNDAY_1 = {name: number for number, name in enumerate(WEEKDAY_NAMES, start=1)}
_LAST_OF_WEEK = {"L": 7}  # Quartz reads a lone L as Saturday

UNIX = (
    CronField("minute", 0, 59),
    CronField("hour", 0, 23),
    CronField("day of month", 1, 31),
    CronField("month", 1, 12, _MONTHS),
    CronField("weekday", 0, 7, _SUNDAY_0),
)
QUARTZ = (
    CronField("second", 0, 59, wraps=True),
    CronField("minute", 0, 59, wraps=True),
    CronField("hour", 0, 23, wraps=True),
    CronField("day of month", 1, 31, wraps=True),
    CronField("month", 1, 12, _MONTHS, wraps=True),
    CronField("weekday", 1, 7, _SUNDAY_1 | _LAST_OF_WEEK, shift=-1, wraps=True),
    CronField("year", 1970, 2099),
)
