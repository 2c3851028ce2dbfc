"""From launch to the first full screen in a terminal, against a minimal Textual application."""

import asyncio
import os
import re
import select
import time
from dataclasses import dataclass
from statistics import median

import psutil

from tests.bench.figures import against, throwaway_settings
from tests.bench.minimal_app import ROWS
from tests.support.terminal import in_terminal
from tui_scheduler.runtime import open_runtime
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.settings import Settings

LAUNCHES = 9
GOAL = 1.2
PATIENCE = 30  # seconds
_ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")


@dataclass(frozen=True, slots=True)
class Launch:
    """Seconds from a launch to the first full screen, and seconds of CPU until then."""

    wall: float
    cpu: float


def measure() -> str:
    """What it takes to come to the first full screen, of ours and a minimal one, in turn."""
    minimal, ours = [], []
    with throwaway_settings() as settings:
        asyncio.run(_seed(settings))
        ours_arguments = ["-m", "tui_scheduler", "--database", str(settings.database)]
        for number in range(LAUNCHES + 1):
            plain = _launch(["-m", "tests.bench.minimal_app"], (b"Quit", b"process 09"))
            full = _launch(ours_arguments, (b"Quit", b"process 09"))
            if number:  # the first ones warm the caches of the disk
                minimal.append(plain)
                ours.append(full)
    (wall, plain_wall), (cpu, plain_cpu) = (
        [median(getattr(each, name) for each in launches) for launches in (ours, minimal)]
        for name in ("wall", "cpu")
    )
    return (
        f"startup: {cpu * 1000:.0f} ms of CPU to the first full screen,"
        f" {against(cpu / plain_cpu, GOAL)} of a minimal Textual application"
        f" ({plain_cpu * 1000:.0f} ms); {wall * 1000:.0f} ms by the clock,"
        f" {wall / plain_wall:.2f} of it; median of {LAUNCHES} launches"
    )


async def _seed(settings: Settings) -> None:
    """As many requests as the other table has rows."""
    plan = Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=Frequency.HOURLY, interval=5)
    async with open_runtime(settings, may_schedule=False) as runtime:
        services = runtime.services
        for number in range(ROWS):
            process = ProcessDraft(name=f"process {number:02}", command="true")
            await runtime.write(services.processes.create, process)
            draft = RequestDraft(process=process.name, plan=plan)
            await runtime.write(services.requests.create, draft)


def _launch(arguments: list[str], signs: tuple[bytes, ...]) -> Launch:
    """What it takes until all ``signs`` are on the screen of a new terminal."""
    begin = time.perf_counter()
    with in_terminal(arguments) as (pid, terminal):
        _read_until(terminal, signs)
        wall, cpu = time.perf_counter() - begin, psutil.Process(pid).cpu_times()
        return Launch(wall, cpu.user + cpu.system)


def _read_until(terminal: int, signs: tuple[bytes, ...]) -> None:
    deadline = time.monotonic() + PATIENCE
    seen = b""
    while not all(sign in _ESCAPES.sub(b"", seen) for sign in signs):
        readable, _, _ = select.select([terminal], [], [], deadline - time.monotonic())
        if not readable:
            screen = _ESCAPES.sub(b"", seen)[-1000:]
            raise TimeoutError(f"no {signs!r} within {PATIENCE} s, but {screen!r}")
        seen += os.read(terminal, 65536)
