"""A log of a gigabyte searched as the screen does it, in turn with ``grep -ci``."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from time import monotonic

from tests.bench.figures import against, throwaway_settings
from tui_scheduler.services.logs.log_search import pattern
from tui_scheduler.tui.widgets.log.searching import LogWork

SIZE = 1_000_000_000
ROUNDS = 5
GOAL = 3.0
"""At most so many times the CPU, and the time, of grep."""
LINES = 10_000  # that are written at once
WANTED = {
    "in no line": "gone astray",
    "in a few": "house number 777",
    "in each": "something",
}


def measure() -> str:
    """How many times the CPU and the time of grep a search takes, of several texts."""
    with throwaway_settings() as settings:
        log = settings.database.with_name("run.log")
        _write(log)
        ratios = ", ".join(f"{where} {_compared(log, text)}" for where, text in WANTED.items())
    return f"search in a log of 1 GB, CPU and time in times `grep -ci`: {ratios}"


def _write(log: Path) -> None:
    with log.open("w", encoding="ascii") as file:
        number = 0
        while file.tell() < SIZE:
            file.writelines(
                f"2026-11-29 11:22:{second % 60:02} INFO Something happened in house number"
                f" {second}\n"
                for second in range(number, number + LINES)
            )
            number += LINES


def _compared(log: Path, text: str) -> str:
    figures: list[tuple[float, float]] = []
    for number in range(ROUNDS + 1):
        of_grep = _cost(RUSAGE_CHILDREN, lambda: _grep(log, text))
        ours = _cost(RUSAGE_SELF, lambda: asyncio.run(_search(log, text)))
        if number:  # the first ones warm the caches of the disk
            figures.append((ours[0] / of_grep[0], ours[1] / of_grep[1]))
    cpu, time = (median(each) for each in zip(*figures, strict=True))
    return f"{against(cpu, GOAL)} and {against(time, GOAL)}"


def _grep(log: Path, text: str) -> None:
    subprocess.run(["grep", "-ci", text, str(log)], stdout=subprocess.PIPE)


async def _search(log: Path, text: str) -> None:
    """Search as long as a person would wait for it."""
    work = LogWork(log)
    work.look_for(pattern(text))
    while await work.advance():
        if work.search is not None and work.search.is_complete:
            return


def _cost(who: int, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU, and of time."""
    before, begin = getrusage(who), monotonic()
    work()
    after, seconds = getrusage(who), monotonic() - begin
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, seconds
