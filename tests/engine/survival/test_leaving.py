"""Ending the scheduler: what has ended is written down, what runs goes on, the rest waits."""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine, write_here
from tests.services.drafts import every
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.schedules import Frequency

P = ParamSpec("P")
T = TypeVar("T")


async def test_children_outlive_it_and_the_next_one_goes_on(engine: Engine, beacon: Beacon) -> None:
    running = asyncio.create_task(engine.scheduler.run())
    engine.schedule(f"{beacon.lit} sleep 60")
    engine.scheduler.wake()
    await beacon.seen()
    await engine.all_running()
    running.cancel()
    await asyncio.wait([running])
    assert engine.statuses() == ["processing"]
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()
    pid = engine.last().pid
    assert pid is not None
    os.killpg(pid, signal.SIGTERM)
    await engine.all_ended()
    assert engine.last().signal == signal.SIGTERM


async def test_what_was_claimed_while_it_ended_is_given_back(engine: Engine) -> None:
    claimed, go_on = asyncio.Event(), asyncio.Event()

    async def slow(use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        outcome = await write_here(use_case, *args, **kwargs)
        if use_case.__name__ == "_agenda":
            claimed.set()
            await go_on.wait()
        return outcome

    engine.schedule("true")
    running = asyncio.create_task(engine.new_scheduler(slow).run())
    await claimed.wait()
    running.cancel()
    go_on.set()
    await asyncio.wait([running])
    assert engine.statuses() == ["queued"]
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"]


async def test_late_runs_that_wait_for_their_turn_are_given_back(engine: Engine) -> None:
    for _ in range(5):
        engine.schedule("true", every(Frequency.HOURLY))
    engine.clock.advance(hours=2, minutes=30)
    await engine.scheduler.step()
    await engine.scheduler.leave()
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"] * 5


class BusyDatabase:
    """Refuses to write a number of times, or until told otherwise."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.refused = asyncio.Event()

    async def write(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if use_case.__name__ == "_commit" and self.refusals:
            self.refusals -= 1
            self.refused.set()
            raise DatabaseUnusable("The database is locked by another program.")
        return await write_here(use_case, *args, **kwargs)


async def test_an_end_is_written_as_soon_as_the_database_lets_us(engine: Engine) -> None:
    database = BusyDatabase(refusals=3)
    scheduler = engine.new_scheduler(database.write)
    engine.schedule("exit 3")
    await scheduler.step()
    await engine.all_ended()
    assert database.refusals == 0
    assert (engine.last().status, engine.last().exit_code) == ("error", 3)
    assert engine.last().start_time is not None
    await scheduler.leave()


async def test_an_end_that_was_seen_is_written_before_it_leaves(engine: Engine) -> None:
    database = BusyDatabase(refusals=2)
    scheduler = engine.new_scheduler(database.write)
    engine.schedule("exit 3")
    await scheduler.step()
    await database.refused.wait()
    database.refused.clear()
    await database.refused.wait()
    await scheduler.leave()
    assert (engine.last().status, engine.last().exit_code) == ("error", 3)
