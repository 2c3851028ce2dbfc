"""What is proportional to the size of a log, done in a thread and in slices.

Python runs one thread at a time, and one that gives way only when it is asked to makes the others
wait five milliseconds. So the thread here sleeps a little after each millisecond of work: the loop
of the application must stay free for what it starts and shows.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from tui_scheduler.services.logs.log_file import Change, LogFile
from tui_scheduler.services.logs.log_lines import LineIndex
from tui_scheduler.services.logs.log_search import LogSearch, Match, Pattern

SLICE = 0.1
"""Seconds of work until progress is told."""
BREATH = 0.000_5
"""Seconds of sleep after each step of about a millisecond."""


class LogWork:
    """Counts the lines of a log and its matches; finds the next match."""

    def __init__(self, path: Path) -> None:
        self.lines: int | None = None
        self.search: LogSearch | None = None
        self._log = LogFile(path)
        self._index = LineIndex(self._log)
        self._alone = asyncio.Lock()

    def look_for(self, pattern: Pattern | None) -> None:
        """Begin another search, or none."""
        self.search = None if pattern is None else LogSearch(self._log, pattern)

    async def advance(self) -> bool:
        """Do a slice of what is left; False when nothing is."""
        async with self._alone:
            is_more = await asyncio.to_thread(self._slice)
        self.lines = self._index.lines if self._index.lines is not None else self.lines
        return is_more

    async def find(self, match: Match, direction: int, stop: Callable[[], bool]) -> Match | None:
        """Find the match after (1) or before (-1) another; past the last one comes the first."""
        async with self._alone:
            return await asyncio.to_thread(self._find, match, direction, _breathing(stop))

    async def nearest(self, start: int, stop: Callable[[], bool]) -> Match | None:
        """Find the first match from a line on, or else the last one before it."""
        async with self._alone:
            return await asyncio.to_thread(self._nearest, start, _breathing(stop))

    async def number(self, match: Match) -> int | None:
        """Return which match it is, from 1; None while that is still unknown."""
        async with self._alone:
            search = self.search
            return None if search is None else await asyncio.to_thread(search.number, match)

    def _slice(self) -> bool:
        if self._log.refresh() in (Change.REPLACED, Change.MISSING):
            self._index, self.lines = LineIndex(self._log), None
            self.look_for(self.search.pattern if self.search is not None else None)
        deadline = monotonic() + SLICE
        search = self.search
        while monotonic() < deadline:
            is_more = self._index.step()
            if search is not None:
                is_more = search.step() or is_more
            if not is_more:
                return False
            sleep(BREATH)
        return True

    def _find(self, match: Match, direction: int, stop: Callable[[], bool]) -> Match | None:
        search = self.search
        if search is None:
            return None
        if direction > 0:
            return search.after(match, stop) or search.after(Match(0, -1), stop)
        return search.before(match, stop) or search.before(Match(self._log.size, 0), stop)

    def _nearest(self, start: int, stop: Callable[[], bool]) -> Match | None:
        search = self.search
        if search is None:
            return None
        self._log.refresh()
        return search.after(Match(start, -1), stop) or search.before(Match(start, 0), stop)


def _breathing(stop: Callable[[], bool]) -> Callable[[], bool]:
    """Sleep a little whenever a search asks whether it should stop."""

    def asked() -> bool:
        sleep(BREATH)
        return stop()

    return asked
