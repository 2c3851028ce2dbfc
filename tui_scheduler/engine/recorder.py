"""Writing down what began and what ended, however busy the machine and the database are.

A commit costs a visit to the disk, however much is in it. What happens alone is written at once,
but for a start, which waits a moment: of a run that has ended by then its end alone is written. In
a storm everything waits a moment and goes into one commit. Nothing is ever dropped: what the
database does not take is offered again.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import partial
from operator import call
from typing import ParamSpec, Protocol, TypeVar

from tui_scheduler.engine.runner import Started, Submitted
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.errors import DatabaseGone, DatabaseUnusable
from tui_scheduler.models import for_each, transaction
from tui_scheduler.services.running.dispatch import Dispatch
from tui_scheduler.services.running.run_ending import Ending

P = ParamSpec("P")
T = TypeVar("T")

_PAUSE = 0.02  # seconds between two commits at least
_FIRST_PAUSE = 0.1  # seconds until what the database did not take is offered again
_LONGEST_PAUSE = 5.0
_log = logging.getLogger(__name__)

Entry = Callable[[], None]


class Write(Protocol):
    """Calls a use case on the writing thread; raises what it raises, and DatabaseUnusable."""

    async def __call__(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The value of the use case, once its changes are durable."""
        ...


Read = Write
"""The same on the reading thread, where slow questions delay nobody."""


class Insistence:
    """Calls use cases again and again until the database takes them; tells why it does not."""

    def __init__(self, write: Write, troubles: Troubles) -> None:
        self._write = write
        self._troubles = troubles

    async def __call__(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The value of the use case, once its changes are durable."""
        pause = _FIRST_PAUSE
        name = getattr(use_case, "__name__", str(use_case))
        while True:
            try:
                value = await self._write(use_case, *args, **kwargs)
            except Exception as error:
                is_known = isinstance(error, DatabaseUnusable)
                text = "%s will be tried again in %.1f s: %s"
                _log.warning(text, name, pause, error, exc_info=not is_known)
                if not isinstance(error, DatabaseGone):  # whoever watches it tells that
                    self._troubles.met(name, error)
            else:
                self._troubles.over(name)
                return value
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


class RunRecorder:
    """Starts and ends on their way into the database, in the order they happened.

    ``written`` is called in the event loop after each commit, with the runs whose end is in it, and
    whether there is something by then that may be taken.
    """

    def __init__(
        self,
        dispatch: Dispatch,
        write: Write,
        written: Callable[[list[int], bool], None],
        troubles: Troubles | None = None,
    ) -> None:
        self._dispatch = dispatch
        self._insist = Insistence(write, troubles or Troubles())
        self._written = written
        self._submissions: list[Entry] = []
        self._starts: dict[int, Started] = {}
        self._others: list[Entry] = []
        self._ended: list[int] = []
        self._writing: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None
        self._last = 0.0

    def submitted(self, run_id: int, submitted: Submitted) -> None:
        """Note that an engine has accepted a run."""
        accepted = partial(self._dispatch.submitted, run_id, submitted.submitted_at)
        handle, place, note = submitted.handle, submitted.place, submitted.note
        self._submissions.append(partial(accepted, handle, place, note))
        self._write_soon()

    def start(self, run_id: int, started: Started) -> None:
        """Note that a run is a process now."""
        self._starts[run_id] = started
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(_PAUSE, self._write_soon)

    def end(self, ending: Ending) -> None:
        """Note how a run ended; a start that was not written yet need not be any more.

        Where it ran, though, its start alone says, and it alone is told to who hears of starts.
        """
        started = self._starts.pop(ending.run_id, None)
        if started is not None and (started.place or self._dispatch.tells_of_starts):
            self._others.append(self._start_entry(ending.run_id, started))
        self._others.append(partial(self._dispatch.ended, ending))
        self._ended.append(ending.run_id)
        self._write_soon()

    def waits(self, run_id: int, note: str) -> None:
        """Note why a run that was taken cannot begin yet."""
        self._others.append(partial(self._dispatch.waits, run_id, note))
        self._write_soon()

    def give_back(self, run_ids: Collection[int], note: str = "") -> None:
        """Note that runs which were taken have not begun, and why, if there is more to say."""
        self._others.append(partial(self._dispatch.give_back, run_ids, note))
        self._write_soon()

    async def flush(self, patience: float) -> None:
        """Wait until everything is written, at most ``patience`` seconds."""
        self._write_soon()
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=patience)
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    def _write_soon(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._submissions or self._starts or self._others:
            await asyncio.sleep(max(self._last + _PAUSE - loop.time(), 0))
            starts = [self._start_entry(*start) for start in self._starts.items()]
            entries = [*self._submissions, *starts, *self._others]
            ended = self._ended
            self._submissions, self._starts, self._others, self._ended = [], {}, [], []
            has_work = await self._insist(self._commit, entries)
            self._last = loop.time()
            self._written(ended, has_work)

    def _commit(self, entries: list[Entry]) -> bool:
        """On the writing thread: all in one commit; one that is wrong takes nobody with it."""
        with transaction():
            for_each(call, entries, _tell_wrong)
            return self._dispatch.has_work()

    def _start_entry(self, run_id: int, started: Started) -> Entry:
        started_run = partial(self._dispatch.started, run_id, started.start_time)
        return partial(started_run, started.pid, started.handle, started.note, started.place)


def _tell_wrong(entry: Entry, _: Exception) -> None:
    _log.exception("%r cannot be written down", entry)
