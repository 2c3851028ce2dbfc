"""Groups of real children, also killed and restarted in the middle."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine, log_of
from tests.services.drafts import a_process
from tests.services.groups import a_group, beneath, statuses, triggered
from tui_scheduler.models import RunStatus


@asynccontextmanager
async def scheduling(engine: Engine) -> AsyncIterator[None]:
    """A scheduler that runs by itself for as long as the block lasts, and then leaves."""
    task = asyncio.create_task(engine.scheduler.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        engine.scheduler = engine.new_scheduler()


def a_group_of_five(engine: Engine, third: str, *, stop_on_failure: bool = False) -> int:
    """Two that succeed, ``third``, and two more; returns the id of its run."""
    for name in ("one", "two", "four", "five"):
        a_process(engine.services, name, command=f"echo {name}")
    a_process(engine.services, "three", command=third)
    a_group(engine.services, "one", "two", "three", "four", "five", stop_on_failure=stop_on_failure)
    return triggered(engine.services).id


def outcomes(engine: Engine, run_id: int) -> list[str]:
    return [status for _, status in statuses(engine.services, run_id)]


@pytest.mark.parametrize(
    ("stop_on_failure", "rest"), [(False, "success"), (True, "skipped")], ids=["goes on", "stops"]
)
async def test_a_group_of_five_with_a_third_that_fails(
    engine: Engine, *, stop_on_failure: bool, rest: str
) -> None:
    run_id = a_group_of_five(engine, "exit 3", stop_on_failure=stop_on_failure)
    async with scheduling(engine):
        await engine.all_ended()
    assert outcomes(engine, run_id) == ["success", "success", "error", rest, rest]
    group = engine.services.runs.get(run_id)
    assert (group.status, group.note) == ("error", "1 of its members failed: three")
    assert beneath(engine.services, run_id)[2].exit_code == 3


async def test_each_member_has_its_own_log(engine: Engine) -> None:
    run_id = a_group_of_five(engine, "true")
    async with scheduling(engine):
        await engine.all_ended()
    first, second, *_ = beneath(engine.services, run_id)
    assert (log_of(first), log_of(second)) == (b"one\n", b"two\n")
    assert b"5 'five'" in log_of(engine.services.runs.get(run_id))


async def test_stopping_the_group_ends_the_child_and_the_group(
    engine: Engine, beacon: Beacon
) -> None:
    run_id = a_group_of_five(engine, f"{beacon.lit} sleep 600")
    async with scheduling(engine):
        await beacon.seen()
        engine.services.runs.kill(run_id)
        engine.scheduler.wake()
        await engine.all_ended()
    assert outcomes(engine, run_id) == ["success", "success", "killed", "skipped", "skipped"]
    assert engine.services.runs.get(run_id).status is RunStatus.KILLED


async def test_a_restart_in_the_middle_goes_on_with_the_next_member(
    engine: Engine, beacon: Beacon
) -> None:
    run_id = a_group_of_five(engine, f"{beacon.lit} sleep 600")
    async with scheduling(engine):
        await beacon.seen()
    assert outcomes(engine, run_id) == ["success", "success", "processing"]
    engine.services.runs.kill(beneath(engine.services, run_id)[2].id)
    async with scheduling(engine):
        await engine.all_ended()
    assert outcomes(engine, run_id) == ["success", "success", "killed", "success", "success"]


async def test_a_member_that_ended_while_nobody_watched_is_followed_by_the_next(
    engine: Engine, beacon: Beacon, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "go")
    run_id = a_group_of_five(engine, f"{beacon.lit} read -r _ < {tmp_path}/go; {beacon.lit} exit 3")
    async with scheduling(engine):
        await beacon.seen()
    (tmp_path / "go").write_text("on\n")
    await beacon.seen()
    async with scheduling(engine):
        await engine.all_ended()
    assert outcomes(engine, run_id) == ["success", "success", "error", "success", "success"]


class TestSteps:
    """Two members of one step that run together, each of which lights the beacon and waits."""

    def a_group(self, engine: Engine, beacon: Beacon) -> int:
        for name in ("before", "after"):
            a_process(engine.services, name, command=f"echo {name}")
        for name in ("left", "right"):
            a_process(engine.services, name, command=f"{beacon.lit} exec sleep 600")
        a_group(engine.services, "before", ("left", "right"), "after")
        return triggered(engine.services).id

    async def test_they_run_together_and_each_knows_when_the_other_is_there(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        for name in ("to-left", "to-right"):
            os.mkfifo(tmp_path / name)
        left = f"echo go > {tmp_path}/to-right; read -r word < {tmp_path}/to-left; echo $word"
        right = f"read -r word < {tmp_path}/to-right; echo back > {tmp_path}/to-left; echo $word"
        for name, command in {"left": left, "right": right, "after": "true"}.items():
            a_process(engine.services, name, command=command)
        a_group(engine.services, ("left", "right"), "after")
        run_id = triggered(engine.services).id
        async with scheduling(engine):
            await engine.all_ended()
        assert outcomes(engine, run_id) == ["success"] * 3
        first, second, last = beneath(engine.services, run_id)
        assert (log_of(first), log_of(second)) == (b"back\n", b"go\n")
        assert first.end_time is not None
        assert second.end_time is not None
        assert last.start_time is not None
        assert last.start_time >= max(first.end_time, second.end_time)

    async def test_stopping_the_group_ends_all_that_run(
        self, engine: Engine, beacon: Beacon
    ) -> None:
        run_id = self.a_group(engine, beacon)
        async with scheduling(engine):
            await beacon.seen(2)
            engine.services.runs.kill(run_id)
            engine.scheduler.wake()
            await engine.all_ended()
        assert outcomes(engine, run_id) == ["success", "killed", "killed", "skipped"]
        assert engine.services.runs.get(run_id).status is RunStatus.KILLED

    async def test_a_restart_finds_all_of_them_and_goes_on_when_both_have_ended(
        self, engine: Engine, beacon: Beacon
    ) -> None:
        run_id = self.a_group(engine, beacon)
        async with scheduling(engine):
            await beacon.seen(2)
        assert outcomes(engine, run_id) == ["success", "processing", "processing"]
        _, left, right = beneath(engine.services, run_id)
        async with scheduling(engine):
            engine.services.runs.kill(left.id)
            engine.scheduler.wake()
            await engine.until(lambda: not engine.services.runs.get(left.id).is_open)
            assert outcomes(engine, run_id) == ["success", "killed", "processing"]
            engine.services.runs.kill(right.id)
            engine.scheduler.wake()
            await engine.all_ended()
        assert outcomes(engine, run_id) == ["success", "killed", "killed", "success"]

    async def test_a_time_limit_of_one_leaves_the_others_alone(self, engine: Engine) -> None:
        a_process(engine.services, "slow", command="sleep 600", timeout=timedelta(milliseconds=50))
        a_process(engine.services, "quick", command="echo done")
        a_process(engine.services, "after", command="true")
        a_group(engine.services, ("slow", "quick"), "after", stop_on_failure=True)
        run_id = triggered(engine.services).id
        async with scheduling(engine):
            await engine.all_ended()
        assert outcomes(engine, run_id) == ["timed_out", "success", "skipped"]
