"""Which days of a month a rule means.

A month is wholly described by its length and the weekday of its first day, so a rule is worked
out once for each of the 28 shapes and afterwards only looked up.
"""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

from tui_scheduler.schedules.plan import Weekday


class Shape(NamedTuple):
    """How a month looks; ``first`` is the weekday of its first day (0 is Monday)."""

    length: int
    first: int

    def weekday(self, day: int) -> int:
        """The weekday of a day of the month."""
        return (self.first + day - 1) % 7


SHAPES = tuple(Shape(length, first) for length, first in product(range(28, 32), range(7)))

# A rule answers with a bit mask: bit n is set when the n-th of the month is meant.
Rule = Callable[[Shape], int]
Masks = tuple[int, ...]


def masks_of(rule: Rule) -> Masks:
    """The answers of a rule for all ``SHAPES``, in their order."""
    return tuple(rule(shape) for shape in SHAPES)


def shape_position(length: int, first: int) -> int:
    """Where the shape stands in ``SHAPES``."""
    return (length - 28) * 7 + first


def every_day() -> Rule:
    """All days."""
    return lambda shape: (2 << shape.length) - 2


def day_of_month(day: int) -> Rule:
    """The day of that number; none in a month that is too short."""
    return lambda shape: _bit(day, shape)


def day_or_last(day: int) -> Rule:
    """The day of that number, or the last day of a month that is too short."""
    return lambda shape: _bit(min(day, shape.length), shape)


def before_last(days: int = 0) -> Rule:
    """The last day of the month, or the day that many days earlier."""
    return lambda shape: _bit(shape.length - days, shape)


def every(weekday: Weekday) -> Rule:
    """All days that are that weekday."""
    return any_of(*(nth(weekday, count) for count in range(1, 6)))


def nth(weekday: Weekday, count: int) -> Rule:
    """The first to fifth of a weekday; none in a month that has no fifth."""
    return lambda shape: _bit(1 + (weekday - shape.first) % 7 + 7 * (count - 1), shape)


def last(weekday: Weekday) -> Rule:
    """The last of a weekday."""
    return lambda shape: _bit(shape.length - (shape.weekday(shape.length) - weekday) % 7, shape)


def nearest_working_day(day: int) -> Rule:
    """Monday to Friday nearest to a day, within its month; none when the month has no such day."""
    return lambda shape: _nearest_working_day(day, shape)


def nearest_working_day_before_last(days: int = 0) -> Rule:
    """Monday to Friday nearest to the last day, or to the day that many days earlier."""
    return lambda shape: _nearest_working_day(shape.length - days, shape)


def any_of(*rules: Rule) -> Rule:
    """The days of any of the rules."""

    def union(shape: Shape) -> int:
        mask = 0
        for rule in rules:
            mask |= rule(shape)
        return mask

    return union


def both(one: Rule, other: Rule) -> Rule:
    """The days of both rules."""
    return lambda shape: one(shape) & other(shape)


def _bit(day: int, shape: Shape) -> int:
    return 1 << day if 1 <= day <= shape.length else 0


def _nearest_working_day(day: int, shape: Shape) -> int:
    if not 1 <= day <= shape.length:
        return 0
    weekday = shape.weekday(day)
    if weekday == Weekday.SAT:
        return 1 << (day - 1 if day > 1 else 3)
    if weekday == Weekday.SUN:
        return 1 << (day + 1 if day < shape.length else day - 2)
    return 1 << day
