"""A history made at random, and what any list over it should show: slow, and plainly right."""

import atexit
import random
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.services.drafts import a_process, a_request, minutely
from tests.support.clock import NOON
from tui_scheduler.models import Channel, Process, Request, Run, RunStatus, database
from tui_scheduler.services import Services
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.requests import RequestRow, RequestView
from tui_scheduler.services.views.runs import RunRow, RunView

V = TypeVar("V")
_NEVER_STARTED = (RunStatus.QUEUED, RunStatus.MISFIRED, RunStatus.SKIPPED)
_OPEN = (RunStatus.QUEUED, RunStatus.PROCESSING)
PLACES = ("", "", "hpc", "hpc:n1", "hpc:n2", "hpc-2:n1", "hpc2")
_MADE: dict[tuple[int, int], sqlite3.Connection] = {}
"""Histories in memory, by what they are made of."""
PROCESSES = ("backup", "100%_done", "a[b]c", "Ärger", "it's")


def a_history(services: Services, seed: int, runs: int = 60) -> list[RunView]:
    """Some processes, requests and runs, with equal values and gaps; the runs, oldest first.

    It is made once: to copy all of a database takes a fraction of that. It has nothing else.
    """
    assert not Process.select().exists()
    if (seed, runs) in _MADE:
        _MADE[seed, runs].backup(database.connection())
    else:
        _make_history(services, random.Random(seed), runs)
        _MADE[seed, runs] = sqlite3.connect(":memory:")
        atexit.register(_MADE[seed, runs].close)
        database.connection().backup(_MADE[seed, runs])
    return services.runs.latest(RunFilter(), runs)[::-1]


def _make_history(services: Services, chance: random.Random, runs: int) -> None:
    for name in PROCESSES:
        a_process(services, name)
    requests = [
        a_request(services, minutely(), chance.choice(PROCESSES), description=f"number {number}")
        for number in range(8)
    ]
    rows = [_a_run(chance, chance.choice(requests)) for _ in range(runs)]
    Run.insert_many(rows).execute()
    Run.delete().where(Run.id.in_([5, 6, 17])).execute()
    for request in requests:
        latest = Run.select(Run.id).where(Run.request == request.id).order_by(Run.id.desc())
        Request.update(last_run_id=latest.scalar()).where(Request.id == request.id).execute()


def _a_run(chance: random.Random, request: Any) -> dict[str, Any]:
    status = chance.choice(list(RunStatus))
    planned = NOON - timedelta(minutes=chance.randrange(20))
    start = planned + timedelta(seconds=chance.randrange(3))
    end = start + timedelta(seconds=chance.randrange(4))
    has_used = status not in _NEVER_STARTED + _OPEN and chance.random() < 0.8
    return {
        "request": request.id,
        "process": request.process_id,
        "channel": Channel.SCHEDULER,
        "status": status,
        "scheduled_for": planned,
        "start_time": None if status in _NEVER_STARTED else start,
        "end_time": None if status in _OPEN else end,
        "attempt": 1,
        "missed": 0,
        "note": "",
        "host": "",
        "log_bytes": 0 if status in _NEVER_STARTED + _OPEN else chance.choice((0, 300, 4_000)),
        "cpu_time": timedelta(seconds=chance.randrange(3)) if has_used else None,
        "peak_memory": chance.choice((4_000, 12_000_000)) if has_used else None,
        "place": chance.choice(PLACES),
        "submitted_at": chance.choice((None, planned)),
        "exit_code": None if status in _NEVER_STARTED + _OPEN else planned.minute % 4,
    }


def add_run(services: Services, ended: datetime | None = NOON, **fields: Any) -> int:
    """Store a run of the first request, which is made if need be; it is open if never ended."""
    request = Request.get_or_none() or Request.get_by_id(a_request(services).id)
    usual = {
        "request": request.id,
        "process": request.process_id,
        "channel": "Direct",
        "status": RunStatus.QUEUED if ended is None else RunStatus.SUCCESS,
        "scheduled_for": NOON,
        "end_time": ended,
    }
    run_id = int(Run.insert(**(usual | fields)).execute())
    Request.update(last_run_id=run_id).where(Request.id == (usual | fields)["request"]).execute()
    return run_id


def left() -> list[int]:
    """The runs that there are, oldest first."""
    return list(Run.select(Run.id).order_by(Run.id).scalars())


def as_row(view: Any) -> Any:
    """What a list shows of a request or a run; all of anything else."""
    kind = {RequestView: RequestRow, RunView: RunRow}.get(type(view))
    return (
        view
        if kind is None
        else kind(**{each.name: getattr(view, each.name) for each in fields(kind)})
    )


def expected_page(
    everything: Iterable[V],
    window: Window,
    *,
    matches: Callable[[V], bool],
    value: Callable[[V], Any],
    descending: bool,
) -> Page[Any]:
    """The page of ``window``, by going through all rows; those without a value come last."""
    rows: list[Any] = list(everything)
    wanted = [row for row in rows if matches(row)]
    with_value = [row for row in wanted if value(row) is not None]
    without = [row for row in wanted if value(row) is None]
    with_value.sort(key=lambda row: (value(row), row.id), reverse=descending)
    without.sort(key=lambda row: row.id, reverse=descending)
    ordered = with_value + without
    places = {row.id: place for place, row in enumerate(ordered)}
    return Page(
        total=len(wanted),
        overall=len(rows),
        offset=window.offset,
        rows=tuple(map(as_row, ordered[window.offset : window.offset + window.limit])),
        anchor_index=None if window.anchor is None else places.get(window.anchor),
    )
