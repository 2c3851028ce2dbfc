"""What is usual: how long runs take, how many of them succeed, and what they use."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.models import RunStatus

FEWEST = 5
"""Successes from which it is known what nearly all runs take."""

_NEARLY_ALL = 0.95
_LATE_FROM = 1.5  # times as long as usual


@dataclass(frozen=True, slots=True)
class Norm:
    """How long a run takes that succeeds: ``usual``, the median, and 95 of a hundred at the most.

    ``most`` is None where there were too few to know it.
    """

    usual: timedelta
    most: timedelta | None = None

    @classmethod
    def of(cls, durations: Sequence[timedelta]) -> "Norm | None":
        """Returns what is usual of runs that took so long; None if there were none."""
        if not durations:
            return None
        ordered = sorted(max(each, timedelta()) for each in durations)
        place = math.ceil(_NEARLY_ALL * len(ordered)) - 1
        return cls(median(ordered), ordered[place] if len(ordered) >= FEWEST else None)

    def times(self, took: timedelta) -> float:
        """Returns how many times as long as usual that is; 0 where usual is no time at all."""
        return took / self.usual if self.usual else 0.0

    def is_exceeded(self, took: timedelta) -> bool:
        """Whether hardly any run takes that long, and it is plainly more than usual."""
        return self.most is not None and took > self.most and self.times(took) >= _LATE_FROM


def median(ordered: Sequence[timedelta]) -> timedelta:
    """Returns the one in the middle, or what lies between the two that are."""
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[~middle]) / 2


def course(
    steps: Iterable[Iterable[int]], usual: Mapping[int, timedelta]
) -> list[tuple[timedelta, timedelta]]:
    """Returns when each member of these steps begins and ends, counted from the first beginning.

    A step takes as long as its longest member. Raises KeyError if one of them is not ``usual``.
    """
    spans: list[tuple[timedelta, timedelta]] = []
    begin = timedelta()
    for step in steps:
        ends = [begin + usual[member] for member in step]
        spans += [(begin, end) for end in ends]
        begin = max(ends)
    return spans


@dataclass(frozen=True, slots=True)
class PastRun:
    """How a run ended, or stands, and how long it took; None unless it began and ended."""

    status: RunStatus
    took: timedelta | None = None

    @classmethod
    def of(cls, status: RunStatus, start: datetime | None, end: datetime | None) -> "PastRun":
        """Returns what is to be seen of a run with that start and end."""
        return cls(status, max(end - start, timedelta()) if start and end else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How the latest runs of a process or a request went; ``recent`` are the newest, newest last.

    Of ``judged`` ones ``succeeded`` did: those that have ended since ``since``, 30 days ago, or the
    last of them if ``is_cut``, as they are too many to be looked at. ``cpu_time``, the median, and
    ``peak_memory``, the largest in bytes, are of the latest successes, None where not known.
    """

    norm: Norm | None = None
    recent: tuple[PastRun, ...] = ()
    succeeded: int = 0
    judged: int = 0
    since: datetime | None = None
    is_cut: bool = False
    cpu_time: timedelta | None = None
    peak_memory: int | None = None

    @property
    def success_rate(self) -> float | None:
        """From 0 to 1; None if there is nothing to judge by."""
        return self.succeeded / self.judged if self.judged else None
