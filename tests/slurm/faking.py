"""A scheduler whose runs go to fake tools, with short waits, and what they have done."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from tests.slurm.engine import ClusterEngine
from tests.slurm.fakes import FakeSlurm
from tests.slurm.slurm_tools import run as run_tool
from tests.support.patience import PATIENCE
from tui_scheduler.engine.slurm.verdicts import Timing
from tui_scheduler.models import Process, Run
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services.views.runs import RunView

QUICK = Timing(
    listing=0.1,
    hurry=0.05,
    look=0.02,
    lost_after=PATIENCE,
    settled=0,
    unseen=0,
    answer=PATIENCE,
    folder=PATIENCE,
    adoption=PATIENCE,
    pause=0.05,
    longest_pause=0.1,
)
"""Whoever waits for something waits for ever, and what is over is over at once."""

_LOOK = 0.01  # seconds


class FakedEngine(ClusterEngine):
    """The scheduler under test; all that its runs do is told in a file."""

    def __init__(self, folder: Path, shared: Path, *, fake: FakeSlurm, **how: Any) -> None:
        self.fake = fake
        self.home = folder / "home"
        self.home.mkdir()
        super().__init__(folder, shared, **how)

    def witness(self, command: str = "true", **process: Any) -> int:
        """Schedule a run that tells that it began, and goes on with ``command``; the request."""
        testimony = f"echo ${{TUI_SCHEDULER_RUN%%-*}} >> {shlex.quote(str(self.home))}/effects"
        return self.on_cluster(
            f"{testimony}; {command}", working_directory=str(self.home), **process
        )

    def effects(self) -> list[int]:
        """The runs that began, in this order, as often as they did."""
        path = self.home / "effects"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def gated(self, command: str, **process: Any) -> int:
        """The same, and it waits for `open_gate` in between."""
        return self.witness(f"while ! [ -e gate ]; do sleep 0.05; done; {command}", **process)

    def open_gate(self) -> None:
        """Let all go on that wait for it."""
        (self.home / "gate").touch()

    def edit(self, command: str) -> None:
        """Have all processes run something else from now on."""
        Process.update(command=command).execute()
        self.scheduler.wake()

    def trigger(self, request: int) -> None:
        """Have another run of it."""
        self.services.runs.trigger(request)
        self.scheduler.wake()

    async def eventually(self, condition: Callable[[], object]) -> None:
        """Wait for what nobody tells us."""
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(condition):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK)

    async def asked(self, tool: str, more: int = 3) -> None:
        """Wait until a tool was called so often from now on: what it says is known by then."""
        before = len(self.fake.calls(tool))
        await self.eventually(lambda: len(self.fake.calls(tool)) >= before + more)

    async def asks_no_more(self) -> None:
        """Wait until nobody looks at the cluster."""
        while [task for task in asyncio.all_tasks() if "Attention" in repr(task.get_coro())]:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)

    async def has_jobs(self, number: int) -> None:
        """Wait until so many jobs are known."""
        await self.eventually(lambda: len(self.fake.jobs()) >= number)

    async def becomes(self, number: int | str, *states: str) -> None:
        """Wait until a job is in one of these states."""
        await self.eventually(lambda: self.state(number) in states)

    async def hears(self, text: str | None) -> None:
        """Wait until the last that was told of the cluster is this; None: that all is well."""

        def is_told() -> bool:
            last = self.cluster_troubles[-1] if self.cluster_troubles else None
            return last is None if text is None else last is not None and text in last.text

        await self.eventually(is_told)

    async def submitted(self, request: int) -> RunView:
        """Wait until the newest run is known to be submitted."""
        await self.until(lambda: bool(self.runs(request)) and bool(self.last(request).job))
        return self.last(request)

    async def begins(self, run: RunView) -> None:
        """Begin the job of a run that waits."""
        await asyncio.to_thread(self.fake.begin, int(run.job))

    def drop(self) -> None:
        """Die, as by ``kill -9``, as far as one can in a program that goes on."""
        assert self._scheduling is not None
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        self._scheduling = None

    async def foreign(self, *options: str, script: str = "true") -> int:
        """Submit a job that is none of ours; its number."""
        words = ("sbatch", "--parsable", "--output=/dev/null", *options)
        done = await asyncio.to_thread(run_tool, *words, text=f"#!/bin/sh\n{script}\n")
        return int(done.stdout)

    def state(self, number: int | str) -> str | None:
        """The state of a job, if it is known."""
        job = self.fake.job(int(number))
        return None if job is None else job["state"]

    def script(self, run: RunView) -> psutil.Process:
        """The process that the job of a run is."""
        job = self.fake.job(int(run.job))
        assert job is not None
        return psutil.Process(job["pid"])

    def status_file(self, run: RunView) -> Path:
        """The file that lets a run begin once."""
        return run.log_path.with_suffix(".status")

    def stored(self, run: RunView) -> Run:
        """Its row."""
        return Run.get_by_id(run.id)


@asynccontextmanager
async def a_faked_engine(
    folder: Path, fake: FakeSlurm, kill_grace: float = 2, **timing: float
) -> AsyncIterator[FakedEngine]:
    """A scheduler that schedules, in ``folder``, with some of ``QUICK`` replaced."""
    shared = folder / "shared"
    shared.mkdir(parents=True)
    with open_database(folder / "scheduler.db"):
        engine = FakedEngine(
            folder, shared, fake=fake, kill_grace=kill_grace, timing=replace(QUICK, **timing)
        )
        engine.begin()
        try:
            yield engine
        finally:
            await engine.leave()
