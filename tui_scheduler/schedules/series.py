"""The fires of a plan as a series of instants, each kind found without visiting its slots.

Instants are naive UTC, see ``zones``. No series knows about finish or repetitions.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tui_scheduler.schedules.wall_pattern import WallPattern
from tui_scheduler.schedules.zones import DAY, EARLIEST, LATEST, TICK, Stretch, stretch_at


class Series(Protocol):
    """A rising series of instants."""

    def next(self, after: datetime) -> datetime | None:
        """The first one strictly later than ``after``."""

    def latest(self, until: datetime) -> datetime | None:
        """The last one not later than ``until``."""

    def count(self, after: datetime, until: datetime) -> int:
        """How many are later than ``after`` and not later than ``until``."""


@dataclass(frozen=True, slots=True)
class Once:
    """A single fire."""

    at: datetime

    def next(self, after: datetime) -> datetime | None:
        """The fire, while it is still to come."""
        return self.at if self.at > after else None

    def latest(self, until: datetime) -> datetime | None:
        """The fire, when it has come."""
        return self.at if self.at <= until else None

    def count(self, after: datetime, until: datetime) -> int:
        """One or none."""
        return int(after < self.at <= until)


@dataclass(frozen=True, slots=True)
class Elapsing:
    """A fire at ``start`` and then one every ``step`` of elapsed time."""

    start: datetime
    step: timedelta

    def next(self, after: datetime) -> datetime | None:
        """The first one strictly later than ``after``."""
        position = self._until(after)
        if position > (LATEST - self.start) // self.step:
            return None
        return self.start + position * self.step

    def latest(self, until: datetime) -> datetime | None:
        """The last one not later than ``until``."""
        position = self._until(until) - 1
        return None if position < 0 else self.start + position * self.step

    def count(self, after: datetime, until: datetime) -> int:
        """How many are later than ``after`` and not later than ``until``."""
        return max(0, self._until(until) - self._until(after))

    def _until(self, instant: datetime) -> int:
        """How many are not later than ``instant``."""
        return 0 if instant < self.start else (instant - self.start) // self.step + 1


@dataclass(frozen=True, slots=True)
class ByWallClock:
    """A fire at the wall times of ``pattern`` in ``zone``.

    Normally each wall time fires once: when it does not exist at the first instant after the gap
    (all times of a gap together), when it exists twice in the first pass. With ``elapsed`` every
    instant fires that shows such a wall time, so both passes do and gaps do not. This is the rule
    of Debian's cron, and the only place that knows it.
    """

    zone: str
    pattern: WallPattern
    elapsed: bool = False

    def next(self, after: datetime) -> datetime | None:
        """The first one strictly later than ``after``."""
        instant = after + TICK
        while instant < LATEST:
            stretch = stretch_at(self.zone, instant)
            wall = self.pattern.first(self._lower(stretch, instant), stretch.wall_end)
            if wall is not None:
                return max(wall, stretch.wall_begin) - stretch.offset
            # Years without a match are skipped; a wall time is within a day of its instant.
            match = self.pattern.first(stretch.end - DAY, LATEST)
            if match is None:
                return None
            instant = max(stretch.end, match - DAY)
        return None

    def latest(self, until: datetime) -> datetime | None:
        """The last one not later than ``until``."""
        instant = until
        while instant > EARLIEST:
            stretch = stretch_at(self.zone, instant)
            upper = instant + stretch.offset + TICK
            wall = self.pattern.last(self._lower(stretch, stretch.begin), upper)
            if wall is not None:
                return max(wall, stretch.wall_begin) - stretch.offset
            match = self.pattern.last(EARLIEST, stretch.begin + DAY)
            if match is None:
                return None
            instant = min(stretch.begin - TICK, match + DAY)
        return None

    def count(self, after: datetime, until: datetime) -> int:
        """How many are later than ``after`` and not later than ``until``."""
        total = 0
        instant = after + TICK
        while instant <= until:
            stretch = stretch_at(self.zone, instant)
            upper = min(stretch.end, until + TICK) + stretch.offset
            total += self._count_walls(self._lower(stretch, instant), upper, stretch.wall_begin)
            instant = stretch.end
        return total

    def _lower(self, stretch: Stretch, instant: datetime) -> datetime:
        """The first wall time that can fire in the stretch from ``instant`` on."""
        if self.elapsed:
            return instant + stretch.offset
        if instant == stretch.begin:
            return stretch.floor
        return max(stretch.floor, instant + stretch.offset)

    def _count_walls(self, lower: datetime, upper: datetime, begin: datetime) -> int:
        """How many fires the wall times make, those up to ``begin`` being one."""
        if lower >= begin:
            return self.pattern.count(lower, upper)
        at_begin = min(1, self.pattern.count(lower, begin + TICK))
        return at_begin + self.pattern.count(begin + TICK, upper)


@dataclass(frozen=True, slots=True)
class StartingAt:
    """Another series from ``start`` on, with ``start`` itself as its first fire."""

    start: datetime
    rest: Series

    def next(self, after: datetime) -> datetime | None:
        """The first one strictly later than ``after``."""
        return self.start if after < self.start else self.rest.next(after)

    def latest(self, until: datetime) -> datetime | None:
        """The last one not later than ``until``."""
        if until < self.start:
            return None
        latest = self.rest.latest(until)
        return self.start if latest is None else max(latest, self.start)

    def count(self, after: datetime, until: datetime) -> int:
        """How many are later than ``after`` and not later than ``until``."""
        at_start = int(after < self.start <= until)
        return at_start + self.rest.count(max(after, self.start), until)
