"""A history of any length, made in seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.services.drafts import IMMEDIATE, a_request, every
from tui_scheduler.models import Process, Request, RunStatus, database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.settings import Settings

_PROCESSES = 50
_MINUTE = 60_000_000  # microseconds
_A_MINUTE_AWAY, _AN_HOUR = 60, 3_600  # seconds
_CHUNK = 50_000
_COPIES = 200  # rows of a statement
_INSERT = """
    INSERT INTO run (request_id, process_id, channel, status, scheduled_for, start_time, end_time,
        exit_code, attempt, missed, note, host, token, pid, log_bytes, cpu_time, peak_memory,
        parent_id, position, members)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?, 'bench', ?, ?, ?, ?, ?, ?, ?, ?)
"""

_MADE_OF_RUNS = """
    SELECT type, name, sql FROM sqlite_master
        WHERE tbl_name = 'run' AND type IN ('index', 'trigger') AND sql IS NOT NULL
"""
_TALLY = """
    INSERT INTO run_tally (process_id, request_id, status, number, log_bytes, members)
        SELECT process_id, request_id, status, count(*), sum(log_bytes), count(parent_id)
            FROM run GROUP BY 1, 2, 3
"""


def seed(
    settings: Settings, runs: int, *, groups: bool = False, requests: int = _PROCESSES
) -> None:
    """Make the database of ``settings`` with ``runs`` runs of fifty processes, one a minute.

    Or of so many, with a request each: they are scheduled for every hour if they are not fifty,
    each at a second of its own.
    With ``groups``, of every ten runs the first is that of a group, the next three beneath it.
    """
    with open_database(settings.database):
        services = services_on(Context(actor="ann", log_folder=settings.log_folder))
        owners = _owners(services, requests)
        begin = int((datetime.now(UTC) - timedelta(minutes=runs + 1)).timestamp() * 1_000_000)
        with _without_indexes():
            for first in range(0, runs, _CHUNK):
                numbers = range(first, min(first + _CHUNK, runs))
                with database.atomic():
                    rows = (
                        _row(number, owners, begin + number * _MINUTE)
                        + (_family(number) if groups else (None, None, None))
                        for number in numbers
                    )
                    database.cursor().executemany(_INSERT, rows)
        if groups:
            database.execute_sql("UPDATE process SET kind = 'group' WHERE id % 10 = 1")


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Make indexes, and what triggers count, once for all runs at the end: a tenth of the time."""
    made = database.execute_sql(_MADE_OF_RUNS).fetchall()
    for kind, name, _ in made:
        database.execute_sql(f"DROP {kind} {name}")
    yield
    with database.atomic():
        database.execute_sql(_TALLY)
        for _, _, statement in made:
            database.execute_sql(statement)


def _owners(services: Services, number: int) -> list[tuple[int, int]]:
    """Make so many requests, all but the first as copies of it; their ids and their processes'."""
    plan = IMMEDIATE if number == _PROCESSES else every(Frequency.HOURLY)
    first = a_request(services, plan, "nightly 00")
    if plan is not IMMEDIATE:
        services.requests.schedule(first.id)
    request = Request.get_by_id(first.id).__data__
    process = Process.get_by_id(first.process_id).__data__
    copies = [(first.id + each, first.process_id + each) for each in range(1, number)]
    for begin in range(0, len(copies), _COPIES):
        some = copies[begin : begin + _COPIES]
        processes = [
            {**process, "id": process_id, "name": f"nightly {process_id - first.process_id:02}"}
            for _, process_id in some
        ]
        Process.insert_many(processes).execute()
        Request.insert_many(
            [
                {**request, "id": request_id, "process": process_id, **_times(request, request_id)}
                for request_id, process_id in some
            ]
        ).execute()
    return [(first.id, first.process_id), *copies]


def _times(request: dict[str, Any], number: int) -> dict[str, datetime]:
    """Returns when a copy fires, and since when it counts the hours, if the first one fires."""
    if request["next_fire"] is None:
        return {}
    at = request["next_fire"] + timedelta(seconds=_A_MINUTE_AWAY + number % _AN_HOUR)
    return {"next_fire": at, "scheduled_at": at - timedelta(seconds=_AN_HOUR)}


def _row(number: int, owners: list[tuple[int, int]], start: int) -> tuple[object, ...]:
    is_error = number % 97 == 0
    status = RunStatus.ERROR if is_error else RunStatus.SUCCESS
    end = start + (number % 50) * 1_000_000
    owner = owners[number % len(owners)]
    code, note = int(is_error), "Ended by SIGSEGV" if is_error else ""
    size = 0 if number % 3 else number % 5_000
    used = number % 50 * 300_000 + number % 977, 12_000_000 + number % 31_013 * 1_000
    by_plan, token, pid = None, f"{number:08x}", number % 30_000
    run = (by_plan, status, start, start, end, code, note, token, pid, size, *used)
    return (*owner, *run)


def _family(number: int) -> tuple[int | None, int | None, str | None]:
    """Parent, position and members of the run after ``number`` others."""
    place = number % 10
    if place == 0:
        return None, None, "[2, 3, 4]"
    return (number - place + 1, place, None) if place <= 3 else (None, None, None)
