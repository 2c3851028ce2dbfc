"""The children that became ours when their parents died: a keeper's runs, and what runs left.

All of this reads about every child, so none of it is for the event loop. It raises OSError when it
cannot be looked at them: that nobody is there must be sure.
"""

import os
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_scheduler.engine.local.process_tree import Mark

_LOOK = 0.005  # seconds
_TICK = 1 / os.sysconf("SC_CLK_TCK")
_GONE = (FileNotFoundError, ProcessLookupError)


class _State(NamedTuple):
    """What is left of a child also when it has ended; ``began`` as ``now`` tells it."""

    parent: int
    is_zombie: bool
    leads_session: bool
    began: float


def now() -> float:
    """Seconds since the machine was started: no clock that anybody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def first_of_run(
    mark: Mark, others: Collection[int], keeper_name: bytes, since: float
) -> list[int]:
    """Whoever may be the first process of a run that a keeper was about to begin when it died.

    That is nobody, if it did not come to it, and none of ``others``. Its mark tells the one;
    without any, as it has ended or has emptied its environment, it is whoever began after
    ``since``, see ``now``. If it was just being made, it looks like the keeper, so no other keeper
    of ours may live meanwhile.
    """
    while any(keeper_name in _words(pid, "cmdline") for pid in _children() if pid not in others):
        time.sleep(_LOOK)
    name = mark.name.encode() + b"="
    possible = []
    for pid, state in _children().items():
        marks = [word for word in _words(pid, "environ") if word.startswith(name)]
        if marks == [name + mark.value.encode()] and state.leads_session:
            return [pid]
        if not marks and state.leads_session and state.began >= since - _TICK and pid not in others:
            possible.append(pid)
    return possible


def zombies() -> set[int]:
    """The children that have ended and for whom nobody has waited yet; some may be missing."""
    pids: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(*_GONE):
            pids += map(int, task.read_text().split())
    states = ((pid, _state(pid)) for pid in pids)
    return {pid for pid, state in states if state is not None and state.is_zombie}


def _children() -> dict[int, _State]:
    """All children; the kernel's list of them leaves some out if others are reaped meanwhile."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    states = ((pid, _state(pid)) for pid in pids)
    ourselves = os.getpid()
    return {pid: state for pid, state in states if state is not None and state.parent == ourselves}


def _state(pid: int) -> _State | None:
    with suppress(*_GONE):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return _State(
            int(fields[1]), fields[0] == "Z", int(fields[3]) == pid, int(fields[19]) * _TICK
        )
    return None


def _words(pid: int, file: str) -> list[bytes]:
    with suppress(*_GONE, PermissionError):  # it runs as somebody else
        return Path(f"/proc/{pid}/{file}").read_bytes().split(b"\0")
    return []
