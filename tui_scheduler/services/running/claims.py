"""Turning fires that are due into runs, in one transaction: both happen or neither.

A request's ``next_fire`` moves on and its run is inserted together.
"""

import logging
from dataclasses import replace
from datetime import datetime

from tui_scheduler.models import Request, RequestStatus, RunStatus, transaction
from tui_scheduler.models.backend import DATABASE_ERRORS
from tui_scheduler.schedules import Plan
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.plans import anchored_plan, parted, pause_of
from tui_scheduler.services.running.calendar_plans import plan_anew
from tui_scheduler.services.running.misfires import Backlog, Step, step
from tui_scheduler.services.running.prepared_queries import MOVE_REQUEST
from tui_scheduler.services.running.run_creation import NewRun
from tui_scheduler.services.running.run_ending import create_run
from tui_scheduler.services.running.whole_rows import due_requests
from tui_scheduler.services.views import Hold

_log = logging.getLogger(__name__)


def claim_due(context: Context, hold: Hold, now: datetime, limit: int) -> int:
    """Take one step for at most ``limit`` requests that are due; returns for how many.

    Must be called in a transaction. A request that cannot be planned is unscheduled with the
    reason, and the others go on.
    """
    requests = due_requests(now, limit)
    for request in requests:
        try:
            with transaction():
                plan = anchored_plan(request)
                if not (plan.except_ and plan_anew(context, request, plan, now)):
                    planned = step(_backlog(context, request, plan, hold, now), request.misfire)
                    _advance(context, request, plan, planned, now)
        except DATABASE_ERRORS:
            raise  # the database is in trouble, not this request
        except Exception as error:
            _log.exception("request %d cannot be planned and is unscheduled", request.id)
            _set_aside(context, request, error, now)
    return len(requests)


def _backlog(context: Context, request: Request, plan: Plan, hold: Hold, now: datetime) -> Backlog:
    missed_until = now - context.misfire_grace - TICK
    if hold.released_at is not None and hold.released_at <= now:
        missed_until = max(missed_until, hold.released_at)
    left = None if request.repetitions is None else request.repetitions - request.executions
    return Backlog(
        plan=plan,
        first=request.next_fire,
        now=now,
        missed_until=missed_until,
        remaining=left,
        limit=request.misfire_limit,
    )


def _advance(context: Context, request: Request, plan: Plan, planned: Step, now: datetime) -> None:
    new_run = planned.new_run
    if new_run.status is RunStatus.QUEUED and not request.process.active:
        new_run = replace(new_run, status=RunStatus.SKIPPED, note="The process is not active")
    _, status = create_run(context, request, request.process, new_run, now)
    executions = request.executions + (status is RunStatus.QUEUED)
    is_used_up = request.repetitions is not None and executions >= request.repetitions
    following = None if is_used_up else planned.next_fire
    paused, upcoming = parted(plan, following, pause_of(request))
    _move(
        context,
        request,
        next_fire=upcoming,
        paused_fire=paused,
        previous_fire=new_run.scheduled_for,
        executions=executions,
        status=RequestStatus.COMPLETE if following is None else RequestStatus.SCHEDULED,
    )


def _set_aside(context: Context, request: Request, error: Exception, now: datetime) -> None:
    note = f"The request cannot be planned and was unscheduled: {error}"
    new_run = NewRun(
        scheduled_for=request.next_fire, status=RunStatus.MISFIRED, missed=1, note=note
    )
    create_run(context, request, request.process, new_run, now)
    unscheduled = Request.update(status=RequestStatus.UNSCHEDULED, next_fire=None).where(
        Request.id == request.id, Request.status == RequestStatus.SCHEDULED
    )
    if not unscheduled.execute():
        raise RuntimeError(f"request {request.id} was changed inside the claiming transaction")
    context.tell(RequestSaved(request.id))


def _move(context: Context, request: Request, **columns: object) -> None:
    """Change ``request`` if it still stands where it was read."""
    if not MOVE_REQUEST.change(request_id=request.id, expected=request.next_fire, **columns):
        raise RuntimeError(f"request {request.id} was changed inside the claiming transaction")
    context.tell(RequestSaved(request.id))
