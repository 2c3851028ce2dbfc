"""What goes on as a whole: what runs, what comes first, whether all is held."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Upcoming:
    """How many requests are scheduled, and which of them fire first: process or group, and when.

    Of those that await an event nobody knows when: they are only counted.
    """

    count: int
    first: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of the header."""

    running: int
    queued: int
    failed_today: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """When old runs were last removed, and how many."""

    at: datetime
    removed: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether all scheduling is held, since when and by whom."""

    held_at: datetime | None
    held_by: str
    released_at: datetime | None

    @property
    def is_held(self) -> bool:
        """Whether nothing is claimed at the moment."""
        return self.held_at is not None
