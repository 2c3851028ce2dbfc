"""Requests added in one go, by ``apply`` and from drafts, beside APScheduler's ``add_job``.

Both keep them in SQLite on the same disk, and find when each fires first.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from statistics import median
from time import process_time
from typing import Any

from tests.bench.commands import cpu_of
from tests.bench.figures import against, throwaway_settings
from tests.services.drafts import every
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.definitions.applying import apply, plan_document
from tui_scheduler.services.definitions.definitions import Definitions, RequestEntry
from tui_scheduler.services.definitions.document import Document, write_document
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft

REQUESTS, JOBS = 10_000, 1_000
ROUNDS = 3
LACKING = "needs APScheduler beside it: pip install 'apscheduler<4' sqlalchemy"
APPLY_GOAL, DRAFTS_GOAL = 4.0, 7.0
"""At least so many times as many in a second of CPU."""


def has_apscheduler() -> bool:
    """Whether it is installed, with what it needs to keep its jobs in SQLite."""
    try:
        import_module("apscheduler.jobstores.sqlalchemy")
    except ImportError:
        return False
    return True


def measure() -> str:
    """How many are added in a second of CPU, and how many times APScheduler's that is."""
    if not has_apscheduler():
        return f"bulk: {LACKING}"
    rounds = [(_by_apply(), _alone(_from_drafts), _alone(_jobs)) for _ in range(ROUNDS)]
    applied, drafts, jobs = (median(each) for each in zip(*rounds, strict=True))
    return (
        f"bulk, added in a second of CPU: {applied:,.0f} by `apply`,"
        f" {against(applied / jobs, APPLY_GOAL, is_least=True)} times APScheduler's add_job"
        f" ({jobs:,.0f}); {drafts:,.0f} from drafts,"
        f" {against(drafts / jobs, DRAFTS_GOAL, is_least=True)} times;"
        f" {REQUESTS:,} of them, median of {ROUNDS} rounds"
    )


def _alone(work: Callable[[], float]) -> float:
    """What an interpreter says of ``work`` that has done nothing before."""
    with ProcessPoolExecutor(1, get_context("spawn")) as interpreter:
        return interpreter.submit(work).result()


def _definitions() -> Definitions:
    """A process, and a request of it for each minute of a day, and again."""
    drafts = [
        RequestDraft(process="backup", plan=every(Frequency.CRON, cron=f"{minute} {hour} * * *"))
        for minute, hour in map(_time_of, range(REQUESTS))
    ]
    return Definitions(
        processes={"backup": ProcessDraft(name="backup", command="true")},
        requests={
            f"backup-{number}": RequestEntry(draft=draft, is_scheduled=True)
            for number, draft in enumerate(drafts)
        },
    )


def _time_of(number: int) -> tuple[int, int]:
    return number % 60, number // 60 % 24


def _by_apply() -> float:
    """With the whole command, from the start of its interpreter to its end."""
    with throwaway_settings() as settings:
        file = settings.database.with_name("schedules.toml")
        file.write_text(write_document(_definitions()))
        words = ["--database", str(settings.database), "apply", "--yes", str(file)]
        return REQUESTS / cpu_of(["-m", "tui_scheduler", *words])


def _from_drafts() -> float:
    definitions = _definitions()
    document = Document(definitions, frozenset(definitions.processes), problems=())
    with throwaway_settings() as settings, open_database(settings.database):
        services = services_on(Context(actor="ann", log_folder=settings.log_folder))
        begin = process_time()
        apply(services, plan_document(services, document, is_kept=False))
        return REQUESTS / (process_time() - begin)


def _jobs() -> float:
    """With a scheduler that has started, and begins nothing."""
    store: Any = import_module("apscheduler.jobstores.sqlalchemy").SQLAlchemyJobStore
    background: Any = import_module("apscheduler.schedulers.background").BackgroundScheduler
    with throwaway_settings() as settings:
        stores = {"default": store(url=f"sqlite:///{settings.database}")}
        scheduler = background(jobstores=stores, timezone="UTC")
        scheduler.start(paused=True)
        begin = process_time()
        for number in range(JOBS):
            minute, hour = _time_of(number)
            scheduler.add_job("os:getpid", "cron", minute=minute, hour=hour, id=f"backup-{number}")
        used = process_time() - begin
        logging.disable()  # it says of each that is due by now that it was not begun
        scheduler.shutdown()
        return JOBS / used
