"""One run that is a process now, until its end is known."""

import asyncio
from datetime import timedelta
from signal import Signals

from tui_scheduler.engine.outcomes import Cause, Inherited, Stop, ending_of
from tui_scheduler.engine.runner import Runner, Stopped
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.running.dispatch import Ending


class LiveRun:
    """A process of ``runner``, by its ``handle``; it may be told to stop, for a first cause."""

    def __init__(
        self,
        run_id: int,
        handle: str,
        runner: Runner,
        clock: Clock,
        inherited: Inherited | None = None,
    ) -> None:
        self.run_id = run_id
        self._inherited = inherited
        self._handle = handle
        self._runner = runner
        self._clock = clock
        self._cause: Cause | None = None
        self._stops: dict[bool, asyncio.Task[Stopped | None]] = {}

    def stop(self, cause: Cause, *, force: bool = False) -> None:
        """Begin to end the whole tree; asking again does nothing, unless for force now."""
        self._cause = self._cause or cause
        if force not in self._stops and True not in self._stops:
            stop = self._runner.stop(self._handle, force=force)
            self._stops[force] = asyncio.create_task(stop)

    async def ending(self, time_left: timedelta | None) -> Ending:
        """Wait for the end, ``time_left`` at most; a stop is waited for until nothing is left."""
        timer = None
        if time_left is not None:
            loop = asyncio.get_running_loop()
            timer = loop.call_later(time_left.total_seconds(), self.stop, Cause.TIMEOUT)
        try:
            gone = await self._runner.watch(self._handle)
        except asyncio.CancelledError:  # we leave: whoever schedules next stops it again
            for stop in self._stops.values():
                stop.cancel()
            raise
        finally:
            if timer is not None:
                timer.cancel()
        stopped = await self._stop()
        return ending_of(self.run_id, gone, stopped, self._clock.now(), self._inherited)

    async def _stop(self) -> Stop | None:
        """Why and how it was stopped; None if it ended before a signal could be sent."""
        took = [stopped for stopped in await asyncio.gather(*self._stops.values()) if stopped]
        if self._cause is None or not took:
            return None
        by = Signals.SIGKILL if any(one.by is Signals.SIGKILL for one in took) else took[0].by
        return Stop(self._cause, Stopped(by, took[-1].survivors))
