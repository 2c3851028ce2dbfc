"""What all figures share: percentiles, and a throw-away place to run in."""

import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import psutil

from tui_scheduler.settings import Settings

T = TypeVar("T")

KEEPER = "tui-scheduler-keeper"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of ``values`` do not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def in_turn(rounds: int, *measures: Callable[[], T]) -> list[list[T]]:
    """What each of ``measures`` gives in each of so many rounds, in which they take turns.

    What the machine does beside them comes to all of them, or to one round.
    """
    values: list[list[T]] = [[] for _ in measures]
    for _ in range(rounds):
        for each, measure in zip(values, measures, strict=True):
            each.append(measure())
    return values


def summary(seconds: Sequence[float]) -> str:
    """The middle and the slow end of some durations."""
    middle, slow = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    return f"p50 {middle:.2f} ms, p99 {slow:.2f} ms, longest {max(seconds) * 1000:.2f} ms"


def against(ratio: float, goal: float | None, *, is_least: bool = False) -> str:
    """A ratio beside its goal, which is the most it may be or, if ``is_least``, the least."""
    if goal is None:
        return f"{ratio:.2f}"
    is_reached = ratio >= goal if is_least else ratio <= goal
    wanted = f"{'>=' if is_least else '<='} {goal:g}"
    return f"{ratio:.2f} (goal {wanted}{'' if is_reached else ', missed'})"


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU: of the event loop, of our other threads, of keepers and of commands."""

    loop: float
    threads: float
    keeper: float
    children: float

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(*(getattr(self, name) - getattr(other, name) for name in _PARTS))

    def each(self, runs: int) -> str:
        """What a run costs."""
        parts = [f"{getattr(self, name) / runs * 1000:.2f} {name}" for name in _PARTS]
        total = sum(getattr(self, name) for name in _PARTS) / runs * 1000
        return f"{total:.2f} ms CPU a run ({', '.join(parts)})"


_PARTS = ("loop", "threads", "keeper", "children")


def cpu_now() -> Cpu:
    """What has been used so far; call it on the thread of the event loop."""
    loop = time.thread_time()
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    keeper = below = 0.0
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if KEEPER in child.cmdline():
                used = child.cpu_times()
                keeper += used.user + used.system
                below += used.children_user + used.children_system
    children = reaped.ru_utime + reaped.ru_stime + below
    return Cpu(loop, time.process_time() - loop, keeper, children)


@contextmanager
def throwaway_settings(place: Path | None = None) -> Iterator[Settings]:
    """Settings for a database that is gone afterwards: on a real disk, see ``BENCH_FOLDER``."""
    place = place or Path(os.environ.get("BENCH_FOLDER", "/var/tmp"))
    with TemporaryDirectory(prefix="tui-scheduler-bench-", dir=place) as folder:
        yield Settings(database=Path(folder) / "bench.db")
