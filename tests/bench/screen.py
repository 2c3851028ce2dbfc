"""What the open screen costs: bytes to its terminal, and CPU, idle and busy.

Idle it is measured beside a minimal Textual application with a clock, busy beside ``serve`` alone;
they take turns, and the median of some rounds is compared. What an idle program uses in some
seconds is a few ticks of the kernel's usual count, so it is asked of a clock of each process.
"""

import asyncio
import os
import select
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

import psutil

from tests.bench.figures import against, in_turn, throwaway_settings
from tests.support.terminal import in_terminal
from tui_scheduler.models import Overlap
from tui_scheduler.runtime import open_runtime
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.settings import Settings

ROUNDS = 3
SETTLED, SECONDS = 6.0, 7.0
STARTS = 50
"""Runs that begin each second while much happens."""
BYTES_GOAL, IDLE_GOAL, BUSY_GOAL = 3.0, 1.5, 1.4
_NAME = "each second"  # it stands above those of a history, so that its rows are in sight


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program took in a second: bytes to its terminal, and seconds of CPU."""

    written: float
    cpu: float

    @classmethod
    def usual(cls, rounds: Sequence["Cost"]) -> "Cost":
        """What it took in most of them."""
        written = median(cost.written for cost in rounds)
        return cls(written, median(cost.cpu for cost in rounds))

    def __str__(self) -> str:
        return f"{self.written:,.0f} bytes/s, {self.cpu:.1%} of a core"


def measure() -> str:
    """Bytes and CPU of the screen, idle and at fifty starts a second, and their ratios."""
    with throwaway_settings() as settings:
        asyncio.run(seed_starts(settings, starts=0))
        least = partial(_cost, ["-m", "tests.bench.minimal_app"])
        minimal, idle = map(Cost.usual, in_turn(ROUNDS, least, partial(_cost, ours(settings))))
    with throwaway_settings() as settings:
        asyncio.run(seed_starts(settings, STARTS))
        serve = partial(_cost, [*ours(settings), "serve"])
        alone, busy = map(Cost.usual, in_turn(ROUNDS, serve, partial(_cost, ours(settings))))
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
        draft = ProcessDraft(name=_NAME, command="/bin/true", overlap=Overlap.ALLOW)
        await runtime.write(services.processes.create, draft)
        for plan in seconds + [day] * 10:
            draft_of_request = RequestDraft(process=_NAME, plan=plan)
            request = await runtime.write(services.requests.create, draft_of_request)
            await runtime.write(services.requests.schedule, request.id)


def _cost(arguments: list[str]) -> Cost:
    """What an interpreter takes in a terminal of its own, once it has settled."""
    with in_terminal(arguments) as (pid, terminal):
        read_for(terminal, SETTLED)
        before, begin = _cpu_of(pid), time.monotonic()
        written = read_for(terminal, SECONDS)
        used, seconds = _cpu_of(pid) - before, time.monotonic() - begin
    return Cost(written / seconds, used / seconds)


def _cpu_of(pid: int) -> float:
    """Seconds of CPU of all threads of a process."""
    if os.uname().sysname == "Linux":
        return time.clock_gettime(~pid << 3 | 2)  # as clock_getcpuclockid(3) puts it together
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system


def read_for(terminal: int, seconds: float) -> int:
    """Read what is written for so long; returns how many bytes it was."""
    deadline, written = time.monotonic() + seconds, 0
    while (rest := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], rest)[0]:
            written += len(os.read(terminal, 65536))
    return written
