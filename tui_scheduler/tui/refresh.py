"""Doing something again only so often, however many reasons there are to do it."""

from collections.abc import Awaitable, Callable
from time import monotonic

from textual.widget import Widget
from textual.worker import Worker

LEAST_INTERVAL = 0.1  # seconds: ten times a second looks immediate and costs little


class Throttled:
    """A task of ``widget`` that runs soon after it is asked for, at most ten times a second.

    It never runs twice at a time; being asked for while it runs makes it run once more.
    """

    def __init__(self, widget: Widget, task: Callable[[], Awaitable[None]]) -> None:
        self._widget = widget
        self._task = task
        self._is_wanted = False
        self._is_under_way = False
        self._ended_at = -LEAST_INTERVAL

    def soon(self) -> None:
        """Run the task, at once if it has not run for a while."""
        self._is_wanted = True
        if not self._is_under_way:
            self._is_under_way = True
            delay = self._ended_at + LEAST_INTERVAL - monotonic()
            if delay <= 0:
                self._begin()
            else:
                self._widget.set_timer(delay, self._begin)

    def _begin(self) -> None:
        self._worker: Worker[None] = self._widget.run_worker(self._run, group="throttled")

    async def _run(self) -> None:
        self._is_wanted = False
        try:
            await self._task()
        finally:
            self._ended_at = monotonic()
            self._is_under_way = False
        if self._is_wanted and self._widget.display:
            self.soon()
