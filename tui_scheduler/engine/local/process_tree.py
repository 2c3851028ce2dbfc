"""Ending everything that belongs to a run, and finding it after a crash.

Members of a run are its process group and whoever carries its mark in the environment: children
that began a session of their own, and daemons whose parents are gone, have left the group.
"""

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tui_scheduler.engine.local.spawning import LOG_VARIABLE, status_file_of
from tui_scheduler.engine.runner import Stopped

if TYPE_CHECKING:
    import psutil

_KILL_PATIENCE = timedelta(seconds=5)
_FIRST_LOOK = 0.005  # seconds; each look waits twice as long as the one before
_LAST_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class ProcessTree:
    """All processes of the run whose wrapper is ``leader`` and whose log is ``mark``."""

    leader: int
    mark: str

    async def end(self, grace: timedelta | None) -> Stopped:
        """TERM, ``grace``, then KILL; KILL at once without a grace. Waits until nothing is left."""
        if grace is not None:
            await self._signal(signal.SIGTERM)
            if await self._is_gone_within(grace):
                return Stopped(signal.SIGTERM)
        await self._signal(signal.SIGKILL)
        if await self._is_gone_within(_KILL_PATIENCE, again=signal.SIGKILL):
            return Stopped(signal.SIGKILL)
        return Stopped(signal.SIGKILL, len(await self._members()))

    async def _signal(self, number: signal.Signals) -> None:
        """Signal the group at once, and then whoever has left it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.leader, number)
            os.killpg(self.leader, signal.SIGCONT)  # a stopped process would not notice
        for pid in await self._members():
            with suppress(ProcessLookupError, PermissionError):
                if os.getpgid(pid) != self.leader:
                    os.kill(pid, number)
                    os.kill(pid, signal.SIGCONT)

    async def _is_gone_within(
        self, patience: timedelta, again: signal.Signals | None = None
    ) -> bool:
        """Wait until nothing is left; what was born meanwhile is signalled ``again``."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience.total_seconds()
        pause = _FIRST_LOOK
        while True:
            if (pause >= _LAST_LOOK or not self._has_group()) and not await self._members():
                return True
            if loop.time() >= deadline:
                return False
            await asyncio.sleep(min(pause, max(deadline - loop.time(), 0)))
            pause = min(pause * 2, _LAST_LOOK)
            if again is not None and pause == _LAST_LOOK:
                await self._signal(again)

    def _has_group(self) -> bool:
        """Whether the group has anybody in it; cheap, but counts unreaped processes too."""
        try:
            os.killpg(self.leader, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    async def _members(self) -> list[int]:
        return await asyncio.to_thread(_members, self.leader, self.mark)


def find_leaders() -> dict[str, int]:
    """The wrappers of all runs that are alive, by the path of their status file.

    Reads about all processes of the machine: not for the event loop.
    """
    import psutil

    leaders = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if (status_file := status_file_of(process.cmdline())) is not None:
                leaders[status_file] = process.pid
    return leaders


def _members(leader: int, mark: str) -> list[int]:
    import psutil  # slow to import, and seldom needed

    return [
        process.pid
        for process in psutil.process_iter()
        if (_group(process.pid) == leader or _mark(process) == mark) and _is_alive(process)
    ]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def _mark(process: "psutil.Process") -> str | None:
    import psutil

    try:
        return process.environ().get(LOG_VARIABLE)
    except (psutil.Error, OSError):
        return None


def _is_alive(process: "psutil.Process") -> bool:
    import psutil

    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
