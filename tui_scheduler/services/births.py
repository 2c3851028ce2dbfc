"""How a run comes into the world: queued, or skipped because the process is still running."""

from dataclasses import dataclass
from datetime import datetime

from tui_scheduler.models import Channel, KillRequest, Overlap, Request, Run, RunStatus
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RunChanged

CONCURRENT = "Concurrent attempt to execute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """The circumstances of a new run.

    ``missed`` is the number of fires it stands for when it comes late or never.
    """

    scheduled_for: datetime
    channel: Channel = Channel.SCHEDULER
    status: RunStatus = RunStatus.QUEUED
    attempt: int = 1
    missed: int = 0
    note: str = ""


def give_birth(context: Context, request: Request, birth: Birth, now: datetime) -> int:
    """Insert a run of ``request`` and return its id; must be called in a transaction.

    A run to be queued is checked against what is open of the same process first, and is born
    skipped, or asks the others to end, as the overlap policy of the process says.
    """
    status, note = birth.status, birth.note
    if status is RunStatus.QUEUED and birth.attempt == 1:
        status, note = _overlapped(request, note, now)
    run_id: int = Run.insert(
        request=request.id,
        process=request.process_id,
        channel=birth.channel,
        status=status,
        scheduled_for=birth.scheduled_for,
        end_time=None if status is RunStatus.QUEUED else now,
        attempt=birth.attempt,
        missed=birth.missed,
        note=note,
        host="",
    ).execute()
    Request.update(last_run_id=run_id).where(Request.id == request.id).execute()
    context.tell(RunChanged(run_id))
    return run_id


def _overlapped(request: Request, note: str, now: datetime) -> tuple[RunStatus, str]:
    policy = request.process.overlap
    others = Run.select(Run.id, Run.status).where(
        Run.process == request.process_id, Run.end_time.is_null()
    )
    if policy is Overlap.ALLOW or not (rows := list(others.tuples())):
        return RunStatus.QUEUED, note
    if policy is Overlap.SKIP:
        return RunStatus.SKIPPED, f"{CONCURRENT}: run {rows[0][0]} has not ended"
    waiting = [run_id for run_id, status in rows if status is RunStatus.QUEUED]
    if policy is Overlap.QUEUE and waiting:
        return RunStatus.SKIPPED, f"{CONCURRENT}: run {waiting[0]} is waiting already"
    if policy is Overlap.REPLACE:
        _stop([run_id for run_id, _ in rows], now)
    return RunStatus.QUEUED, note


def _stop(run_ids: list[int], now: datetime) -> None:
    Run.update(kill_request=KillRequest.TERM, kill_requested_at=now).where(
        Run.id.in_(run_ids), Run.kill_request.is_null()
    ).execute()
