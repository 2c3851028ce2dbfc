"""Commands for processes: what can be run."""

from contextlib import suppress
from functools import partial
from typing import Any

import click

from tui_scheduler.cli.completing.completions import process_names
from tui_scheduler.cli.options.click_classes import (
    Group,
    argument,
    examples,
    json_option,
    option,
    secrets_option,
)
from tui_scheduler.cli.options.confirm import remove, yes_option
from tui_scheduler.cli.options.process_options import changed, process_options, store
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.printing.process_details import print_process
from tui_scheduler.cli.quick_answers import list_processes
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import ChangedMeanwhile, ExitCode
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.wording import places_in

_name = argument("name", shell_complete=process_names)


@click.group("process", cls=Group)
def process_command() -> None:
    """Define what can be run: add, list, show, edit, remove."""


@process_command.command(
    "add",
    epilog=examples(
        "process add backup --command 'tar czf /tmp/b.tgz ~/docs'",
        "process add report --command ./report.sh --cwd ~/work \\",
        "    --env LANG=C --timeout 10m --retries 2 --retry-delay 30s",
        "process add sales --python-call reports:daily --cwd ~/shop \\",
        "    --declare 'DAY!: date # of the sales'",
        "process add vacuum --command ./vacuum.sh --lock db",
        "process add train --command ./train.sh --runs-on hpc \\",
        "    --cluster-option=--gres=gpu:1 --cluster-option=--time=8:00:00",
    ),
)
@argument("name")
@process_options(is_new=True)
@json_option
@secrets_option
@pass_session
def _add(session: Session, /, name: str, as_json: bool, show_secrets: bool, **given: Any) -> None:
    """Add the process NAME and print it; a Python callable is imported first, to try it."""
    draft = changed(ProcessDraft(name=name, command=""), given)
    with session.services() as services:
        view = store(services, draft)
    print_process(view, session.zone, as_json=as_json, show_secrets=show_secrets)


@process_command.command("list", epilog=examples("process list", "process list --json"))
@json_option
@secrets_option
@pass_session
def _list(session: Session, as_json: bool, show_secrets: bool) -> None:
    """List all processes, by name."""
    list_processes(session, as_json=as_json, show_secrets=show_secrets)


@process_command.command("show", epilog=examples("process show backup"))
@_name
@json_option
@secrets_option
@pass_session
def _show(session: Session, name: str, as_json: bool, show_secrets: bool) -> None:
    """Show the process NAME, what its runs usually take, and how many succeed."""
    with session.services() as services:
        view = services.processes.named(name)
        record = services.runs.record_of_process(view.id)
    print_process(view, session.zone, record, as_json=as_json, show_secrets=show_secrets)


@process_command.command(
    "edit",
    epilog=examples(
        "process edit backup --timeout 1h",
        "process edit backup --timeout none --cwd none --env none",
        "process edit backup --name nightly-backup --inactive",
        "process edit backup --notify ops --notify-after 3",
        "process edit report --runs-on hpc --cluster-option=--mem=8G",
    ),
)
@_name
@option("--name", "new_name", metavar="NEW", help="Give it another name.")
@process_options(is_new=False)
@option("--active/--inactive", default=None, help="Whether it may be scheduled and run.")
@json_option
@secrets_option
@pass_session
def _edit(session: Session, /, name: str, as_json: bool, show_secrets: bool, **given: Any) -> None:
    """Change the process NAME and print it; what is not given stays as it is."""
    view: ProcessView | None = None
    with session.services() as services:
        while view is None:  # as often as others change it meanwhile: a trial import takes its time
            before = services.processes.named(name)
            with suppress(ChangedMeanwhile):
                view = store(services, changed(draft_of(before), given), before)
    print_process(view, session.zone, as_json=as_json, show_secrets=show_secrets)


@process_command.command("remove", epilog=examples("process remove backup", "process remove -y x"))
@_name
@yes_option
@pass_session
def _remove(session: Session, name: str, is_sure: bool) -> ExitCode:
    """Remove the process NAME with its requests, runs and logs.

    Refused while one of its runs is open. On a terminal it asks first; in a script it does not.
    """
    with session.services() as services:
        view = services.processes.named(name)
        along = f", its requests ({view.request_count}), runs and logs"
        groups = services.processes.groups_of(view.id)
        places = f", and {places_in(groups)}" if groups else ""
        step = partial(services.processes.remove_step, view.id)
        outcome = remove(f"process {name!r}", along + places, is_sure, step)
    if groups and outcome is ExitCode.DONE:
        complain(f"With it went {places_in(groups)}.")
    return outcome
