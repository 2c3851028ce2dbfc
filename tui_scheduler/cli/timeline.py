"""What ran and what is to come, as one picture."""

import shutil
import sys
from datetime import datetime, timedelta

from tui_scheduler.cli.completing.completions import requests
from tui_scheduler.cli.options.click_classes import command, examples, json_option, option
from tui_scheduler.cli.options.param_types import NUMBER
from tui_scheduler.cli.printing.output import complain, is_terminal
from tui_scheduler.cli.printing.timeline import Chart, print_timeline
from tui_scheduler.cli.scheduler_presence import tell_if_held, tell_if_nobody_schedules
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.schedules import TooLong, parse_duration, parse_moment, wall_to_instant
from tui_scheduler.services import Services
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.references import request_meant
from tui_scheduler.services.timeline.span import PAST, USUAL_LENGTH, Span
from tui_scheduler.services.views.requests import RequestRow
from tui_scheduler.wording import plural

_LEAST_WIDTH, _MOST_WIDTH = 40, 1_000
_USUAL_WIDTH = 100  # where nobody knows how wide it may be
_USUAL_LIMIT, _MOST = 100, 1_000_000
_LONGEST = timedelta(days=3_653)


@command(
    "timeline",
    epilog=examples(
        "timeline",
        "timeline --since 12h --until 0s",
        "timeline --since 2026-03-01 --until 2026-03-07 --width 160",
        "timeline --request report --json",
    ),
)
@option(
    "--since",
    metavar="T",
    help="From then on: an ISO 8601 time (local without an offset) or how long ago, such as 2h."
    " Default: 16 hours before now, or before --until.",
)
@option(
    "--until",
    metavar="T",
    help="Until then: an ISO 8601 time (a date alone is all of its day), or how long from now."
    " Default: 8 hours after now, or after --since.",
)
@option(
    "--request",
    metavar="REQUEST",
    shell_complete=requests,
    help="Only this request: its number or its name.",
)
@option(
    "--width",
    type=NUMBER,
    metavar="N",
    help=f"In N columns. Default: those of the terminal, or {_USUAL_WIDTH}.",
)
@option(
    "--limit",
    type=NUMBER,
    default=_USUAL_LIMIT,
    metavar="N",
    help=f"At most N requests. Default: {_USUAL_LIMIT}.",
)
@json_option
@pass_session
def timeline_command(
    session: Session,
    since: str | None,
    until: str | None,
    request: str | None,
    width: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show what ran and what is to come: a line for each request, and how many run at once.

    Left of the line of now are runs, each a bar that begins with the sign of its outcome; right of
    it what fires, with a thin bar as long as it usually takes (◆: the one before usually still
    runs then). A dashed line is how late a run was. Times are the machine's local ones.
    """
    if width is None:
        has_columns = is_terminal(sys.stdout)
        width = shutil.get_terminal_size().columns if has_columns else _USUAL_WIDTH
        width = min(max(width, _LEAST_WIDTH), _MOST_WIDTH)
    _check("width", width, _LEAST_WIDTH, _MOST_WIDTH)
    _check("limit", limit, 1, _MOST)
    now = session.now()
    begin, end = _ends(session, now, since, until)
    with session.services() as services:
        rows, total = _rows(services, request, limit)
        chart = Chart(rows, width, now, session.zone)
        span = Span.between(begin, end, chart.cells)
        lanes = services.timelines.lanes([row.id for row in rows], span)
        at_once = services.timelines.at_once(span)
        if end > now and rows:
            tell_if_held(services)
    print_timeline(chart, span, lanes, at_once, as_json=as_json)
    if not rows:
        complain("There are no requests yet. Add one: tui-scheduler add --help")
    elif len(rows) < total:
        complain(f"{plural(total - len(rows), 'more request')}: see them with --limit")
    if end > now and rows:
        tell_if_nobody_schedules(session.settings)


def _check(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise InvalidInput([Problem(field, f"must be a whole number from {least} to {most}")])


def _rows(services: Services, request: str | None, limit: int) -> tuple[list[RequestRow], int]:
    """Returns the requests in the order of the screen, and how many there are."""
    if request is not None:
        return [services.requests.get(request_meant(request))], 1
    page = services.requests.page(Window(0, limit, None, None, False, ""))
    return list(page.rows), page.total


def _ends(
    session: Session, now: datetime, since: str | None, until: str | None
) -> tuple[datetime, datetime]:
    """Returns the two ends; a third of what is usual lies after now."""
    begin = None if since is None else _moment(session, since, "since", now)
    end = None if until is None else _moment(session, until, "until", now)
    if begin is None:
        begin = min(now, end or now) - USUAL_LENGTH * PAST
    if end is None:
        end = max(now, begin) + USUAL_LENGTH * (1 - PAST)
    if begin >= end:
        raise InvalidInput([Problem("until", "is not after --since: nothing lies between")])
    if end - begin > _LONGEST:
        raise InvalidInput([Problem("since", "is more than ten years before --until")])
    return begin, end


def _moment(session: Session, text: str, field: str, now: datetime) -> datetime:
    """Returns a moment, or one so long ago or from now; raises InvalidInput."""
    is_until = field == "until"
    try:
        return now + parse_duration(text) * (1 if is_until else -1)
    except (OverflowError, TooLong):
        problem = f"{text!r} is too far away: a timeline shows ten years at most"
        raise InvalidInput([Problem(field, problem)]) from None
    except ValueError:
        try:
            wall = parse_moment(text, session.zone, now, is_finish=is_until)
            return wall_to_instant(wall, session.zone)
        except ValueError as error:
            raise InvalidInput([Problem(field, f"{error}, or a length of time: 2h")]) from error
