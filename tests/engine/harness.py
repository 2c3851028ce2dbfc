"""A scheduler that a test steps by hand, with real children and a clock that the test moves."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from tests.services.drafts import IMMEDIATE, a_process, a_request
from tests.support.clock import FakeClock
from tests.support.patience import PATIENCE
from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.recorder import Write
from tui_scheduler.engine.runner import Runner
from tui_scheduler.engine.scheduler import Scheduler
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.models import MisfirePolicy, Request, Run
from tui_scheduler.schedules import Plan
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import Event
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.runs import RunView

P = ParamSpec("P")
T = TypeVar("T")


async def write_here(use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Write on the thread of the test."""
    return use_case(*args, **kwargs)


class Engine:
    """The scheduler under test, and short ways to ask for runs and to wait for them."""

    def __init__(
        self,
        folder: Path,
        clock: FakeClock,
        kill_grace: timedelta,
        clusters: Mapping[str, Cluster] = MappingProxyType({}),
    ) -> None:
        self.clock = clock
        self.kill_grace = kill_grace
        self.troubles = Troubles()
        self._changed = asyncio.Event()
        self._log_folder = folder / "logs"
        self.services = services_on(
            Context(
                actor="ann",
                log_folder=self._log_folder,
                clock=clock,
                publish=self._hear,
                clusters=clusters,
            )
        )
        self._schedulers: list[Scheduler] = []
        self.scheduler = self.new_scheduler()

    def new_scheduler(
        self,
        write: Write = write_here,
        runner: Runner | None = None,
        *,
        claims_runs: bool = True,
        late_pause: timedelta = timedelta(),
    ) -> Scheduler:
        """Another scheduler on the same database, as after a restart."""
        scheduler = Scheduler(
            dispatch=self.services.dispatch,
            write=write,
            runner=runner or self.new_runner(),
            clock=self.clock,
            late_pause=late_pause,
            claims_runs=claims_runs,
            troubles=self.troubles,
        )
        self._schedulers.append(scheduler)
        return scheduler

    def new_runner(self) -> Runner:
        """What runs what is due."""
        return LocalRunner(self.clock, self.kill_grace, self._log_folder)

    def schedule(
        self,
        command: str,
        plan: Plan = IMMEDIATE,
        misfire: MisfirePolicy = MisfirePolicy.ONCE,
        parameters: dict[str, str] | None = None,
        **process: Any,
    ) -> int:
        """Schedule a request for a new process that runs ``command``; returns its id.

        ``declared`` among the fields of the process are the parameters that it declares.
        """
        if "declared" in process:
            process["parameters"] = process.pop("declared")
        name = process.pop("name", f"process {Request.select().count()}")
        a_process(self.services, name, command=command, **process)
        request = a_request(self.services, plan, name, misfire, parameters=parameters or {})
        self.services.requests.schedule(request.id)
        return request.id

    async def run(self, command: str, **process: Any) -> RunView:
        """Have ``command`` run at once and wait for its end."""
        request_id = self.schedule(command, **process)
        await self.scheduler.step()
        await self.all_ended()
        return self.last(request_id)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds; it is looked at whenever something was committed."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def all_ended(self) -> None:
        """Wait until no run is open."""
        await self.until(lambda: not Run.select().where(Run.end_time.is_null()).exists())

    async def all_running(self) -> None:
        """Wait until every open run is a process."""
        await self.until(lambda: all(run.pid is not None for run in self.services.runs.open()))

    def runs(self, request_id: int | None = None) -> list[RunView]:
        """All runs, oldest first."""
        wanted = RunFilter(request_id=request_id)
        return self.services.runs.latest(wanted, 10_000)[::-1]

    def last(self, request_id: int | None = None) -> RunView:
        """The newest run."""
        return self.runs(request_id)[-1]

    def statuses(self, request_id: int | None = None) -> list[str]:
        """What became of all runs, oldest first."""
        return [run.status.value for run in self.runs(request_id)]

    async def clear_up(self) -> None:
        """Leave no child behind."""
        for run in self.services.runs.open():
            self.services.runs.kill(run.id, force=True)
        await self.scheduler.step()
        await self.all_ended()
        for scheduler in self._schedulers:
            await scheduler.leave()

    def _hear(self, event: Event) -> None:
        self._changed.set()


def log_of(run: RunView) -> bytes:
    """What a run wrote."""
    return run.log_path.read_bytes() if run.log_path.exists() else b""
