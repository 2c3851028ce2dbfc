"""The composition root: settings, database, services and engine, opened and closed together."""

import asyncio
import logging
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from tui_scheduler.engine.heartbeat import give_signs_of_life
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.engine.supervision import Troubles, supervised
from tui_scheduler.errors import (
    DatabaseGone,
    DatabaseUnusable,
    Problem,
    SchedulerError,
    SchedulingEnded,
    Unexpected,
)
from tui_scheduler.lock_file import Holder, Trouble, Waiting
from tui_scheduler.models.backend import (
    data_version,
    leave_file,
    open_database,
    reopen_database,
    translate_errors,
)
from tui_scheduler.models.worker import DatabaseWorker
from tui_scheduler.permissions import current_user, shared_folders
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.clock import Clock, SystemClock
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.events import Event, ForeignCommit
from tui_scheduler.settings import DATABASE_VARIABLE, Settings
from tui_scheduler.wording import STALLED, local_zone

if TYPE_CHECKING:
    from tui_scheduler.engine.scheduler import Scheduler

P = ParamSpec("P")
T = TypeVar("T")

_FOREIGN_COMMIT_POLL = 0.2  # seconds; one look costs 7 microseconds
_LOCK_POLL = 1.0  # seconds until a viewer takes over from a scheduler that died
_THREAD_TURN = 0.0005  # seconds
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SchedulerState:
    """Who schedules this database: we, process ``pid``, or nobody.

    ``host`` is the name of its machine, unless it is this one. ``trouble`` says what keeps what is
    due from being run as it should, and ``headline`` in few words what is so instead.
    """

    is_scheduling: bool = False
    pid: int | None = None
    host: str = ""
    trouble: str = ""
    headline: str = ""

    @classmethod
    def of(cls, holder: Holder | None, database: Path) -> "SchedulerState":
        """Returns what is known where somebody else, or nobody, holds the lock."""
        if holder is None:
            return cls()
        trouble = holder.trouble(database)
        return cls(pid=holder.pid, host=holder.host).troubled(trouble)

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

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.zone = local_zone()
        self.scheduler = SchedulerState()
        self.services: Services = services_on(
            Context(
                log_folder=settings.log_folder,
                actor=current_user(),
                clock=clock,
                publish=self._publish,
                misfire_grace=settings.misfire_grace,
            )
        )
        self.failure: BaseException | None = None
        """What ended that was never to end; it is raised where this is left."""
        self._loop = asyncio.get_running_loop()
        self._writer = DatabaseWorker("database-writer")
        self._reader = DatabaseWorker("database-reader", read_only=True)
        self._listeners: list[Listener] = []
        self._events: deque[RuntimeEvent] = deque()

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

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called in the event loop for every event; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

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

    def caution(self) -> str:
        """Who else may put files in the place of ours, in a sentence; empty if nobody may.

        Looks at folders, so not for the event loop.
        """
        return shared_folders(*self.settings.folders)

    async def watch_foreign_commits(self) -> DatabaseGone:
        """Publish ForeignCommit whenever another process changed the database.

        Returns when its file is gone.
        """
        known: int | None = None
        while True:
            try:
                version = await self._writer.submit(data_version)
            except DatabaseGone as gone:
                return gone
            except Exception:  # a busy database is asked again
                _log.debug("the database does not say whether it was changed", exc_info=True)
            else:
                if known is not None and version != known:
                    self._dispatch_later(ForeignCommit())
                known = version
            await asyncio.sleep(_FOREIGN_COMMIT_POLL)

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
                self.set_scheduler(SchedulerState(trouble=_clause(error)))
            else:
                break
            await asyncio.sleep(_LOCK_POLL)
        _log.warning("the database %s was opened anew", self.settings.database)
        self.set_scheduler(SchedulerState())
        self._dispatch_later(ForeignCommit())

    async def close(self) -> None:
        """Finish what was asked for and close both connections."""
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
        """Called on the writing thread, after a commit."""
        self._loop.call_soon_threadsafe(self._dispatch_later, event)

    def _dispatch_later(self, event: RuntimeEvent) -> None:
        self._events.append(event)
        if len(self._events) == 1:
            self._loop.call_soon(self._dispatch)

    def _dispatch(self) -> None:
        """Tell everybody what has gathered, each different event once."""
        events = dict.fromkeys(self._events)
        self._events.clear()
        for event in events:
            for listener in tuple(self._listeners):
                try:
                    listener(event)
                except Exception:
                    _log.exception("a listener failed on %r", event)


