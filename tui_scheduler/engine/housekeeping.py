"""Removing old runs beside the scheduling, so gently that no fire is late because of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from tui_scheduler.engine.recorder import Read, Write
from tui_scheduler.services.retention import Limits, Retention

T = TypeVar("T")

_FIRST = 60.0  # seconds after the engine began: there is enough to do at a start
_PERIOD = 3600.0  # seconds
_PAUSE = 0.05  # seconds between two batches
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
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._retention = retention
        self._limits = limits
        self._read = read
        self._write = write
        self._sleep = sleep

    async def run(self) -> None:
        """Prune a minute from now and then every hour, until cancelled; failures are logged."""
        await self._sleep(_FIRST)
        while True:
            try:
                await self.prune()
            except Exception:
                _log.exception("old runs cannot be removed; it is tried again in an hour")
            await self._sleep(_PERIOD)

    async def prune(self) -> None:
        """Remove what is beyond the limits, batch by batch."""
        removed = 0
        while count := await _finished(self._remove_some()):
            removed += count
            await self._sleep(_PAUSE)
        await self._write(self._retention.note, removed)
        if removed:
            _log.info("%d old runs were removed", removed)

    async def _remove_some(self) -> int:
        batch = await self._read(self._retention.batch, self._limits)
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
