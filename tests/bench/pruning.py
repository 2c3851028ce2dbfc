"""How long it takes to bring a long history within its limits, and whom that keeps waiting."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from tests.bench.figures import summary, throwaway_settings
from tests.bench.history import seed
from tests.bench.loop import empty_loop, ticking
from tui_scheduler.engine.housekeeping import Housekeeping
from tui_scheduler.engine.recorder import Write
from tui_scheduler.runtime import open_runtime
from tui_scheduler.services.context import Context
from tui_scheduler.services.queries.runs.search import EVERYTHING
from tui_scheduler.services.retention import Limits
from tui_scheduler.settings import Settings

HISTORY = 1_000_000
DOOMED = 100_000
_REQUESTS = 50
_LIMITS = Limits(days=0, runs=(HISTORY - DOOMED) // _REQUESTS, bytes=0)
_LOG = b"a line of a log\n" * 60


def measure() -> str:
    """The whole time, each step on its thread, and the delay of the loop, in milliseconds."""
    with throwaway_settings() as settings:
        seed(settings, HISTORY)
        _write_logs(settings)
        idle = asyncio.run(empty_loop())
        return f"{asyncio.run(_prune(settings))} (an empty loop: {summary(idle)})"


async def _prune(settings: Settings) -> str:
    looks, removals = _Timed(), _Timed()
    async with open_runtime(settings, may_schedule=False) as runtime:
        housekeeping = Housekeeping(
            runtime.services.retention,
            _LIMITS,
            read=looks.of(runtime.read),
            write=removals.of(runtime.write),
            clock=runtime.clock,
        )
        began = time.perf_counter()
        async with ticking() as delays:
            await housekeeping.prune()
        seconds = time.perf_counter() - began
        left = await runtime.read(EVERYTHING.count)
    files = sum(1 for _ in settings.log_folder.rglob("*.log"))
    return (
        f"pruning: {HISTORY - left:,} of {HISTORY:,} runs in {seconds:.1f} s, {files} of"
        f" {DOOMED:,} logs left; each look {summary(looks.seconds)}; rows of a batch"
        f" {summary(removals.seconds)}; loop {summary(delays)} late"
    )


class _Timed:
    """Notes how long each call takes."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def of(self, call: Write) -> Callable[..., Coroutine[Any, Any, Any]]:
        """``call``, timed."""

        async def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            value = await call(*args, **kwargs)
            self.seconds.append(time.perf_counter() - began)
            return value

        return timed


def _write_logs(settings: Settings) -> None:
    """Give the oldest runs, which will go, a log and an exit status each."""
    context = Context(actor="ann", log_folder=settings.log_folder)
    for run_id in range(1, DOOMED + 1):
        path = context.log_path(run_id, None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_LOG)
        path.with_suffix(".exit").write_bytes(b"0\n")
