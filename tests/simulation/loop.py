"""An event loop that takes one step when it is told to, in the time of a world.

It never waits: whoever drives it asks when it wants to go on, lets the time pass until then, and
lets it take its next step. So it can be stopped for good between any two steps.
"""

import asyncio
import heapq
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from itertools import count
from typing import Any, TypeVar, TypeVarTuple

from tests.simulation.clock import WorldClock

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class WorldLoop(asyncio.AbstractEventLoop):
    """As much of an event loop as the engine needs; ``complaints`` is what asyncio complains of."""

    def __init__(self, clock: WorldClock) -> None:
        self.complaints: list[dict[str, Any]] = []
        self._clock = clock
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()

    def next_moment(self) -> float | None:
        """When there is something to do, as ``time`` tells it; None if never."""
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        if self._ready:
            return self.time()
        return self._timers[0][0] if self._timers else None

    def turn(self) -> None:
        """Do what is next, and that alone, even if its moment is not there yet."""
        if not self._ready:
            self._ready.append(heapq.heappop(self._timers)[2])
        handle = self._ready.popleft()
        if handle.cancelled():
            return
        before = events._get_running_loop()
        events._set_running_loop(self)
        try:
            handle._context.run(handle._callback, *handle._args)  # type: ignore[attr-defined]
        except Exception as error:
            self.complaints.append({"message": f"a callback failed: {error!r}"})
        finally:
            events._set_running_loop(before)

    def time(self) -> float:
        return self._clock.monotonic()

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return events._get_running_loop() is self

    def is_closed(self) -> bool:
        return False

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Any, *, name: str | None = None, context: Context | None = None
    ) -> "asyncio.Task[Any]":
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def run_in_executor(
        self, executor: Any, func: Callable[[*Ts], T], *args: *Ts
    ) -> "asyncio.Future[T]":
        """Call ``func`` at once: a world has no threads."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.complaints.append(context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Asyncio tells of each; they are left out when their turn comes."""


def new_loop(clock: WorldClock) -> WorldLoop:
    """A loop in which nothing happens yet; what it lacks nobody in a world asks for."""
    return WorldLoop(clock)  # type: ignore[abstract]


def begin(loop: WorldLoop, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """Have ``work`` begin with the next turns of ``loop``."""
    task: asyncio.Task[T] = loop.create_task(work)
    return task
