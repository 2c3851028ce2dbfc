"""A program of a world: everything that a front end opens, in an event loop of its own.

It is the real runtime. Its database worker does its jobs between two turns of the loop instead of
in a thread, in the same batches, and its runner starts the children of the world's machine.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

import pytest

from tests.simulation.clock import WorldClock
from tests.simulation.faults import Faults, Killed, failing
from tests.simulation.loop import begin, new_loop
from tests.simulation.machine import Machine
from tests.simulation.runner import WorldRunner
from tui_scheduler import lock_holder
from tui_scheduler.engine import heartbeat, housekeeping, scheduler
from tui_scheduler.engine.local import runner as local_runner
from tui_scheduler.models import database, worker
from tui_scheduler.runtime import attending, open_runtime, runtime
from tui_scheduler.services.clock import BEHIND
from tui_scheduler.services.running import misfires
from tui_scheduler.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

_JOB = 0.001  # seconds until the database does what it was asked for
_MOST_TURNS = 100_000
"""After so many, whoever should end never will."""

_LIMITS = {
    (misfires, "MOST_CAUGHT_UP"): 5,
    (heartbeat, "BEAT_PERIOD"): 20.0,
    (runtime, "_FOREIGN_COMMIT_POLL"): 4.0,
    (runtime, "_REOPEN_POLL"): 4.0,
    (attending, "_LOCK_POLL"): 4.0,
    (scheduler, "_LONGEST_SLEEP"): 10.0,
    (housekeeping, "_FIRST"): 20.0,
    (housekeeping, "_PERIOD"): 120.0,
}
"""What is made smaller or rarer than in reality, as a hundred of it find no more than a few do."""


class Program:
    """A program that wants to schedule, from its start to its end."""

    def __init__(
        self, settings: Settings, clock: WorldClock, machine: Machine, faults: Faults
    ) -> None:
        self.loop = new_loop(clock)
        self.runtime: runtime.Runtime | None = None
        self.die_in: int | None = None
        """After how many turns it is killed."""
        self.is_dead = False
        self._faults = faults
        self._machine = machine
        self._leaving: asyncio.Event = asyncio.Event()
        self._runners: list[WorldRunner] = []
        self.workers: list[_Worker] = []
        self._descriptors: set[int] = set()
        self._task = begin(self.loop, self._live(settings, clock))

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._task.done()

    def error(self) -> BaseException | None:
        """What ended it that it did not expect."""
        is_known = self._task.done() and not self._task.cancelled()
        return self._task.exception() if is_known else None

    def turn(self) -> None:
        """Let it take its next step."""
        if self.die_in is not None:
            self.die_in -= 1
            if self.die_in < 0:
                self.kill()
                return
        self._faults.lock_descriptors = self._descriptors
        try:
            self._take_turn()
        except Killed:
            self.kill()
        if self.is_over:
            self._close_all()

    def leave(self) -> None:
        """Ask it to end, as a signal does."""
        self.loop.call_soon(self._leaving.set)

    def kill(self) -> None:
        """Let it do nothing any more: what it leaves is what it has done by now.

        The kernel takes back its lock. Its coroutines are unwound, and nobody hears of it.
        """
        if self._task.done():
            return
        self.is_dead = True
        for runner in self._runners:
            runner.die()
        for each in self.workers:
            each.die()
        database.connection().rollback()
        self._task.cancel()
        with failing(Faults(lock_descriptors=self._descriptors)):
            for _ in range(_MOST_TURNS):
                if self.loop.next_moment() is None:
                    break
                self._take_turn()
        assert self._task.done(), "a program that is cancelled does not end"
        self._close_all()

    def new_runner(self, *_: Any, **__: Any) -> WorldRunner:
        """In the place of a runner of this machine."""
        self._runners.append(WorldRunner(self._machine, self._faults))
        return self._runners[-1]

    def _take_turn(self) -> None:
        """Let the loop go on, and know meanwhile whose worker and runner are made."""
        _working.append(self)
        try:
            self.loop.turn()
        finally:
            _working.pop()

    def _close_all(self) -> None:
        """As the kernel does for whoever has ended."""
        for descriptor in tuple(self._descriptors):
            os.close(descriptor)
        self._descriptors.clear()

    async def _live(self, settings: Settings, clock: WorldClock) -> None:
        async with open_runtime(settings, clock=clock) as self.runtime:
            await self._leaving.wait()


class _Worker(worker.DatabaseWorker):
    """Does its jobs in the event loop, those together that wait together."""

    def __init__(
        self,
        name: str,
        *,
        read_only: bool = False,
        before_outcomes: Callable[[], object] = lambda: None,
    ) -> None:
        self._program = _working[-1]
        self._program.workers.append(self)
        self._read_only = read_only
        self._before_outcomes = before_outcomes
        self._is_closed = False
        self._jobs = SimpleQueue()
        self._doing: list[worker._Job] = []
        self._loop = asyncio.get_running_loop()

    def submit(
        self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> "asyncio.Future[T]":
        if self._program.is_dead:
            raise asyncio.CancelledError
        if self._jobs.empty():
            self._loop.call_later(_JOB, self._work_off)
        return super().submit(use_case, *args, **kwargs)

    async def close(self) -> None:
        self._is_closed = True
        self._work_off()

    def die(self) -> None:
        """Leave undone what was asked for; whoever waits for it is not kept."""
        for begun in self._doing:
            begun.future.cancel()
        while not self._jobs.empty():
            if (job := self._jobs.get()) is not None:
                job.future.cancel()

    def _work_off(self) -> None:
        while not self._jobs.empty() and not self._program.is_dead:
            self._doing = [job for job in self._gathered() if job is not None]
            self._do(self._doing)


_working: list[Program] = []
"""The program that takes a step now."""


@contextmanager
def programs_of_worlds(foreign_commits: Callable[[], int]) -> Iterator[None]:
    """Have programs made in the block live in worlds: they open nothing that is not a world's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "DatabaseWorker", _Worker)
        patch.setattr("tui_scheduler.runtime.open_database", lambda *_, **__: nullcontext())
        patch.setattr(runtime, "data_version", foreign_commits)
        patch.setattr(lock_holder, "_is_stopped", lambda _: False)
        patch.setattr(local_runner, "LocalRunner", _runner_of_the_program)
        for module in (runtime, heartbeat):
            patch.setattr(module, "rest_of", _rest_of)
        for (module, name), value in _LIMITS.items():
            patch.setattr(module, name, value)
        yield


def _rest_of(period: float) -> float:
    """The same by the time of the world, or no world would be the same in every run."""
    return period - asyncio.get_running_loop().time() % period + BEHIND


def _runner_of_the_program(*arguments: Any, **options: Any) -> WorldRunner:
    return _working[-1].new_runner(*arguments, **options)
