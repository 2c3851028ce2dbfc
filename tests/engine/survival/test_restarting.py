"""A scheduler that begins in the middle of what another one had begun."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine
from tests.services.drafts import every
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Adopted
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import Frequency, Plan
from tui_scheduler.services.running.taken_runs import OpenRun

MINUTELY = every(Frequency.MINUTELY)


async def restarted(engine: Engine) -> None:
    """Let another scheduler take the place of the one that there is."""
    await engine.scheduler.leave()
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()


async def two_fires(engine: Engine, beacon: Beacon, command: str, overlap: Overlap) -> None:
    """A run that goes on, and the next fire of its request."""
    engine.schedule(command, MINUTELY, overlap=overlap)
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    engine.clock.advance(minutes=1)


class Readied(LocalRunner):
    """Notes in which order it was asked to get ready and to adopt."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        super().__init__(engine.clock, engine.kill_grace, folder / "logs")
        self.asked: list[str] = []

    def prepare(self) -> None:
        self.asked.append("prepare")
        super().prepare()

    async def adopt(self, run: OpenRun) -> Adopted:
        self.asked.append("adopt")
        return await super().adopt(run)


class TestReadiness:
    """What gets ready puts away the journals that nobody needs, so it must be known who does."""

    async def test_nothing_gets_ready_before_what_is_open_was_adopted(
        self, engine: Engine, beacon: Beacon, tmp_path: Path
    ) -> None:
        await two_fires(engine, beacon, f"{beacon.lit} sleep 60", Overlap.QUEUE)
        await engine.scheduler.leave()
        runner = Readied(engine, tmp_path)
        engine.scheduler = engine.new_scheduler(runner=runner)
        await engine.scheduler.adopt()
        assert runner.asked == ["adopt"]
        await engine.scheduler.step()
        assert "prepare" in runner.asked
        assert engine.statuses() == ["processing", "queued"]

    @pytest.mark.parametrize(("plan", "asked"), [(MINUTELY, ["prepare"]), (None, [])])
    async def test_where_nothing_is_open_it_does_if_something_is_planned(
        self, engine: Engine, tmp_path: Path, plan: Plan | None, asked: list[str]
    ) -> None:
        if plan is not None:
            engine.schedule("true", plan)
        runner = Readied(engine, tmp_path)
        engine.scheduler = engine.new_scheduler(runner=runner)
        await engine.scheduler.adopt()
        assert runner.asked == asked


async def test_a_retry_that_waits_is_tried_when_its_time_comes(engine: Engine) -> None:
    engine.schedule("false", retries=1, retry_delay=timedelta(seconds=30))
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["error", "queued"])
    await restarted(engine)
    await engine.scheduler.step()
    assert engine.statuses() == ["error", "queued"]
    engine.clock.advance(seconds=30)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["error", "error"]
    assert [run.attempt for run in engine.runs()] == [1, 2]


async def test_a_run_that_is_queued_starts_when_the_other_has_ended(
    engine: Engine, beacon: Beacon
) -> None:
    await two_fires(engine, beacon, f"{beacon.lit} sleep 60", Overlap.QUEUE)
    await engine.scheduler.step()
    assert engine.statuses() == ["processing", "queued"]
    await restarted(engine)
    await engine.scheduler.step()
    assert engine.statuses() == ["processing", "queued"]
    engine.services.runs.kill(engine.runs()[0].id)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses()[0] == "killed")
    await engine.scheduler.step()
    await beacon.seen()


@pytest.mark.parametrize("first_ends", ["before", "after"])
async def test_a_replacement_that_is_half_done_is_finished(
    engine: Engine, beacon: Beacon, first_ends: str
) -> None:
    await two_fires(engine, beacon, f"{beacon.lit} sleep 60", Overlap.REPLACE)
    engine.services.dispatch.claim()  # asks the first one to end, and no more: a crash
    assert engine.statuses() == ["processing", "queued"]
    await restarted(engine)
    await engine.scheduler.step()
    if first_ends == "after":
        await restarted(engine)
        await engine.scheduler.step()
    await engine.until(lambda: engine.statuses()[0] == "killed")
    await engine.scheduler.step()
    await beacon.seen()
    await engine.until(lambda: engine.statuses() == ["killed", "processing"])


async def test_a_time_limit_holds_for_whoever_watches(engine: Engine, beacon: Beacon) -> None:
    engine.schedule(f"{beacon.lit} sleep 60", timeout=timedelta(minutes=5))
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    await engine.scheduler.leave()
    engine.clock.advance(minutes=6)
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert engine.statuses() == ["timed_out"]
