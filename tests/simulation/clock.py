"""The time of a world, which passes when the world says so."""

from datetime import UTC, datetime, timedelta

from tests.support.clock import NOON

_MICROSECOND = timedelta(microseconds=1)


class WorldClock:
    """Both clocks of the machine; ``error`` is how wrong the wall's is.

    Moments are whole microseconds inside, so that nothing that waits for one is early by a bit.
    """

    def __init__(self) -> None:
        self.error = timedelta()
        self._true = NOON
        self._ticks = 1_000_000_000

    @property
    def true(self) -> datetime:
        """What the wall clock would say if nobody had set it wrong."""
        return self._true

    def now(self) -> datetime:
        return self._true + self.error

    def at(self, timestamp: float) -> datetime:
        return datetime.fromtimestamp(timestamp, UTC)

    def monotonic(self) -> float:
        return self._ticks / 1_000_000

    def pass_until(self, moment: float) -> None:
        """Let the time pass until ``monotonic`` is ``moment``; nothing if it is over."""
        ticks = max(round(moment * 1_000_000) - self._ticks, 0)
        self._ticks += ticks
        self._true += ticks * _MICROSECOND

    def suspend(self, seconds: float) -> None:
        """Let the machine sleep: the time of the world passes, and its clocks stand still."""
        self._true += timedelta(seconds=seconds)
