"""A scheduler whose runs go to the cluster of the tests, with the time that passes there."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.engine.harness import Engine, log_of
from tests.services.drafts import IMMEDIATE
from tests.support.patience import PATIENCE
from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Runner
from tui_scheduler.engine.runners import Runners
from tui_scheduler.engine.slurm.runner import SlurmRunner
from tui_scheduler.engine.slurm.verdicts import Timing
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.schedules import Plan
from tui_scheduler.services.clock import SystemClock
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.signs_of_life import Trouble

NAME = "hpc"
HELD = "held"
"""The same cluster, where everything waits until somebody releases it."""

LATER = "later"
"""The same cluster, where everything waits two seconds."""

_OPTIONS = {NAME: (), HELD: ("--hold",), LATER: ("--begin=now+2",)}
_SOON = Timing(listing=0.5, hurry=0.2, look=0.1, lost_after=20, settled=1, unseen=2)
_LOCAL = "local"


class ClusterEngine(Engine):
    """The scheduler under test; what it runs goes to the cluster, unless a test says otherwise."""

    def __init__(
        self, folder: Path, shared: Path, kill_grace: float = 2, timing: Timing = _SOON
    ) -> None:
        self.timing = timing
        self.folder = Path(tempfile.mkdtemp(dir=shared))
        self.clusters = {
            name: Cluster(name=name, engine="slurm", options=options, folder=self.folder)
            for name, options in _OPTIONS.items()
        }
        self.cluster_troubles: list[Trouble | None] = []
        grace = timedelta(seconds=kill_grace)
        clock: Any = SystemClock()
        self._folder = folder
        self._scheduling: asyncio.Task[None] | None = None
        super().__init__(folder, clock, grace, self.clusters)

    def new_runner(self) -> Runner:
        """The runners of this machine and of the cluster."""
        here = LocalRunner(self.clock, self.kill_grace, self._folder / "logs")
        runners = {
            name: SlurmRunner(
                cluster,
                self.clock,
                self.kill_grace,
                log_cap=1_000_000,
                trouble=self.cluster_troubles.append,
                timing=self.timing,
            )
            for name, cluster in self.clusters.items()
        }
        return Runners(here, runners)

    def on_cluster(
        self,
        command: str,
        *options: str,
        cluster: str = NAME,
        plan: Plan = IMMEDIATE,
        **process: Any,
    ) -> int:
        """Schedule a request for a process that runs ``command`` there; returns its id."""
        process |= {"runs_on": cluster, "cluster_options": options}
        request = self.schedule(command, plan, **process)
        self.scheduler.wake()
        return request

    def begin(self) -> None:
        """Schedule, from now on."""
        self._scheduling = asyncio.create_task(self.scheduler.run())

    async def leave(self) -> None:
        """Schedule no more; what runs goes on."""
        if self._scheduling is not None:
            self._scheduling.cancel()
            await asyncio.gather(self._scheduling, return_exceptions=True)
            self._scheduling = None

    async def take_over(self) -> None:
        """Let another scheduler go on."""
        await self.leave()
        self.scheduler = self.new_scheduler()
        self.begin()

    async def ended(self, request_id: int) -> RunView:
        """Wait for the end of the newest run."""
        await self.until(lambda: bool(self.runs(request_id)) and not self.last(request_id).is_open)
        return self.last(request_id)

    async def has_begun(self, request_id: int) -> RunView:
        """Wait until the newest run has begun."""
        await self.until(
            lambda: bool(self.runs(request_id)) and self.last(request_id).start_time is not None
        )
        return self.last(request_id)

    async def waits(self, request_id: int, reason: str) -> RunView:
        """Wait until the newest run is told to wait for this."""
        await self.until(
            lambda: bool(self.runs(request_id)) and reason in self.last(request_id).note
        )
        return self.last(request_id)

    async def has_written(self, run: RunView, lines: int) -> list[str]:
        """Wait until so many lines stand in the log of a run; returns them."""
        async with asyncio.timeout(PATIENCE):
            while log_of(run).count(b"\n") < lines:  # noqa: ASYNC110  nobody tells us
                await asyncio.sleep(0.02)
        return log_of(run).decode().splitlines()

    def stop(self, run: RunView, *, force: bool = False) -> None:
        """Ask for a run to be stopped."""
        self.services.runs.kill(run.id, force=force)
        self.scheduler.wake()


@asynccontextmanager
async def a_cluster_engine(
    folder: Path, shared: Path, kill_grace: float = 2
) -> AsyncIterator[ClusterEngine]:
    """A scheduler that schedules; nothing of it is left at the end."""
    with open_database(folder / "scheduler.db"):
        engine = ClusterEngine(folder, shared, kill_grace)
        engine.begin()
        try:
            yield engine
        finally:
            await engine.leave()
