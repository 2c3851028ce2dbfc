"""Removing old runs beside the scheduling, so gently that no fire is late because of it.

How old a run is, is known only if the clock is right. When it seems that half of what is kept has
grown too old since the last pruning, the clock may be ahead, or nobody was here for long: then
nothing is removed for its age until that has been so for a day, in which a person may see it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from tui_scheduler.engine.recorder import Read, Write
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.errors import cause_of
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.retention import Limits, Retention
from tui_scheduler.signs_of_life import Trouble

T = TypeVar("T")

_FIRST = 60.0  # seconds after the engine began: there is enough to do at a start
_PERIOD = 3600.0  # seconds
_PAUSE = 0.05  # seconds between two batches
_TRIAL = 86_400.0  # seconds until a clock is believed that seems to have jumped ahead
_TASK = "housekeeping"
_log = logging.getLogger(__name__)


class Housekeeping:
    """Keeps the history within ``limits`` while ``run`` runs.

    What is to go is looked up on the reading thread, rows are removed on the writing thread and
    files on one of their own, because to remove a large file takes a while.
    """

    def __init__(
        self,
        retention: Retention,
        limits: Limits,
        *,
        read: Read,
        write: Write,
        clock: Clock,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        troubles: Troubles | None = None,
    ) -> None:
        self._retention = retention
        self._limits = limits
        self._read = read
        self._write = write
        self._clock = clock
        self._sleep = sleep
        self._troubles = troubles or Troubles()
        self._doubted_since: float | None = None

    async def run(self) -> None:
        """Prune a minute from now and then every hour, until cancelled; failures are told."""
        await self._sleep(_FIRST)
        while True:
            try:
                await self.prune()
            except Exception as error:
                _log.exception("old runs cannot be removed; it is tried again in an hour")
                reason, remedy = cause_of(error)
                text = f"Old runs cannot be removed: {reason}"
                self._troubles.say(_TASK, Trouble(text, remedy, is_minor=True))
            else:
                self._troubles.over(_TASK)
            await self._sleep(_PERIOD)

    async def prune(self) -> None:
        """Remove what is beyond the limits, batch by batch."""
        is_clock_right = await self._is_clock_right()
        limits = self._limits if is_clock_right else replace(self._limits, days=0)
        removed = 0
        while count := await _finished(self._remove_some(limits)):
            removed += count
            await self._sleep(_PAUSE)
        if is_clock_right:
            await self._write(self._retention.note, removed)
        if removed:
            _log.info("%d old runs were removed", removed)

    async def _is_clock_right(self) -> bool:
        """Whether the age of runs can be believed."""
        believed_at = await self._read(self._retention.believed_at)
        most = timedelta(days=min(max(self._limits.days / 2, 1), timedelta.max.days))
        if not self._limits.days or believed_at is None or self._clock.now() - believed_at <= most:
            self._doubted_since = None
            return True
        if self._doubted_since is None:
            self._doubted_since = self._clock.monotonic()
            _log.warning("nothing is removed for its age for a day: is the clock right?")
        return self._clock.monotonic() - self._doubted_since >= _TRIAL

    async def _remove_some(self, limits: Limits) -> int:
        batch = await self._read(self._retention.batch, limits)
        if not batch:
            return 0
        removed = await self._write(self._retention.remove_rows, batch)
        await asyncio.to_thread(self._retention.remove_files, removed)
        return len(removed)


async def _finished(work: Coroutine[Any, Any, T]) -> T:
    """The outcome of ``work``, which is finished even if we are cancelled: rows and their files."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
