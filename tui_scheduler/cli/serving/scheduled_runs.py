"""The starts and ends that this process sees as the one that schedules, each told once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from tui_scheduler.cli.runs.feed import Happening, story
from tui_scheduler.errors import DatabaseGone, SchedulerError
from tui_scheduler.runtime import Runtime, RuntimeEvent, SchedulerChanged
from tui_scheduler.services.events import RunChanged

_GATHER = 0.05  # seconds: what happens meanwhile is looked up in one question
_PAUSE = 1.0  # seconds until a database that did not answer is asked again
_REMEMBERED = 10_000  # ends; what is told of one comes soon after it
_log = logging.getLogger(__name__)


@asynccontextmanager
async def reporting(runtime: Runtime, tell: Callable[[Happening], object]) -> AsyncIterator[None]:
    """Have ``tell`` called for each start and end that ``runtime`` sees as the one that schedules.

    What ends while ``runtime`` closes is told after the block, before its database is closed.
    """
    own = _OwnRuns(runtime, tell)
    runtime.subscribe(own.hear)
    runtime.before_closing(own.tell_rest)
    telling = asyncio.create_task(own.tell_news())
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


class _OwnRuns:
    """Tells each start and end once, however often and late it hears of a run."""

    def __init__(self, runtime: Runtime, tell: Callable[[Happening], object]) -> None:
        self._runtime = runtime
        self._tell = tell
        self._since: datetime | None = None
        self._changed: dict[int, None] = {}
        self._has_news = asyncio.Event()
        self._begun: set[int] = set()
        self._ended: dict[int, None] = {}

    def hear(self, event: RuntimeEvent) -> None:
        """Note what there is to be looked up."""
        if isinstance(event, SchedulerChanged):
            if not event.state.is_scheduling:
                self._since = None
            elif self._since is None:  # perhaps in another database
                self._since = self._runtime.clock.now()
                self._begun, self._ended = set(), {}
        elif isinstance(event, RunChanged):
            self._changed[event.id] = None
            self._has_news.set()

    async def tell_news(self) -> None:
        """Tell whatever happens, until cancelled."""
        while True:
            await self._has_news.wait()
            try:
                await self._look_up()
            except SchedulerError as error:
                _log.warning("what runs cannot be told yet: %s", error)
                await asyncio.sleep(_PAUSE)
            await asyncio.sleep(_GATHER)

    async def tell_rest(self) -> None:
        """Tell what is left, if that can be read."""
        try:
            await self._look_up()
        except SchedulerError as error:
            _log.warning("what ended at last cannot be told: %s", error)

    async def _look_up(self) -> None:
        changed, self._changed = self._changed, {}
        self._has_news.clear()
        if not changed:
            return
        try:
            runs = await self._runtime.read(self._runtime.services.runs.those_begun, changed)
        except DatabaseGone:
            raise
        except BaseException:  # also when we are cancelled: somebody tells the rest
            self._changed = {**changed, **self._changed}
            self._has_news.set()
            raise
        happenings = (each for run in runs for each in story(run) if self._is_new(each))
        for happening in sorted(happenings, key=_order):
            self._tell(happening)

    def _is_new(self, happening: Happening) -> bool:
        """Whether it was not told before, here or by whoever scheduled then."""
        run_id = happening.run.id
        if happening.event == "start":
            is_known = run_id in self._begun or run_id in self._ended
            self._begun.add(run_id)
            return not is_known and self._since is not None and happening.at >= self._since
        is_known = run_id in self._ended
        self._begun.discard(run_id)
        self._ended[run_id] = None
        if len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]
        return not is_known


def _order(happening: Happening) -> tuple[datetime, bool, bool, int]:
    """Sort by time; what ends with its last member ends after it."""
    is_end = happening.event == "end"
    return happening.at, is_end, is_end and happening.run.is_group, happening.run.id
