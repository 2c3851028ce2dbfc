"""How long the event loop of the real application is held, while everything happens at once.

Runs start and end, the log that is shown floods, and a history of a million runs is filtered and
scrolled. A ticker in the same loop wants to be called each millisecond and notes how late it is.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from tests.bench.figures import summary, throwaway_settings
from tests.bench.history import seed
from tui_scheduler.models import Overlap
from tui_scheduler.runtime import Runtime, open_runtime
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.tui.app import SchedulerApp

HISTORY = 1_000_000
SECONDS = 20
RUNS_PER_SECOND = 10
FLOOD = 'while :; do echo "a line of a log that floods, $((number += 1))"; done'
_PERIOD = 0.001  # seconds


def measure() -> str:
    """The delay of the loop in milliseconds, of the busy application and of an empty loop."""
    idle = asyncio.run(empty_loop())
    busy = asyncio.run(_application())
    return (
        f"loop: {summary(busy)} late over {SECONDS} s, with {RUNS_PER_SECOND} runs/s, a flooding"
        f" log and {HISTORY:,} runs filtered (an empty loop: {summary(idle)})"
    )


async def empty_loop() -> list[float]:
    """How late a loop calls back that has nothing else to do, in seconds."""
    async with ticking() as delays:
        await asyncio.sleep(3)
    return delays


async def _application() -> list[float]:
    with throwaway_settings() as settings:
        await asyncio.to_thread(seed, settings, HISTORY)
        async with open_runtime(settings) as runtime:
            app = SchedulerApp(runtime)
            async with app.run_test(size=(160, 50)) as pilot:
                flood = await _start_runs(runtime)
                await pilot.press("2")
                await pilot.pause(2)
                gc.collect()
                gc.freeze()
                async with ticking() as delays:
                    await _look_around(pilot)
                await runtime.write(runtime.services.controls.hold)
                await runtime.write(runtime.services.runs.kill, flood, force=True)
                await asyncio.sleep(1)
    return delays


@asynccontextmanager
async def ticking() -> AsyncIterator[list[float]]:
    """Collects how late the loop calls back, in seconds."""
    delays: list[float] = []
    ticker = asyncio.create_task(_tick(delays))
    yield delays
    ticker.cancel()
    await asyncio.wait([ticker])


async def _tick(delays: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        wanted = loop.time() + _PERIOD
        await asyncio.sleep(_PERIOD)
        delays.append(loop.time() - wanted)


async def _start_runs(runtime: Runtime) -> int:
    """Let a flood and many short runs begin; returns the id of the flooding run."""
    plan = Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=Frequency.SECONDLY)
    services = runtime.services
    for number in range(RUNS_PER_SECOND):
        process = ProcessDraft(name=f"short {number}", command="echo done", overlap=Overlap.ALLOW)
        await runtime.write(services.processes.create, process)
        draft = RequestDraft(process=process.name, plan=plan)
        request = await runtime.write(services.requests.create, draft)
        await runtime.write(services.requests.schedule, request.id)
        await asyncio.sleep(1 / RUNS_PER_SECOND)
    await runtime.write(services.processes.create, ProcessDraft(name="flood", command=FLOOD))
    at_once = Plan(timing=Timing.IMMEDIATE, timezone="UTC")
    request = await runtime.write(
        services.requests.create, RequestDraft(process="flood", plan=at_once)
    )
    return (await runtime.write(services.runs.trigger, request.id)).id


async def _look_around(pilot: Pilot[None]) -> None:
    """Filter the history letter by letter, scroll it, and watch the flood, again and again."""
    loop = asyncio.get_running_loop()
    end = loop.time() + SECONDS
    while loop.time() < end:
        for word in ("nightly 17", "sigsegv", "flood"):
            await _type(pilot, ["slash", *("space" if c == " " else c for c in word), "enter"])
            await _type(pilot, ["pagedown", "pagedown", "G", "g"])
            await pilot.pause(1)
            await _type(pilot, ["escape", "escape"])
            if loop.time() > end:
                return


async def _type(pilot: Pilot[None], keys: list[str]) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause(0.05)
