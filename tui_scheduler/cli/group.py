"""Commands for groups: processes that are run step by step."""

from dataclasses import replace
from functools import partial
from typing import Any

import click

from tui_scheduler.cli.completing.completions import group_names, member_names
from tui_scheduler.cli.options.click_classes import (
    Group,
    argument,
    examples,
    json_option,
    option,
    with_options,
)
from tui_scheduler.cli.options.confirm import remove, yes_option
from tui_scheduler.cli.options.notifying import NOTIFYING
from tui_scheduler.cli.options.param_types import Cleared, choice, is_none
from tui_scheduler.cli.printing.groups import print_group
from tui_scheduler.cli.quick_answers import list_groups
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import ExitCode
from tui_scheduler.models import Overlap, transaction
from tui_scheduler.receivers import names_given
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.groups import draft_of

_name = argument("name", shell_complete=group_names)

_OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("--member", {"multiple": True, "metavar": "P[+P]...", "shell_complete": member_names, "help":
        "The next process to run, or several that run together, joined by a +; may be repeated,"
        " also with the same process. Replaces all of them; 'none' alone removes them."}),
    ("--description", {"metavar": "D", "help": "What it is for."}),
    ("--stop-on-failure/--go-on", {"default": None, "help":
        "Whether a member that fails keeps the rest from being run. Default: go on."}),
    ("--overlap", {"type": choice(Overlap), "metavar": "|".join(Overlap), "help":
        "What to do with a new run of the group while one is still running. Default: skip."}),
    *NOTIFYING,
]  # fmt: skip


@click.group("group", cls=Group)
def group_command() -> None:
    """Define processes that are run step by step: add, list, show, edit, remove."""


@group_command.command(
    "add",
    epilog=examples(
        "group add nightly --member backup --member report",
        "group add etl --member extract+load --member report",
    ),
)
@argument("name")
@with_options(_OPTIONS)
@json_option
@pass_session
def _add(session: Session, /, name: str, as_json: bool, **given: Any) -> None:
    """Add the group NAME and print it. Its members run in the order they are given.

    Those that are joined by a + run together; the next begins when all of them have ended. A + in
    the name of a process is one of its letters.
    """
    with session.services() as services:
        view = services.groups.create(_changed(services, GroupDraft(name=name), given))
    print_group(view, session.zone, as_json=as_json)


@group_command.command("list", epilog=examples("group list", "group list --json"))
@json_option
@pass_session
def _list(session: Session, as_json: bool) -> None:
    """List all groups, by name."""
    list_groups(session, as_json=as_json)


@group_command.command("show", epilog=examples("group show nightly"))
@_name
@json_option
@pass_session
def _show(session: Session, name: str, as_json: bool) -> None:
    """Show the group NAME, what its runs usually take, and how many succeed."""
    with session.services() as services:
        view = services.groups.named(name)
        record = services.runs.record_of_process(view.id)
    print_group(view, session.zone, record, as_json=as_json)


@group_command.command(
    "edit",
    epilog=examples(
        "group edit nightly --member backup --member report",
        "group edit nightly --go-on --overlap queue",
        "group edit nightly --name every-night --notify default",
    ),
)
@_name
@option("--name", "new_name", metavar="NEW", help="Give it another name.")
@with_options(_OPTIONS)
@json_option
@pass_session
def _edit(session: Session, /, name: str, as_json: bool, **given: Any) -> None:
    """Change the group NAME and print it; what is not given stays as it is.

    A run that is under way keeps the members it began with.
    """
    with session.services() as services, transaction():  # what others change is not put back
        before = services.groups.named(name)
        view = services.groups.update(before.id, _changed(services, draft_of(before), given))
    print_group(view, session.zone, as_json=as_json)


@group_command.command("remove", epilog=examples("group remove nightly"))
@_name
@yes_option
@pass_session
def _remove(session: Session, name: str, is_sure: bool) -> ExitCode:
    """Remove the group NAME with its requests, runs and logs; its members stay.

    Refused while one of its runs is open. On a terminal it asks first; in a script it does not.
    """
    with session.services() as services:
        view = services.groups.named(name)
        along = f", its requests ({view.request_count}), runs and logs"
        step = partial(services.groups.remove_step, view.id)
        return remove(f"group {name!r}", along, is_sure, step)


def _changed(services: Services, draft: GroupDraft, given: dict[str, Any]) -> GroupDraft:
    """Returns ``draft`` with the options that were given."""
    values: dict[str, Any] = {
        name: None if given[name] is Cleared.NONE else given[name]
        for name in ("description", "stop_on_failure", "overlap", "notify_after", "slow_after")
        if given[name] is not None
    }
    if given.get("new_name") is not None:
        values["name"] = given["new_name"]
    if members := given["member"]:
        values["members"] = () if is_none(members) else services.groups.members_named(members)
    if names := given["notify"]:
        values["notify"] = names_given(names)
    return replace(draft, **values)
