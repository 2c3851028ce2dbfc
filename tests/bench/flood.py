"""How fast the output of one run is kept, beside ``cat``; how late others begin meanwhile."""

import asyncio
import subprocess
import time
from pathlib import Path
from statistics import median

from tests.bench.figures import summary, throwaway_settings
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Started
from tui_scheduler.services.clock import SystemClock
from tui_scheduler.services.running.taken_runs import Claim
from tui_scheduler.settings import Settings

MEGABYTES = 1000
ROUNDS = 3
COMMAND = f"head -c {MEGABYTES}000000 /dev/zero"
STEADY = "while :; do head -c 10000000 /dev/zero; sleep 0.05; done"
"""200 megabytes a second at most."""
TICKS = 100


def measure() -> str:
    """Megabytes a second of the keeper and of cat, and what share that is."""
    kept, copied = [], []
    for _ in range(ROUNDS):
        with throwaway_settings() as settings:
            copied.append(_cat(settings.database.with_name("copy")))
        with throwaway_settings() as settings:
            kept.append(asyncio.run(_keep(settings)))
    with throwaway_settings() as settings:
        alone, beside = asyncio.run(_ticks(settings))
    ours, theirs = median(kept), median(copied)
    return (
        f"flood: {ours:.0f} MB/s kept of one run, {ours / theirs:.2f} of cat from a pipe into a"
        f" file ({theirs:.0f} MB/s); {MEGABYTES} MB, median of {ROUNDS} rounds;"
        f" to the start of a run beside 200 MB/s of another: {summary(beside)}"
        f" (alone: {summary(alone)})"
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


async def _ticks(settings: Settings) -> tuple[list[float], list[float]]:
    """Seconds from asking for a run to its start, alone and beside a run that floods its log."""
    logs = settings.log_folder
    runner = LocalRunner(SystemClock(), settings.kill_grace, logs, log_cap=settings.log_cap)
    await _run(runner, logs, 1, "true")
    alone = [await _start(runner, logs, number) for number in range(2, TICKS)]
    flood = await _begin(runner, logs, TICKS, STEADY)
    beside = [await _start(runner, logs, TICKS + number) for number in range(1, TICKS)]
    await runner.stop(flood, force=True)
    await runner.watch(flood)
    await runner.let_go()
    return alone, beside


async def _start(runner: LocalRunner, logs: Path, number: int) -> float:
    await asyncio.sleep(0.02)
    begin = time.perf_counter()
    handle = await _begin(runner, logs, number, "true")
    seconds = time.perf_counter() - begin
    await runner.watch(handle)
    return seconds


async def _run(runner: LocalRunner, logs: Path, number: int, command: str) -> str:
    await runner.watch(await _begin(runner, logs, number, command))
    return "ended"


async def _begin(runner: LocalRunner, logs: Path, number: int, command: str) -> str:
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
    return started.handle
