"""What a front end holds of the program beneath it, and is told by it."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ParamSpec, TypeVar

from tui_scheduler.errors import (
    DatabaseGone,
    DatabaseOutgrown,
    DatabaseUnusable,
    SchedulerError,
    Unexpected,
)
from tui_scheduler.lock_holder import Holder
from tui_scheduler.models.backend import (
    data_version,
    leave_file,
    reopen_database,
    translate_errors,
    untouched_since,
)
from tui_scheduler.models.worker import DatabaseWorker
from tui_scheduler.permissions import current_user, shared_folders
from tui_scheduler.runtime.calm import Calm
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.clock import Clock, rest_of
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import Event, ForeignCommit
from tui_scheduler.settings import Settings
from tui_scheduler.signs_of_life import Background, Trouble
from tui_scheduler.wording import OUTGROWN, local_zone

P = ParamSpec("P")
T = TypeVar("T")

_FOREIGN_COMMIT_POLL = 0.25  # seconds; one look costs some 20 microseconds
_REOPEN_POLL = 1.0  # seconds until it is looked again whether there is a database
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SchedulerState:
    """Who schedules this database: we, process ``pid``, or nobody.

    ``host`` is the name of its machine, unless it is this one. ``trouble`` says what keeps what is
    due from being run as it should, and ``headline`` in few words what is so instead. Of somebody
    else, ``other_version`` is that of its program if it is not ours ("?" if it tells none), and
    ``background`` says that it has no terminal.
    """

    is_scheduling: bool = False
    pid: int | None = None
    host: str = ""
    trouble: str = ""
    headline: str = ""
    other_version: str = ""
    background: Background | None = None

    @classmethod
    def of(cls, holder: Holder | None, database: Path) -> "SchedulerState":
        """Returns what is known where somebody else, or nobody, holds the lock."""
        if holder is None:
            return cls()
        trouble = holder.trouble(database)
        state = cls(
            pid=holder.pid,
            host=holder.host,
            other_version=holder.other_version,
            background=holder.background,
        )
        return state.troubled(trouble)

    @classmethod
    def without_database(cls, error: DatabaseUnusable, headline: str = "") -> "SchedulerState":
        """Returns what is so while there is no file to work with, as ``error`` says."""
        is_outgrown = isinstance(error, DatabaseOutgrown)
        return cls(trouble=clause(error), headline=OUTGROWN if is_outgrown else headline)

    @property
    def who(self) -> str:
        """Process ``pid`` as a sentence begins with it, and its machine if that is another."""
        return f"Process {self.pid}" + (f" on {self.host}" if self.host else "")

    def troubled(self, trouble: Trouble | None) -> "SchedulerState":
        """Returns the same with another trouble, or none."""
        headline = "" if trouble is None else trouble.headline
        return replace(self, trouble=str(trouble or ""), headline=headline)


@dataclass(frozen=True, slots=True)
class SchedulerChanged:
    """Somebody else, or nobody, schedules now."""

    state: SchedulerState


@dataclass(frozen=True, slots=True)
class RuntimeFailed:
    """Nothing is watched or scheduled here any more: leave, and the reason is raised."""


RuntimeEvent = Event | SchedulerChanged | RuntimeFailed
Listener = Callable[[RuntimeEvent], None]


class Runtime:
    """What a front end holds: use cases on the right thread, events, and who schedules."""

    def __init__(
        self, settings: Settings, clock: Clock, background: Background | None = None
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.background = background
        self.zone = local_zone()
        self.scheduler = SchedulerState()
        self.services: Services = services_on(
            Context(
                log_folder=settings.log_folder,
                actor=current_user(),
                clock=clock,
                publish=self._publish,
                publish_own=self._publish_own,
                misfire_grace=settings.misfire_grace,
                notifying=settings.notifying,
                max_running=settings.max_running,
                clusters=settings.clusters,
                calendars=settings.calendars,
                config=settings.config,
            )
        )
        self.begun = asyncio.Event()
        """Set once the engine may be loaded; who holds the lock waits for it."""
        self.failure: BaseException | None = None
        """What ended that was never to end; it is raised where this is left."""
        self.calm = Calm()
        """When what a screen reads and draws makes no run wait."""
        self._loop = asyncio.get_running_loop()
        self._writer = DatabaseWorker("database-writer", before_outcomes=self._dispatch)
        self._reader = DatabaseWorker("database-reader", read_only=True)
        self._listeners: list[Listener] = []
        self._news_listeners: list[Callable[[], None]] = []
        self._has_news = False
        self._events: deque[RuntimeEvent] = deque()
        self._last_works: list[Callable[[], Awaitable[None]]] = []

    async def write(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call ``use_case`` on the writing thread; returns once its changes are durable.

        Whatever is raised is a SchedulerError.
        """
        with self._sentences():
            return await self._writer.submit(use_case, *args, **kwargs)

    async def read(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call ``use_case`` on the read-only thread, where slow questions delay nobody.

        Whatever is raised is a SchedulerError.
        """
        with self._sentences():
            return await self._reader.submit(use_case, *args, **kwargs)

    async def read_calmly(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for what is shown unasked: in turn, and while nothing begins here."""
        async with self.calm:
            return await self.read(use_case, *args, **kwargs)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called in the event loop for every event; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def subscribe_to_news(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have ``listener`` called in the event loop when anything may be different.

        That is after all events but those of what whoever schedules has done by itself. Returns
        how to stop it.
        """
        self._news_listeners.append(listener)
        return lambda: self._news_listeners.remove(listener)

    def before_closing(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have ``work`` done when nothing is scheduled here any more and all events were told."""
        self._last_works.append(work)

    def set_scheduler(self, state: SchedulerState) -> None:
        """Say who schedules now."""
        if state != self.scheduler:
            self.scheduler = state
            self._dispatch_later(SchedulerChanged(state))

    def set_trouble(self, trouble: Trouble | None) -> None:
        """Say what keeps runs from being run as they should; None if nothing does."""
        self.set_scheduler(self.scheduler.troubled(trouble))

    def fail(self, error: BaseException) -> None:
        """Say that nothing goes on here any more: whoever opened this is to leave."""
        self.failure = error
        self._dispatch_later(RuntimeFailed())

    def tell(self, event: RuntimeEvent) -> None:
        """Have everybody told of ``event`` soon."""
        self._dispatch_later(event)

    def caution(self) -> str:
        """Who else may put files in the place of ours, in a sentence; empty if nobody may.

        Looks at folders, so not for the event loop.
        """
        return shared_folders(*self.settings.folders)

    async def watch_foreign_commits(self) -> DatabaseGone:
        """Publish ForeignCommit whenever another process changed the database.

        Returns when its file is gone, or a newer program has changed its tables.
        """
        known: int | None = None
        untouched: tuple[int, ...] | None = None
        while True:
            before, untouched = untouched, untouched_since()
            if untouched is not None and untouched == before:
                await asyncio.sleep(rest_of(_FOREIGN_COMMIT_POLL))
                continue
            try:
                version = await self._writer.submit(data_version)
            except DatabaseGone as gone:
                return gone
            except Exception:  # a busy database is asked again
                untouched = None
                _log.debug("the database does not say whether it was changed", exc_info=True)
            else:
                if known is not None and version != known:
                    self._dispatch_later(ForeignCommit())
                known = version
            await asyncio.sleep(rest_of(_FOREIGN_COMMIT_POLL))

    async def reopen(self) -> None:
        """Wait until there is a database at its path again, and go on in that."""
        leave_file()
        for worker in (self._writer, self._reader):  # both leave it before they do anything
            with suppress(DatabaseGone):
                await worker.submit(_nothing)
        while True:
            try:
                await asyncio.to_thread(reopen_database, self.settings.log_folder)
            except DatabaseUnusable as error:
                self.set_scheduler(SchedulerState.without_database(error))
            else:
                break
            await asyncio.sleep(_REOPEN_POLL)
        _log.warning("the database %s was opened anew", self.settings.database)
        self.set_scheduler(SchedulerState())
        self._dispatch_later(ForeignCommit())

    async def close(self) -> None:
        """Finish what was asked for and close both connections."""
        self._dispatch()
        for work in self._last_works:
            await work()
        await self._writer.close()
        await self._reader.close()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Let nothing leave the block that a front end cannot tell."""
        try:
            with translate_errors(self.settings.database):
                yield
        except SchedulerError:
            raise
        except Exception as error:
            _log.exception("a use case failed")
            raise Unexpected(error) from error

    def _publish(self, event: Event) -> None:
        """Called on the writing thread, after a commit; the loop hears of it with all outcomes."""
        self._has_news = True
        self._events.append(event)

    def _publish_own(self, event: Event) -> None:
        """The same of what whoever schedules did."""
        self._events.append(event)

    def _dispatch_later(self, event: RuntimeEvent) -> None:
        self._has_news = True
        self._events.append(event)
        self._loop.call_soon(self._dispatch)

    def _dispatch(self) -> None:
        """Tell everybody what has gathered, each different event once."""
        events: dict[RuntimeEvent, None] = {}
        while self._events:  # the writing thread may add to it at any moment
            events[self._events.popleft()] = None
        for event in events:
            for listener in tuple(self._listeners):
                try:
                    listener(event)
                except Exception:
                    _log.exception("a listener failed on %r", event)
        if self._has_news:
            self._has_news = False
            for hear in tuple(self._news_listeners):
                hear()


def _nothing() -> None:
    pass


def clause(error: Exception) -> str:
    """Returns a sentence of ours, for where a full stop follows, or none."""
    return str(error).removesuffix(".")
