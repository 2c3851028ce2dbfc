"""How long the timeline takes to open, to move and to zoom, beside the monitor in the same run."""

import asyncio
from time import perf_counter

from textual.pilot import Pilot

from tests.bench.figures import percentile, throwaway_settings
from tests.bench.history import seed
from tests.bench.loop import ticking
from tui_scheduler.runtime import open_runtime
from tui_scheduler.settings import Settings
from tui_scheduler.tui.app import SchedulerApp
from tui_scheduler.tui.screens.runs.monitor import MonitorScreen
from tui_scheduler.tui.screens.timeline.list import TimelineScreen

SIZES = ((10, 10), (10_000, 1_000_000))
"""Requests, and runs."""
OPENINGS = 3
STEPS = 20
_LOOK = 0.001  # seconds


def measure() -> str:
    """Milliseconds until the rows are there, for each size."""
    return "timeline: " + "; ".join(_measured(requests, runs) for requests, runs in SIZES)


def _measured(requests: int, runs: int) -> str:
    with throwaway_settings() as settings:
        seed(settings, runs, requests=requests)
        opened = [asyncio.run(_open(settings)) for _ in range(OPENINGS)]
        monitor, timeline = (min(each) * 1000 for each in zip(*opened, strict=True))
        moved = asyncio.run(_move(settings))
    return (
        f"{requests:,} requests and {runs:,} runs: opens in {timeline:.0f} ms (the monitor in"
        f" {monitor:.0f}), {moved}"
    )


async def _open(settings: Settings) -> tuple[float, float]:
    """How long it takes from a key to the rows, of the monitor and of the timeline."""
    async with open_runtime(settings, may_schedule=False) as runtime:
        app = SchedulerApp(runtime)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(0.5)
            return await _pressed(pilot, "2"), await _pressed(pilot, "5")


async def _move(settings: Settings) -> str:
    """How long steps, moves and zooms take, and how late the loop is meanwhile."""
    async with open_runtime(settings, may_schedule=False) as runtime:
        app = SchedulerApp(runtime)
        async with app.run_test(size=(120, 40)) as pilot:
            await _pressed(pilot, "2")
            steps, late = await _each(pilot, "j", "k")
            await _pressed(pilot, "5")
            moves, late_moving = await _each(pilot, "less_than_sign", "greater_than_sign")
            zooms, late_zooming = await _each(pilot, "minus", "plus")
    return (
        f"p95 of a step in the monitor {_p95(steps)}, of a move {_p95(moves)}, of a zoom"
        f" {_p95(zooms)}; the loop late {_p99(late)}, {_p99(late_moving)}, {_p99(late_zooming)}"
    )


async def _each(pilot: Pilot[None], *keys: str) -> tuple[list[float], list[float]]:
    async with ticking() as delays:
        took = [await _pressed(pilot, keys[step % len(keys)]) for step in range(STEPS)]
    return took, delays


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


def _p95(seconds: list[float]) -> str:
    return f"{percentile(seconds, 0.95) * 1000:.0f} ms"


def _p99(seconds: list[float]) -> str:
    return f"{percentile(seconds, 0.99) * 1000:.1f} ms"
