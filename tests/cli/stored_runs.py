"""Runs as a scheduler would leave them, without one."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.context import Context
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.settings import Settings


def a_run(
    services: Services,
    request_id: int,
    status: RunStatus = RunStatus.SUCCESS,
    *,
    output: bytes | None = None,
    **ending: Any,
) -> int:
    """A run of ``request_id`` that began now, and took 1.5 seconds if it has ended.

    ``ending`` is what is special about its end: without that its exit code is 0.
    """
    run = services.runs.trigger(request_id)
    if status is RunStatus.QUEUED:
        return run.id
    start = datetime.now(UTC)
    services.dispatch.claim()
    services.dispatch.started(run.id, start, 4711, "handle")
    if output is not None:
        log = services.runs.get(run.id).log_path
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(output)
    if status is not RunStatus.PROCESSING:
        end = start + timedelta(seconds=1.5)
        how = {"exit_code": 0, **ending}
        services.dispatch.ended(Ending(run_id=run.id, status=status, end_time=end, **how))
    return run.id


def log_of(database_file: Path, run_id: int = 1) -> Path:
    """Where a run writes by now."""
    with closing(sqlite3.connect(database_file)) as other:
        (token,) = other.execute("SELECT token FROM run WHERE id = ?", (run_id,)).fetchone()
    folder = Settings(database=database_file).log_folder
    return Context(log_folder=folder, actor="").log_path(run_id, token)


def take_elsewhere(database_file: Path, token: str = "0123abcd") -> Path:
    """Take run 1, as another program would, so that its log is at the path that is returned."""
    with closing(sqlite3.connect(database_file)) as other, other:
        other.execute("UPDATE run SET host = 'there', token = ? WHERE id = 1", (token,))
    log = log_of(database_file)
    log.parent.mkdir(parents=True, exist_ok=True)
    return log


def end_elsewhere(database_file: Path, status: RunStatus = RunStatus.SUCCESS) -> None:
    """End all runs that are open, as another program would."""
    now = int(datetime.now(UTC).timestamp() * 1_000_000)
    with closing(sqlite3.connect(database_file)) as other, other:
        other.execute(
            "UPDATE run SET status = ?, start_time = ifnull(start_time, ?), end_time = ?"
            " WHERE end_time IS NULL",
            (status, now, now),
        )
