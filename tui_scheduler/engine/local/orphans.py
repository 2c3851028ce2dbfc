"""The ends of our own children: hearing of them, and reaping those that nobody else waits for.

As process 1 of a container, and for what a keeper that died was the parent of, we inherit
processes that we never began. Nobody waits for those, and each leaves a zombie.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from tui_scheduler.engine.local.identity import Identity, has_ended

_PAUSE = 5.0  # seconds between two looks; whoever began a child waits for it much sooner
_TASKS = Path("/proc/self/task")


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
            self.look()

    def look(self) -> None:
        """Reap those that were there at the last look: one by one, as others wait for theirs."""
        known = self._known()
        if known is None:
            self._seen.clear()
            return
        zombies = {pid for pid in _children() if pid not in known and has_ended(pid)}
        for pid in zombies & self._seen:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        self._seen = zombies - self._seen


def unnamed_zombie(named: Collection[int], born: str) -> int | None:
    """The one ended child of ours that led a session and is not ``named``; None if not just one.

    It began when ``born``, as ``Identity`` tells that, or later.
    """
    found = []
    for pid in _children() - set(named):
        with suppress(OSError):
            is_new = float(Identity.of(pid).began) >= float(born)
            if is_new and has_ended(pid) and os.getsid(pid) == pid:
                found.append(pid)
    return found[0] if len(found) == 1 else None


def _children() -> set[int]:
    """All children of ours, whichever thread began them; none where Linux does not tell."""
    pids: set[int] = set()
    with suppress(OSError):
        for task in list(_TASKS.iterdir()):
            with suppress(OSError):  # a thread that has ended
                pids.update(map(int, (task / "children").read_text().split()))
    return pids
