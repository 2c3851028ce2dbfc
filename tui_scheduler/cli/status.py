"""One line about everything, for a prompt or a status bar."""

from tui_scheduler.cli.options.click_classes import command, examples, json_option, option
from tui_scheduler.cli.quick_answers import tell_status
from tui_scheduler.cli.session import Session, pass_session


@command(
    "status",
    epilog=examples("status", "status --json", "status --check || echo 'nothing is scheduled'"),
)
@option(
    "--check",
    is_flag=True,
    help="Exit with 1 if nobody schedules or gets on with it, or all is on hold.",
)
@json_option
@pass_session
def status_command(session: Session, check: bool, as_json: bool) -> int:
    """Say in one line who schedules, what runs and failed today, and what runs next.

    Made for a prompt or a status bar: it is quick, changes nothing, and exits with 3 where
    there is no database. What there is none of is left out of the line.
    """
    return tell_status(session, check=check, as_json=as_json)
