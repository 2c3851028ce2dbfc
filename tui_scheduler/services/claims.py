"""Turning fires that are due into runs, in one transaction each: both happen or neither.

A request's ``next_fire`` moves on and its run is inserted together. Fires that were missed are
counted here, by the policy of their request.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tui_scheduler.models import (
    MisfirePolicy,
    Process,
    Request,
    RequestStatus,
    RunStatus,
    database,
)
from tui_scheduler.schedules import Plan, Timing, count_fires, latest_fire, next_fire
from tui_scheduler.services.births import Birth, give_birth
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.plans import anchored_plan
from tui_scheduler.services.views import Hold

_MOST_CAUGHT_UP = 100
_INSTANT = timedelta(microseconds=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Step:
    """What one fire becomes, and where the request goes from there."""

    birth: Birth
    next_fire: datetime | None


def claim_due(context: Context, hold: Hold, now: datetime, limit: int) -> int:
    """Claim at most ``limit`` requests that are due; returns how many were.

    A request that cannot be read is unscheduled with the reason, and the others go on.
    """
    due = (
        Request.select(Request, Process)
        .join(Process)
        .where(Request.status == RequestStatus.SCHEDULED, Request.next_fire <= now)
        .order_by(Request.next_fire)
        .limit(limit)
    )
    rows = list(due)
    for row in rows:
        try:
            with database.atomic():
                _claim(context, row, hold, now)
        except Exception as error:
            _log.exception("request %d cannot be planned and was unscheduled", row.id)
            _set_aside(context, row, error, now)
    return len(rows)


def _claim(context: Context, row: Request, hold: Hold, now: datetime) -> None:
    step = _step(context, row, hold, now)
    if not row.process.active and step.birth.status is RunStatus.QUEUED:
        inactive = replace(step.birth, status=RunStatus.SKIPPED, note="The process is not active")
        step = replace(step, birth=inactive)
    run_id = give_birth(context, row, step.birth, now)
    executed = step.birth.status is RunStatus.QUEUED and _is_queued(run_id)
    executions = row.executions + executed
    upcoming = None if executions == row.repetitions else step.next_fire
    moved = (
        Request.update(
            next_fire=upcoming,
            previous_fire=step.birth.scheduled_for,
            executions=executions,
            status=RequestStatus.COMPLETE if upcoming is None else RequestStatus.SCHEDULED,
        )
        .where(Request.id == row.id, Request.next_fire == row.next_fire)
        .where(Request.status == RequestStatus.SCHEDULED)
        .execute()
    )
    if not moved:
        raise RuntimeError(f"request {row.id} was changed inside the claiming transaction")
    context.tell(RequestSaved(row.id))


def _is_queued(run_id: int) -> bool:
    from tui_scheduler.models import Run

    return bool(Run.select().where(Run.id == run_id, Run.status == RunStatus.QUEUED).exists())


def _step(context: Context, row: Request, hold: Hold, now: datetime) -> _Step:
    fire = row.next_fire
    plan = anchored_plan(row)
    was_held = hold.released_at is not None and fire <= hold.released_at
    if not was_held and now - fire <= context.misfire_grace:
        return _Step(Birth(scheduled_for=fire), next_fire(plan, fire))
    if plan.timing is not Timing.SCHEDULE:
        return _Step(Birth(scheduled_for=fire, missed=1, note=_late(fire, now)), None)
    count = count_fires(plan, fire - _INSTANT, now)
    if row.repetitions is not None:
        count = min(count, row.repetitions - row.executions)
    return _MISSED[row.misfire](plan, fire, max(count, 1), now)


def _once(plan: Plan, fire: datetime, count: int, now: datetime) -> _Step:
    note = _late(fire, now) if count == 1 else f"Late: stands for {count} missed fires"
    latest = latest_fire(plan, now) or fire
    birth = Birth(scheduled_for=latest, missed=count, note=note)
    return _Step(birth, next_fire(plan, now))


def _skip(plan: Plan, fire: datetime, count: int, now: datetime) -> _Step:
    note = f"Missed {_fires(count)}; this request skips missed fires"
    latest = latest_fire(plan, now) or fire
    birth = Birth(scheduled_for=latest, status=RunStatus.MISFIRED, missed=count, note=note)
    return _Step(birth, next_fire(plan, now))


def _all(plan: Plan, fire: datetime, count: int, now: datetime) -> _Step:
    if count <= _MOST_CAUGHT_UP:
        birth = Birth(scheduled_for=fire, missed=1, note=_late(fire, now))
        return _Step(birth, next_fire(plan, fire))
    oldest_kept = now + _INSTANT
    for _ in range(_MOST_CAUGHT_UP):
        oldest_kept = latest_fire(plan, oldest_kept - _INSTANT) or fire
    dropped = count - _MOST_CAUGHT_UP
    note = f"Missed {_fires(dropped)}; only the latest {_MOST_CAUGHT_UP} are caught up"
    last_dropped = latest_fire(plan, oldest_kept - _INSTANT) or fire
    birth = Birth(scheduled_for=last_dropped, status=RunStatus.MISFIRED, missed=dropped, note=note)
    return _Step(birth, oldest_kept)


_MISSED = {MisfirePolicy.ONCE: _once, MisfirePolicy.SKIP: _skip, MisfirePolicy.ALL: _all}


def _fires(count: int) -> str:
    return "1 fire" if count == 1 else f"{count} fires"


def _late(fire: datetime, now: datetime) -> str:
    return f"Late by {timedelta(seconds=round((now - fire).total_seconds()))}"


def _set_aside(context: Context, row: Request, error: Exception, now: datetime) -> None:
    note = f"The request could not be planned and was unscheduled: {error}"
    with database.atomic():
        Request.update(status=RequestStatus.UNSCHEDULED, next_fire=None).where(
            Request.id == row.id
        ).execute()
        birth = Birth(scheduled_for=now, status=RunStatus.MISFIRED, missed=1, note=note)
        give_birth(context, row, birth, now)
        context.tell(RequestSaved(row.id))
