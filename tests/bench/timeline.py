"""What the timeline costs beside the monitor: opened, moved, zoomed, and open while things happen.

Each is measured in turn with what the monitor takes, so that what else the machine does hits both
alike, and told as the ratio of the two.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

from textual.pilot import Pilot

from tests.bench.figures import percentile, throwaway_settings
from tests.bench.history import seed
from tests.bench.loop import ticking
from tui_scheduler.models import RunStatus
from tui_scheduler.runtime import Runtime, open_runtime
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.settings import Settings
from tui_scheduler.tui.app import SchedulerApp
from tui_scheduler.tui.screens.runs.monitor import MonitorScreen
from tui_scheduler.tui.screens.timeline.list import TimelineScreen

SIZES = ((10, 10), (10_000, 1_000_000))
"""Requests, and runs."""
OPENINGS = 3
ROUNDS = 3
"""How often each screen is used in turn."""
STEPS, SECONDS = 20, 3
"""For how many keys, and for how long while runs begin and end."""
RUNS_PER_SECOND = 10
_LOOK = 0.001  # seconds
_MONITOR, _TIMELINE = "2", "5"


def measure() -> str:
    """How many times as long as the monitor it takes, with a small and a large history."""
    return "timeline: " + "; ".join(_measured(*size) for size in SIZES)


def _measured(requests: int, runs: int) -> str:
    with throwaway_settings() as settings:
        seed(settings, runs, requests=requests)
        opened = [asyncio.run(_open(settings)) for _ in range(OPENINGS)]
        opens = _times(*map(min, zip(*opened, strict=True)))
        used = asyncio.run(_use(settings))
    return (
        f"{requests:,} requests and {runs:,} runs: opens in {opens} what the monitor takes, {used}"
    )


async def _open(settings: Settings) -> tuple[float, float]:
    """How long it takes from a key to the rows, of the timeline and of the monitor."""
    async with _application(settings) as (_, pilot):
        monitor, timeline = await _pressed(pilot, _MONITOR), await _pressed(pilot, _TIMELINE)
        return timeline, monitor


async def _use(settings: Settings) -> str:
    """How long moves and zooms take to a step in the monitor, and how late the loop is."""
    async with _application(settings) as (runtime, pilot):
        steps, moves, zooms = list[float](), list[float](), list[float]()
        for _ in range(ROUNDS):
            await _pressed(pilot, _MONITOR)
            steps += await _each(pilot, "j", "k")
            await _pressed(pilot, _TIMELINE)
            moves += await _each(pilot, "less_than_sign", "greater_than_sign")
            zooms += await _each(pilot, "minus", "plus")
        await pilot.press("full_stop")
        gc.collect()
        gc.freeze()
        late = await _live(runtime, pilot)
        gc.unfreeze()
    moved, zoomed = (_times(_p95(each), _p95(steps)) for each in (moves, zooms))
    often, seldom = (
        _times(*(percentile(late[screen], share) for screen in (_TIMELINE, _MONITOR)))
        for share in (0.95, 0.99)
    )
    return (
        f"moves in {moved} and zooms in {zoomed} that of a cursor step (p95 {_ms(_p95(steps))}),"
        f" and with {RUNS_PER_SECOND} runs/s delays the loop {often} (p95) and {seldom} (p99,"
        f" {_ms(percentile(late[_TIMELINE], 0.99))}) as long as the monitor"
    )


@asynccontextmanager
async def _application(settings: Settings) -> AsyncIterator[tuple[Runtime, Pilot[None]]]:
    async with (
        open_runtime(settings, may_schedule=False) as runtime,
        SchedulerApp(runtime).run_test(size=(120, 40)) as pilot,
    ):
        await pilot.pause(0.5)
        yield runtime, pilot


async def _live(runtime: Runtime, pilot: Pilot[None]) -> dict[str, list[float]]:
    """How late the loop is while runs begin and end, by the screen that is open."""
    late: dict[str, list[float]] = {_MONITOR: [], _TIMELINE: []}
    runs = asyncio.create_task(_run(runtime))
    for _ in range(ROUNDS):
        for screen in late:
            await _pressed(pilot, screen)
            await pilot.pause(0.5)
            async with ticking() as ticks:
                await asyncio.sleep(SECONDS)
            late[screen] += ticks
    runs.cancel()
    await asyncio.wait([runs])
    return late


async def _run(runtime: Runtime) -> None:
    """Let runs begin and end until that is cancelled, without processes: those cost the same."""
    services, begun = runtime.services, list[int]()
    requests = (await runtime.read(services.requests.all))[: 5 * RUNS_PER_SECOND]
    while True:
        for request in requests:
            await runtime.write(services.runs.trigger, request.id)
            for claim in await runtime.write(services.dispatch.claim):
                now = runtime.clock.now()
                await runtime.write(services.dispatch.started, claim.run_id, now, 1, "handle")
                begun.append(claim.run_id)
            while len(begun) > RUNS_PER_SECOND:
                end = Ending(
                    run_id=begun.pop(0), status=RunStatus.SUCCESS, end_time=runtime.clock.now()
                )
                await runtime.write(services.dispatch.ended, end)
            await asyncio.sleep(1 / RUNS_PER_SECOND)


async def _each(pilot: Pilot[None], *keys: str) -> list[float]:
    return [await _pressed(pilot, keys[step % len(keys)]) for step in range(STEPS)]


async def _pressed(pilot: Pilot[None], key: str) -> float:
    """Press a key; returns the seconds until what it led to is on the screen."""
    begin = perf_counter()
    await pilot.press(key)
    while not _is_there(pilot):  # noqa: ASYNC110 - it is not told
        await asyncio.sleep(_LOOK)
    return perf_counter() - begin


def _is_there(pilot: Pilot[None]) -> bool:
    screen = pilot.app.screen
    if isinstance(screen, TimelineScreen):
        rows = screen.list_pane.table.rows_at_hand
        return bool(rows) and all(row.span == screen.view.span for row in rows)
    return isinstance(screen, MonitorScreen) and bool(screen.list_pane.table.rows_at_hand)


def _p95(seconds: list[float]) -> float:
    return percentile(seconds, 0.95)


def _times(some: float, others: float) -> str:
    return f"{some / others:.2f} times"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
