"""The one way to ask what time it is, so that tests can say it."""

import time
from datetime import UTC, datetime
from typing import Protocol

BEHIND = 0.03
"""Seconds by which what is done each second comes after runs that are due as a second begins."""


def rest_of(period: float) -> float:
    """Seconds until the next of the moments that lie ``period`` apart, the same for all who wait.

    What wakes an idle machine together costs little more than one of them alone. They lie a little
    behind whole seconds, which is when most runs are due.
    """
    return period - time.time() % period + BEHIND if period else 0.0


class Clock(Protocol):
    """Two clocks: the wall's, which people may set, and one that only goes forward."""

    def now(self) -> datetime:
        """The moment, as aware UTC."""
        ...

    def at(self, timestamp: float) -> datetime:
        """The moment at which another process of this machine has seen ``time.time()``."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment, unmoved when the wall clock is set."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The moment, as aware UTC."""
        return datetime.now(UTC)

    def at(self, timestamp: float) -> datetime:
        """The moment ``timestamp`` seconds after 1970, as aware UTC."""
        return datetime.fromtimestamp(timestamp, UTC)

    def monotonic(self) -> float:
        """Seconds since boot; stands still while the machine sleeps on Linux."""
        return time.monotonic()
