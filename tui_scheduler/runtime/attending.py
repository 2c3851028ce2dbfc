"""What goes on beneath a runtime: the database is watched and, by whoever may, scheduled in."""

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from tui_scheduler.engine.heartbeat import give_signs_of_life
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.engine.supervision import Troubles, supervised
from tui_scheduler.errors import Replaced
from tui_scheduler.lock_file import query_holder, trouble_of
from tui_scheduler.program import was_replaced
from tui_scheduler.signs_of_life import Waiting
from tui_scheduler.wording import OUTGROWN, STALLED

if TYPE_CHECKING:
    from tui_scheduler.engine.runner import Runner
    from tui_scheduler.engine.scheduler import Scheduler

from tui_scheduler.runtime.config_watch import follow_calendars
from tui_scheduler.runtime.runtime import Runtime, RuntimeEvent, SchedulerState, clause
from tui_scheduler.services.events import ForeignCommit, NoticesChanged

_LOCK_POLL = 1.0  # seconds until a viewer takes over from a scheduler that died
_log = logging.getLogger(__name__)


async def attend(runtime: Runtime, *, may_schedule: bool, is_viewer: bool) -> None:
    """Watch the database and, if we may, schedule; begin anew with one that takes its place.

    A viewer never schedules, but says who does.

    Whoever schedules has left in order before another file is opened: numbers of runs mean others
    there. Whatever is met, this goes on.
    """
    troubles = Troubles(runtime.set_trouble)

    async def attend_to_file() -> None:
        works = [_until_gone(runtime), follow_calendars(runtime)]
        if is_viewer:
            works.append(_look_on(runtime))
        elif may_schedule:
            works.append(_contend(runtime, troubles))
        await _first_of(*works)
        await runtime.reopen()

    while True:
        await supervised("attending to the database", attend_to_file, troubles, may_end=True)


async def _until_gone(runtime: Runtime) -> None:
    gone = await runtime.watch_foreign_commits()
    _log.warning("%s", gone)
    runtime.set_scheduler(SchedulerState.without_database(gone, STALLED))


async def _contend(runtime: Runtime, troubles: Troubles) -> None:
    """Schedule while we hold the lock; until then look again every second.

    A program that was replaced on the disk meanwhile leaves the lock to the one that did so: it
    would import an engine of another version, and keep a service from beginning after its upgrade.
    """
    settings = runtime.settings
    lock = SchedulerLock(settings.lock_file, *settings.lock_files[:-1])
    try:
        while True:
            if was_replaced():
                runtime.set_scheduler(_left_to_others(runtime))
            elif lock.acquire():
                state = SchedulerState(is_scheduling=True)
                runtime.set_scheduler(state.troubled(troubles.current))
                await _schedule(runtime, lock, troubles)
            else:
                state = SchedulerState.of(lock.holder(), settings.database)
                runtime.set_scheduler(state if state.trouble else state.troubled(lock.problem))
            await asyncio.sleep(_LOCK_POLL)
    finally:
        lock.release()


def _left_to_others(runtime: Runtime) -> SchedulerState:
    """Who schedules where we may not any more; if nobody does, that is our trouble."""
    settings = runtime.settings
    if (holder := query_holder(*settings.lock_files)) is None:
        return SchedulerState(trouble=f"Nobody schedules: {clause(Replaced())}", headline=OUTGROWN)
    return SchedulerState.of(holder, settings.database)


async def _look_on(runtime: Runtime) -> None:
    """Say who schedules, and never do."""
    database, lock_file = runtime.settings.database, runtime.settings.lock_file
    while True:
        holder = query_holder(*runtime.settings.lock_files)
        state = SchedulerState.of(holder, database)
        runtime.set_scheduler(state.troubled(trouble_of(database, lock_file, holder)))
        await asyncio.sleep(_LOCK_POLL)


def scheduler_of(runtime: Runtime, troubles: Troubles, *, claims_runs: bool = True) -> "Scheduler":
    """Put the engine together."""
    from tui_scheduler.engine.scheduler import Scheduler

    return Scheduler(
        dispatch=runtime.services.dispatch,
        write=runtime.write,
        runner=runner_of(runtime, troubles),
        clock=runtime.clock,
        claims_runs=claims_runs,
        troubles=troubles,
    )


def runner_of(runtime: Runtime, troubles: Troubles) -> "Runner":
    """Make the runners of this machine and of the clusters: nothing else makes any."""
    from tui_scheduler.engine.local.runner import LocalRunner
    from tui_scheduler.engine.runners import Runners

    settings = runtime.settings
    here = LocalRunner(
        runtime.clock,
        settings.kill_grace,
        settings.log_folder,
        log_cap=settings.log_cap,
        disk_reserve=settings.disk_reserve,
        given=settings.for_runs,
        trouble=lambda trouble: troubles.say("keeper", trouble),
    )
    return Runners(here, _cluster_runners(runtime, troubles) if settings.clusters else {})


def _cluster_runners(runtime: Runtime, troubles: Troubles) -> "dict[str, Runner]":
    from tui_scheduler.engine.slurm.runner import SlurmRunner

    settings = runtime.settings
    return {
        name: SlurmRunner(
            cluster,
            runtime.clock,
            settings.kill_grace,
            log_cap=settings.log_cap,
            trouble=partial(troubles.say, f"cluster {name}"),
        )
        for name, cluster in settings.clusters.items()
    }


async def _schedule(runtime: Runtime, lock: SchedulerLock, troubles: Troubles) -> None:
    """Schedule, whatever is met, and give signs of it, until others would not see the lock."""
    await runtime.begun.wait()
    life = _Life(runtime, troubles)

    async def give_signs() -> None:
        database = runtime.settings.database
        await give_signs_of_life(lock, database, lambda: life.waiting, troubles, runtime.background)

    try:
        await _first_of(
            supervised("giving signs of life", give_signs, troubles, may_end=True),
            supervised("scheduling", life.schedule, troubles),
            supervised("housekeeping", life.keep_house, troubles),
            *(
                [supervised("notices", life.tell, troubles, is_minor=True)]
                if life.has_receivers
                else []
            ),
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
        self._scheduler = scheduler = scheduler_of(runtime, self._troubles)
        unsubscribe = runtime.subscribe_to_news(scheduler.wake)
        runtime.calm.ask(lambda: scheduler.spare_time)
        try:
            await scheduler.run()
        finally:
            unsubscribe()
            runtime.calm.ask(None)
            self._scheduler = None

    @property
    def has_receivers(self) -> bool:
        """Whether anybody can be told of anything."""
        return bool(self._runtime.settings.notifying.receivers)

    async def tell(self) -> None:
        """Tell whom it concerns what has happened."""
        from tui_scheduler.engine.notices.teller import Teller

        runtime = self._runtime
        teller = Teller(
            runtime.services.notices,
            runtime.settings.notifying.receivers,
            lines=runtime.settings.notify_lines,
            read=runtime.read,
            write=runtime.write,
            clock=runtime.clock,
            troubles=self._troubles,
        )

        def hear(event: RuntimeEvent) -> None:
            if isinstance(event, NoticesChanged | ForeignCommit):
                teller.wake()

        unsubscribe = runtime.subscribe(hear)
        try:
            await teller.run()
        finally:
            unsubscribe()

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
