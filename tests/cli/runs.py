"""Runs as a scheduler would leave them, without one."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.running.run_ending import Ending


def a_run(
    services: Services,
    request_id: int,
    status: RunStatus = RunStatus.SUCCESS,
    *,
    output: bytes | None = None,
    exit_code: int | None = 0,
) -> int:
    """A run of ``request_id`` that began now, and took 1.5 seconds if it has ended."""
    run = services.runs.trigger(request_id)
    if output is not None:
        run.log_path.parent.mkdir(parents=True, exist_ok=True)
        run.log_path.write_bytes(output)
    if status is RunStatus.QUEUED:
        return run.id
    start = datetime.now(UTC)
    services.dispatch.claim()
    services.dispatch.started(run.id, start, 4711, "handle")
    if status is not RunStatus.PROCESSING:
        end = start + timedelta(seconds=1.5)
        services.dispatch.ended(
            Ending(run_id=run.id, status=status, end_time=end, exit_code=exit_code)
        )
    return run.id


def end_elsewhere(database_file: Path, status: RunStatus = RunStatus.SUCCESS) -> None:
    """End all runs that are open, as another program would."""
    now = int(datetime.now(UTC).timestamp() * 1_000_000)
    with closing(sqlite3.connect(database_file)) as other, other:
        other.execute(
            "UPDATE run SET status = ?, start_time = ifnull(start_time, ?), end_time = ?"
            " WHERE end_time IS NULL",
            (status, now, now),
        )
