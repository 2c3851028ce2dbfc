"""The composition root: settings, database, services and engine, opened and closed together."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.heartbeat import give_signs_of_life
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.errors import Problem, Refused, SchedulingEnded
from tui_scheduler.identity import this_host
from tui_scheduler.models.backend import open_database
from tui_scheduler.receivers import Receiver
from tui_scheduler.runtime.attending import attend, scheduler_of
from tui_scheduler.runtime.clusters import Outlook, cluster_outlook
from tui_scheduler.runtime.runtime import (
    Listener,
    Runtime,
    RuntimeEvent,
    RuntimeFailed,
    SchedulerChanged,
    SchedulerState,
)
from tui_scheduler.services.clock import Clock, SystemClock
from tui_scheduler.services.context import new_token
from tui_scheduler.settings import Settings
from tui_scheduler.signs_of_life import Background

if TYPE_CHECKING:
    from tui_scheduler.engine.slurm.inquiry import ClusterState
    from tui_scheduler.services.drafts import ProcessDraft

__all__ = [
    "Listener",
    "Outlook",
    "Runtime",
    "RuntimeEvent",
    "RuntimeFailed",
    "SchedulerChanged",
    "SchedulerState",
    "cluster_outlook",
    "open_runtime",
    "python_problems",
    "query_clusters",
    "send_sample",
    "stop_offline",
]

_THREAD_TURN = 0.0005  # seconds


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    *,
    clock: Clock | None = None,
    may_schedule: bool = True,
    is_viewer: bool = False,
    background: Background | None = None,
    begins_later: bool = False,
) -> AsyncIterator[Runtime]:
    """Open everything; the engine runs meanwhile if this process gets the scheduler's lock.

    If it ``begins_later``, that is once ``begun`` is set: to load it takes a tenth of a second.

    A viewer says who schedules, and never does. ``background`` is what others are told of it while
    it schedules. Must be left in the task that entered it, soon after RuntimeFailed was told.
    Children that run stay alive at the end. Raises DatabaseUnusable, and SchedulingEnded.
    """
    # The threads of the database would keep the interpreter from the event loop for 5 ms at a time.
    sys.setswitchinterval(_THREAD_TURN)
    with open_database(settings.database, logs=settings.log_folder):
        runtime = Runtime(settings, clock or SystemClock(), background)
        if not begins_later:
            runtime.begun.set()
        try:
            attending = attend(runtime, may_schedule=may_schedule, is_viewer=is_viewer)
            async with _meanwhile(attending, runtime.fail):
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
        asyncio.run(_end_run(settings, lock, run_id))
    finally:
        lock.release()
    return True


def send_sample(receiver: Receiver) -> str:
    """Send what says nothing but that it comes, as all notices are; returns what came back.

    Raises Refused with the reason. It takes seconds, so not for the event loop.
    """
    from tui_scheduler.engine.notices.sending import NotSent, send
    from tui_scheduler.services.notices.message import Sample

    try:
        return send(receiver, Sample(this_host().name).message(new_token() + new_token()))
    except NotSent as error:
        raise Refused(error.problem) from None


async def python_problems(
    draft: "ProcessDraft", before: "ProcessDraft | None" = None
) -> list[Problem]:
    """Returns why a Python process for this machine cannot be run; imports it in a child.

    What is as it was ``before`` is not tried again. Call it for a draft without other problems.
    """
    from tui_scheduler.engine.local.python_check import import_problems

    return await import_problems(draft, before)


async def query_clusters(clusters: Sequence[Cluster]) -> "dict[str, ClusterState]":
    """Returns, by name, whether each of these clusters answers, and what nodes it has.

    Takes as long as a call may take, if one does not.
    """
    from tui_scheduler.engine.slurm.inquiry import state_of

    states = await asyncio.gather(*map(state_of, clusters))
    return {cluster.name: state for cluster, state in zip(clusters, states, strict=True)}


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


async def _end_run(settings: Settings, lock: SchedulerLock, run_id: int) -> None:
    """Let the engine see to what runs until ``run_id`` has ended; raises what ends the engine."""
    async with open_runtime(settings, may_schedule=False) as runtime:
        troubles = Troubles()
        scheduler = scheduler_of(runtime, troubles, claims_runs=False)
        signs = give_signs_of_life(lock, settings.database, lambda: scheduler.waiting, troubles)
        scheduling = asyncio.create_task(scheduler.run())
        ended = asyncio.create_task(_ended(runtime, run_id))
        tasks = (scheduling, ended, asyncio.create_task(signs))
        try:
            await asyncio.wait((scheduling, ended), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                await scheduling
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _ended(runtime: Runtime, run_id: int) -> None:
    changed = asyncio.Event()
    runtime.subscribe(lambda _event: changed.set())
    while (await runtime.read(runtime.services.runs.get, run_id)).is_open and not runtime.failure:
        await changed.wait()
        changed.clear()
