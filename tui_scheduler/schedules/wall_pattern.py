"""Days times clocks: the wall times that a plan names, in no zone yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.schedules.clock_times import ClockTimes, clock_of
from tui_scheduler.schedules.days import Days


@dataclass(frozen=True, slots=True)
class WallPattern:
    """Every clock of ``times`` on every day of ``days``.

    Ranges of wall times include ``lower`` and leave ``upper`` out.
    """

    days: Days
    times: ClockTimes

    def first(self, lower: datetime, upper: datetime) -> datetime | None:
        """The earliest wall time in the range."""
        day = lower.toordinal()
        if self.days.has(day):
            position = self.times.before(clock_of(lower))
            if position < self.times.per_day:
                return _before(upper, wall_at(day, self.times.at(position)))
        day_number = self.days.first(day + 1, upper.toordinal() + 1)
        return None if day_number is None else _before(upper, wall_at(day_number, self.times.at(0)))

    def last(self, lower: datetime, upper: datetime) -> datetime | None:
        """The latest wall time in the range."""
        day = upper.toordinal()
        if self.days.has(day):
            position = self.times.before(clock_of(upper))
            if position:
                return _from(lower, wall_at(day, self.times.at(position - 1)))
        day_number = self.days.last(lower.toordinal(), day)
        if day_number is None:
            return None
        return _from(lower, wall_at(day_number, self.times.at(self.times.per_day - 1)))

    def count(self, lower: datetime, upper: datetime) -> int:
        """How many wall times lie in the range."""
        if lower >= upper:
            return 0
        whole = self.days.count(lower.toordinal(), upper.toordinal()) * self.times.per_day
        return whole - self._before_on_day(lower) + self._before_on_day(upper)

    def _before_on_day(self, wall: datetime) -> int:
        if not self.days.has(wall.toordinal()):
            return 0
        return self.times.before(clock_of(wall))


def wall_at(day: int, clock: int) -> datetime:
    """The wall time on the day of that ordinal, ``clock`` microseconds after midnight."""
    return datetime.fromordinal(day) + timedelta(microseconds=clock)


def _before(upper: datetime, wall: datetime) -> datetime | None:
    return wall if wall < upper else None


def _from(lower: datetime, wall: datetime) -> datetime | None:
    return wall if wall >= lower else None