def _nothing() -> None:
    pass


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, clock: Clock | None = None, may_schedule: bool = True
) -> AsyncIterator[Runtime]:
    """Open everything; the engine runs meanwhile if this process gets the scheduler's lock.

    Must be left in the task that entered it, soon after RuntimeFailed was told. Children that run
    stay alive at the end. Raises DatabaseUnusable, and SchedulingEnded.
    """
    # The threads of the database would keep the interpreter from the event loop for 5 ms at a time.
    sys.setswitchinterval(_THREAD_TURN)
    with open_database(settings.database, logs=settings.log_folder):
        runtime = Runtime(settings, clock or SystemClock())
        try:
            async with _meanwhile(_attend(runtime, may_schedule=may_schedule), runtime.fail):
                yield runtime
        finally:
            await runtime.close()
        if runtime.failure is not None:
            raise SchedulingEnded(runtime.failure) from runtime.failure


def stop_offline(settings: Settings, run_id: int) -> bool:
    """Carry out, in the place of a scheduler, what was asked of ``run_id``; nothing new begins.

    Returns False, without doing anything, if somebody else schedules or the lock cannot be had.
    """
    lock = SchedulerLock(settings.lock_file, *settings.lock_files[:-1])
    if not lock.acquire():
        return False
    try:
        asyncio.run(_end_run(settings, run_id))
    finally:
        lock.release()
    return True


async def python_problems(draft: ProcessDraft, before: ProcessDraft | None = None) -> list[Problem]:
    """Returns why ``draft`` cannot be run, if it is a Python process; imports it in a child.

    What is as it was ``before`` is not tried again. Call it for a draft without other problems.
    """
    from tui_scheduler.engine.local.python_check import import_problems

    return await import_problems(draft, before)


@asynccontextmanager
async def _meanwhile(
    background: Coroutine[Any, Any, None], failed: Callable[[BaseException], object]
) -> AsyncIterator[None]:
    """Let ``background`` run until the end of the block, where it is cancelled and waited for.

    ``failed`` hears if it ends before.
    """
    task = asyncio.create_task(background)

    def ended(task: asyncio.Task[None]) -> None:
        failed(asyncio.CancelledError() if task.cancelled() else task.exception() or EOFError())

    task.add_done_callback(ended)
    try:
        yield
    finally:
        task.remove_done_callback(ended)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _attend(runtime: Runtime, *, may_schedule: bool) -> None:
    """Watch the database and, if we may, schedule; begin anew with one that takes its place.

    Whoever schedules has left in order before another file is opened: numbers of runs mean others
    there. Whatever is met, this goes on.
    """
    troubles = Troubles(runtime.set_trouble)

    async def attend_to_file() -> None:
        contending = [_contend(runtime, troubles)] if may_schedule else []
        await _first_of(_until_gone(runtime), *contending)
        await runtime.reopen()

    while True:
        await supervised("attending to the database", attend_to_file, troubles, may_end=True)


async def _until_gone(runtime: Runtime) -> None:
    gone = await runtime.watch_foreign_commits()
    _log.warning("%s", gone)
    runtime.set_scheduler(SchedulerState(trouble=_clause(gone), headline=STALLED))


def _clause(error: Exception) -> str:
    """A sentence of ours, for where a full stop follows, or none."""
    return str(error).removesuffix(".")


async def _contend(runtime: Runtime, troubles: Troubles) -> None:
    """Schedule while we hold the lock; until then look again every second."""
    settings = runtime.settings
    lock = SchedulerLock(settings.lock_file, *settings.lock_files[:-1])
    try:
        while True:
            if lock.acquire():
                state = SchedulerState(is_scheduling=True)
                runtime.set_scheduler(state.troubled(troubles.current))
                await _schedule(runtime, lock, troubles)
            else:
                state = SchedulerState.of(lock.holder(), settings.database)
                runtime.set_scheduler(state if state.trouble else state.troubled(lock.problem))
            await asyncio.sleep(_LOCK_POLL)
    finally:
        lock.release()


