"""One thread with one connection, which does for the event loop whatever touches the database.

Jobs that pile up while a commit is under way are done in the next transaction together, each
inside its own savepoint: a hundred runs that end at once cost one commit, and a job that fails
takes nobody with it. Committing in the event loop itself would stall it by up to 340 ms.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from tui_scheduler.models.base import database
from tui_scheduler.models.sqlite import (
    connect_thread,
    forbid_writing,
    make_room,
    says_full,
    undo_in_memory,
)
from tui_scheduler.models.transactions import savepoint, transaction

P = ParamSpec("P")
T = TypeVar("T")

_MOST_IN_ONE_COMMIT = 256


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    future: "asyncio.Future[Any]"


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    value: Any = None
    error: Exception | None = None


class DatabaseWorker:
    """Runs plain functions on its own thread and connection, for one event loop.

    A ``read_only`` worker does each job alone, on one picture of the database, and can never
    hold a lock. ``before_outcomes`` is called in the event loop after each commit, before anybody
    goes on who waits for it.
    """

    def __init__(
        self,
        name: str,
        *,
        read_only: bool = False,
        before_outcomes: Callable[[], object] = lambda: None,
    ) -> None:
        self._read_only = read_only
        self._before_outcomes = before_outcomes
        self._is_closed = False
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(
        self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> "asyncio.Future[T]":
        """Queue a call; the future has its value, or what it raised, once it is committed.

        Raises RuntimeError after ``close``.
        """
        if self._is_closed:
            raise RuntimeError("the database is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(partial(use_case, *args, **kwargs), future))
        return future

    async def close(self) -> None:
        """Finish what was queued and end the thread."""
        if not self._is_closed:
            self._is_closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        try:
            while (batch := self._gathered())[-1] is not None:
                self._do([job for job in batch if job is not None])
            self._do([job for job in batch if job is not None])
        finally:
            database.close()

    def _gathered(self) -> list[_Job | None]:
        """Wait for a job; add those that wait behind it, up to the end mark."""
        batch = [self._jobs.get()]
        most = 1 if self._read_only else _MOST_IN_ONE_COMMIT
        while batch[-1] is not None and len(batch) < most:
            try:
                batch.append(self._jobs.get_nowait())
            except Empty:
                break
        return batch

    def _do(self, jobs: list[_Job]) -> None:
        outcomes = self._outcomes(jobs)
        if any(says_full(outcome.error) for outcome in outcomes):
            make_room()
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._deliver, outcomes)

    def _deliver(self, outcomes: list[_Outcome]) -> None:
        self._before_outcomes()
        for outcome in outcomes:
            future = outcome.job.future
            if future.done():
                continue
            if outcome.error is not None:
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome.value)

    def _outcomes(self, jobs: list[_Job]) -> list[_Outcome]:
        try:
            self._connect()
            if self._read_only:
                with database.atomic("DEFERRED"):
                    return list(map(_done, jobs))
            if len(jobs) < 2:
                return list(map(_done, jobs))
            with transaction():
                return list(map(_done_alone, jobs))
        except Exception as error:  # no connection, or no commit: nothing of it happened
            return [_Outcome(job, error=error) for job in jobs]

    def _connect(self) -> None:
        if connect_thread():
            prepare = forbid_writing if self._read_only else undo_in_memory
            prepare()


def _done_alone(job: _Job) -> _Outcome:
    """Do ``job`` so that the others go on if it fails, and nothing of it stays."""
    try:
        with savepoint():
            return _Outcome(job, value=job.work())
    except Exception as error:
        return _Outcome(job, error=error)


def _done(job: _Job) -> _Outcome:
    try:
        return _Outcome(job, value=job.work())
    except Exception as error:
        return _Outcome(job, error=error)
