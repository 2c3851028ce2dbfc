"""From launch to the first full screen in a terminal, against a minimal Textual application."""

import asyncio
import os
import re
import select
import time
from statistics import median

from tests.bench.figures import throwaway_settings
from tests.bench.minimal_app import ROWS
from tests.bench.terminal import in_terminal
from tui_scheduler.runtime import open_runtime
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.settings import Settings

LAUNCHES = 9
PATIENCE = 30  # seconds
_ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")


def measure() -> str:
    """Seconds to the first full screen, of ours and of the minimal one, launched in turn."""
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
    share = median(ours) / median(minimal)
    return (
        f"startup: {median(ours) * 1000:.0f} ms to the first full screen, {share:.2f} of a minimal"
        f" Textual application ({median(minimal) * 1000:.0f} ms); median of {LAUNCHES} launches"
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


def _launch(arguments: list[str], signs: tuple[bytes, ...]) -> float:
    """Seconds until all ``signs`` are on the screen of a new terminal."""
    begin = time.perf_counter()
    with in_terminal(arguments) as (_, terminal):
        _read_until(terminal, signs)
        return time.perf_counter() - begin


def _read_until(terminal: int, signs: tuple[bytes, ...]) -> None:
    deadline = time.monotonic() + PATIENCE
    seen = b""
    while not all(sign in _ESCAPES.sub(b"", seen) for sign in signs):
        readable, _, _ = select.select([terminal], [], [], deadline - time.monotonic())
        if not readable:
            shown = _ESCAPES.sub(b"", seen)[-1000:]
            raise TimeoutError(f"no {signs!r} within {PATIENCE} s, but {shown!r}")
        seen += os.read(terminal, 65536)