def _scheduler(runtime: Runtime, troubles: Troubles, *, claims_runs: bool = True) -> "Scheduler":
    """Put the engine together: the only place that makes a runner."""
    from tui_scheduler.engine.local.runner import LocalRunner
    from tui_scheduler.engine.scheduler import Scheduler

    settings = runtime.settings
    runner = LocalRunner(
        runtime.clock,
        settings.kill_grace,
        settings.log_folder,
        log_cap=settings.log_cap,
        disk_reserve=settings.disk_reserve,
        given={DATABASE_VARIABLE: str(settings.database.resolve())},
        trouble=lambda trouble: troubles.say("keeper", trouble),
    )
    return Scheduler(
        dispatch=runtime.services.dispatch,
        write=runtime.write,
        runner=runner,
        clock=runtime.clock,
        claims_runs=claims_runs,
        troubles=troubles,
    )


async def _end_run(settings: Settings, run_id: int) -> None:
    """Let the engine see to what runs until ``run_id`` has ended; raises what ends the engine."""
    async with open_runtime(settings, may_schedule=False) as runtime:
        scheduler = _scheduler(runtime, Troubles(), claims_runs=False)
        scheduling = asyncio.create_task(scheduler.run())
        ended = asyncio.create_task(_ended(runtime, run_id))
        try:
            await asyncio.wait((scheduling, ended), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                await scheduling
        finally:
            for task in (scheduling, ended):
                task.cancel()
            await asyncio.gather(scheduling, ended, return_exceptions=True)


async def _ended(runtime: Runtime, run_id: int) -> None:
    changed = asyncio.Event()
    runtime.subscribe(lambda _event: changed.set())
    while (await runtime.read(runtime.services.runs.get, run_id)).is_open and not runtime.failure:
        await changed.wait()
        changed.clear()


async def _schedule(runtime: Runtime, lock: SchedulerLock, troubles: Troubles) -> None:
    """Schedule, whatever is met, and give signs of it, until others would not see the lock."""
    life = _Life(runtime, troubles)

    async def give_signs() -> None:
        database = runtime.settings.database
        await give_signs_of_life(lock, database, lambda: life.waiting, troubles)

    try:
        await _first_of(
            supervised("giving signs of life", give_signs, troubles, may_end=True),
            supervised("scheduling", life.schedule, troubles),
            supervised("housekeeping", life.keep_house, troubles),
        )
    finally:
        troubles.forget()
    _log.warning("the lock %s was removed or replaced", runtime.settings.lock_file)
    lock.release()


class _Life:
    """What is done by whoever schedules, in tasks that may be begun anew."""

    def __init__(self, runtime: Runtime, troubles: Troubles) -> None:
        self._runtime = runtime
        self._troubles = troubles
        self._scheduler: Scheduler | None = None

    @property
    def waiting(self) -> Waiting | None:
        """What keeps it from looking what is due."""
        return None if self._scheduler is None else self._scheduler.waiting

    async def schedule(self) -> None:
        """Run what is due."""
        from tui_scheduler.services.logs.former_folder import bring_in

        runtime = self._runtime
        if (former := runtime.settings.former_log_folder) is not None:
            await asyncio.to_thread(bring_in, former, runtime.settings.log_folder)
        self._scheduler = scheduler = _scheduler(runtime, self._troubles)
        unsubscribe = runtime.subscribe(lambda _event: scheduler.wake())
        try:
            await scheduler.run()
        finally:
            unsubscribe()
            self._scheduler = None

    async def keep_house(self) -> None:
        """Remove old runs."""
        from tui_scheduler.engine.housekeeping import Housekeeping
        from tui_scheduler.services.retention import Limits

        runtime = self._runtime
        await Housekeeping(
            runtime.services.retention,
            Limits.of(runtime.settings),
            read=runtime.read,
            write=runtime.write,
            clock=runtime.clock,
            troubles=self._troubles,
        ).run()


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Do all of ``works`` until one is done, and raise what that raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
