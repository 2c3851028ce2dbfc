"""Stopping runs where nobody schedules: an engine that begins nothing new."""

import asyncio

from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.runtime import Runtime, open_runtime
from tui_scheduler.services.running.dispatch import Claim, Dispatch
from tui_scheduler.settings import Settings

_POLL = 0.05  # seconds


class _NothingNew(Dispatch):
    """Knows what runs, and claims nothing."""

    def claim(self) -> list[Claim]:
        """Nothing may start."""
        return []

    def next_wakeup(self) -> None:
        """Nothing falls due."""


def end_run(settings: Settings, run_id: int) -> bool:
    """Carry out what was asked of ``run_id``, in the place of a scheduler.

    Returns False, without doing anything, if somebody else schedules or the lock cannot be had.
    """
    lock = SchedulerLock(settings.lock_file)
    if not lock.acquire():
        return False
    try:
        asyncio.run(_end(settings, run_id))
    finally:
        lock.release()
    return True


async def _end(settings: Settings, run_id: int) -> None:
    from tui_scheduler.engine.local.log_limits import LogLimits
    from tui_scheduler.engine.local.runner import LocalRunner
    from tui_scheduler.engine.scheduler import Scheduler

    limits = LogLimits(settings.log_cap, settings.disk_reserve)
    async with open_runtime(settings, may_schedule=False) as runtime:
        engine = Scheduler(
            dispatch=_NothingNew(runtime.services.context),
            write=runtime.write,
            runner=LocalRunner(runtime.clock, settings.kill_grace, limits),
            clock=runtime.clock,
        )
        scheduling = asyncio.create_task(engine.run())
        ended = asyncio.create_task(_ended(runtime, run_id))
        try:
            await asyncio.wait((scheduling, ended), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                await scheduling  # raises why it gave up
        finally:
            for task in (scheduling, ended):
                task.cancel()
            await asyncio.gather(scheduling, ended, return_exceptions=True)


async def _ended(runtime: Runtime, run_id: int) -> None:
    is_open = True
    while is_open:
        await asyncio.sleep(_POLL)
        is_open = (await runtime.read(runtime.services.runs.get, run_id)).is_open
