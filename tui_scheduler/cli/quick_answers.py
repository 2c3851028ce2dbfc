"""The answers of commands that take nothing but flags.

``quick_lines`` answers them without click, so that each loads what it needs, and no more.
"""

from tui_scheduler.cli.session import Session
from tui_scheduler.errors import ExitCode


def tell_status(session: Session, *, check: bool, as_json: bool) -> int:
    """Print what goes on; returns the exit code, which is 1 if ``check`` finds that nothing does.

    Raises NotFound where there is no database, or DatabaseUnusable.
    """
    from tui_scheduler.cli.printing.status import print_status, status_of

    zone, now = session.zone, session.now()
    status = status_of(session.settings, zone, now)
    print_status(status, zone, now, as_json=as_json)
    return ExitCode.FAILED if check and not status.is_scheduling else ExitCode.DONE


def list_processes(session: Session, *, as_json: bool, show_secrets: bool) -> None:
    """Print all processes, by name."""
    from tui_scheduler.cli.printing.processes import print_processes
    from tui_scheduler.services.queries import process_list

    with session.database():  # what is only read needs no use cases
        views = process_list.everything()
    print_processes(views, session.zone, as_json=as_json, show_secrets=show_secrets)


def list_groups(session: Session, *, as_json: bool) -> None:
    """Print all groups, by name."""
    from tui_scheduler.cli.printing.groups import print_groups

    with session.services() as services:
        views = services.groups.all()
    print_groups(views, session.zone, as_json=as_json)


def list_requests(session: Session, *, as_json: bool, show_secrets: bool) -> None:
    """Print all requests, oldest first."""
    from tui_scheduler.cli.printing.requests import print_requests

    with session.services() as services:
        views = services.requests.all()
    print_requests(views, session.now(), as_json=as_json, show_secrets=show_secrets)
