"""A real runtime that schedules, with the real clock and real children, in the test's own loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.services.drafts import ALL_RUNS, IMMEDIATE, a_process, a_request
from tests.support.patience import PATIENCE
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import database
from tui_scheduler.runtime import Runtime, open_runtime
from tui_scheduler.services import Services
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.settings import Settings

_MOMENT = 0.1


class Living:
    """Short ways to have commands run, and to wait for what becomes of them."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._happened = asyncio.Event()
        runtime.subscribe(lambda _event: self._happened.set())

    async def schedule(self, command: str, **process: Any) -> None:
        """Have ``command`` run at once, as a process of its own."""
        await self.runtime.write(_schedule, self.runtime.services, command, process)

    async def runs(self) -> list[RunView]:
        """The whole history, oldest first."""
        newest = await self.runtime.read(self.runtime.services.runs.latest, ALL_RUNS, 1_000_000)
        return newest[::-1]

    async def statuses(self) -> list[str]:
        """What became of all runs, oldest first."""
        return [run.status.value for run in await self.runs()]

    async def until(self, condition: Callable[[list[RunView]], bool]) -> list[RunView]:
        """Wait until ``condition`` holds for the history, and return that."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(DatabaseUnusable):
                    if condition(runs := await self.runs()):
                        return runs
                await self.another_event()

    async def another_event(self) -> None:
        """Wait for what is told, or a moment if nothing is, as not all can be read in trouble."""
        self._happened.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_MOMENT):
                await self._happened.wait()

    async def all_ended(self, count: int) -> list[RunView]:
        """Wait until there are ``count`` runs and none is open."""
        return await self.until(
            lambda runs: len(runs) == count and not any(run.is_open for run in runs)
        )

    async def pragma(self, name: str, value: int | None = None) -> Any:
        """Set what SQLite does on the writing connection, or ask for it.

        Together with changes that cannot be made it is refused as they are: then it is asked again.
        """
        given = () if value is None else (value,)
        while True:
            with suppress(DatabaseUnusable):
                return await self.runtime.write(database.pragma, name, *given)


@asynccontextmanager
async def alive(folder: Path) -> AsyncIterator[Living]:
    """A scheduler at work on a database in ``folder``; its runs end in the test."""
    async with open_runtime(Settings(database=folder / "scheduler.db")) as runtime:
        yield Living(runtime)


def _schedule(services: Services, command: str, process: dict[str, Any]) -> None:
    name = f"process {len(services.requests.all())}"
    a_process(services, name, command=command, **process)
    services.requests.schedule(a_request(services, IMMEDIATE, name).id)
