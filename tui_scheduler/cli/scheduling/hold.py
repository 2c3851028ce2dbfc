"""Holding and releasing all scheduling."""

from tui_scheduler.cli.options.click_classes import command, examples, json_option
from tui_scheduler.cli.printing.output import complain, print_json
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.services.views.overview import Hold
from tui_scheduler.services.views.records import iso


@command("hold", epilog=examples("hold"))
@json_option
@pass_session
def hold_command(session: Session, as_json: bool) -> None:
    """Hold all scheduling: nothing new starts, what runs goes on."""
    with session.services() as services:
        hold = services.controls.hold()
    if as_json:
        _print(session, hold)
    complain("Scheduling is on hold. Go on with: tui-scheduler release")


@command("release", epilog=examples("release"))
@json_option
@pass_session
def release_command(session: Session, as_json: bool) -> None:
    """Go on scheduling; what fell due meanwhile is a missed run."""
    with session.services() as services:
        hold = services.controls.release()
    if as_json:
        _print(session, hold)
    complain("Scheduling goes on.")


def _print(session: Session, hold: Hold) -> None:
    print_json(
        {
            "held": hold.is_held,
            "held_at": iso(hold.held_at, session.zone),
            "held_by": hold.held_by if hold.is_held else None,
            "released_at": iso(hold.released_at, session.zone),
        }
    )
