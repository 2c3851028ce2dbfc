"""Ending everything that belongs to a run, and finding it after a crash.

Members of a run are its process group and session, whoever carries its mark in the environment,
and all that descend from one of these: what changed user, emptied its environment or began a
session of its own has left everything but its parents. Who was a member at one look is one at the
next, though its parents may be gone by then.
"""

import asyncio
import os
import signal
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.runner import Stopped

if TYPE_CHECKING:
    import psutil

_KILL_PATIENCE = timedelta(seconds=5)
_BECOMING = 0.01  # seconds in which a process becomes another program
_FIRST_LOOK = 0.005  # seconds; each look waits twice as long as the one before
_LAST_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class Mark:
    """The variable that the processes of a run have, unless they emptied their environment."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ProcessTree:
    """All processes of the run whose first one is ``leader``."""

    leader: int
    mark: Mark
    _known: "set[psutil.Process]" = field(default_factory=set)

    async def end(self, grace: timedelta | None) -> Stopped:
        """TERM, ``grace``, then KILL; KILL at once without a grace. Waits until nothing is left."""
        members = await self._members()  # before a signal takes the parents that tell who they are
        if grace is not None:
            self._signal(members, signal.SIGTERM)
            if await self._is_gone_within(grace):
                return Stopped(signal.SIGTERM)
        self._signal(await self._members(), signal.SIGKILL)
        if await self._is_gone_within(_KILL_PATIENCE, again=signal.SIGKILL):
            return Stopped(signal.SIGKILL)
        return Stopped(signal.SIGKILL, await asyncio.to_thread(self._named_members))

    def _signal(self, members: "list[psutil.Process]", number: signal.Signals) -> None:
        """Signal the group at once, and then whoever has left it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.leader, number)
            os.killpg(self.leader, signal.SIGCONT)  # a stopped process would not notice
        for member in members:
            with suppress(ProcessLookupError, PermissionError):
                if os.getpgid(member.pid) != self.leader:
                    os.kill(member.pid, number)
                    os.kill(member.pid, signal.SIGCONT)

    async def _is_gone_within(
        self, patience: timedelta, again: signal.Signals | None = None
    ) -> bool:
        """Wait until nothing is left; what began meanwhile is signalled ``again``."""
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
                self._signal(await self._members(), again)

    def _has_group(self) -> bool:
        """Whether the group has anybody in it; cheap, but counts unreaped processes too."""
        try:
            os.killpg(self.leader, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    async def _members(self) -> "list[psutil.Process]":
        return await asyncio.to_thread(self.members)

    def members(self) -> "list[psutil.Process]":
        """Returns all members that live now; call it in a thread, as it looks at every process."""
        import psutil  # slow to import, and seldom needed

        children: dict[int, list[psutil.Process]] = {}
        members: list[psutil.Process] = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                children.setdefault(process.ppid(), []).append(process)
            if process in self._known or _is_marked(process, self.leader, self.mark):
                members.append(process)
        tree = set(members)
        while members:
            for child in children.get(members.pop().pid, ()):
                if child not in tree:
                    tree.add(child)
                    members.append(child)
        self._known.update(tree)
        return [process for process in tree if _is_alive(process)]

    def _named_members(self) -> tuple[str, ...]:
        return tuple(sorted(_named(self.members())))


def marked_among(pids: Iterable[int], leader: int, mark: Mark) -> list[int]:
    """Returns those of ``pids`` that are in the group or session of ``leader``, or carry ``mark``.

    Reading an environment may take long: do not call it on the event loop.
    """
    import psutil

    members = []
    for pid in pids:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if _environment(process) == {}:  # while it becomes another program it has none
                time.sleep(_BECOMING)
            if _is_marked(process, leader, mark):
                members.append(pid)
    return members


def _is_marked(process: "psutil.Process", leader: int, mark: Mark) -> bool:
    with suppress(ProcessLookupError, PermissionError):
        if leader in (os.getpgid(process.pid), os.getsid(process.pid)):
            return True
    return _variable(process, mark.name) == mark.value


def marked(mark: Mark) -> int | None:
    """The first process that was started with ``mark``; None if none is alive.

    Reads about all processes of the machine: not for the event loop.
    """
    import psutil

    bearers = [p for p in psutil.process_iter() if _variable(p, mark.name) == mark.value]
    pids = {process.pid for process in bearers}
    for process in bearers:
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == process.pid and process.ppid() not in pids:
                return process.pid
    return None


def strangers(heir: int, mark: str, born: str, others: Collection[int]) -> tuple[str, ...]:
    """Who was left to ``heir`` and may belong to a run or not: named, nothing more.

    They began after it, ``born`` like those of ``Identity``, have no variable ``mark``, and are in
    none of the sessions ``others``. Reads about all processes of the machine.
    """
    import psutil

    orphans = []
    with suppress(psutil.Error, OSError):
        for process in psutil.Process(heir).children():
            with suppress(psutil.Error, OSError):
                is_new = float(Identity.of(process.pid).began) >= float(born)
                is_others = os.getsid(process.pid) in others
                if is_new and not is_others and _variable(process, mark) is None:
                    orphans.append(process)
    return tuple(sorted(_named([process for process in orphans if _is_alive(process)])))


def _named(processes: "list[psutil.Process]") -> Iterator[str]:
    import psutil

    for process in processes:
        with suppress(psutil.Error, OSError):
            yield f"{process.name()} ({process.pid}, of {process.username()})"


def _variable(process: "psutil.Process", name: str) -> str | None:
    return (_environment(process) or {}).get(name)


def _environment(process: "psutil.Process") -> dict[str, str] | None:
    """None if it cannot be read."""
    import psutil

    try:
        return process.environ()
    except (psutil.Error, OSError):
        return None


def _is_alive(process: "psutil.Process") -> bool:
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
