"""Old runs are removed while scheduling goes on, and leaving never leaves half of it undone."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from tests.engine.harness import write_here
from tests.services.history import add_run, left
from tests.support.clock import NOON, FakeClock
from tests.support.patience import PATIENCE
from tui_scheduler.engine import housekeeping
from tui_scheduler.engine.housekeeping import Housekeeping
from tui_scheduler.engine.recorder import Write
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.services import Services, retention
from tui_scheduler.services.retention import Limits
from tui_scheduler.services.views.overview import Pruning

P = ParamSpec("P")
T = TypeVar("T")


class Sleeper:
    """Lets every pause pass at once, up to the one after which the test wants to look."""

    def __init__(self, pauses: int) -> None:
        self.pauses: list[float] = []
        self.is_used_up = asyncio.Event()
        self._left = pauses

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._left -= 1
        if self._left < 0:
            self.is_used_up.set()
            await asyncio.Event().wait()


class Gate:
    """Keeps what is written waiting once it is written, as a slow disk would."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def write(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        value = use_case(*args, **kwargs)
        self.reached.set()
        await self.opened.wait()
        return value


def housekeeper(
    services: Services, sleep: Sleeper, write: Write = write_here, read: Write = write_here
) -> Housekeeping:
    """Keeps one run of each request."""
    limits = Limits(days=0, runs=1, bytes=0)
    clock = services.context.clock
    return Housekeeping(
        services.retention, limits, read=read, write=write, clock=clock, sleep=sleep
    )


def runs_with_logs(services: Services, count: int) -> list[Path]:
    logs = [services.context.log_path(add_run(services), None) for _ in range(count)]
    for log in logs:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("output")
    return logs


async def run_for(services: Services, pauses: int, **options: Write) -> list[float]:
    """Let it run until it has paused so many times; the pauses it made, in seconds."""
    sleeper = Sleeper(pauses)
    keeping = asyncio.create_task(housekeeper(services, sleeper, **options).run())
    async with asyncio.timeout(PATIENCE):
        await sleeper.is_used_up.wait()
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    return sleeper.pauses


async def test_it_begins_after_a_minute_and_comes_again_every_hour(services: Services) -> None:
    minute, hour = timedelta(minutes=1).total_seconds(), timedelta(hours=1).total_seconds()
    assert await run_for(services, pauses=0) == [minute]
    assert services.retention.last() is None
    assert await run_for(services, pauses=2) == [minute, hour, hour]
    assert services.retention.last() == Pruning(NOON, 0)


async def test_it_pauses_between_small_batches(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    logs = runs_with_logs(services, 6)
    pauses = await run_for(services, pauses=4)
    assert pauses[1:4] == [housekeeping._PAUSE] * 3
    assert left() == [6]
    assert [log for log in logs if log.exists()] == logs[-1:]
    assert services.retention.last() == Pruning(NOON, 5)


async def test_the_next_hour_finds_what_is_new(services: Services, clock: FakeClock) -> None:
    runs_with_logs(services, 2)

    async def read(use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        answer = use_case(*args, **kwargs)
        if not answer and left() == [2]:
            clock.advance(hours=1)
            add_run(services)
        return answer

    await run_for(services, pauses=3, read=read)
    assert left() == [3]
    assert services.retention.last() == Pruning(NOON + timedelta(hours=1), 1)


async def test_a_failure_is_logged_and_it_is_tried_again(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    runs_with_logs(services, 2)
    failures = [DatabaseUnusable("busy"), ValueError("broken")]

    async def read(use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if failures:
            raise failures.pop(0)
        return use_case(*args, **kwargs)

    await run_for(services, pauses=4, read=read)
    assert left() == [2]
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 2
    assert "tried again in an hour" in caplog.text


async def test_what_was_begun_is_finished_when_it_is_told_to_leave(services: Services) -> None:
    """A row whose log stays behind, because we left in between, would be litter for ever."""
    logs = runs_with_logs(services, 2)
    gate = Gate()
    keeping = asyncio.create_task(housekeeper(services, Sleeper(1), gate.write).prune())
    async with asyncio.timeout(PATIENCE):
        await gate.reached.wait()
    assert left() == [2]
    keeping.cancel()
    await asyncio.sleep(0)  # let it notice
    assert logs[0].exists()
    gate.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert not logs[0].exists()


class TestAClockThatMayBeAhead:
    """Half of what is kept seems to have grown too old since the last time."""

    LIMITS = Limits(days=90, runs=0, bytes=0)

    def keeper(self, services: Services) -> Housekeeping:
        return Housekeeping(
            services.retention,
            self.LIMITS,
            read=write_here,
            write=write_here,
            clock=services.context.clock,
            sleep=Sleeper(10),
        )

    async def test_nothing_is_removed_for_its_age_for_a_day(
        self, services: Services, clock: FakeClock
    ) -> None:
        runs = {add_run(services), add_run(services)}
        housekeeping = self.keeper(services)
        await housekeeping.prune()
        clock.jump(days=400)
        for _ in range(23):
            await housekeeping.prune()
            clock.advance(hours=1)
        assert set(left()) == runs
        clock.advance(hours=1)
        await housekeeping.prune()
        assert set(left()) < runs

    async def test_also_before_anything_was_ever_removed(
        self, services: Services, clock: FakeClock
    ) -> None:
        runs = {add_run(services), add_run(services)}
        clock.jump(days=400)
        await self.keeper(services).prune()
        assert set(left()) == runs

    async def test_a_clock_that_comes_back_is_believed_again(
        self, services: Services, clock: FakeClock
    ) -> None:
        runs = {add_run(services), add_run(services)}
        housekeeping = self.keeper(services)
        await housekeeping.prune()
        clock.jump(days=400)
        await housekeeping.prune()
        clock.jump(days=-400)
        clock.advance(days=40)
        await housekeeping.prune()
        assert services.retention.last() == Pruning(clock.now(), 0)
        assert set(left()) == runs
