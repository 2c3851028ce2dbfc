"""How fast the output of one run is kept, beside ``cat`` from a pipe into a file."""

import asyncio
import subprocess
import time
from pathlib import Path
from statistics import median

from tests.bench.figures import throwaway_settings
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Started
from tui_scheduler.services.clock import SystemClock
from tui_scheduler.services.running.dispatch import Claim
from tui_scheduler.settings import Settings

MEGABYTES = 1000
ROUNDS = 3
COMMAND = f"head -c {MEGABYTES}000000 /dev/zero"


def measure() -> str:
    """Megabytes a second of the keeper and of cat, and what share that is."""
    kept, copied = [], []
    for _ in range(ROUNDS):
        with throwaway_settings() as settings:
            copied.append(_cat(settings.database.with_name("copy")))
        with throwaway_settings() as settings:
            kept.append(asyncio.run(_keep(settings)))
    ours, theirs = median(kept), median(copied)
    return (
        f"flood: {ours:.0f} MB/s kept of one run, {ours / theirs:.2f} of cat from a pipe into a"
        f" file ({theirs:.0f} MB/s); {MEGABYTES} MB, median of {ROUNDS} rounds"
    )


def _cat(path: Path) -> float:
    begin = time.perf_counter()
    subprocess.run(["/bin/sh", "-c", f"{COMMAND} | cat > {path}"], check=True)
    return MEGABYTES / (time.perf_counter() - begin)


async def _keep(settings: Settings) -> float:
    logs = settings.log_folder
    runner = LocalRunner(SystemClock(), settings.kill_grace, logs)
    warm = await _run(runner, logs, 1, "true")
    begin = time.perf_counter()
    ended = await _run(runner, logs, 2, COMMAND)
    seconds = time.perf_counter() - begin
    await runner.let_go()
    assert warm == ended == "ended"
    return MEGABYTES / seconds


async def _run(runner: LocalRunner, logs: Path, number: int, command: str) -> str:
    claim = Claim(
        run_id=number,
        token="flood",
        command=command,
        working_directory=None,
        environment={},
        log_path=logs / "00000" / f"{number}-flood.log",
        note="",
        missed=0,
        timeout=None,
    )
    started = await runner.start(claim, print, asyncio.Event())
    assert isinstance(started, Started)
    await runner.watch(started.handle)
    return "ended"
