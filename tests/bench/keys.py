"""From a key to what it changes on the screen, in a terminal: idle, and while runs start.

The cursor of the list goes down and up again; a bar at the left end of its line shows where it is.
"""

import asyncio
import os
import re
import select
import time
from collections.abc import Iterator
from itertools import cycle, islice
from statistics import median

from tests.bench.figures import against, percentile, throwaway_settings
from tests.bench.screen import SETTLED, STARTS, ours, read_for, seed_starts
from tests.support.terminal import in_terminal

PRESSES = 120
GOAL = 3.0
_PAUSE, _JITTER = 0.1, 0.2  # seconds between what is seen and the next key
_GOLDEN = 0.618034  # parts of it that are spread evenly, however many there are
_PATIENCE = 10.0  # seconds
_BAR = "▌".encode()
_MARKS = re.compile(rb"\x1b\[(\d+);\d+H|" + _BAR)


def measure() -> str:
    """Milliseconds from key to paint, and the slow ones of the busy screen beside the idle one."""
    idle, busy = sorted(_times(starts=0)), sorted(_times(STARTS))
    usual, slow = median(idle), percentile(busy, 0.95)
    return (
        f"keys: idle p50 {usual * 1000:.1f} ms, p95 {percentile(idle, 0.95) * 1000:.1f} ms; at"
        f" {STARTS} starts/s p50 {median(busy) * 1000:.1f} ms, p95 {slow * 1000:.1f} ms:"
        f" {against(slow / usual, GOAL)} times the median of the idle screen"
    )


def _times(starts: int) -> list[float]:
    """Seconds from each key until its paint has been read."""
    with throwaway_settings() as settings:
        asyncio.run(seed_starts(settings, starts, spread=True))
        with in_terminal(ours(settings)) as (_, terminal):
            read_for(terminal, SETTLED)
            return list(_pressed(terminal))


def _pressed(terminal: int) -> Iterator[float]:
    top = _line_after(terminal, b"j", None) - 1
    for number, (key, line) in enumerate(islice(cycle(((b"k", 0), (b"j", 1))), PRESSES)):
        read_for(terminal, _PAUSE + _JITTER * (number * _GOLDEN % 1))
        begin = time.perf_counter()
        _line_after(terminal, key, top + line)
        yield time.perf_counter() - begin


def _line_after(terminal: int, key: bytes, wanted: int | None) -> int:
    """Press ``key``; returns the line of the bar, as soon as that is the one that is wanted."""
    os.write(terminal, key)
    seen, deadline = b"", time.monotonic() + _PATIENCE
    while (rest := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], rest)[0]:
            seen += os.read(terminal, 65536)
            lines = list(_lines_of_bars(seen))
            if lines and wanted in (None, lines[-1]):
                return lines[-1]
    raise TimeoutError(f"the cursor did not come to line {wanted} after {key!r}: {seen[-500:]!r}")


def _lines_of_bars(seen: bytes) -> Iterator[int]:
    line = None
    for mark in _MARKS.finditer(seen):
        if mark[0] != _BAR:
            line = int(mark[1])
        elif line is not None:
            yield line
