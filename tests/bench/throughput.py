"""Durable runs a second, from claim to recorded end, against bare loops of ``sh -c``."""

import asyncio
import gc
import os
import subprocess
import time
from contextlib import ExitStack
from statistics import median

from peewee import fn

from tests.bench.figures import Cpu, cpu_now, throwaway_settings
from tui_scheduler.models import Overlap, Run
from tui_scheduler.models.prepared import Prepared
from tui_scheduler.runtime import Runtime, RuntimeEvent, open_runtime
from tui_scheduler.schedules import Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.events import RunChanged
from tui_scheduler.settings import Settings

RUNS = 1000
ROUNDS = 3
CONCURRENCY = 8
COMMAND = "/bin/true"


def measure() -> str:
    """Runs a second of the scheduler and of loops that keep nothing, and what share that is."""
    bare, spawned, ours = [], [], []
    used: list[Cpu] = []
    bare_used: list[Cpu] = []
    with ExitStack() as databases:  # ext4 is slow to make files while others were just deleted
        for _ in range(ROUNDS):
            settings = databases.enter_context(throwaway_settings())
            asyncio.run(seed(settings))
            bare.append(asyncio.run(_bare_loop(bare_used)))
            spawned.append(_bare_spawns())
            ours.append(asyncio.run(run_all(settings, used)))
    durable, asynchronous, blocking = median(ours), median(bare), median(spawned)
    return (
        f"throughput: {durable:.0f} durable runs/s, {durable / asynchronous:.2f} of a bare asyncio"
        f" loop of sh -c at concurrency {CONCURRENCY} ({asynchronous:.0f}/s), and"
        f" {durable / blocking:.2f} of Popen and wait alone ({blocking:.0f}/s);"
        f" median of {ROUNDS} rounds; {_middle(used).each(RUNS)}, beside"
        f" {_middle(bare_used).each(RUNS)} of the bare loop"
    )


def _middle(used: list[Cpu]) -> Cpu:
    return sorted(used, key=lambda cpu: cpu.loop)[len(used) // 2]


async def _bare_loop(used: list[Cpu]) -> float:
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one() -> None:
        async with slots:
            child = await asyncio.create_subprocess_exec("/bin/sh", "-c", COMMAND)
            await child.wait()

    before, begin = cpu_now(), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(RUNS)))
    seconds = time.perf_counter() - begin
    used.append(cpu_now() - before)
    return RUNS / seconds


def _bare_spawns() -> float:
    begin = time.perf_counter()
    children: dict[int, subprocess.Popen[bytes]] = {}
    for _ in range(RUNS):
        if len(children) >= CONCURRENCY:
            _reap_one(children)
        child = subprocess.Popen(["/bin/sh", "-c", COMMAND], start_new_session=True)
        children[child.pid] = child
    while children:
        _reap_one(children)
    return RUNS / (time.perf_counter() - begin)


def _reap_one(children: "dict[int, subprocess.Popen[bytes]]") -> None:
    pid, _ = os.wait()
    if pid in children:  # or else it is the keeper of the round before, which has ended by now
        children.pop(pid).returncode = 0


_NOW = Plan(timing=Timing.IMMEDIATE, timezone="UTC")


async def seed(settings: Settings, plan: Plan = _NOW) -> None:
    """As many requests as runs, all with one plan, while nobody schedules."""
    async with open_runtime(settings, may_schedule=False) as runtime:
        services = runtime.services
        draft = ProcessDraft(name="true", command=COMMAND, overlap=Overlap.ALLOW)
        await runtime.write(services.processes.create, draft)
        for _ in range(RUNS):
            request = await runtime.write(
                services.requests.create, RequestDraft(process="true", plan=plan)
            )
            await runtime.write(services.requests.schedule, request.id)


async def run_all(settings: Settings, used: list[Cpu], due: float | None = None) -> float:
    """Runs a second, from the start of the scheduler, or from when they are ``due`` (UNIX time)."""
    gc.collect()
    gc.freeze()
    async with open_runtime(settings) as runtime:
        before, begin = cpu_now(), due or time.time()
        await _all_ended(runtime)
        seconds = time.time() - begin
        used.append(cpu_now() - before)
        return RUNS / seconds


async def _all_ended(runtime: Runtime) -> None:
    """Wait until the scheduler has told of all ends, as others tell of the ends of their jobs.

    Each run is changed twice at least, when it is created and when it has ended; only after that
    many changes the database is asked whether those were all.
    """
    changes, may_be_all = 0, asyncio.Event()

    def hear(event: RuntimeEvent) -> None:
        nonlocal changes
        changes += isinstance(event, RunChanged)
        if changes >= 2 * RUNS:
            may_be_all.set()

    unsubscribe = runtime.subscribe(hear)
    while await _number_ended(runtime, may_be_all) < RUNS:
        pass
    unsubscribe()


async def _number_ended(runtime: Runtime, may_be_all: asyncio.Event) -> int:
    await may_be_all.wait()
    may_be_all.clear()
    return await runtime.read(_ended)


def _ended() -> int:
    """How many runs have ended."""
    ((count,),) = _ENDED.rows()
    return int(count)


_ENDED = Prepared(Run.select(fn.COUNT(Run.id)).where(Run.end_time.is_null(False)), Run.id)
