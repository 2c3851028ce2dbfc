"""How a run comes into the world: queued, or skipped because the process is still running."""

from dataclasses import dataclass, replace
from datetime import datetime

from tui_scheduler.models import (
    Channel,
    KillRequest,
    Overlap,
    Process,
    Request,
    Run,
    RunStatus,
    rows,
)
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RunChanged
from tui_scheduler.services.parameters.parameters import filled
from tui_scheduler.services.parameters.stored import load_parameters
from tui_scheduler.services.parameters.variables import dump_variables, load_variables
from tui_scheduler.services.plans import local_date
from tui_scheduler.services.running.prepared_queries import INSERT_RUN, SET_LAST_RUN

CONCURRENT = "Concurrent attempt to execute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """The circumstances of a new run.

    ``missed`` is the number of fires it stands for when it comes late or never. ``waits`` is for
    fires that are caught up one after the other: they are not skipped because of each other.
    ``parent_id`` is the run of the group in which it has the place ``position``. ``parameters``
    is what to give it, as stored; None stands for what its request gives. ``as_of`` is the moment
    of which today is meant, so that all members of a group mean the same; None is that of birth.
    """

    scheduled_for: datetime
    channel: Channel = Channel.SCHEDULER
    status: RunStatus = RunStatus.QUEUED
    attempt: int = 1
    missed: int = 0
    note: str = ""
    waits: bool = False
    parent_id: int | None = None
    position: int | None = None
    parameters: str | None = None
    as_of: datetime | None = None


def give_birth(
    context: Context, request: Request, process: Process, birth: Birth, now: datetime
) -> tuple[int, RunStatus]:
    """Insert a run of ``request``; returns its id and status; call it in a transaction.

    A run to be queued is checked against what is open of ``process`` first, and is born skipped,
    or asks the others to end, as the overlap policy of the process says.
    """
    if birth.status is RunStatus.QUEUED and birth.attempt == 1:
        birth = _beside_others(process, birth, now)
    run_id = INSERT_RUN.insert(
        request_id=request.id,
        process_id=process.id,
        channel=birth.channel,
        status=birth.status,
        scheduled_for=birth.scheduled_for,
        end_time=None if birth.status is RunStatus.QUEUED else now,
        attempt=birth.attempt,
        missed=birth.missed,
        note=birth.note,
        parent_id=birth.parent_id,
        position=birth.position,
        parameters=_parameters(request, process, birth, now),
    )
    if birth.parent_id is None:
        SET_LAST_RUN.change(run_id=run_id, request_id=request.id)
    context.tell(RunChanged(run_id))
    return run_id, birth.status


def _parameters(request: Request, process: Process, birth: Birth, now: datetime) -> str:
    """What the run is given; what cannot be read is kept, and refused when the run is to start."""
    given = request.parameters if birth.parameters is None else birth.parameters
    if process.parameters == "[]" or birth.attempt > 1:
        return given
    today = local_date(birth.as_of or now, request.timezone)
    try:
        declared = load_parameters(process.parameters)
        text = dump_variables(filled(declared, load_variables(given), today))
        text.encode()  # what no column takes, no process takes either
    except ValueError:
        return given
    return text


def _beside_others(process: Process, birth: Birth, now: datetime) -> Birth:
    """``birth``, or what becomes of it because of the open runs of ``process``."""
    if process.overlap is Overlap.ALLOW:
        return birth
    is_open = (Run.process == process.id) & Run.end_time.is_null()
    if process.overlap is Overlap.REPLACE:
        stop = Run.update(kill_request=KillRequest.TERM, kill_requested_at=now)
        stop.where(is_open, Run.kill_request.is_null()).execute()
        return birth
    others = rows(Run.select(Run.id, Run.status).where(is_open).order_by(Run.id))
    if not others or birth.waits:
        return birth
    return _skipped(birth, process.overlap, others)


def _skipped(birth: Birth, policy: Overlap, others: list[tuple[int, RunStatus]]) -> Birth:
    """``birth`` as a skipped run if ``policy`` lets it neither run nor wait."""
    waiting = [run_id for run_id, status in others[1:] if status is RunStatus.QUEUED]
    if policy is Overlap.SKIP:
        reason = f"run {others[0][0]} has not ended"
    elif waiting:
        reason = f"run {waiting[0]} is waiting already"
    else:
        return birth
    return replace(birth, status=RunStatus.SKIPPED, note=f"{CONCURRENT}: {reason}")
