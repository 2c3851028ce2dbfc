"""One run in full."""

import click

from tui_scheduler.cli.completing.completions import newest_runs
from tui_scheduler.cli.options.click_classes import (
    Group,
    argument,
    examples,
    json_option,
    secrets_option,
)
from tui_scheduler.cli.printing.runs import print_run
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.services.queries.references import begun_run_meant


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
    """Show all that is known of a run.

    RUN is its number, or a name for the newest one that began.
    """
    with session.services() as services:
        view = services.runs.get(begun_run_meant(run))
    print_run(view, session.now(), session.zone, as_json=as_json, show_secrets=show_secrets)
