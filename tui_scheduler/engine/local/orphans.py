"""The children that became ours when their parents died: a keeper's runs, and what runs left.

All of this reads about every child, so none of it is for the event loop.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_scheduler.engine.local.process_tree import Mark, marked

_LOOK = 0.005  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")
_COARSE = 0.05  # seconds by which the time of a file and that of a process may differ


class _State(NamedTuple):
    """What is left of a child also when it has ended; ``began`` is how many seconds ago."""

    is_zombie: bool
    leads_session: bool
    began: float


def first_of_run(mark: Mark, keeper: int, keeper_name: bytes, seconds: float) -> list[int]:
    """Whoever may be the first process of a run that ``keeper`` was about to begin when it died.

    That is nobody, if it did not come to it. It may have ended already, and then nothing tells its
    run, but that it began no longer than so many ``seconds`` ago. Or it may have just been made:
    then it looks like the keeper. No other keeper of ours may live meanwhile.
    """
    begin = time.monotonic()
    while True:
        is_unborn = any(keeper_name in _words(pid) for pid in children() if pid != keeper)
        pid = marked(mark)
        if pid is not None:
            return [pid]
        if not is_unborn:
            break
        time.sleep(_LOOK)
    most = seconds + time.monotonic() - begin + _COARSE
    return [
        pid
        for pid, state in _states()
        if state.is_zombie and state.leads_session and state.began <= most and pid != keeper
    ]


def zombies() -> set[int]:
    """The children that have ended and for whom nobody has waited yet."""
    return {pid for pid, state in _states() if state.is_zombie}


def children() -> list[int]:
    """The pids of all children; none where the system does not tell."""
    pids: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            pids += map(int, task.read_text().split())
    return pids


def _states() -> Iterator[tuple[int, _State]]:
    for pid in children():
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            began = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / _TICKS
            yield pid, _State(fields[0] == "Z", int(fields[3]) == pid, began)


def _words(pid: int) -> list[bytes]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []
