"""What many runs cost together, and what a folder that hangs does not."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.slurm.fakes import FakeSlurm
from tests.support.patience import PATIENCE
from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.runner import Ended, Started
from tui_scheduler.engine.slurm import begun_file
from tui_scheduler.engine.slurm.begun_file import BegunRecord
from tui_scheduler.engine.slurm.runner import SlurmRunner
from tui_scheduler.engine.slurm.verdicts import Timing
from tui_scheduler.models import RunStatus
from tui_scheduler.services.clock import SystemClock
from tui_scheduler.services.running.taken_runs import OpenRun
from tui_scheduler.signs_of_life import Trouble

BEGUN = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Watching:
    """A runner that has adopted runs, and all that it tells."""

    def __init__(self, folder: Path, timing: Timing) -> None:
        self.folder = folder
        self.troubles: list[Trouble | None] = []
        cluster = Cluster(name="hpc", engine="slurm", folder=folder)
        self.runner = SlurmRunner(
            cluster, SystemClock(), timedelta(), trouble=self.troubles.append, timing=timing
        )

    def status_file(self, number: int) -> Path:
        return self.folder / f"{number}-abcd1234.status"

    async def adopt(self, number: int) -> "asyncio.Task[object]":
        """Adopt a run that has begun; what waits for its end."""
        path = self.status_file(number)
        path.write_text(f"{number} n1 {BEGUN.timestamp()}\n")
        run = OpenRun(
            run_id=number,
            token="abcd1234",
            status=RunStatus.PROCESSING,
            handle=f"{number} {number}-abcd1234",
            start_time=BEGUN,
            log_path=path.with_suffix(".log"),
            timeout=None,
            place="hpc:n1",
        )
        adopted = await self.runner.adopt(run)
        assert isinstance(adopted, Started)
        return asyncio.create_task(self.runner.watch(adopted.handle, lambda _: None))

    def end(self, number: int) -> None:
        with self.status_file(number).open("a") as file:
            file.write(f"0 {BEGUN.timestamp()} 0.5\n")


async def test_two_hundred_runs_cost_one_question(fake_slurm: FakeSlurm, tmp_path: Path) -> None:
    watching = Watching(tmp_path, Timing(listing=PATIENCE, look=0.01))
    ends = [await watching.adopt(number) for number in range(1, 201)]
    for number in range(1, 201):
        watching.end(number)
    assert {type(gone) for gone in await asyncio.gather(*ends)} == {Ended}
    assert len(fake_slurm.calls()) <= 1
    await watching.runner.let_go()


async def test_a_folder_that_hangs_holds_one_thread(
    fake_slurm: FakeSlurm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timing = Timing(listing=0.05, hurry=0.05, look=0.01, folder=0.05, pause=0.01, unseen=0)
    watching = Watching(tmp_path, timing)
    end = await watching.adopt(1)
    gate, read, threads = threading.Event(), begun_file.read, set()

    def hangs(path: Path) -> BegunRecord:
        threads.add(threading.get_ident())
        gate.wait()
        return read(path)

    monkeypatch.setattr(begun_file, "read", hangs)
    watching.end(1)
    asked = len(fake_slurm.calls())
    while len(fake_slurm.calls()) < asked + 3:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert len(threads) == 1
    assert [trouble.text.partition(" since ")[0] for trouble in watching.troubles if trouble] == [
        f"hpc has a folder {tmp_path} that does not answer"
    ]
    assert not end.done()
    gate.set()
    assert isinstance(await end, Ended)
    await watching.runner.let_go()
    assert watching.troubles[-1] is None
