"""Planning anew what leaves out the days of calendars, when those are not what they were.

Where the days of a calendar are not known a request waits, without a next fire: it neither fires on
guesswork nor ends. Once they are known again it goes on from where it stood, so that what fell due
meanwhile is a missed fire, as if nobody had scheduled.
"""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from tui_scheduler.models import Request, RequestStatus, RunStatus, transaction
from tui_scheduler.schedules import Plan, Timing, first_fire, next_fire, why_left_out
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.plans import anchored_plan, parted, pause_of
from tui_scheduler.services.running.boots import has_seen
from tui_scheduler.services.running.following import pending_ends
from tui_scheduler.services.running.pauses import NOT_PAUSED
from tui_scheduler.services.running.run_creation import Create, NewRun
from tui_scheduler.services.running.whole_rows import requests_with_exceptions
from tui_scheduler.wording import plural

_NOTHING_LEFT = "Nothing is left of the plan: every run to come is on a day that is left out"
_MOST_NAMED = 5
_log = logging.getLogger(__name__)


def plan_by_calendars(context: Context, create: Create) -> list[str]:
    """Plan anew all that leaves out days, where its next fire is another one by now.

    Returns what keeps requests waiting, in sentences without their full stops.
    """
    now = context.clock.now()
    waiting: dict[str, list[int]] = defaultdict(list)
    with transaction():
        for request in requests_with_exceptions():
            try:
                plan = anchored_plan(request)
                plan_anew(context, create, request, plan, now)
            except ValueError as error:  # a damaged row, which claiming it will set aside
                _log.warning("request %d cannot be planned: %s", request.id, error)
                continue
            for problem in plan.except_.problems[:1]:  # one is enough to wait
                waiting[problem].append(request.id)
    return [f"{_those(ids)}: {problem}" for problem, ids in waiting.items()]


def plan_anew(
    context: Context, create: Create, request: Request, plan: Plan, now: datetime
) -> bool:
    """Give a scheduled request the next fire of its anchored ``plan``; False if it has it already.

    It has none where the days of a calendar are not known. What falls into a pause stays in it;
    a fire that was to be skipped, and is left out, is none. Must be called in a transaction.
    """
    waits = bool(plan.except_.problems)
    fire = None if waits else _fire_of(context, request, plan, now)
    is_over = fire is None and not waits and not plan.awaits_event
    pause = pause_of(request)
    paused, upcoming = parted(plan, fire, pause)
    stands = paused == request.paused_fire and upcoming == request.next_fire
    if stands and not is_over:
        return False
    if is_over:
        scheduled_for = request.paused_fire or request.next_fire or now
        new_run = NewRun(scheduled_for=scheduled_for, status=RunStatus.SKIPPED, note=_NOTHING_LEFT)
        create(context, request, request.process, new_run, now)
    is_for_nothing = pause is not None and pause.skips_next and not paused and not waits
    moved = Request.update(
        **(NOT_PAUSED if is_for_nothing else {"paused_fire": paused}),
        next_fire=upcoming,
        status=RequestStatus.COMPLETE if is_over else RequestStatus.SCHEDULED,
    ).where(
        Request.id == request.id,
        Request.status == RequestStatus.SCHEDULED,
        Request.next_fire == request.next_fire,
        Request.paused_fire == request.paused_fire,
    )
    if not moved.execute():
        raise RuntimeError(f"request {request.id} was changed while it was planned anew")
    context.tell(RequestSaved(request.id))
    return True


def _fire_of(context: Context, request: Request, plan: Plan, now: datetime) -> datetime | None:
    """The next fire, from where the request stands; of a boot or an end the one that awaits it."""
    stored = request.paused_fire or request.next_fire
    previous, scheduled_at = request.previous_fire, request.scheduled_at
    if plan.awaits_event:
        return stored or _awaited(context, request, now)
    if plan.timing is not Timing.SCHEDULE:
        return first_fire(plan, scheduled_at)
    if stored is not None and stored > now:
        return next_fire(plan, now)
    if stored is not None:  # overdue, and missed unless it is left out
        is_left_out = why_left_out(plan, stored - plan.later_by) is not None
        return next_fire(plan, stored - TICK) if is_left_out else stored
    if previous is not None and previous > scheduled_at:
        return next_fire(plan, previous)
    return first_fire(plan, scheduled_at)


def _awaited(context: Context, request: Request, now: datetime) -> datetime | None:
    """The boot or the end that came while nothing was known of a calendar."""
    if request.timing is Timing.AFTER:
        return min((end.at for end in pending_ends(request)), default=None)
    boot = context.boot(now)
    since = boot.at - context.misfire_grace  # as what is known of the moment of a boot differs
    if not has_seen(request, boot.id) or request.scheduled_at >= boot.at:
        return None
    if request.previous_fire is not None and request.previous_fire >= since:
        return None
    return min(boot.at, now) + (request.delay or timedelta())


def _those(ids: list[int]) -> str:
    if len(ids) == 1:
        return f"Request {ids[0]} waits"
    numbers = ", ".join(map(str, ids[:_MOST_NAMED])) + ", …" * (len(ids) > _MOST_NAMED)
    return f"{plural(len(ids), 'request')} wait ({numbers})"
