"""What is looked at now and then of requests that await an event, as no fire of theirs would tell.

That is whether the finish of a plan is over, and whether a clock that was ahead has left them a
moment that is far away: of their scheduling, before which they follow nothing, or of a fire.
"""

from datetime import datetime, timedelta

from tui_scheduler.models import PendingEnd, Request, RequestStatus, transaction
from tui_scheduler.schedules import Timing, wall_to_instant
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.plans import plan_of

_FOLLOWS = (Request.status == RequestStatus.SCHEDULED) & (Request.timing == Timing.AFTER)
_AWAITS_BOOT = (Request.status == RequestStatus.SCHEDULED) & (Request.timing == Timing.BOOT)


def review_events(context: Context) -> None:
    """Complete what is over, and bring back what a clock has put too far ahead."""
    now = context.clock.now()
    with transaction():
        _complete(context, now)
        _bring_back(now, now + context.misfire_grace)
        _bring_boots_back(context, now)


def _complete(context: Context, now: datetime) -> None:
    following = Request.select().where(
        _FOLLOWS, Request.finish.is_null(False), Request.next_fire.is_null()
    )
    for request in list(following):
        if _is_over(request, now):
            Request.update(status=RequestStatus.COMPLETE).where(
                Request.id == request.id, _FOLLOWS, Request.next_fire.is_null()
            ).execute()
            context.tell(RequestSaved(request.id))


def _is_over(request: Request, now: datetime) -> bool:
    try:
        plan = plan_of(request)
    except ValueError:  # of a damaged row
        return False
    if plan.except_.problems:  # ends may wait for a calendar
        return False
    return plan.finish is not None and wall_to_instant(plan.finish, plan.timezone) <= now


def _bring_back(now: datetime, latest: datetime) -> None:
    """Let no request wait for ends beyond ``latest``; those that are noted are followed now."""
    PendingEnd.update(ended_at=now).where(PendingEnd.ended_at > latest).execute()
    Request.update(next_fire=now).where(_FOLLOWS, Request.next_fire > latest).execute()
    Request.update(scheduled_at=now).where(
        _FOLLOWS, Request.scheduled_at > latest, Request.next_fire.is_null()
    ).execute()


def _bring_boots_back(context: Context, now: datetime) -> None:
    latest = context.boot(now).at + context.misfire_grace
    for request in Request.select().where(_AWAITS_BOOT, Request.next_fire > latest):
        delay = request.delay or timedelta()
        if request.next_fire > latest + delay:
            Request.update(next_fire=min(latest, now) + delay).where(
                Request.id == request.id, _AWAITS_BOOT, Request.next_fire == request.next_fire
            ).execute()
