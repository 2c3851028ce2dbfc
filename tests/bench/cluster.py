"""Runs on a real Slurm of three nodes: how fast they are submitted, what watching them costs."""

import asyncio
import os
import resource
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from peewee import fn

from tests.bench.figures import cpu_now, percentile, throwaway_settings
from tests.slurm.cluster import Cluster as Nodes
from tui_scheduler.clusters import Cluster
from tui_scheduler.models import Overlap, Run
from tui_scheduler.runtime import Runtime, open_runtime
from tui_scheduler.schedules import Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.settings import Settings

RUNS = 200
SHORT = 24
"""As many as there are processors, so that none waits for another."""

SECONDS = 30.0
_AT_ONCE = Plan(timing=Timing.IMMEDIATE, timezone="UTC")
_LOOK = 0.02  # seconds


def measure() -> str:
    """Submissions a second beside a bare loop of sbatch, CPU while runs go on, delay of an end."""
    with (
        TemporaryDirectory(prefix="tui-scheduler-bench-") as folder,
        Nodes(Path(folder)) as nodes,
        throwaway_settings() as settings,
    ):
        os.environ.update(nodes.variables)
        clusters = {
            name: Cluster(name=name, engine="slurm", options=options, folder=nodes.shared)
            for name, options in (("hpc", ()), ("held", ("--hold",)))
        }
        bare = _bare_loop(nodes)
        nodes.put_right()
        chosen = Settings(database=settings.database, clusters=clusters)
        return asyncio.run(_measure(chosen, bare))


def _bare_loop(nodes: Nodes) -> float:
    """Submissions a second of ``sbatch`` alone, one after the other."""
    begin = time.perf_counter()
    for _ in range(RUNS):
        subprocess.run(
            ["sbatch", "--parsable", "--hold", "--output=/dev/null"],
            input=b"#!/bin/sh\ntrue\n",
            cwd=nodes.shared,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return RUNS / (time.perf_counter() - begin)


async def _measure(settings: Settings, bare: float) -> str:
    async with open_runtime(settings, may_schedule=False) as runtime:
        await _add(runtime, "held", "true", RUNS)
    async with open_runtime(settings) as runtime:
        begin = time.perf_counter()
        await _until(runtime, lambda: _count(Run.submitted_at.is_null(False)) == RUNS)
        ours = RUNS / (time.perf_counter() - begin)
        await asyncio.sleep(2)
        share, tools = await _idle()
        await _add(runtime, "hpc", "sleep 2", SHORT)
        delays = await _delays(runtime)
    return (
        f"cluster: {ours:.0f} runs submitted a second, {ours / bare:.2f} of a bare loop of sbatch"
        f" ({bare:.0f}/s); with {RUNS} runs there {share:.2%} of a core for {SECONDS:.0f} s, and"
        f" {tools:.2%} for what asks Slurm; from the end on the node until it is known"
        f" p50 {percentile(delays, 0.5):.2f} s, longest {max(delays):.2f} s"
    )


async def _idle() -> tuple[float, float]:
    """What share of a core is used while nothing happens: by us, and by the tools of Slurm."""
    before, tools, begin = cpu_now(), _reaped(), time.perf_counter()
    await asyncio.sleep(SECONDS)
    used, seconds = cpu_now() - before, time.perf_counter() - begin
    return (used.loop + used.threads) / seconds, (_reaped() - tools) / seconds


async def _delays(runtime: Runtime) -> list[float]:
    """Seconds from each end on its node until the database knows it."""
    delays: dict[int, float] = {}
    while len(delays) < SHORT:
        now = datetime.now(UTC)
        for run in await runtime.read(_ended_runs):
            assert run.end_time is not None
            delays.setdefault(run.id, (now - run.end_time).total_seconds())
        await asyncio.sleep(_LOOK)
    return list(delays.values())


def _ended_runs() -> list[Run]:
    return list(Run.select(Run.id, Run.end_time).where(Run.end_time.is_null(False)))


async def _add(runtime: Runtime, name: str, command: str, runs: int) -> None:
    """Have so many runs of ``command`` fall due now, on the cluster that is called so."""
    services = runtime.services
    draft = ProcessDraft(name=name, command=command, overlap=Overlap.ALLOW, runs_on=name)
    await runtime.write(services.processes.create, draft)
    for _ in range(runs):
        draft_of_request = RequestDraft(process=name, plan=_AT_ONCE)
        request = await runtime.write(services.requests.create, draft_of_request)
        await runtime.write(services.requests.schedule, request.id)


async def _until(runtime: Runtime, is_so: Callable[[], bool]) -> None:
    while not await runtime.read(is_so):  # noqa: ASYNC110  nobody tells us
        await asyncio.sleep(_LOOK)


def _count(condition: object) -> int:
    return int(Run.select(fn.COUNT(Run.id)).where(condition).scalar())


def _reaped() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
