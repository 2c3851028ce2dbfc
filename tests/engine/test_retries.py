"""Runs that fail are tried again."""

from datetime import timedelta

import pytest

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine
from tests.support.clock import NOON
from tui_scheduler.services.clock import BEHIND

DELAY = timedelta(seconds=30)


async def test_an_error_is_tried_again_after_the_delay(engine: Engine) -> None:
    engine.schedule("false", retries=2, retry_delay=DELAY)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["error", "queued"])
    assert await engine.scheduler.step() == 2.0 + BEHIND
    assert engine.statuses() == ["error", "queued"]
    engine.clock.advance(seconds=30)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["error", "error", "queued"])
    engine.clock.advance(seconds=30)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["error", "error", "error"])
    assert [run.attempt for run in engine.runs()] == [1, 2, 3]
    assert engine.last().scheduled_for == NOON + 2 * DELAY


async def test_one_that_succeeds_at_last_is_not_tried_again(engine: Engine) -> None:
    engine.schedule("test -e ~/mark || { touch ~/mark; false; }", retries=5, retry_delay=DELAY)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["error", "queued"])
    engine.clock.advance(seconds=30)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["error", "success"]


async def test_a_run_whose_time_was_over_is_tried_again(engine: Engine) -> None:
    engine.schedule("sleep 60", timeout=timedelta(milliseconds=20), retries=1, retry_delay=DELAY)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["timed_out", "queued"])


async def test_a_run_that_was_stopped_is_not(engine: Engine, beacon: Beacon) -> None:
    engine.schedule(f"{beacon.lit} sleep 60", retries=1)
    await engine.scheduler.step()
    await beacon.seen()
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["killed"]


@pytest.mark.parametrize("directory", ["/does/not/exist"])
async def test_a_run_that_could_not_start_is_tried_again(engine: Engine, directory: str) -> None:
    engine.schedule("true", working_directory=directory, retries=1, retry_delay=DELAY)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["error", "queued"])
