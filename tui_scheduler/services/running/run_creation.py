"""How a run comes into the world: to be run, or skipped because its process is still running.

A row is always inserted as one that waits. What is never to begin is ended by ``run_ending`` in
the same transaction, so call ``create_run`` there.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tui_scheduler.models import Channel, Overlap, Process, Request, Run, RunStatus
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RunChanged
from tui_scheduler.services.parameters.parameters import filled
from tui_scheduler.services.parameters.stored import load_parameters
from tui_scheduler.services.parameters.variables import dump_variables, load_variables
from tui_scheduler.services.plans import local_date
from tui_scheduler.services.running.prepared_queries import (
    INSERT_RUN,
    OPEN_OF_PROCESS,
    SET_LAST_RUN,
    STOP_OPEN,
)
from tui_scheduler.services.waiting import waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """The circumstances of a new run.

    ``missed`` is the number of fires it stands for when it comes late or never. ``waits`` is for
    fires that are caught up one after the other: they are not skipped because of each other.
    ``parent_id`` is the run of the group in which it has the place ``position``. ``parameters``
    is what to give it, as stored; None stands for what its request gives. ``as_of`` is the moment
    of which today is meant, so that all members of a group mean the same; None is its creation.
    ``after_run`` is the number of the run that it follows.
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
    after_run: int | None = None


class Create(Protocol):
    """What creates a run: ``run_ending``, the one door; for those that it calls itself."""

    def __call__(
        self,
        context: Context,
        request: Request,
        process: Process,
        new_run: NewRun,
        now: datetime,
        *,
        is_noted: bool = True,
    ) -> tuple[int, RunStatus]:
        """Returns the id of the run and its status."""
        ...


def insert_run(
    context: Context,
    request: Request,
    process: Process,
    new_run: NewRun,
    now: datetime,
    *,
    is_noted: bool,
) -> tuple[int, NewRun]:
    """Insert a run of ``request``; returns its id and what it has become; call it in a transaction.

    A run to be queued is checked against what is open of ``process`` first, and becomes one to be
    skipped, or asks the others to end, as the overlap policy of the process says. Unless it
    ``is_noted`` as the last one of its request, the caller has to do that.
    """
    if new_run.status is RunStatus.QUEUED and new_run.attempt == 1:
        new_run = _beside_others(context, process, new_run, now)
    run_id = INSERT_RUN.insert(
        request_id=request.id,
        process_id=process.id,
        channel=new_run.channel,
        scheduled_for=new_run.scheduled_for,
        attempt=new_run.attempt,
        missed=new_run.missed,
        note=new_run.note,
        parent_id=new_run.parent_id,
        position=new_run.position,
        parameters=_parameters(request, process, new_run, now),
        after_run=new_run.after_run,
        locks=process.locks,
    )
    has_owner = is_noted and new_run.parent_id is None
    if has_owner and not SET_LAST_RUN.change(run_id=run_id, request_id=request.id):
        raise RuntimeError(f"request {request.id} is gone, and run {run_id} would have no owner")
    return run_id, new_run


def _parameters(request: Request, process: Process, new_run: NewRun, now: datetime) -> str:
    """What the run is given; what cannot be read is kept, and refused when the run is to start."""
    given = request.parameters if new_run.parameters is None else new_run.parameters
    if process.parameters == "[]" or new_run.attempt > 1:
        return given
    today = local_date(new_run.as_of or now, request.timezone)
    try:
        declared = load_parameters(process.parameters)
        text = dump_variables(filled(declared, load_variables(given), today))
        text.encode()  # what no column takes, no process takes either
    except ValueError:
        return given
    return text


def _beside_others(context: Context, process: Process, new_run: NewRun, now: datetime) -> NewRun:
    """``new_run``, or what becomes of it because of the open runs of ``process``."""
    if process.overlap is Overlap.ALLOW:
        return new_run
    if process.overlap is Overlap.REPLACE:
        for (run_id,) in STOP_OPEN.rows(process_id=process.id, now=now):
            context.tell(RunChanged(run_id))
        return new_run
    others = [
        Run(id=run_id, status=status, attempt=attempt, scheduled_for=scheduled_for)
        for run_id, status, attempt, scheduled_for in OPEN_OF_PROCESS.rows(process_id=process.id)
    ]
    if not others or new_run.waits:
        return new_run
    return _skipped(new_run, process.overlap, others, now)


def _skipped(new_run: NewRun, policy: Overlap, others: list[Run], now: datetime) -> NewRun:
    """``new_run`` as a skipped run if ``policy`` lets it neither run nor wait."""
    queued = [run for run in others[1:] if run.status is RunStatus.QUEUED]
    if policy is Overlap.SKIP:
        first = others[0]
        is_queued = first.status is RunStatus.QUEUED
        reason = waiting(first, now) if is_queued else f"run {first.id} is still running"
    elif queued:
        reason = f"{waiting(queued[0], now)} already"
    else:
        return new_run
    note = f"{reason[0].upper()}{reason[1:]}"
    return replace(new_run, status=RunStatus.SKIPPED, note=note)
