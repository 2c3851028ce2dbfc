"""What the open screen costs: bytes to its terminal, and CPU, idle and busy.

Idle it is measured beside a minimal Textual application with a clock, busy beside ``serve`` alone.
"""

import asyncio
import os
import select
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import psutil

from tests.bench.figures import against, throwaway_settings
from tests.support.terminal import in_terminal
from tui_scheduler.models import Overlap
from tui_scheduler.runtime import open_runtime
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.settings import Settings

SETTLED, SECONDS = 6.0, 20.0
STARTS = 50
"""Runs that begin each second while much happens."""
BYTES_GOAL, IDLE_GOAL, BUSY_GOAL = 3.0, 1.5, 1.4


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program took in a second: bytes to its terminal, and seconds of CPU."""

    written: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.written:,.0f} bytes/s, {self.cpu:.1%} of a core"


def measure() -> str:
    """Bytes and CPU of the screen, idle and at fifty starts a second, and their ratios."""
    with throwaway_settings() as settings:
        asyncio.run(seed_starts(settings, starts=0))
        minimal = _cost(["-m", "tests.bench.minimal_app"])
        idle = _cost(ours(settings))
    with throwaway_settings() as settings:
        asyncio.run(seed_starts(settings, STARTS))
        alone = _cost([*ours(settings), "serve"])
        busy = _cost([*ours(settings)])
    return (
        f"screen: idle {idle}: {against(idle.written / minimal.written, BYTES_GOAL)} and"
        f" {against(idle.cpu / minimal.cpu, IDLE_GOAL)} times a minimal application with a clock"
        f" ({minimal}); at {STARTS} starts/s {busy}:"
        f" {against(busy.cpu / alone.cpu, BUSY_GOAL)} times the CPU of `serve` alone"
        f" ({alone.cpu:.1%})"
    )


def ours(settings: Settings) -> list[str]:
    """The arguments of an interpreter for our program."""
    return ["-m", "tui_scheduler", "--database", str(settings.database)]


async def seed_starts(settings: Settings, starts: int, *, spread: bool = False) -> None:
    """Requests of which so many fire each second, and a handful that will tomorrow.

    All at once as the second begins, or ``spread`` over it.
    """
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    second = Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=Frequency.SECONDLY)
    seconds = [
        replace(second, start=now + timedelta(seconds=number / starts)) if spread else second
        for number in range(starts)
    ]
    day = replace(second, start=now + timedelta(days=1, hours=1), frequency=Frequency.DAILY)
    async with open_runtime(settings, may_schedule=False) as runtime:
        services = runtime.services
        draft = ProcessDraft(name="true", command="/bin/true", overlap=Overlap.ALLOW)
        await runtime.write(services.processes.create, draft)
        for plan in seconds + [day] * 10:
            draft_of_request = RequestDraft(process="true", plan=plan)
            request = await runtime.write(services.requests.create, draft_of_request)
            await runtime.write(services.requests.schedule, request.id)


def _cost(arguments: list[str]) -> Cost:
    """What an interpreter takes in a terminal of its own, once it has settled."""
    with in_terminal(arguments) as (pid, terminal):
        process = psutil.Process(pid)
        read_for(terminal, SETTLED)
        before, begin = process.cpu_times(), time.monotonic()
        written = read_for(terminal, SECONDS)
        after, seconds = process.cpu_times(), time.monotonic() - begin
    used = after.user + after.system - before.user - before.system
    return Cost(written / seconds, used / seconds)


def read_for(terminal: int, seconds: float) -> int:
    """Read what is written for so long; returns how many bytes it was."""
    deadline, written = time.monotonic() + seconds, 0
    while (rest := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], rest)[0]:
            written += len(os.read(terminal, 65536))
    return written
