"""When what a request follows usually ends: told only where all that is known says the same time.

That is known where all its fires to come are at one time of day, and how long it usually takes.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from tui_scheduler.models import GroupMember, Process, Request, RequestStatus
from tui_scheduler.schedules import Outcome, Plan, Timing
from tui_scheduler.schedules.zones import zone_info
from tui_scheduler.services.plans import anchored_plan
from tui_scheduler.services.queries.forecast import fires_left, to_come
from tui_scheduler.services.queries.norms import norms_of_processes
from tui_scheduler.text import storable

_FIRES = 8
_LONGEST_CHAIN = 10
_AHEAD = timedelta(days=400)
_HALF_A_MINUTE = timedelta(seconds=30)


def usual_end(plan: Plan, now: datetime) -> time | None:
    """Returns the time of day, in the zone of ``plan``, of the ends that it follows, if known."""
    try:
        zone = zone_info(plan.timezone)
    except ValueError:
        return None
    ends = (end + _HALF_A_MINUTE for end in expected_ends(plan, now, now + _AHEAD, _FIRES))
    times = {end.astimezone(zone).time().replace(second=0, microsecond=0) for end in ends}
    return times.pop() if len(times) == 1 else None


def expected_ends(plan: Plan, now: datetime, until: datetime, limit: int) -> list[datetime]:
    """Returns the ends that ``plan`` usually follows until then, ``limit`` of each request at most.

    There are none where not all is known. Of failures nothing is usual.
    """
    if plan.timing is not Timing.AFTER or not plan.follows or plan.outcome is Outcome.FAILURE:
        return []
    return _ends(plan.follows, _Span(now, until, limit), _LONGEST_CHAIN)


@dataclass(frozen=True, slots=True)
class _Span:
    now: datetime
    until: datetime
    limit: int


def _ends(name: str, span: _Span, depth: int) -> list[datetime]:
    """Returns the next ends of a process or group; none if not all is known."""
    process_id = Process.select(Process.id).where(Process.name == storable(name)).scalar()
    scheduled = Request.status == RequestStatus.SCHEDULED
    requests = list(Request.select().where(Request.process == process_id, scheduled))
    is_known = len(requests) == 1 or all(each.timing is Timing.SCHEDULE for each in requests)
    is_member = GroupMember.select().where(GroupMember.process == process_id).exists()
    if not requests or not is_known or is_member:
        return []
    norm = norms_of_processes([process_id]).get(process_id)
    if norm is None:
        return []
    begins = [_begins(request, span, depth) for request in requests]
    return [begin + norm.usual for each in begins for begin in each] if all(begins) else []


def _begins(request: Request, span: _Span, depth: int) -> list[datetime]:
    if request.timing is Timing.AFTER and request.outcome is not Outcome.FAILURE:
        return _ends(request.follows, span, depth - 1) if depth else []
    if request.next_fire is None or request.timing is not Timing.SCHEDULE:
        return []
    try:
        plan = anchored_plan(request)
        left = fires_left(plan, request.executions)
        fires = to_come(plan, request.next_fire, span.now, span.until, left)
        return list(islice(fires, span.limit))
    except ValueError:  # of a damaged row
        return []
