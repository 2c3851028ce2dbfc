"""Requests that are paused: what falls due meanwhile leaves one row with the count, at the end.

The ``next_fire`` of a paused request is the first that comes after the pause, so that whoever reads
it need not know of pauses; there is none for good. The first fire that falls into the pause stands
beside it, as ``paused_fire``, until the row of all of them is written.

What awaits an event has neither: each event that comes in a pause leaves a row of its own at once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tui_scheduler.models import Request, RequestStatus, RunStatus, transaction
from tui_scheduler.schedules import Plan, count_fires, english, latest_fire, why_left_out
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.plans import anchored_plan, pause_of
from tui_scheduler.services.running.misfires import absent
from tui_scheduler.services.running.run_creation import Create, NewRun
from tui_scheduler.services.running.whole_rows import requests_paused_until
from tui_scheduler.services.views.requests import Pause
from tui_scheduler.wording import local, plural

NOT_PAUSED: Mapping[str, Any] = {
    "paused_at": None,
    "paused_by": "",
    "paused_until": None,
    "paused_fire": None,
    "skips_next": False,
}
"""The columns of a request that is not paused."""


def pause_at(request: Request, moment: datetime) -> Pause | None:
    """The pause that a request is in at a moment, with who paused it; None if it is in none.

    This is for what runs because of something else than its ``next_fire``: it leaves its row then.
    """
    pause = pause_of(request)
    is_scheduled = request.status is RequestStatus.SCHEDULED
    is_in_it = is_scheduled and pause is not None and pause.covers(moment)
    return pause if is_in_it else None


def pause_columns(pause: Pause) -> dict[str, Any]:
    """The columns of a request that hold a pause, but for the fires."""
    return {
        "paused_at": pause.at,
        "paused_by": pause.by,
        "paused_until": pause.until,
        "skips_next": pause.skips_next,
    }


def note_of(pause: Pause, zone: str, ended: str = "") -> str:
    """Why something of a request that is paused did not run.

    ``ended`` is how the pause ended, as in "until ben resumed it"; empty is when it was to.
    """
    if pause.skips_next:
        return f"Skipped, as {pause.by} asked"
    if not ended and pause.until is not None:
        ended = f"until {english.full_moment(local(pause.until, zone))}"
    return f"Paused by {pause.by} {ended}".strip()


def unwanted(request: Request, plan: Plan, at: datetime) -> NewRun | None:
    """The row of an event that nothing is to run at: in a pause, or on a day that is left out.

    None if it is wanted. Each event has a row of its own, in the pause too, as what caused it does.
    """
    pause = pause_at(request, at)
    if pause is not None:
        note = note_of(pause, plan.timezone)
        return NewRun(scheduled_for=at, status=RunStatus.SKIPPED, note=note)
    why = why_left_out(plan, at)
    return None if why is None else absent(at, why)


def event_skipped(request: Request, at: datetime) -> None:
    """Note that the next event of a request has come, if it was to be skipped; nothing else is."""
    if request.skips_next and request.paused_until is None:
        Request.update(paused_until=at).where(Request.id == request.id).execute()


def settle(
    context: Context,
    create: Create,
    request: Request,
    now: datetime,
    ended: str = "",
    *,
    last: datetime,
) -> datetime | None:
    """Leave one row for all that has fallen into the pause of ``request`` up to ``last``.

    Returns the last fire of it, None if there is none; call it in a transaction, and change the
    columns of the request there.
    """
    pause, first = pause_of(request), request.paused_fire
    if pause is None or first is None:
        return None
    last = min(filter(None, (last, pause.last_moment)))
    if first > last:
        return None
    latest, count = _fires_between(request, first, last)
    note = note_of(pause, request.timezone, ended)
    if not pause.skips_next:
        note += f": {plural(count, 'run')}"
    new_run = NewRun(scheduled_for=latest, status=RunStatus.SKIPPED, missed=count, note=note)
    create(context, request, request.process, new_run, now)
    return latest


def end_pauses(context: Context, create: Create, now: datetime, limit: int) -> None:
    """Write the rows of pauses that have ended, of at most so many; call it in a transaction."""
    for request in requests_paused_until(now, limit):
        with transaction():
            latest = settle(context, create, request, now, last=now)
            is_at_end = request.next_fire is None
            moved = Request.update(
                paused_fire=None,
                previous_fire=latest,
                status=RequestStatus.COMPLETE if is_at_end else RequestStatus.SCHEDULED,
            ).where(
                Request.id == request.id,
                Request.paused_fire == request.paused_fire,
                Request.status == RequestStatus.SCHEDULED,
            )
            if not moved.execute():
                raise RuntimeError(f"request {request.id} was changed while its pause ended")
            context.tell(RequestSaved(request.id))


def _fires_between(request: Request, first: datetime, last: datetime) -> tuple[datetime, int]:
    """The last fire up to ``last``, and how many there are from ``first`` on."""
    try:
        plan = anchored_plan(request)
        latest = max(latest_fire(plan, last) or first, first)
        return latest, max(count_fires(plan, first - TICK, latest), 1)
    except Exception:  # whatever is wrong with one row: the fire that is stored
        return first, 1
