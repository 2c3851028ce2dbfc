"""Logs cannot hurt: none grows without end, and all together leave the end of the disk alone.

Runs write straight to their logs, so nobody is asked before a log grows. We look at the logs that
are being written a few times a second, and cut what has become too long.
"""

import asyncio
import logging
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.engine.local.log_cutting import ROOM, Limit, Seams, cut
from tui_scheduler.services.logs.run_files import is_held
from tui_scheduler.sizes import size_text

LEAST = 64 * 1024
"""Bytes by which any log may grow, however full the disk is."""
_SMALLEST = 4 * ROOM  # bytes; less than that says nothing
_PAUSE = 0.25  # seconds between two looks
_HURRY = 0.05  # seconds until the next look while a log floods
_WHOLE = 100  # percent
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _WatchedLog:
    """A log that is written; ``fair_size`` is what it had before the disk was nearly full.

    It may still be written when its run ``has_ended``: by what the run left behind. Then it
    ``is_over`` when nobody holds it any more.
    """

    path: Path
    fair_size: int
    seams: Seams = ()
    is_troubled: bool = False
    has_ended: bool = False
    is_over: bool = False


def percent_free(folder: Path) -> float:
    """How much of the disk of ``folder`` is free to us; raises OSError."""
    disk = os.statvfs(folder)
    return _WHOLE * disk.f_bavail / disk.f_blocks if disk.f_blocks else _WHOLE


class LogLimits:
    """Cuts logs to ``log_cap`` bytes while ``disk_reserve`` percent of the disk are free.

    When they are not, no log grows by more than 64 kB. 0 is no limit.
    """

    def __init__(
        self,
        log_cap: int = 0,
        disk_reserve: float = 0,
        percent_free: Callable[[Path], float] = percent_free,
    ) -> None:
        self._cap = max(log_cap, _SMALLEST) if log_cap else 0
        self._reserve = disk_reserve
        self._percent_free = percent_free
        self._harmless = min(self._cap or LEAST, LEAST) - ROOM
        self._logs: dict[Path, _WatchedLog] = {}
        self._looking: asyncio.Task[None] | None = None
        # One thread: no two cuts at once, not even when nobody waits for the first any more.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="log-limits")

    def watch(self, log: Path, *, is_new: bool) -> None:
        """Keep a log within its limit from now on; one that ``is_new`` was empty a moment ago."""
        if self._cap or self._reserve:
            self._logs[log] = _WatchedLog(log, 0 if is_new else _size(log))
            self._look_from_now_on()

    async def settle(self, log: Path) -> None:
        """Bring the log of a run that has ended within its limit; watch it on if it is held."""
        if not (self._cap or self._reserve):
            return
        size = _size(log)
        watched = self._logs.setdefault(log, _WatchedLog(log, size))
        watched.has_ended = True
        if size > self._harmless:
            await self._keep((watched,))
        if is_held(log):
            self._look_from_now_on()
        else:
            self._logs.pop(log, None)

    def let_go(self) -> None:
        """Watch nothing any more."""
        self._logs.clear()
        if self._looking is not None:
            self._looking.cancel()

    def _look_from_now_on(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())

    async def _look_on(self) -> None:
        pause = _PAUSE
        while self._logs:
            await asyncio.sleep(pause)
            logs = tuple(self._logs.values())
            pause = _HURRY if await self._keep(logs) else _PAUSE
            for log in logs:
                if log.is_over:
                    self._logs.pop(log.path, None)

    async def _keep(self, logs: tuple[_WatchedLog, ...]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._cut_all, logs)

    def _cut_all(self, logs: tuple[_WatchedLog, ...]) -> bool:
        """In the thread: whether any of ``logs`` had to be cut."""
        free = self._free(logs[0].path.parent) if logs else _WHOLE
        return True in [self._cut(log, free) for log in logs]

    def _cut(self, log: _WatchedLog, free: float) -> bool:
        log.is_over = log.has_ended and not is_held(log.path)
        size = _size(log.path)
        if free >= self._reserve:
            log.fair_size = size
        limit = self._limit(log.fair_size, free)
        if limit is None or size <= limit.most:
            return False
        try:
            log.seams = cut(log.path, limit, log.seams, is_written=not log.is_over)
        except Exception:
            if not log.is_troubled:  # and not at every look
                _log.exception("%s cannot be cut", log.path)
            log.is_troubled = True
            return False
        return True

    def _limit(self, fair_size: int, free: float) -> Limit | None:
        grown = fair_size + LEAST
        if free < self._reserve and (not self._cap or grown < self._cap):
            left = math.floor(free * 10) / 10
            reason = f"the disk is nearly full ({left:g} % free)"
            return Limit(grown, fair_size + LEAST // 2, reason)
        if not self._cap:
            return None
        return Limit(self._cap, self._cap // 2, f"the log is limited to {size_text(self._cap)}")

    def _free(self, folder: Path) -> float:
        try:
            return self._percent_free(folder) if self._reserve else _WHOLE
        except OSError:
            return _WHOLE


def _size(log: Path) -> int:
    """The bytes of ``log``; 0 if it cannot be seen."""
    try:
        return log.stat().st_size
    except OSError:
        return 0
