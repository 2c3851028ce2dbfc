"""Pausing one request, skipping its next run, and letting it go on."""

from datetime import datetime

from tui_scheduler.cli.completing.completions import paused_requests, requests
from tui_scheduler.cli.options.click_classes import argument, command, examples, json_option, option
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.printing.requests import print_request
from tui_scheduler.cli.scheduler_presence import tell_if_nobody_schedules
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.schedules import wall_to_instant
from tui_scheduler.services import Services
from tui_scheduler.services.queries.references import request_meant


@command(
    "pause",
    epilog=examples("pause backup", "pause 3 --until 'tomorrow at 8:00'", "pause report --next"),
)
@argument("request", metavar="REQUEST", shell_complete=requests)
@option(
    "--until",
    metavar="WHEN",
    help="When it goes on: 2026-03-30T08:00, 2026-03-30, 18:30 (today), 2h, 'next monday' or"
    " 'tomorrow at 8:00'. Without an offset it is wall-clock time in the request's zone. Default:"
    " when it is resumed.",
)
@option("--next", "only_next", is_flag=True, help="Skip its next run only; the one after it runs.")
@json_option
@pass_session
def pause_command(
    session: Session, request: str, until: str | None, only_next: bool, as_json: bool
) -> None:
    """Let nothing of a request fire for a while, or skip its next run; what runs goes on.

    What falls due meanwhile leaves one row, with the count, when the pause ends. It can be run by
    hand all the same. REQUEST is its number or its name.
    """
    if only_next and until is not None:
        raise InvalidInput([Problem("next", "is one run alone: leave it out, or --until")])
    with session.services() as services:
        request_id = request_meant(request)
        if only_next:
            view = services.requests.skip_next(request_id)
        else:
            end = None if until is None else _moment(services, request_id, until, session.now())
            view = services.requests.pause(request_id, end)
    print_request(view, session.now(), as_json=as_json)
    complain(f"Let it go on with: tui-scheduler resume {request_id}")


@command("resume", epilog=examples("resume backup"))
@argument("request", metavar="REQUEST", shell_complete=paused_requests)
@json_option
@pass_session
def resume_command(session: Session, request: str, as_json: bool) -> None:
    """Let a request go on that is paused, or is to skip its next run.

    What fell due meanwhile is not made up for. REQUEST is its number or its name.
    """
    with session.services() as services:
        view = services.requests.resume(request_meant(request))
    print_request(view, session.now(), as_json=as_json)
    tell_if_nobody_schedules(session.settings)


def _moment(services: Services, request_id: int, text: str, now: datetime) -> datetime:
    from tui_scheduler.schedules.words import parse_until  # slow to import

    zone = services.requests.get(request_id).plan.timezone
    try:
        return wall_to_instant(parse_until(text, zone, now), zone)
    except ValueError as error:
        raise InvalidInput([Problem("until", str(error))]) from error
