"""One run in full."""

from collections.abc import Sequence

import click

from tui_scheduler.cli.completing.completions import newest_runs
from tui_scheduler.cli.options.click_classes import (
    Group,
    argument,
    examples,
    json_option,
    secrets_option,
)
from tui_scheduler.cli.printing.runs import print_run_with_usage
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.services.live_usage import LiveUsage
from tui_scheduler.services.queries.references import begun_run_meant
from tui_scheduler.services.views.runs import RunView


@click.group("run", cls=Group)
def run_command() -> None:
    """Look at one run: show."""


@run_command.command(
    "show", epilog=examples("run show 17", "run show backup", "run show backup --json")
)
@argument("run", metavar="RUN", shell_complete=newest_runs)
@json_option
@secrets_option
@pass_session
def _show(session: Session, run: str, as_json: bool, show_secrets: bool) -> None:
    """Show all that is known of a run, and what its processes use while it runs here.

    RUN is its number, or a name for the newest one that began.
    """
    with session.services() as services:
        view = services.runs.get(begun_run_meant(run))
        secrets = [] if show_secrets else services.runs.secrets(view)
    usage = _usage(view, secrets)
    now, zone = session.now(), session.zone
    print_run_with_usage(view, usage, now, zone, as_json=as_json, show_secrets=show_secrets)


def _usage(view: RunView, secrets: Sequence[str]) -> LiveUsage | None:
    """Returns what its processes use, without ``secrets``; None if they cannot be seen."""
    if view.end_time is not None:
        return None
    from tui_scheduler.runtime.live import ProcessWatch, why_unseen  # slow to import, seldom needed

    return None if why_unseen(view) else ProcessWatch(view, secrets).look_at_once()
