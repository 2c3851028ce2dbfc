"""Our own children: hearing of their ends, and what of them we never began.

As process 1 of a container, and when a keeper dies, we inherit processes: a keeper's runs, and
what runs left behind. Nobody waits for the latter, and each leaves a zombie.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_scheduler.engine.local.process_tree import Mark, marked

_PAUSE = 5.0  # seconds between two looks; whoever began a child waits for it much sooner
_LOOK = 0.005  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")
_COARSE = 0.05  # seconds by which the time of a file and that of a process may differ


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
            self.reap_seen(await asyncio.to_thread(_zombies))

    def reap_seen(self, zombies: set[int]) -> None:
        """Reap those that were there at the last look: one by one, as others wait for theirs."""
        known = self._known()
        if known is None:
            self._seen.clear()
            return
        strange = zombies.difference(known)
        for pid in strange & self._seen:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        self._seen = strange - self._seen


class _State(NamedTuple):
    """What is left of a child also when it has ended; ``began`` is how many seconds ago."""

    is_zombie: bool
    leads_session: bool
    began: float


def first_of_run(mark: Mark, keeper: int, keeper_name: bytes, seconds: float) -> list[int]:
    """Whoever may be the first process of a run that ``keeper`` was about to begin when it died.

    That is nobody, if it did not come to it. It may have ended already, and then nothing tells its
    run, but that it began no longer than so many ``seconds`` ago. Or it may have just been made:
    then it looks like the keeper. No other keeper of ours may live meanwhile. For a thread.
    """
    begin = time.monotonic()
    while True:
        is_unborn = any(keeper_name in _words(pid) for pid in _children() if pid != keeper)
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


def _zombies() -> set[int]:
    return {pid for pid, state in _states() if state.is_zombie}


def _children() -> list[int]:
    """The pids of all children, whichever thread began them; none where Linux does not tell."""
    pids: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended
            pids += map(int, task.read_text().split())
    return pids


def _states() -> Iterator[tuple[int, _State]]:
    for pid in _children():
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            began = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / _TICKS
            yield pid, _State(fields[0] == "Z", int(fields[3]) == pid, began)


def _words(pid: int) -> list[bytes]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []
