"""What happens to a fire while the same process is still running."""

import os
import signal
from datetime import timedelta

import pytest

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine
from tests.services.drafts import every
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import Frequency

MINUTELY = every(Frequency.MINUTELY)


async def second_fire(engine: Engine, beacon: Beacon, overlap: Overlap, before: str = "") -> None:
    """Let a process run that lasts longer than the pause between two of its fires."""
    command = f"{before} {beacon.lit} while :; do sleep 60; done"
    engine.schedule(command, MINUTELY, overlap=overlap)
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    engine.clock.advance(minutes=1)
    await engine.scheduler.step()


async def stubborn(engine: Engine, beacon: Beacon) -> None:
    """Have one that ends by force alone be replaced."""
    engine.kill_grace = timedelta(minutes=10)
    engine.scheduler = engine.new_scheduler()
    await second_fire(engine, beacon, Overlap.REPLACE, "trap '' TERM;")
    assert engine.statuses() == ["processing", "queued"]


async def test_skip_leaves_a_row_that_says_why(engine: Engine, beacon: Beacon) -> None:
    await second_fire(engine, beacon, Overlap.SKIP)
    assert engine.statuses() == ["processing", "skipped"]
    assert engine.last().note.startswith("Run 1 is still running")


async def test_allow_runs_both(engine: Engine, beacon: Beacon) -> None:
    await second_fire(engine, beacon, Overlap.ALLOW)
    await beacon.seen()
    await engine.until(lambda: engine.statuses() == ["processing", "processing"])


async def test_queue_waits_for_the_other_and_then_runs(engine: Engine, beacon: Beacon) -> None:
    await second_fire(engine, beacon, Overlap.QUEUE)
    assert engine.statuses() == ["processing", "queued"]
    engine.clock.advance(minutes=1)
    await engine.scheduler.step()
    assert engine.statuses() == ["processing", "queued", "skipped"]
    engine.services.runs.kill(engine.runs()[0].id)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses()[0] == "killed")
    await engine.scheduler.step()
    await beacon.seen()
    await engine.until(lambda: engine.statuses() == ["killed", "processing", "skipped"])


async def test_replace_ends_the_other_first(engine: Engine, beacon: Beacon) -> None:
    await second_fire(engine, beacon, Overlap.REPLACE)
    await engine.until(lambda: engine.statuses() == ["killed", "queued"])
    await engine.scheduler.step()
    await beacon.seen()
    await engine.until(lambda: engine.statuses() == ["killed", "processing"])
    first, second = engine.runs()
    assert first.end_time is not None
    assert second.start_time is not None
    assert first.end_time <= second.start_time
    assert first.note == "Replaced by the next run; ended by TERM"


async def test_who_waits_to_replace_another_may_be_replaced_itself(
    engine: Engine, beacon: Beacon
) -> None:
    await stubborn(engine, beacon)
    engine.clock.advance(minutes=1)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["processing", "killed", "queued"])
    assert engine.runs()[1].note == "Replaced by the next run before it began"


async def test_one_that_ends_while_nobody_schedules_was_replaced_all_the_same(
    engine: Engine, beacon: Beacon
) -> None:
    await stubborn(engine, beacon)
    await engine.scheduler.leave()
    pid = engine.runs()[0].pid
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()
    await engine.until(lambda: engine.statuses() == ["killed", "queued"])
    assert engine.runs()[0].note == "Replaced by the next run"


@pytest.mark.parametrize("overlap", [Overlap.QUEUE, Overlap.REPLACE])
async def test_one_that_waits_can_be_stopped_before_it_begins(
    engine: Engine, beacon: Beacon, overlap: Overlap
) -> None:
    engine.kill_grace = timedelta(seconds=10)
    await second_fire(engine, beacon, overlap)
    waiting = engine.last()
    engine.services.runs.kill(waiting.id)
    await engine.scheduler.step()
    await engine.until(lambda: engine.last().status == "killed")
    assert engine.last().note == "Stopped on request before it began"
    assert engine.last().start_time is None
