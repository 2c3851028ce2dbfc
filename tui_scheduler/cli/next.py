"""What a plan would do, without storing anything."""

from datetime import datetime
from typing import Any

from tui_scheduler.cli.options.click_classes import command, examples, json_option, option
from tui_scheduler.cli.options.param_types import NUMBER
from tui_scheduler.cli.options.timing import blank_plan, plan_from, timing_options
from tui_scheduler.cli.printing.output import complain, print_json
from tui_scheduler.cli.printing.records import iso
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.schedules import parse_moment, problems, wall_to_instant
from tui_scheduler.services.queries.forecast import forecast, forecast_after

_MOST = 10_000


@command(
    "next",
    epilog=examples(
        "next --when 'last friday of the month at 6pm' --count 3",
        "next --timing schedule --frequency cron --cron '0 9 * * 1'",
        "next --timing schedule --frequency daily --start 2026-03-01 \\",
        "    --timezone Europe/Madrid --after 2026-03-28T12:00",
    ),
)
@timing_options(is_required=True)
@option("--count", type=NUMBER, default=10, metavar="N", help="How many runs. Default: 10.")
@option(
    "--after",
    metavar="ISO",
    help="Only runs strictly later than this moment; it is also the moment of scheduling for a"
    " plan without --start. Default: scheduled now, with its first run.",
)
@json_option
@pass_session
def next_command(
    session: Session, /, count: int, after: str | None, as_json: bool, **given: Any
) -> None:
    """Show when it would run, in the plan's own time zone; nothing is stored."""
    if not 1 <= count <= _MOST:
        raise InvalidInput([Problem("count", f"must be a whole number from 1 to {_MOST}")])
    blank = blank_plan(given, session.zone)
    now = session.now()
    begin = now if after is None else _moment(after, blank.timezone, now)
    plan = plan_from(given, blank, begin)
    if reasons := problems(plan, begin):
        raise InvalidInput(reasons)
    coming = (forecast if after is None else forecast_after)(plan, begin, count)
    for warning in coming.warnings:
        complain(f"Note: {warning}")
    fire_times = [iso(fire, plan.timezone) for fire in coming.fires]
    if as_json:
        print_json({"fires": fire_times, "text": coming.sentence})
        return
    if given["when"] is None:  # otherwise it was told how the words were understood
        complain(coming.sentence)
    for fire_time in fire_times:
        print(fire_time)


def _moment(text: str, zone: str, now: datetime) -> datetime:
    try:
        return wall_to_instant(parse_moment(text, zone, now), zone)
    except ValueError as error:
        raise InvalidInput([Problem("after", str(error))]) from error
