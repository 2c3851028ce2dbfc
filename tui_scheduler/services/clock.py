"""The one way to ask what time it is, so that tests can say it; and where we are."""

import time
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import tzlocal


class Clock(Protocol):
    """Two clocks: the wall's, which people may set, and one that only goes forward."""

    def now(self) -> datetime:
        """The moment, as aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment, unmoved when the wall clock is set."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The moment, as aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since boot; stands still while the machine sleeps on Linux."""
        return time.monotonic()


def local_zone() -> str:
    """The IANA name of the machine's time zone; UTC if it has none that is known."""
    return known_zone() or "UTC"


def known_zone() -> str | None:
    """The IANA name of the machine's time zone, if it has one that is known."""
    try:
        return ZoneInfo(tzlocal.get_localzone_name() or "").key
    except (LookupError, ValueError, OSError):
        return None
