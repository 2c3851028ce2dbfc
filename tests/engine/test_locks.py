"""Processes that share a lock, as they are run: one after the other, whoever schedules."""

from datetime import timedelta

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine

DB = ("db",)


async def one_that_holds_and_one_that_waits(
    engine: Engine, beacon: Beacon, **waiting: object
) -> None:
    engine.schedule(f"{beacon.lit} sleep 60", locks=DB)
    engine.schedule(f"{beacon.lit} sleep 60", locks=DB, **waiting)  # type: ignore[arg-type]
    await engine.scheduler.step()
    await beacon.seen()
    await engine.until(lambda: engine.statuses() == ["processing", "queued"])


async def end_the_first(engine: Engine, beacon: Beacon) -> None:
    """Stop the one that holds the lock, and see the other begin."""
    engine.services.runs.kill(engine.runs()[0].id)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses()[0] == "killed")
    await engine.scheduler.step()
    await beacon.seen()
    await engine.until(lambda: engine.statuses() == ["killed", "processing"])


async def test_the_second_begins_when_the_first_has_ended(engine: Engine, beacon: Beacon) -> None:
    await one_that_holds_and_one_that_waits(engine, beacon)
    await engine.scheduler.step()
    assert engine.last().note == "Waits for run 1 of process 0, which holds the lock db"
    await end_the_first(engine, beacon)
    first, second = engine.runs()
    assert first.end_time is not None
    assert second.start_time is not None
    assert first.end_time <= second.start_time


async def test_one_that_waits_can_be_stopped_before_it_begins(
    engine: Engine, beacon: Beacon
) -> None:
    await one_that_holds_and_one_that_waits(engine, beacon)
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["processing", "killed"])
    assert engine.last().note == "Stopped on request before it began"


async def test_the_time_that_it_waits_is_none_of_its_time_limit(
    engine: Engine, beacon: Beacon
) -> None:
    await one_that_holds_and_one_that_waits(engine, beacon, timeout=timedelta(minutes=5))
    engine.clock.advance(minutes=30)
    await engine.scheduler.step()
    assert engine.statuses() == ["processing", "queued"]
    await end_the_first(engine, beacon)


async def test_a_lock_outlives_the_scheduler(engine: Engine, beacon: Beacon) -> None:
    await one_that_holds_and_one_that_waits(engine, beacon)
    await engine.scheduler.leave()
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    assert engine.statuses() == ["processing", "queued"]
    await end_the_first(engine, beacon)


async def test_the_lock_of_a_run_that_was_taken_and_never_began_is_free_again(
    engine: Engine,
) -> None:
    for _ in range(2):
        engine.schedule("true", locks=DB)
    assert len(engine.services.dispatch.claim()) == 1  # and no more: a crash
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["success", "queued"])
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["success", "success"])
