"""Planning anew what was planned while the clock was ahead, once it has come back.

A clock that jumps ahead makes fires due that are not, and the next one is stored far ahead. When it
is put right, that fire would be waited for: an hour, or seventy years. Such a request is known by
its own row: what it has done, or its scheduling, lies in the future.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.models import Request, RequestStatus, RunStatus, transaction
from tui_scheduler.schedules import Timing, anchored, next_fire
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved, RunChanged
from tui_scheduler.services.plans import parted, pause_of, plan_of
from tui_scheduler.services.running.prepared_queries import HASTEN
from tui_scheduler.services.running.run_creation import NewRun
from tui_scheduler.services.running.run_ending import create_run
from tui_scheduler.services.running.whole_rows import requests_ahead
from tui_scheduler.wording import sortable_moment

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Misplanned:
    """A request whose next fire was planned by a clock that was ahead; when it should be.

    If it is paused, that of what comes after the pause, and the first fire that falls into it.
    """

    request: Request
    next_fire: datetime | None
    paused_fire: datetime | None
    scheduled_at: datetime


def misplanned(now: datetime, grace: timedelta) -> Iterator[Misplanned]:
    """Find the requests that wait for a fire which their plans give only after an earlier one.

    So does a plan that was complete too early. A clock that was put back by ``grace`` or less is no
    matter: fires that were run are not run again. A request that cannot be read is left alone.
    """
    for request in requests_ahead(now + grace):
        try:
            scheduled_at = min(request.scheduled_at, now)
            fire = _fire_of(request, scheduled_at, now)
            plan = anchored(plan_of(request), scheduled_at)
            paused, following = parted(plan, fire, pause_of(request))
        except ValueError:
            continue
        stored = request.paused_fire or request.next_fire
        if fire is not None and (stored is None or fire < stored):
            yield Misplanned(request, following, paused, scheduled_at)


def plan_anew(context: Context) -> int:
    """Plan anew what a clock planned that was ahead; returns for how many requests and retries.

    Each request gets a row that says so; fires that were run ahead of time are run again, on time.
    """
    now = context.clock.now()
    with transaction():
        corrections = list(misplanned(now, context.misfire_grace))
        for each in corrections:
            _plan_anew(context, each, now)
        retries = _hasten_retries(context, now)
    if corrections or retries:
        _log.warning("the clock was ahead: %d requests were planned anew", len(corrections))
    return len(corrections) + retries


def _fire_of(request: Request, scheduled_at: datetime, now: datetime) -> datetime | None:
    """The first fire from ``now`` on of a plan that was scheduled then."""
    plan = plan_of(request)
    if plan.awaits_event:
        return None
    if plan.timing is Timing.SCHEDULE:
        is_used_up = plan.repetitions is not None and request.executions >= plan.repetitions
        return None if is_used_up else next_fire(anchored(plan, scheduled_at), now)
    has_fired = request.status is RequestStatus.COMPLETE
    return None if has_fired or plan.start is not None else now


def _plan_anew(context: Context, correction: Misplanned, now: datetime) -> None:
    request = correction.request
    was = "none"
    if request.next_fire is not None:
        was = f"{sortable_moment(request.next_fire, 'UTC', in_seconds=True)} UTC"
    note = f"The clock was ahead and was put back: planned anew; the next run would have been {was}"
    new_run = NewRun(scheduled_for=now, status=RunStatus.MISFIRED, note=note)
    create_run(context, request, request.process, new_run, now)
    moved = Request.update(
        status=RequestStatus.SCHEDULED,
        next_fire=correction.next_fire,
        paused_fire=correction.paused_fire,
        scheduled_at=correction.scheduled_at,
        previous_fire=None,
    ).where(
        Request.id == request.id,
        Request.status == request.status,
        Request.next_fire == request.next_fire,
    )
    if not moved.execute():
        raise RuntimeError(f"request {request.id} was changed while it was planned anew")
    context.tell(RequestSaved(request.id))


def _hasten_retries(context: Context, now: datetime) -> int:
    """Let retries that wait for a moment too far ahead wait as long as they should from now on."""
    hastened = HASTEN.rows(now=now)
    for (run_id,) in hastened:
        context.tell(RunChanged(run_id))
    return len(hastened)
