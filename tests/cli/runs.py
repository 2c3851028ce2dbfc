"""Runs as a scheduler would leave them, without one."""

from datetime import UTC, datetime, timedelta

from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.execution import Ending


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
    services.execution.claim()
    services.execution.started(run.id, start, 4711, "handle")
    if status is not RunStatus.PROCESSING:
        end = start + timedelta(seconds=1.5)
        services.execution.ended(
            Ending(run_id=run.id, status=status, end_time=end, exit_code=exit_code)
        )
    return run.id
