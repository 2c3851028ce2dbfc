"""A history of any length, made in seconds."""

from datetime import UTC, datetime, timedelta

from tests.services.drafts import a_request
from tui_scheduler.models import Channel, Request, RunStatus, database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context
from tui_scheduler.settings import Settings

_PROCESSES = 50
_MINUTE = 60_000_000  # microseconds
_CHUNK = 50_000
_INSERT = """
    INSERT INTO run (request_id, process_id, channel, status, scheduled_for, start_time, end_time,
        exit_code, attempt, missed, note, host, pid, log_bytes, cpu_time, peak_memory, parent_id,
        position, members)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?, 'bench', ?, ?, ?, ?, ?, ?, ?)
"""


def seed(settings: Settings, runs: int, *, groups: bool = False) -> None:
    """Make the database of ``settings`` with ``runs`` runs of fifty processes, one a minute.

    With ``groups``, of every ten runs the first is that of a group, the next three beneath it.
    """
    with open_database(settings.database):
        services = services_on(Context(actor="ann", log_folder=settings.log_folder))
        owners = []
        for number in range(_PROCESSES):
            request = Request.get_by_id(a_request(services, process=f"nightly {number:02}").id)
            owners.append((request.id, request.process_id))
        begin = int((datetime.now(UTC) - timedelta(minutes=runs + 1)).timestamp() * 1_000_000)
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


def _row(number: int, owners: list[tuple[int, int]], start: int) -> tuple[object, ...]:
    is_error = number % 97 == 0
    status = RunStatus.ERROR if is_error else RunStatus.SUCCESS
    end = start + (number % 50) * 1_000_000
    owner = owners[number % len(owners)]
    code, note = int(is_error), "Ended by SIGSEGV" if is_error else ""
    size = 0 if number % 3 else number % 5_000
    used = number % 50 * 300_000 + number % 977, 12_000_000 + number % 31_013 * 1_000
    run = (Channel.SCHEDULER, status, start, start, end, code, note, number % 30_000, size, *used)
    return (*owner, *run)


def _family(number: int) -> tuple[int | None, int | None, str | None]:
    """Parent, position and members of the run after ``number`` others."""
    place = number % 10
    if place == 0:
        return None, None, "[2, 3, 4]"
    return (number - place + 1, place, None) if place <= 3 else (None, None, None)
