"""Starts and ends reach the database: together, in order, and in spite of everything."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import ParamSpec, TypeVar

import pytest

from tests.engine.harness import write_here
from tests.services.drafts import a_request
from tests.services.notices.telling import OPS, kinds
from tests.support.clock import NOON, FakeClock
from tests.support.patience import PATIENCE
from tui_scheduler.engine.recorder import RunRecorder
from tui_scheduler.engine.runner import Started
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import Overlap, Run, RunStatus
from tui_scheduler.models.backend import DATABASE_ERRORS
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.running import run_ending
from tui_scheduler.services.running.run_ending import Ending

P = ParamSpec("P")
T = TypeVar("T")

STARTED = Started("a handle", NOON + timedelta(seconds=1), 4711)


class Disk:
    """Counts commits, and refuses as many of them as it is told."""

    def __init__(self) -> None:
        self.commits = 0
        self.refusals = 0
        self.written = 0
        self.has_work: list[bool] = []
        self.refused = asyncio.Event()

    async def write(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self.refusals:
            self.refusals -= 1
            self.refused.set()
            raise DatabaseUnusable("The database is locked by another program.")
        self.commits += 1
        return await write_here(use_case, *args, **kwargs)

    def on_written(self, ended: list[int], has_work: bool) -> None:
        self.written += 1
        self.has_work.append(has_work)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def recorder(services: Services, disk: Disk) -> RunRecorder:
    return RunRecorder(services.dispatch, disk.write, disk.on_written)


@pytest.fixture
def run_ids(services: Services, clock: FakeClock) -> list[int]:
    """Runs that were claimed and not yet begun."""
    for number in range(5):
        request = a_request(services, process=f"process {number}")
        services.requests.schedule(request.id)
    assert services.processes.get(1).overlap is Overlap.SKIP
    return [claim.run_id for claim in services.dispatch.claim()]


def an_end(run_id: int, status: RunStatus = RunStatus.SUCCESS) -> Ending:
    return Ending(run_id=run_id, status=status, end_time=NOON + timedelta(seconds=2))


def statuses() -> list[RunStatus]:
    return [run.status for run in Run.select().order_by(Run.id)]


async def test_a_start_is_written(recorder: RunRecorder, run_ids: list[int]) -> None:
    recorder.start(run_ids[0], STARTED)
    await recorder.flush(PATIENCE)
    run = Run.get_by_id(run_ids[0])
    assert (run.status, run.handle, run.pid) == (RunStatus.PROCESSING, "a handle", 4711)
    assert run.start_time == STARTED.start_time


async def test_what_happens_together_is_one_commit(
    recorder: RunRecorder, run_ids: list[int], disk: Disk
) -> None:
    for run_id in run_ids:
        recorder.start(run_id, STARTED)
    for run_id in run_ids[:2]:
        recorder.end(an_end(run_id))
    await recorder.flush(PATIENCE)
    assert (disk.commits, disk.written) == (1, 1)
    assert statuses() == [RunStatus.SUCCESS] * 2 + [RunStatus.PROCESSING] * 3


async def test_who_is_told_of_a_commit_hears_whether_anything_may_be_taken(
    recorder: RunRecorder, run_ids: list[int], disk: Disk
) -> None:
    recorder.start(run_ids[0], STARTED)
    await recorder.flush(PATIENCE)
    recorder.end(an_end(run_ids[0]))
    await recorder.flush(PATIENCE)
    recorder.give_back([run_ids[1]])
    await recorder.flush(PATIENCE)
    assert disk.has_work == [False, False, True]


async def test_a_run_that_ends_before_its_start_was_written_has_its_start_too(
    recorder: RunRecorder, run_ids: list[int]
) -> None:
    recorder.start(run_ids[0], STARTED)
    end = replace(an_end(run_ids[0]), start_time=STARTED.start_time, pid=STARTED.pid)
    recorder.end(end)
    await recorder.flush(PATIENCE)
    run = Run.get_by_id(run_ids[0])
    assert (run.start_time, run.end_time, run.pid) == (STARTED.start_time, end.end_time, 4711)


async def test_a_run_that_ends_at_once_is_one_commit(
    recorder: RunRecorder, run_ids: list[int], disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_scheduler.engine.recorder._PAUSE", 60.0)
    recorder.start(run_ids[0], STARTED)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert disk.commits == 0
    recorder.end(replace(an_end(run_ids[0]), start_time=STARTED.start_time, pid=STARTED.pid))
    await recorder.flush(PATIENCE)
    assert (disk.commits, statuses()[0]) == (1, RunStatus.SUCCESS)


async def test_where_a_run_was_is_known_though_it_ended_at_once(
    recorder: RunRecorder, run_ids: list[int]
) -> None:
    recorder.start(run_ids[0], replace(STARTED, place="hpc:n3"))
    recorder.end(an_end(run_ids[0]))
    await recorder.flush(PATIENCE)
    run = Run.get_by_id(run_ids[0])
    assert (run.status, run.place) == (RunStatus.SUCCESS, "hpc:n3")


async def test_who_hears_of_starts_hears_of_that_of_a_run_that_ended_at_once(
    services: Services, clock: FakeClock, disk: Disk
) -> None:
    pinged = replace(services.context, notifying=replace(OPS, by_default=("beat",)))
    with_ping = services_on(pinged)
    with_ping.requests.schedule(a_request(with_ping).id)
    (claim,) = with_ping.dispatch.claim()
    recorder = RunRecorder(with_ping.dispatch, disk.write, disk.on_written)
    recorder.start(claim.run_id, STARTED)
    recorder.end(an_end(claim.run_id))
    await recorder.flush(PATIENCE)
    assert kinds(with_ping) == ["started", "ended"]


async def test_what_was_written_first_is_not_changed_by_the_end(
    recorder: RunRecorder, run_ids: list[int]
) -> None:
    recorder.start(run_ids[0], STARTED)
    await recorder.flush(PATIENCE)
    recorder.end(an_end(run_ids[0]))
    await recorder.flush(PATIENCE)
    run = Run.get_by_id(run_ids[0])
    assert (run.status, run.start_time) == (RunStatus.SUCCESS, STARTED.start_time)


async def test_only_the_first_end_counts(recorder: RunRecorder, run_ids: list[int]) -> None:
    recorder.end(an_end(run_ids[0], RunStatus.ERROR))
    recorder.end(an_end(run_ids[0], RunStatus.KILLED))
    await recorder.flush(PATIENCE)
    assert statuses()[0] is RunStatus.ERROR


async def test_what_the_database_refuses_is_offered_again(
    recorder: RunRecorder, run_ids: list[int], disk: Disk
) -> None:
    disk.refusals = 2
    recorder.end(an_end(run_ids[0]))
    recorder.end(an_end(run_ids[1]))
    await recorder.flush(PATIENCE)
    assert statuses()[:2] == [RunStatus.SUCCESS] * 2


async def test_what_happens_while_it_refuses_is_written_after_it(
    recorder: RunRecorder, run_ids: list[int], disk: Disk
) -> None:
    disk.refusals = 1
    recorder.start(run_ids[0], STARTED)
    await disk.refused.wait()
    recorder.end(an_end(run_ids[0]))
    await recorder.flush(PATIENCE)
    assert statuses()[0] is RunStatus.SUCCESS
    assert disk.commits == 2


async def test_it_gives_up_when_its_patience_ends(
    recorder: RunRecorder, run_ids: list[int], disk: Disk
) -> None:
    disk.refusals = 1_000_000
    recorder.end(an_end(run_ids[0]))
    await recorder.flush(0.01)
    assert statuses()[0] is RunStatus.QUEUED


async def test_one_entry_that_is_wrong_takes_nobody_with_it(
    recorder: RunRecorder, run_ids: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    recorder.end(an_end(run_ids[0]))
    recorder.end(
        Ending(run_id=run_ids[1], status=RunStatus.ERROR, end_time=NOON.replace(tzinfo=None))
    )
    recorder.end(an_end(run_ids[2]))
    await recorder.flush(PATIENCE)
    assert statuses()[:3] == [RunStatus.SUCCESS, RunStatus.QUEUED, RunStatus.SUCCESS]
    assert "cannot be written down" in caplog.text


async def test_trouble_in_the_middle_keeps_nothing_so_that_all_is_tried_again(
    services: Services, run_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[RunStatus]] = []

    async def write(use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return use_case(*args, **kwargs)
        except DATABASE_ERRORS as error:
            seen.append(statuses())
            monkeypatch.undo()
            raise DatabaseUnusable("The disk is full.") from error

    def full(context: Context, ending: Ending) -> None:
        raise DATABASE_ERRORS[0]("database or disk is full")

    recorder = RunRecorder(services.dispatch, write, lambda *_: None)
    recorder.start(run_ids[0], STARTED)
    monkeypatch.setattr(run_ending, "_retry", full)
    recorder.end(an_end(run_ids[1], RunStatus.ERROR))
    await recorder.flush(PATIENCE)
    assert seen == [[RunStatus.QUEUED] * 5]
    assert statuses()[:2] == [RunStatus.PROCESSING, RunStatus.ERROR]


async def test_what_was_taken_can_be_given_back(
    recorder: RunRecorder, run_ids: list[int], services: Services
) -> None:
    recorder.give_back([run_ids[3]])
    await recorder.flush(PATIENCE)
    assert [claim.run_id for claim in services.dispatch.claim()] == [run_ids[3]]


async def test_with_nothing_to_write_it_costs_nothing(recorder: RunRecorder, disk: Disk) -> None:
    await recorder.flush(PATIENCE)
    assert disk.commits == 0
