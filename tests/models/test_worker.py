"""The threads that touch the database for the event loop."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from peewee import OperationalError

from tests.services.drafts import process_draft
from tui_scheduler.errors import DatabaseGone, InvalidInput
from tui_scheduler.models import Process, after_commit, database, transaction
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.models.worker import DatabaseWorker
from tui_scheduler.services import Services


@asynccontextmanager
async def a_worker(
    *, read_only: bool = False, before_outcomes: Callable[[], object] = lambda: None
) -> AsyncIterator[DatabaseWorker]:
    worker = DatabaseWorker("test", read_only=read_only, before_outcomes=before_outcomes)
    try:
        yield worker
    finally:
        await worker.close()


class Gate:
    """Keeps a worker busy, so that the jobs behind it gather."""

    def __init__(self) -> None:
        self._entered = threading.Event()
        self._open = threading.Event()

    async def hold(self, worker: DatabaseWorker) -> "asyncio.Future[None]":
        """Occupy ``worker`` until the gate opens."""
        held = worker.submit(self.wait)
        await self.entered()
        return held

    def wait(self) -> None:
        self._entered.set()
        assert self._open.wait(10)

    async def entered(self) -> None:
        assert await asyncio.to_thread(self._entered.wait, 10)

    def open(self) -> None:
        self._open.set()


class Commits:
    """Counts the commits of one connection."""

    def __init__(self) -> None:
        self.count = 0

    def watch(self) -> None:
        database.connection().set_trace_callback(self._on_statement)

    def _on_statement(self, statement: str) -> None:
        self.count += statement == "COMMIT"


def names() -> list[str]:
    return list(Process.select(Process.name).order_by(Process.id).scalars())


async def test_it_gives_the_value_or_the_error(services: Services) -> None:
    async with a_worker() as worker:
        process = await worker.submit(services.processes.create, process_draft())
        assert process.name == "backup"
        with pytest.raises(InvalidInput):
            await worker.submit(services.processes.create, process_draft())


async def test_it_works_on_a_thread_of_its_own(services: Services) -> None:
    async with a_worker() as worker:
        assert await worker.submit(threading.get_ident) != threading.get_ident()


async def test_jobs_that_pile_up_share_one_commit(services: Services) -> None:
    gate, commits = Gate(), Commits()
    async with a_worker() as worker:
        await worker.submit(commits.watch)
        held = await gate.hold(worker)
        jobs = [
            worker.submit(services.processes.create, process_draft(f"p{number}"))
            for number in range(5)
        ]
        gate.open()
        created = await asyncio.gather(*jobs)
        await held
        assert [process.name for process in created] == names()
        assert commits.count == 1


async def test_one_that_fails_takes_nobody_with_it(services: Services) -> None:
    gate = Gate()
    committed: list[str] = []

    def create_and_fail(name: str) -> None:
        services.processes.create(process_draft(name))
        after_commit(lambda: committed.append(name))
        raise ValueError(name)

    async with a_worker() as worker:
        held = await gate.hold(worker)
        good = worker.submit(services.processes.create, process_draft("good"))
        bad = worker.submit(create_and_fail, "bad")
        also_good = worker.submit(services.processes.create, process_draft("also good"))
        gate.open()
        outcomes = await asyncio.gather(good, bad, also_good, return_exceptions=True)
        await held
    assert isinstance(outcomes[1], ValueError)
    assert names() == ["good", "also good"]
    assert committed == []


async def test_nothing_is_durable_of_which_it_was_told_that_it_failed(services: Services) -> None:
    """SQLite may end a transaction by itself, with all that was done in it."""
    gate = Gate()

    def run_into_a_full_disk() -> None:
        with transaction():
            database.connection().rollback()
            raise OperationalError("database or disk is full")

    async with a_worker() as worker:
        held = await gate.hold(worker)
        before = worker.submit(services.processes.create, process_draft("before"))
        broken = worker.submit(run_into_a_full_disk)
        after = worker.submit(services.processes.create, process_draft("after"))
        gate.open()
        outcomes = await asyncio.gather(before, broken, after, return_exceptions=True)
        await held
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    assert names() == []


async def test_events_come_when_everything_is_durable(
    services: Services, database_file: Path
) -> None:
    gate = Gate()
    seen_by_others: list[int] = []

    def look() -> None:
        with closing(sqlite3.connect(database_file)) as other:
            seen_by_others.append(other.execute("SELECT count(*) FROM process").fetchone()[0])

    def create(name: str) -> None:
        services.processes.create(process_draft(name))
        after_commit(look)

    async with a_worker() as worker:
        held = await gate.hold(worker)
        jobs = [worker.submit(create, name) for name in ("a", "b")]
        gate.open()
        await asyncio.gather(held, *jobs)
    assert seen_by_others == [2, 2]


async def test_a_commit_that_fails_fails_all_of_its_jobs(
    services: Services, database_file: Path
) -> None:
    gate = Gate()
    async with a_worker() as worker:
        await worker.submit(database.execute_sql, "PRAGMA busy_timeout = 10")
        held = await gate.hold(worker)
        jobs = [worker.submit(services.processes.create, process_draft(name)) for name in "ab"]
        with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            gate.open()
            outcomes = await asyncio.gather(*jobs, return_exceptions=True)
            await held
        assert [type(outcome) for outcome in outcomes] == [OperationalError] * 2
        assert await worker.submit(names) == []


async def test_a_read_only_one_cannot_write(services: Services) -> None:
    async with a_worker(read_only=True) as worker:
        with pytest.raises(OperationalError, match="readonly"):
            await worker.submit(Process.delete().execute)
        assert await worker.submit(names) == []


async def test_a_read_only_one_sees_one_picture_in_each_job(services: Services) -> None:
    def look_twice() -> tuple[list[str], list[str]]:
        before = names()
        gate.wait()
        return before, names()

    gate = Gate()
    async with a_worker(read_only=True) as reader, a_worker() as writer:
        looks = reader.submit(look_twice)
        await gate.entered()
        await writer.submit(services.processes.create, process_draft())
        gate.open()
        assert await looks == ([], [])
        assert await reader.submit(names) == ["backup"]


async def test_the_loop_hears_once_of_what_is_committed_together_before_anybody_goes_on(
    services: Services,
) -> None:
    gate, heard = Gate(), list[list[bool]]()
    jobs = list[asyncio.Future[str]]()
    async with a_worker(before_outcomes=lambda: heard.append([j.done() for j in jobs])) as worker:
        held = await gate.hold(worker)
        jobs += [worker.submit(str, number) for number in range(3)]
        gate.open()
        await asyncio.gather(*jobs)
        await held
        assert heard == [[False, False, False]] * 2


async def test_a_read_only_one_needs_no_lock(services: Services, database_file: Path) -> None:
    with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with a_worker(read_only=True) as worker:
            assert await worker.submit(names) == []


async def test_closing_finishes_what_was_queued(services: Services) -> None:
    gate = Gate()
    worker = DatabaseWorker("test")
    await gate.hold(worker)
    job = worker.submit(services.processes.create, process_draft())
    closing_it = asyncio.create_task(worker.close())
    gate.open()
    await closing_it
    assert (await job).name == "backup"
    await worker.close()


async def test_a_closed_one_says_so(services: Services) -> None:
    async with a_worker() as worker:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        worker.submit(names)


async def test_a_database_that_cannot_be_reached_is_an_error_and_not_a_silence(
    services: Services, tmp_path: Path
) -> None:
    with open_database(tmp_path / "folder" / "gone.db"):
        for file in (tmp_path / "folder").iterdir():
            file.unlink()
        (tmp_path / "folder").rmdir()
        async with a_worker() as worker:
            with pytest.raises(DatabaseGone, match="is not there any more"):
                await worker.submit(names)


async def test_nobody_minds_a_caller_that_went_away(services: Services) -> None:
    gate = Gate()
    async with a_worker() as worker:
        held = await gate.hold(worker)
        job = worker.submit(services.processes.create, process_draft())
        job.cancel()
        gate.open()
        await held
        assert await worker.submit(names) == ["backup"]


async def test_a_full_disk_lets_the_wal_be_written_from_its_beginning_again(
    services: Services,
) -> None:
    """On a small disk it may be all that fills it."""
    wal = database.obj.path.with_name(f"{database.obj.path.name}-wal")

    def full() -> None:
        raise OperationalError("database or disk is full")

    async with a_worker() as worker:
        await worker.submit(services.processes.create, process_draft("one"))
        length = wal.stat().st_size
        with pytest.raises(OperationalError):
            await worker.submit(full)
        await worker.submit(services.processes.create, process_draft("two"))
        assert wal.stat().st_size == length
