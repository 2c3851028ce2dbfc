"""A runner whose children are those of a machine of a world."""

import asyncio
import errno
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tests.simulation.faults import Faults, StartFault
from tests.simulation.machine import Machine
from tui_scheduler.engine.runner import (
    Adopted,
    CannotStart,
    Ended,
    Lost,
    NeverStarted,
    Started,
    Stopped,
    Waits,
)
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.running.taken_runs import Claim, OpenRun

KILL_GRACE = 10.0
_WAY = 0.004  # seconds that a request is on its way, and its answer
_LOOK = 0.25  # seconds between two looks whether somebody answers again


class WorldRunner:
    """Asks a machine for what a scheduler wants; whoever is dead asks for nothing."""

    def __init__(self, machine: Machine, faults: Faults) -> None:
        self._faults = faults
        self._has_left = False
        self._is_dead = False
        self._where = machine

    def die(self) -> None:
        """Let it never do anything again."""
        self._is_dead = True

    @property
    def _machine(self) -> Machine:
        if self._is_dead:
            raise asyncio.CancelledError
        return self._where

    def prepare(self) -> None:
        """A machine is always ready."""

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Started | Lost | NeverStarted:
        fault = self._faults.next_start()
        await asyncio.sleep(_WAY)
        match fault:
            case StartFault.REFUSED:
                raise CannotStart("The system could not start it")
            case StartFault.BROKEN:
                raise OSError(errno.EMFILE, "Too many open files")
            case StartFault.SILENT:
                await self._answered(claim.run_id)
            case StartFault.WAITS:
                waits("It cannot begin yet: there is no room")
                with suppress(TimeoutError):
                    await asyncio.wait_for(unwanted.wait(), 5)
        if self._has_left or unwanted.is_set():
            return NeverStarted()
        child = self._machine.begin(claim)
        if fault is StartFault.GONE:
            self._machine.lose(child)
            return Lost("It is not known what became of it")
        await asyncio.sleep(_WAY)
        return Started(child.handle, child.start_time, child.pid)

    async def _answered(self, run_id: int) -> None:
        """Wait until somebody answers again."""
        self._faults.silent.add(run_id)
        try:
            while self._faults.is_silent and not self._is_dead:  # noqa: ASYNC110  nobody tells us
                await asyncio.sleep(_LOOK)
        finally:
            self._faults.silent.discard(run_id)

    async def watch(self, handle: str, tell: Callable[[Started | Waits], None]) -> Ended | Lost:
        return await self._machine.ended(self._machine.children[handle])

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        child = self._machine.children[handle]
        if child.end is not None:
            return None
        sent = signal.SIGKILL if force else signal.SIGTERM
        self._machine.send(child, sent)
        try:
            await asyncio.wait_for(self._machine.ended(child), KILL_GRACE)
        except TimeoutError:
            sent = signal.SIGKILL
            self._machine.send(child, sent)
        await self._machine.ended(child)
        return Stopped(sent)

    async def adopt(self, run: OpenRun) -> Adopted:
        await asyncio.sleep(_WAY)
        child = self._machine.children.get(f"{run.run_id}:{run.token}")
        match child:
            case None:
                return NeverStarted()
            case _ if child.end is None:
                return Started(child.handle, child.start_time, child.pid)
            case _ if isinstance(child.end, Ended):
                return replace(child.end, start_time=child.start_time)
        assert isinstance(child.end, Lost)
        return child.end

    async def finish_log(self, run_id: int, log: Path, text: str) -> None:
        if not text:
            return
        with suppress(OSError):
            await asyncio.to_thread(RunFiles.of(log).append, text)

    def recorded(self, run_ids: Sequence[int]) -> None:
        """A machine forgets nothing."""

    async def let_go(self) -> None:
        self._has_left = True
        await asyncio.sleep(_WAY)
