"""Commands for processes: what can be executed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from tui_scheduler.cli.asking import confirmed, yes_option
from tui_scheduler.cli.output import complain, print_json
from tui_scheduler.cli.parsing import Group, argument, examples, json_option, option, secrets_option
from tui_scheduler.cli.records import process_record
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.cli.show import print_process, print_processes
from tui_scheduler.cli.suggesting import folders, process_names
from tui_scheduler.cli.values import (
    DURATION,
    NUMBER,
    OPTIONAL_DURATION,
    OPTIONAL_TEXT,
    Cleared,
    choice,
    variables,
)
from tui_scheduler.models import Overlap
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.secrets import unmasked
from tui_scheduler.services.views import ProcessView

_name = argument("name", shell_complete=process_names)
F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("--description", {"metavar": "D", "help": "What it is for."}),
    ("--cwd", {"type": OPTIONAL_TEXT, "metavar": "DIR", "shell_complete": folders, "help":
        "Where it runs: an absolute path, or 'none' for the home of who schedules."}),
    ("--env", {"multiple": True, "metavar": "K=V", "help":
        "An environment variable; may be repeated. Replaces all of them; 'none' removes them."}),
    ("--timeout", {"type": OPTIONAL_DURATION, "metavar": "10m", "help":
        "Kill it when it runs longer than this; 'none' lets it run."}),
    ("--overlap", {"type": choice(Overlap), "metavar": "|".join(Overlap), "help":
        "What to do with a new run while one is still running. Default: skip."}),
    ("--retries", {"type": NUMBER, "metavar": "N", "help":
        "Try again up to N times when it failed. Default: 0."}),
    ("--retry-delay", {"type": DURATION, "metavar": "30s", "help":
        "Wait this long before trying again. Default: 30s."}),
]  # fmt: skip


def _details(function: F) -> F:
    """Give a command the options that ``add`` and ``edit`` share."""
    for name, attributes in reversed(_OPTIONS):
        function = option(name, **attributes)(function)
    return function


@click.group("process", cls=Group)
def process_command() -> None:
    """Define what can be executed: add, list, show, edit, remove."""


@process_command.command(
    "add",
    epilog=examples(
        "process add backup --command 'tar czf /tmp/b.tgz ~/docs'",
        "process add report --command ./report.sh --cwd ~/work \\",
        "    --env LANG=C --timeout 10m --retries 2 --retry-delay 30s",
    ),
)
@argument("name")
@option("--command", metavar="C", required=True, help="A shell line, run by /bin/sh -c.")
@_details
@json_option
@secrets_option
@pass_session
def _add(
    session: Session, /, name: str, command: str, as_json: bool, show_secrets: bool, **given: Any
) -> None:
    """Add the process NAME and print it."""
    draft = _changed(ProcessDraft(name=name, command=command), given)
    with session.services() as services:
        view = services.processes.create(draft)
    _print(session, view, as_json, show_secrets)


@process_command.command("list", epilog=examples("process list", "process list --json"))
@json_option
@secrets_option
@pass_session
def _list(session: Session, as_json: bool, show_secrets: bool) -> None:
    """List all processes, by name."""
    with session.services() as services:
        views = services.processes.all()
    if as_json:
        print_json(
            [process_record(view, session.zone, show_secrets=show_secrets) for view in views]
        )
    elif views:
        print_processes(views)
    else:
        complain("There are no processes yet. Add one: tui-scheduler process add --help")


@process_command.command("show", epilog=examples("process show backup"))
@_name
@json_option
@secrets_option
@pass_session
def _show(session: Session, name: str, as_json: bool, show_secrets: bool) -> None:
    """Show the process NAME."""
    with session.services() as services:
        view = services.processes.named(name)
    _print(session, view, as_json, show_secrets)


@process_command.command(
    "edit",
    epilog=examples(
        "process edit backup --timeout 1h",
        "process edit backup --timeout none --cwd none --env none",
        "process edit backup --name nightly-backup --inactive",
    ),
)
@_name
@option("--name", "new_name", metavar="NEW", help="Give it another name.")
@option("--command", metavar="C", help="A shell line, run by /bin/sh -c.")
@_details
@option("--active/--inactive", default=None, help="Whether it may be scheduled and run.")
@json_option
@secrets_option
@pass_session
def _edit(session: Session, /, name: str, as_json: bool, show_secrets: bool, **given: Any) -> None:
    """Change the process NAME and print it; what is not given stays as it is."""
    with session.services() as services:
        before = services.processes.named(name)
        view = services.processes.update(before.id, _changed(draft_of(before), given))
    _print(session, view, as_json, show_secrets)


@process_command.command("remove", epilog=examples("process remove backup", "process remove -y x"))
@_name
@yes_option
@pass_session
def _remove(session: Session, name: str, is_sure: bool) -> int | None:
    """Remove the process NAME with its requests, runs and logs.

    Refused while one of its runs is open. On a terminal it asks first; in a script it does not.
    """
    with session.services() as services:
        view = services.processes.named(name)
        what = f"process {name!r}, its requests ({view.request_count}), runs and logs"
        if not confirmed(what, is_sure):
            return 1
        while services.processes.remove_step(view.id):
            pass
    complain(f"Removed process {name!r}.")
    return None


def _changed(draft: ProcessDraft, given: dict[str, Any]) -> ProcessDraft:
    """``draft`` with the options that were given."""
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    lines = values.pop("env")
    if lines:
        values["environment"] = unmasked(variables("environment", lines), draft.environment)
    for option_name, field in (("cwd", "working_directory"), ("new_name", "name")):
        if option_name in values:
            values[field] = values.pop(option_name)
    for name, value in values.items():
        values[name] = None if value is Cleared.NONE else value
    return replace(draft, **values)


def _print(session: Session, view: ProcessView, as_json: bool, show_secrets: bool) -> None:
    if as_json:
        print_json(process_record(view, session.zone, show_secrets=show_secrets))
    else:
        print_process(view, show_secrets=show_secrets)
