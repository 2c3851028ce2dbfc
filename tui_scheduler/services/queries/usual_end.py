"""When what a request follows usually ends: told only where all that is known says the same time.

That is known where all its fires to come are at one time of day, and how long it usually takes.
"""

from datetime import datetime, time, timedelta

from tui_scheduler.models import GroupMember, Process, Request, RequestStatus
from tui_scheduler.schedules import Outcome, Plan, Timing
from tui_scheduler.schedules.zones import zone_info
from tui_scheduler.services.plans import anchored_plan
from tui_scheduler.services.queries.forecast import fires_left, to_come
from tui_scheduler.services.queries.norms import norm_of_process
from tui_scheduler.text import storable

_FIRES = 8
_LONGEST_CHAIN = 10
_AHEAD = timedelta(days=400)
_HALF_A_MINUTE = timedelta(seconds=30)


def usual_end(plan: Plan, now: datetime) -> time | None:
    """Returns the time of day, in the zone of ``plan``, of the ends that it follows, if known.

    Of failures nothing is usual.
    """
    if plan.timing is not Timing.AFTER or not plan.follows or plan.outcome is Outcome.FAILURE:
        return None
    try:
        zone = zone_info(plan.timezone)
    except ValueError:
        return None
    ends = _usual_ends(plan.follows, now, _LONGEST_CHAIN)
    times = {
        (end + _HALF_A_MINUTE).astimezone(zone).time().replace(second=0, microsecond=0)
        for end in ends
    }
    return times.pop() if len(times) == 1 else None


def _usual_ends(name: str, now: datetime, depth: int) -> list[datetime]:
    """Returns the next ends of a process or group; none if not all is known."""
    process_id = Process.select(Process.id).where(Process.name == storable(name)).scalar()
    requests = list(
        Request.select().where(
            Request.process == process_id, Request.status == RequestStatus.SCHEDULED
        )
    )
    is_known = len(requests) == 1 or all(each.timing is Timing.SCHEDULE for each in requests)
    is_member = GroupMember.select().where(GroupMember.process == process_id).exists()
    norm = norm_of_process(process_id) if requests and is_known and not is_member else None
    if norm is None:
        return []
    begins: list[datetime] = []
    for request in requests:
        if not (of_request := _begins(request, now, depth)):
            return []
        begins += of_request
    return [begin + norm.usual for begin in begins]


def _begins(request: Request, now: datetime, depth: int) -> list[datetime]:
    if request.timing is Timing.AFTER and request.outcome is not Outcome.FAILURE:
        return _usual_ends(request.follows, now, depth - 1) if depth else []
    if request.next_fire is None or request.timing is not Timing.SCHEDULE:
        return []
    try:
        plan = anchored_plan(request)
        left = fires_left(plan, request.executions)
        fires = to_come(plan, request.next_fire, now, now + _AHEAD, left)
        return [fire for fire, _ in zip(fires, range(_FIRES), strict=False)]
    except ValueError:  # of a damaged row
        return []
