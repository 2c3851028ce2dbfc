"""What somebody was told, is still to be told, or could not be."""

from tui_scheduler.cli.options.click_classes import command, examples, json_option, option
from tui_scheduler.cli.options.param_types import NUMBER
from tui_scheduler.cli.printing.notices import print_notices
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.scheduler_presence import tell_if_nobody_schedules
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.receivers import how_to_add_receiver
from tui_scheduler.services.views.notices import NoticeState

_MOST = 1_000_000


@command("notices", epilog=examples("notices", "notices --failed", "notices -n 500 --json"))
@option("--failed", is_flag=True, help="Only what could not be sent: not yet, or not at all.")
@option(
    "--limit", "-n", type=NUMBER, default=100, metavar="N", help="At most N notices. Default: 100."
)
@json_option
@pass_session
def notices_command(session: Session, failed: bool, limit: int, as_json: bool) -> None:
    """List who was told of what, newest first; times are the machine's local ones.

    A notice is sent, or waits for its next try, or was given up after a day; what is sent is listed
    for 90 days. Of an address nothing is shown but the name of its receiver.
    """
    if not 1 <= limit <= _MOST:
        raise InvalidInput([Problem("limit", f"must be a whole number from 1 to {_MOST}")])
    with session.services() as services:
        views = services.notices.latest(limit, failed=failed)
    print_notices(views, session.now(), session.zone, as_json=as_json, failed=failed)
    if any(view.state is NoticeState.WAITING for view in views):
        tell_if_nobody_schedules(session.settings)
    if not session.settings.notifying.receivers:
        complain(how_to_add_receiver(session.settings.config), newlines=True)
