"""The times of day at which a plan fires, counted and searched without listing them."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, time

_SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class ClockTimes:
    """Every combination of some hours, minutes and seconds, each tuple sorted.

    A clock is the number of microseconds since midnight.
    """

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...] = (0,)
    microsecond: int = 0

    @classmethod
    def only(cls, clock: time) -> "ClockTimes":
        """The single time of day ``clock``."""
        return cls((clock.hour,), (clock.minute,), (clock.second,), clock.microsecond)

    @property
    def per_day(self) -> int:
        """How many there are."""
        return len(self.hours) * len(self.minutes) * len(self.seconds)

    def before(self, clock: int) -> int:
        """How many lie strictly before ``clock``."""
        second = -((self.microsecond - clock) // _SECOND)
        minute, second = divmod(second, 60)
        hour, minute = divmod(minute, 60)
        hours = bisect_left(self.hours, hour)
        count = hours * len(self.minutes) * len(self.seconds)
        if hours == len(self.hours) or self.hours[hours] != hour:
            return count
        minutes = bisect_left(self.minutes, minute)
        count += minutes * len(self.seconds)
        if minutes == len(self.minutes) or self.minutes[minutes] != minute:
            return count
        return count + bisect_left(self.seconds, second)

    def at(self, position: int) -> int:
        """The clock with ``position`` others before it."""
        rest, second = divmod(position, len(self.seconds))
        hour, minute = divmod(rest, len(self.minutes))
        minutes = self.hours[hour] * 60 + self.minutes[minute]
        return (minutes * 60 + self.seconds[second]) * _SECOND + self.microsecond


def clock_of(wall: datetime) -> int:
    """The microseconds since midnight of ``wall``."""
    seconds = (wall.hour * 60 + wall.minute) * 60 + wall.second
    return seconds * _SECOND + wall.microsecond
