"""The days on which a plan fires, as proleptic ordinals (``date.toordinal``)."""

from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from tui_scheduler.schedules.months import Masks, shape_position

_CALENDAR_CYCLE = 400 * 12  # months after which the Gregorian calendar repeats


class Days(Protocol):
    """A set of days. Ranges include ``lower`` and leave ``upper`` out."""

    def has(self, day: int) -> bool:
        """Whether ``day`` belongs to the set."""

    def first(self, lower: int, upper: int) -> int | None:
        """The earliest day in the range."""

    def last(self, lower: int, upper: int) -> int | None:
        """The latest day in the range."""

    def count(self, lower: int, upper: int) -> int:
        """How many days lie in the range."""


@dataclass(frozen=True, slots=True)
class PeriodicDays:
    """Days that repeat every ``period`` days, at sorted ``steps`` from the ``anchor`` day."""

    anchor: int
    period: int
    steps: tuple[int, ...] = (0,)

    def has(self, day: int) -> bool:
        """Whether ``day`` belongs to the set."""
        return (day - self.anchor) % self.period in self.steps

    def first(self, lower: int, upper: int) -> int | None:
        """The earliest day in the range."""
        day = self._at(self._before(lower))
        return day if day < upper else None

    def last(self, lower: int, upper: int) -> int | None:
        """The latest day in the range."""
        day = self._at(self._before(upper) - 1)
        return day if day >= lower else None

    def count(self, lower: int, upper: int) -> int:
        """How many days lie in the range."""
        return max(0, self._before(upper) - self._before(lower))

    def _before(self, day: int) -> int:
        cycles, step = divmod(day - self.anchor, self.period)
        return cycles * len(self.steps) + bisect_left(self.steps, step)

    def _at(self, position: int) -> int:
        cycle, step = divmod(position, len(self.steps))
        return self.anchor + cycle * self.period + self.steps[step]


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """Days that a rule chooses in some months of some years (of all years when ``years`` is None).

    Searches give up after 400 years, when the calendar begins to repeat itself.
    """

    masks: Masks
    months: frozenset[int] = frozenset(range(1, 13))
    years: frozenset[int] | None = None

    def has(self, day: int) -> bool:
        """Whether ``day`` belongs to the set."""
        at = date.fromordinal(day)
        return bool(self._mask(at.year * 12 + at.month - 1, day, day + 1))

    def first(self, lower: int, upper: int) -> int | None:
        """The earliest day in the range."""
        begin, end = _month_of(lower), _month_of(upper)
        for month in range(begin, min(end, begin + _CALENDAR_CYCLE) + 1):
            if mask := self._mask(month, lower, upper):
                return _eve(month) + (mask & -mask).bit_length() - 1
        return None

    def last(self, lower: int, upper: int) -> int | None:
        """The latest day in the range."""
        begin, end = _month_of(lower), _month_of(upper)
        for month in range(end, max(begin, end - _CALENDAR_CYCLE) - 1, -1):
            if mask := self._mask(month, lower, upper):
                return _eve(month) + mask.bit_length() - 1
        return None

    def count(self, lower: int, upper: int) -> int:
        """How many days lie in the range."""
        months = range(_month_of(lower), _month_of(upper) + 1)
        return sum(self._mask(month, lower, upper).bit_count() for month in months)

    def _mask(self, month: int, lower: int, upper: int) -> int:
        """The days of a month that lie in the range, bit n for the n-th."""
        if month % 12 + 1 not in self.months:
            return 0
        if self.years is not None and month // 12 not in self.years:
            return 0
        eve, shape = _month(month)
        mask = self.masks[shape]
        if lower > eve:
            mask &= -1 << (lower - eve)
        if upper <= eve + 31:
            mask &= (1 << max(0, upper - eve)) - 1
        return mask


def _month_of(day: int) -> int:
    """The months since year 0 at that day."""
    at = date.fromordinal(min(max(day, 1), date.max.toordinal()))
    return at.year * 12 + at.month - 1


def _eve(month: int) -> int:
    """The day before the month begins."""
    return _month(month)[0]


@lru_cache(maxsize=16384)
def _month(month: int) -> tuple[int, int]:
    """The day before a month, and the month's shape."""
    year, index = divmod(month, 12)
    first, length = monthrange(year, index + 1)
    return date(year, index + 1, 1).toordinal() - 1, shape_position(length, first)
