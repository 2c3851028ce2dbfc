"""What a plan would do, without storing anything; or what is stored, and fires next."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any

from tui_scheduler.calendars import Calendars, use_calendars
from tui_scheduler.cli.completing.completions import requests
from tui_scheduler.cli.options.click_classes import command, examples, json_option, option
from tui_scheduler.cli.options.param_types import DURATION, NUMBER
from tui_scheduler.cli.options.timing import (
    blank_plan,
    has_plan,
    plan_from,
    timing_options,
)
from tui_scheduler.cli.printing.fires import print_fires
from tui_scheduler.cli.printing.output import complain, print_json
from tui_scheduler.cli.scheduler_presence import (
    tell_if_held,
    tell_if_nobody_schedules,
    tell_what_is_paused,
)
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.models import RequestStatus
from tui_scheduler.schedules import Plan, format_duration, parse_moment, problems, wall_to_instant
from tui_scheduler.services import Services
from tui_scheduler.services.calendars import resolved
from tui_scheduler.services.queries.forecast import (
    Forecast,
    forecast,
    forecast_after,
    left_out_lines,
)
from tui_scheduler.services.queries.references import request_meant
from tui_scheduler.services.queries.upcoming import UpcomingFire, upcoming
from tui_scheduler.services.views.records import iso
from tui_scheduler.wording import iso_moment, plural

_MOST_OF_PLAN = 10_000
_MOST_STORED = 1_000_000
_OF_PLAN = 10  # fires, unless told otherwise
_STORED = 10_000
_DAY = timedelta(days=1)
_EVER = datetime.max.replace(tzinfo=UTC)


@command(
    "next",
    epilog=examples(
        "next",
        "next --within 2h --json",
        "next --request report --within 30d",
        "next --when 'last friday of the month at 6pm' --count 3",
        "next --timing schedule --frequency cron --cron '0 9 * * 1'",
        "next --timing schedule --frequency daily --start 2026-03-01 \\",
        "    --timezone Europe/Madrid --after 2026-03-28T12:00",
    ),
)
@timing_options(is_required=False)
@option(
    "--within",
    type=DURATION,
    metavar="2h",
    help="Without a plan: all runs of that long from now on. Default: 1d.",
)
@option(
    "--request",
    metavar="REQUEST",
    shell_complete=requests,
    help="Without a plan: only those of this request, by its number or its name.",
)
@option(
    "--count",
    type=NUMBER,
    metavar="N",
    help=f"How many runs at most. Default: {_OF_PLAN} of a plan, {_STORED} of what is stored.",
)
@option(
    "--after",
    metavar="ISO",
    help="Only runs of the plan strictly later than this moment; it is also the moment of"
    " scheduling for a plan without --start. Default: scheduled now, with its first run.",
)
@json_option
@pass_session
def next_command(
    session: Session,
    /,
    within: timedelta | None,
    request: str | None,
    count: int | None,
    after: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """List all runs of the next day, in order; or say what a plan would do.

    With a plan (--when, or --timing and its fields) its runs are shown in its own time zone, and
    nothing is stored.
    """
    is_plan = has_plan(given)
    most = _MOST_OF_PLAN if is_plan else _MOST_STORED
    if count is not None and not 1 <= count <= most:
        raise InvalidInput([Problem("count", f"must be a whole number from 1 to {most}")])
    if is_plan:
        _refuse("is for what is stored: leave it out, or the plan", within=within, request=request)
        _show_plan(session, given, count or _OF_PLAN, after, as_json)
    else:
        _refuse("is for a plan: say one with --when, or leave it out", after=after)
        _list(session, _DAY if within is None else within, request, count or _STORED, as_json)


def _refuse(why: str, **options: object) -> None:
    """Raise InvalidInput for those that were given."""
    if wrong := [Problem(name, why) for name, value in options.items() if value is not None]:
        raise InvalidInput(wrong)


def _show_plan(
    session: Session, given: dict[str, Any], count: int, after: str | None, as_json: bool
) -> None:
    """Print the next runs of a plan that is stored nowhere."""
    blank = blank_plan(given, session.zone)
    now = session.now()
    begin = now if after is None else _moment(after, blank.timezone, now)
    plan = plan_from(given, blank, begin)
    if plan.except_.names:
        settings = session.settings
        use_calendars(Calendars(settings.calendars, settings.config))
        plan = resolved(plan)
    if reasons := problems(plan, begin):
        raise InvalidInput(reasons)
    if after is None:
        coming = forecast(plan, begin, count, usual_end=_usual_end(session, plan))
    else:
        coming = forecast_after(plan, begin, count)
    for warning in coming.warnings:
        complain(f"Note: {warning}")
    fire_times = [iso(fire, plan.timezone) for fire in coming.fires]
    if as_json:
        print_json({"fires": fire_times, "text": coming.sentence, **_left_out_record(plan, coming)})
        return
    if given["when"] is None or plan.awaits_event:  # else it was told how words are understood
        complain(coming.sentence)
    for line in left_out_lines(coming.left_out):
        complain(line)
    for fire_time in fire_times:
        print(fire_time)


def _usual_end(session: Session, plan: Plan) -> time | None:
    """When what ``plan`` follows usually ends, if there is a database that knows."""
    if not plan.follows or not session.settings.database.exists():
        return None
    with session.services() as services:
        return services.requests.usual_end(plan)


def _left_out_record(plan: Plan, coming: Forecast) -> dict[str, Any]:
    """The days left out, of a plan that leaves out any."""
    days = [
        {"first": each.first.isoformat(), "last": each.last.isoformat(), "why": each.why}
        for each in coming.left_out
    ]
    return {"left_out": days} if plan.except_ else {}


def _moment(text: str, zone: str, now: datetime) -> datetime:
    try:
        return wall_to_instant(parse_moment(text, zone, now), zone)
    except ValueError as error:
        raise InvalidInput([Problem("after", str(error))]) from error


def _list(
    session: Session, within: timedelta, request: str | None, count: int, as_json: bool
) -> None:
    """Print the fires of what is scheduled, and say what is left out, or why there is nothing."""
    now = session.now()
    until = now + within if within < _EVER - now else _EVER
    with session.services() as services:
        request_id = None if request is None else request_meant(request)
        fires = list(islice(upcoming(now, until, request_id), count + 1))
        print_fires(fires[:count], session.zone, as_json=as_json)
        if not fires:
            complain(_why_nothing(session, services, within, request_id))
        else:
            tell_if_held(services)
        tell_what_is_paused(services, session.zone, request_id)
    if len(fires) > count:
        complain(_left_out(fires[:count], session.zone))
    if fires:
        tell_if_nobody_schedules(session.settings)


def _left_out(fires: Sequence[UpcomingFire], zone: str) -> str:
    last = iso_moment(fires[-1].at, zone)
    return f"More follow after {last}: see them with --count, or fewer with --within or --request"


def _why_nothing(
    session: Session, services: Services, within: timedelta, request_id: int | None
) -> str:
    of_it = "" if request_id is None else f" of request {request_id}"
    later = next(upcoming(session.now(), _EVER, request_id), None)
    if later is not None:
        at = iso_moment(later.at, session.zone)
        what = f"Nothing{of_it} runs within {format_duration(within)}."
        return f"{what} Next is {later.process!r}, request {later.request_id}, at {at}"
    if request_id is None:
        waiting = next((each for each in services.requests.all() if each.waiting_for), None)
        if waiting is not None:
            return f"Nothing runs. Request {waiting.id} waits: {waiting.waiting_for}"
        if awaiting := services.requests.upcoming(0).count:
            wait = f"{plural(awaiting, 'request')} {'awaits' if awaiting == 1 else 'await'}"
            return f"Nobody knows when: {wait} a boot, or the end of another run"
        if services.requests.paused(1):
            return "Nothing is to come."
        return "Nothing is scheduled. See what could be: tui-scheduler request list"
    view = services.requests.get(request_id)
    if view.waiting_for:
        return f"Request {request_id} waits: {view.waiting_for}"
    if view.awaits:
        return f"Request {request_id} runs {view.awaits}: nobody knows when that is"
    if view.status is RequestStatus.SCHEDULED:
        return f"Nothing of request {request_id} is to come."
    return (
        f"Request {request_id} is {view.status}, so nothing of it is scheduled. Schedule it:"
        f" tui-scheduler schedule {request_id}"
    )
