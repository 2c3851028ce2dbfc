"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday in winter, four weeks before the clocks change in Europe."""

_BOUNDARIES = (0, 60, 3_600, 3_660, 7_200, 43_200, 86_400, 90_000, 2_592_000, 86_400 * 400)
WHILE_TIME_GOES_ON = [
    timedelta(seconds=sign * (boundary + beside))
    for boundary in _BOUNDARIES
    for beside in (-61, -60, -59.5, -1, -0.5, 0, 0.25, 0.5, 1, 1.5, 59, 60, 61)
    for sign in (1, -1)
]
"""From a moment on, and back: about each time at which something may be told in another way."""


class FakeClock:
    """Both clocks of the machine; ``advance`` moves them together, ``jump`` only the wall's."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def at(self, timestamp: float) -> datetime:
        """What another process saw is what a test has set: it knows of no other clock."""
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, **delta: float) -> datetime:
        self._now += timedelta(**delta)
        self._monotonic += timedelta(**delta).total_seconds()
        return self._now

    def jump(self, **delta: float) -> datetime:
        self._now += timedelta(**delta)
        return self._now
