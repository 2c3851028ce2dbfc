"""The stretches of time in which nothing fires, whatever a series says: excepted days in a zone."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tui_scheduler.schedules.exceptions import NO_DAYS, Spans
from tui_scheduler.schedules.zones import DAY, EARLIEST, LATEST, stretch_at

_MARGIN = 2 * DAY
"""How near to an end of its days it matters which of them a clock that is changed shows."""

Hole = tuple[datetime, datetime]
"""A stretch of instants, its end exclusive."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Holes in the order of time, no two of which touch; found without visiting the others."""

    begins: tuple[datetime, ...] = ()
    ends: tuple[datetime, ...] = ()

    def at(self, instant: datetime) -> Hole | None:
        """The hole that ``instant`` lies in."""
        place = bisect_right(self.begins, instant) - 1
        if place < 0 or instant >= self.ends[place]:
            return None
        return self.begins[place], self.ends[place]

    def between(self, after: datetime, until: datetime) -> Iterator[Hole]:
        """Those that have a part later than ``after`` and not later than ``until``."""
        place = bisect_right(self.ends, after)
        while place < len(self.begins) and self.begins[place] <= until:
            yield self.begins[place], self.ends[place]
            place += 1


NO_HOLES = LeftOut()


@lru_cache(maxsize=1024)
def left_out_in(zone: str, days: Spans = NO_DAYS) -> LeftOut:
    """The instants at which the clock of ``zone`` shows one of these days."""
    begins: list[datetime] = []
    ends: list[datetime] = []
    for begin, end in sorted(hole for span in days.spans for hole in _holes(zone, *span)):
        if ends and begin <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            begins.append(begin)
            ends.append(end)
    return LeftOut(tuple(begins), tuple(ends))


def _holes(zone: str, first: int, end: int) -> Iterator[Hole]:
    """The instants of the days from ``first`` to before ``end``; what lies far inside is one."""
    wall_begin, wall_end = _midnight(first), _midnight(end)
    instant = wall_begin - DAY
    while instant < min(wall_end + DAY, LATEST):
        stretch = stretch_at(zone, instant)
        begin = max(instant, wall_begin - stretch.offset)
        until = min(stretch.end, wall_end - stretch.offset)
        if begin < until:
            yield begin, until
        instant = stretch.end
        far = wall_end - _MARGIN
        if wall_begin + _MARGIN < instant < far:
            yield instant, far
            instant = far


def _midnight(day: int) -> datetime:
    """The wall time at which a day begins, moved into the calendar."""
    first = (EARLIEST + DAY).toordinal()
    return datetime.fromordinal(min(max(day, first), LATEST.toordinal()))
