"""A controller that forgets jobs and gives their numbers to others, and files that are torn."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.slurm.engine import ClusterEngine, a_cluster_engine
from tests.slurm.fakes import FakeSlurm
from tests.support.patience import PATIENCE
from tui_scheduler.clusters import job_of
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.views.runs import RunView


@pytest.fixture
async def engine(fake_slurm: FakeSlurm, new_database: Path) -> AsyncIterator[ClusterEngine]:
    async with a_cluster_engine(new_database.parent, new_database.parent) as engine:
        yield engine


@pytest.fixture
def gates(tmp_path: Path) -> tuple[Path, Path]:
    """Pipes with a name, for commands that wait until something is written to them."""
    paths = (tmp_path / "gate", tmp_path / "other gate")
    for path in paths:
        os.mkfifo(path)
    return paths


def number_of(run: RunView) -> int:
    return int(job_of(Run.get_by_id(run.id).handle))


async def test_a_stop_does_not_reach_who_has_its_number_now(
    fake_slurm: FakeSlurm, engine: ClusterEngine, gates: tuple[Path, Path]
) -> None:
    gate, other_gate = gates
    first = engine.on_cluster(f"read line <'{gate}'; exit 3", name="first")
    number = number_of(await engine.has_begun(first))
    fake_slurm.forget(number)
    fake_slurm.next_id(number)
    second = engine.on_cluster(f"read line <'{other_gate}'; exit 4", name="second")
    assert number_of(await engine.has_begun(second)) == number
    engine.stop(engine.last(first))
    async with asyncio.timeout(PATIENCE):
        calls = fake_slurm.calls
        while not any(str(number) in call for call in calls("scancel")):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    for path in gates:
        await asyncio.to_thread(path.write_text, "go on\n")
    ended = await engine.ended(second)
    assert (ended.status, ended.exit_code) == (RunStatus.ERROR, 4)
    assert (await engine.ended(first)).exit_code == 3


async def test_what_its_node_could_not_launch_is_submitted_again(
    fake_slurm: FakeSlurm, engine: ClusterEngine
) -> None:
    fake_slurm.keep_waiting()
    request = engine.on_cluster("exit 3")
    number = number_of(await engine.waits(request, "Resources"))
    fake_slurm.keep_waiting(None)
    fake_slurm.rewrite(number, state="CANCELLED", reason="None", node="n1")
    run = await engine.ended(request)
    assert (run.status, run.exit_code) == (RunStatus.ERROR, 3)


async def test_a_begin_that_is_torn_is_begun_again(
    fake_slurm: FakeSlurm, engine: ClusterEngine
) -> None:
    fake_slurm.keep_waiting()
    request = engine.on_cluster("exit 3")
    run = await engine.waits(request, "Resources")
    number = number_of(run)
    RunFiles.of(run.log_path).begun.touch()  # a node that went before a word was in it
    fake_slurm.keep_waiting(None)
    fake_slurm.rewrite(number, state="NODE_FAIL", reason="NodeDown", node="n1")
    run = await engine.ended(request)
    assert (run.status, run.exit_code) == (RunStatus.ERROR, 3)


async def test_what_was_taken_and_not_submitted_is_submitted_though_it_has_no_folder(
    fake_slurm: FakeSlurm, engine: ClusterEngine
) -> None:
    await engine.leave()
    request = engine.on_cluster("exit 3")
    (claim,) = engine.services.dispatch.claim()
    assert not claim.log_path.parent.exists()
    await engine.take_over()
    run = await engine.ended(request)
    assert (run.status, run.exit_code) == (RunStatus.ERROR, 3)
