"""Durable runs a second beside the jobs of APScheduler, both in SQLite in memory.

There a disk, which both wait for in the same way, hides nothing. The work is the same command, all
of it due at one moment, before which its scheduler has started. It is measured from that moment
until its scheduler has told of the last end. What is kept of it is not the same: a job of theirs is
removed when it is handed to a thread, and a crash loses it; of a run of ours its begin, its end,
what it used and what it printed are kept.
"""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.bulk import LACKING, has_apscheduler
from tests.bench.figures import Cpu, against, throwaway_settings
from tests.bench.throughput import COMMAND, CONCURRENCY, RUNS, run_all, seed
from tui_scheduler.schedules import Plan, Timing

ROUNDS = 3
GOAL = 0.9
"""At least so many times as many runs a second as jobs."""
_PLACE = Path("/dev/shm")
_AHEAD, _STARTED = 12, 3  # seconds before all is due: to store it, and for the scheduler to start


def measure() -> str:
    """How many run in a second, and what share of APScheduler's that is."""
    if not has_apscheduler():
        return f"jobs: {LACKING}"
    if not _PLACE.is_dir():
        return f"jobs: needs a disk in memory at {_PLACE}"
    rounds = [(_ours(), _theirs()) for _ in range(ROUNDS)]
    runs, jobs = (median(each) for each in zip(*rounds, strict=True))
    return (
        f"jobs, in SQLite in memory: {runs:.0f} durable runs/s,"
        f" {against(runs / jobs, GOAL, is_least=True)} of APScheduler's jobs ({jobs:.0f}/s);"
        f" {RUNS} of sh -c at concurrency {CONCURRENCY}, median of {ROUNDS} rounds"
    )


def _ours() -> float:
    used: list[Cpu] = []
    due = _soon()
    plan = Plan(timing=Timing.LATER, timezone="UTC", start=due.replace(tzinfo=None))
    with throwaway_settings(_PLACE) as settings:
        asyncio.run(seed(settings, plan))
        _check(due)
        return asyncio.run(run_all(settings, used, due.timestamp()))


def _soon() -> datetime:
    """When all is due: a whole second, once everything is stored."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=_AHEAD)


def _check(due: datetime) -> None:
    """Refuse to measure what is due before its scheduler has had time to start."""
    if datetime.now(UTC) > due - timedelta(seconds=_STARTED):
        raise SystemExit(f"jobs: {RUNS} were not stored in {_AHEAD - _STARTED} s: not so busy")


def _theirs() -> float:
    """With a scheduler in a thread, and threads for about as many as run at once of ours.

    With 4 to 32 threads it is as fast, within a twentieth.
    """
    store: Any = import_module("apscheduler.jobstores.sqlalchemy").SQLAlchemyJobStore
    pool: Any = import_module("apscheduler.executors.pool").ThreadPoolExecutor
    background: Any = import_module("apscheduler.schedulers.background").BackgroundScheduler
    events: Any = import_module("apscheduler.events")
    ended, all_ended = [0], threading.Event()

    def count(_: object) -> None:
        ended[0] += 1
        if ended[0] == RUNS:
            all_ended.set()

    with throwaway_settings(_PLACE) as settings:
        scheduler = background(
            jobstores={"default": store(url=f"sqlite:///{settings.database}")},
            executors={"default": pool(CONCURRENCY)},
            timezone="UTC",
        )
        scheduler.add_listener(count, events.EVENT_JOB_EXECUTED | events.EVENT_JOB_ERROR)
        due = _soon()
        scheduler.start(paused=True)
        for _ in range(RUNS):
            scheduler.add_job(
                "subprocess:run",
                "date",
                run_date=due,
                args=[["/bin/sh", "-c", COMMAND]],
                misfire_grace_time=None,
            )
        _check(due)
        scheduler.resume()
        all_ended.wait()
        seconds = time.time() - due.timestamp()
        scheduler.shutdown()
        return RUNS / seconds
