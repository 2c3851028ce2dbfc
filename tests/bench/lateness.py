"""How late runs start: 100 fires a second of /bin/true, against a loop that only spawns.

And 50 a second with the screen open, against `serve` alone. All with a history of runs.

The p99 of a thousand starts is decided by ten of them, and a machine that does something else for a
tenth of a second makes five that follow one another late: one go of each measures the machine. So
both are measured in turn, some rounds of each, and the p99 is that of a hundred starts in the
middle: of each hundred that follow one another the latest counts, and of these the median. What
makes a screen late comes once a second, so it is in each hundred; what the machine does now and
then is not. What falls due is in sight, so that the screen has as much to draw as it may have.
"""

import asyncio
import gc
import shutil
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from tests.bench.figures import against, in_turn, percentile, summary, throwaway_settings
from tests.bench.history import seed
from tests.bench.screen import SETTLED, STARTS, ours, read_for, seed_starts
from tests.support.terminal import in_terminal
from tui_scheduler.models import Overlap
from tui_scheduler.runtime import Runtime, open_runtime
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.settings import Settings

FIRES_PER_SECOND = 100
SECONDS = 10
ROUNDS, SECONDS_OF_ROUND = 4, 11
_HUNDRED = 100
COMMAND = "/bin/true"
HISTORY = 100_000
GOAL = 1.5


def measure() -> str:
    """Planned to actual start in milliseconds, of the scheduler and of the plain loop."""
    plain = asyncio.run(_plain_loop(seconds=5))
    alone = asyncio.run(_scheduler())
    with throwaway_settings() as seeded:
        seed(seeded, HISTORY)
        serve, screen = partial(_program, seeded, "serve"), partial(_program, seeded)
        with_serve, with_screen = in_turn(ROUNDS, serve, screen)
    ratio = _usual_p99(with_screen) / _usual_p99(with_serve)
    return (
        f"lateness at {FIRES_PER_SECOND} fires/s: {summary(alone)} over {len(alone)} fires"
        f" (a loop that only spawns: {summary(plain)}); at {STARTS} fires/s with the screen open"
        f" {_rounds(with_screen)}, with `serve` alone {_rounds(with_serve)}: p99"
        f" {against(ratio, GOAL)} times as late"
    )


def _usual_p99(rounds: Sequence[Sequence[float]]) -> float:
    """The p99 of each hundred starts that follow one another, and of these the median."""
    hundreds = [
        late[begin : begin + _HUNDRED]
        for late in rounds
        for begin in range(0, len(late) - _HUNDRED + 1, _HUNDRED)
    ]
    return median(percentile(late, 0.99) for late in hundreds)


def _rounds(rounds: Sequence[Sequence[float]]) -> str:
    """The usual figures of all rounds, and the p99 of each."""
    usual = median(median(late) for late in rounds)
    each = ", ".join(f"{percentile(late, 0.99) * 1000:.2f}" for late in rounds)
    return (
        f"p50 {usual * 1000:.2f} ms, p99 of a usual hundred {_usual_p99(rounds) * 1000:.2f} ms"
        f" (of the rounds: {each})"
    )


def _program(seeded: Settings, *command: str) -> list[float]:
    """How late runs of our program are, in a terminal of its own, with a copy of a history."""
    with throwaway_settings() as settings:
        shutil.copy(seeded.database, settings.database)
        asyncio.run(seed_starts(settings, STARTS, spread=True))
        with in_terminal([*ours(settings), *command]) as (_, terminal):
            read_for(terminal, SETTLED)
            begin = datetime.now(UTC)
            read_for(terminal, SECONDS_OF_ROUND)
        return asyncio.run(_late_since(settings, begin))


async def _late_since(settings: Settings, begin: datetime) -> list[float]:
    async with open_runtime(settings, may_schedule=False) as runtime:
        return await _late(runtime, begin, STARTS * SECONDS_OF_ROUND)


async def _plain_loop(seconds: int) -> list[float]:
    late = []
    begin = time.monotonic() + 0.1
    children: list[subprocess.Popen[bytes]] = []
    for number in range(seconds * FIRES_PER_SECOND):
        planned = begin + number / FIRES_PER_SECOND
        await asyncio.sleep(max(planned - time.monotonic(), 0))
        children.append(_spawn())
        late.append(time.monotonic() - planned)
        children = [child for child in children if child.poll() is None]
    for child in children:
        child.wait()
    return late


def _spawn() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["/bin/sh", "-c", COMMAND], start_new_session=True)


async def _scheduler() -> list[float]:
    with throwaway_settings() as settings:
        await asyncio.to_thread(seed, settings, HISTORY)
        async with open_runtime(settings) as runtime:
            await _seed(runtime)
            gc.collect()
            gc.freeze()
            begin = runtime.clock.now()
            await asyncio.sleep(SECONDS)
            return await _late(runtime, begin, FIRES_PER_SECOND * SECONDS)


async def _late(runtime: Runtime, begin: datetime, fires: int) -> list[float]:
    runs = await runtime.read(runtime.services.runs.latest, RunFilter(), fires * 2)
    return [
        (run.start_time - run.scheduled_for).total_seconds()
        for run in runs
        if run.start_time is not None and _counts(run.scheduled_for, begin)
    ]


def _counts(planned: datetime, begin: datetime) -> bool:
    return planned > begin + timedelta(seconds=1)  # everything is warm by then


async def _seed(runtime: Runtime) -> None:
    """Requests that fire each second, one after the other."""
    services = runtime.services
    draft = ProcessDraft(name="true", command=COMMAND, overlap=Overlap.ALLOW)
    await runtime.write(services.processes.create, draft)
    start = datetime.now().astimezone().replace(tzinfo=None) + timedelta(seconds=3)  # wall time
    for number in range(FIRES_PER_SECOND):
        offset = timedelta(seconds=number / FIRES_PER_SECOND)
        plan = Plan(
            timing=Timing.SCHEDULE,
            timezone=runtime.zone,
            start=start + offset,
            frequency=Frequency.SECONDLY,
        )
        request = await runtime.write(
            services.requests.create, RequestDraft(process="true", plan=plan)
        )
        await runtime.write(services.requests.schedule, request.id)
