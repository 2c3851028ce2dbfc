"""Turning fires that are due into runs, in one transaction: both happen or neither.

A request's ``next_fire`` moves on and its run is inserted together.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from tui_scheduler.models import Request, RequestStatus, RunStatus, for_each
from tui_scheduler.schedules import Plan, Timing
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.context import Context
from tui_scheduler.services.control import Controls
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.plans import anchored_plan, parted, pause_of
from tui_scheduler.services.running.calendar_plans import plan_anew
from tui_scheduler.services.running.following import Ends, forget_ends, next_step, pending_ends
from tui_scheduler.services.running.misfires import Backlog, Step, step
from tui_scheduler.services.running.pauses import event_skipped, unwanted
from tui_scheduler.services.running.prepared_queries import MOVE_REQUEST
from tui_scheduler.services.running.run_creation import Create, NewRun
from tui_scheduler.services.running.whole_rows import due_followers, due_requests
from tui_scheduler.services.views.overview import Hold

MOST_AT_ONCE = 200
"""So many requests follow an end at once, and others just after."""

_log = logging.getLogger(__name__)


def claim_due(context: Context, create: Create, hold: Hold, now: datetime, limit: int) -> int:
    """Take one step for at most ``limit`` requests that are due; returns for how many.

    Must be called in a transaction. A request that cannot be planned is unscheduled with the
    reason, and the others go on.
    """
    requests = due_requests(now, limit)
    _claim(context, create, requests, hold, now)
    return len(requests)


def claim_followers(context: Context, create: Create, process_id: int) -> None:
    """Take one step for those that follow an end of this process, unless all is held.

    Must be called in the transaction that records the end. They are ``MOST_AT_ONCE`` at most, so
    that nobody waits for thousands; the others are due, and claimed as all that is.
    """
    hold, now = Controls(context).state(), context.clock.now()
    if not hold.is_held:
        followers = due_followers(process_id, now, MOST_AT_ONCE)
        _claim(context, create, followers, hold, now)


def _claim(
    context: Context, create: Create, requests: Sequence[Request], hold: Hold, now: datetime
) -> None:
    def step_of(request: Request) -> None:
        _take_step(context, create, request, hold, now)

    def set_aside(request: Request, error: Exception) -> None:
        _log.exception("request %d cannot be planned and is unscheduled", request.id)
        _set_aside(context, create, request, error, now)

    for_each(step_of, requests, set_aside)


def _take_step(
    context: Context, create: Create, request: Request, hold: Hold, now: datetime
) -> None:
    plan = anchored_plan(request)
    if plan.except_ and plan_anew(context, create, request, plan, now):
        return
    if request.timing is Timing.AFTER:
        _follow(context, create, request, plan, hold, now)
        return
    planned = _unwanted_boot(request, plan) or step(
        _backlog(context, request, plan, hold, now), request.misfire
    )
    _advance(context, create, request, plan, planned, now)


def _unwanted_boot(request: Request, plan: Plan) -> Step | None:
    """What becomes of a boot that nothing is to run at; None of another fire."""
    if request.timing is not Timing.BOOT:
        return None
    row = unwanted(request, plan, request.next_fire)
    return None if row is None else Step(row, None)


def _backlog(context: Context, request: Request, plan: Plan, hold: Hold, now: datetime) -> Backlog:
    return Backlog(
        plan=plan,
        first=request.next_fire,
        now=now,
        missed_until=_missed_until(context, hold, now),
        remaining=_remaining(request),
        limit=request.misfire_limit,
    )


def _missed_until(context: Context, hold: Hold, now: datetime) -> datetime:
    """Until when fires are too late ``now``: beyond the grace, or due while all was held."""
    missed_until = now - context.misfire_grace - TICK
    if hold.released_at is not None and hold.released_at <= now:
        missed_until = max(missed_until, hold.released_at)
    return missed_until


def _remaining(request: Request) -> int | None:
    return None if request.repetitions is None else request.repetitions - request.executions


def _follow(
    context: Context, create: Create, request: Request, plan: Plan, hold: Hold, now: datetime
) -> None:
    """Take one step for the ends that a request has not followed yet."""
    ends = Ends(
        plan=plan,
        unwanted=partial(unwanted, request, plan),
        ends=pending_ends(request),
        now=now,
        missed_until=_missed_until(context, hold, now),
        remaining=_remaining(request),
        limit=request.misfire_limit,
    )
    taken = next_step(ends, request.misfire)
    forget_ends(taken.followed)
    if taken.step is not None:
        _advance(context, create, request, plan, taken.step, now, is_over=taken.is_over)
    else:
        _move(
            context,
            request,
            next_fire=None,
            paused_fire=None,
            previous_fire=request.previous_fire,
            executions=request.executions,
            status=RequestStatus.COMPLETE if taken.is_over else RequestStatus.SCHEDULED,
            run_id=None,
        )


def _advance(
    context: Context,
    create: Create,
    request: Request,
    plan: Plan,
    planned: Step,
    now: datetime,
    *,
    is_over: bool = False,
) -> None:
    new_run = planned.new_run
    if new_run.status is RunStatus.QUEUED and not request.process.active:
        new_run = replace(new_run, status=RunStatus.SKIPPED, note="The process is not active")
    run_id, status = create(context, request, request.process, new_run, now, is_noted=False)
    if plan.awaits_event:
        event_skipped(request, new_run.scheduled_for)
    executions = request.executions + (status is RunStatus.QUEUED)
    is_used_up = request.repetitions is not None and executions >= request.repetitions
    following = None if is_used_up else planned.next_fire
    paused, upcoming = parted(plan, following, pause_of(request))
    is_over |= is_used_up or (following is None and not plan.awaits_event)
    _move(
        context,
        request,
        next_fire=upcoming,
        paused_fire=paused,
        previous_fire=new_run.scheduled_for,
        executions=executions,
        status=RequestStatus.COMPLETE if is_over else RequestStatus.SCHEDULED,
        run_id=run_id,
    )


def _set_aside(
    context: Context, create: Create, request: Request, error: Exception, now: datetime
) -> None:
    note = f"The request cannot be planned and was unscheduled: {error}"
    new_run = NewRun(
        scheduled_for=request.next_fire, status=RunStatus.MISFIRED, missed=1, note=note
    )
    create(context, request, request.process, new_run, now)
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
