"""The children that became ours when their parents died: a keeper's runs, and what runs left.

All of this reads about every child, so none of it is for the event loop. It raises OSError when it
cannot be looked at them: that nobody is there must be sure.
"""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_scheduler.engine.local.process_tree import Mark

_LOOK = 0.005  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")
_COARSE = 0.05  # seconds by which the time of a file and that of a process may differ
_GONE = (FileNotFoundError, ProcessLookupError)


class _State(NamedTuple):
    """What is left of a child also when it has ended; ``began`` is how many seconds ago."""

    is_zombie: bool
    leads_session: bool
    began: float


def first_of_run(
    mark: Mark, others: Collection[int], keeper_name: bytes, seconds: float
) -> list[int]:
    """Whoever may be the first process of a run that a keeper was about to begin when it died.

    That is nobody, if it did not come to it, and none of ``others``. Its mark tells the one;
    without any, as it has ended or has emptied its environment, it is whoever began no longer than
    so many ``seconds`` ago. If it was just being made, it looks like the keeper, so no other keeper
    of ours may live meanwhile.
    """
    begin = time.monotonic()
    while any(keeper_name in _words(pid, "cmdline") for pid in _children_but(others)):
        time.sleep(_LOOK)
    most = seconds + time.monotonic() - begin + _COARSE
    name = mark.name.encode() + b"="
    possible = []
    for pid, state in _states():
        marks = [word for word in _words(pid, "environ") if word.startswith(name)]
        if marks == [name + mark.value.encode()] and state.leads_session:
            return [pid]
        if not marks and state.leads_session and state.began <= most and pid not in others:
            possible.append(pid)
    return possible


def zombies() -> set[int]:
    """The children that have ended and for whom nobody has waited yet."""
    return {pid for pid, state in _states() if state.is_zombie}


def children() -> list[int]:
    """The pids of all children; none where the system does not tell."""
    pids: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(*_GONE):
            pids += map(int, task.read_text().split())
    return pids


def _children_but(others: Collection[int]) -> list[int]:
    return [pid for pid in children() if pid not in others]


def _states() -> Iterator[tuple[int, _State]]:
    for pid in children():
        with suppress(*_GONE):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            began = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / _TICKS
            yield pid, _State(fields[0] == "Z", int(fields[3]) == pid, began)


def _words(pid: int, file: str) -> list[bytes]:
    with suppress(*_GONE, PermissionError):  # it runs as somebody else
        return Path(f"/proc/{pid}/{file}").read_bytes().split(b"\0")
    return []
