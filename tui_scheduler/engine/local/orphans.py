"""Our own children: hearing of their ends, and what of them we never began.

As process 1 of a container, and when a keeper dies, we inherit processes: a keeper's runs, and
what runs left behind. Nobody waits for the latter, and each leaves a zombie. Whoever looks at them
reads about all processes, which is not for the event loop.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_scheduler.engine.local.process_tree import Mark

_PAUSE = 5.0  # seconds between two looks; whoever began a child waits for it much sooner
_LOOK = 0.005  # seconds
_TICK = 1 / os.sysconf("SC_CLK_TCK")
_GONE = (FileNotFoundError, ProcessLookupError)


def hear_of_ends() -> None:
    """Keep the exit codes of our children, even if whoever started us had them thrown away.

    Only the main thread may do that; elsewhere nothing happens.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


class Orphans:
    """Zombies that are our children and that nobody has waited for between two looks.

    ``known`` are the pids that are to be left alone; None if that cannot be said now.
    """

    def __init__(self, known: Callable[[], Collection[int] | None]) -> None:
        self._known = known
        self._seen: set[int] = set()

    async def reap(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            await asyncio.sleep(_PAUSE)
            with suppress(OSError, RuntimeError):  # nothing left to look with: another time
                self.reap_seen(await asyncio.to_thread(zombies))

    def reap_seen(self, ended: set[int]) -> None:
        """Reap those that were there at the last look: one by one, as others wait for theirs."""
        known = self._known()
        if known is None:
            self._seen.clear()
            return
        strange = ended.difference(known)
        for pid in strange & self._seen:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        self._seen = strange - self._seen


class _State(NamedTuple):
    """What is left of a child also when it has ended; ``began`` as ``uptime`` tells it."""

    parent: int
    is_zombie: bool
    leads_session: bool
    began: float


def uptime() -> float:
    """Seconds since the machine was started: no clock that anybody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def first_of_run(
    mark: Mark, others: Collection[int], keeper_name: bytes, since: float
) -> list[int]:
    """Whoever may be the first process of a run that a keeper was about to begin when it died.

    That is nobody, if it did not come to it, and none of ``others``. Its mark tells the one;
    without any, as it has ended or has emptied its environment, it is whoever began after
    ``since``, see ``uptime``. If it was just being made, it looks like the keeper, so no other one
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
