"""Commands for requests: when a process runs."""

from dataclasses import replace
from functools import partial
from typing import Any

import click

from tui_scheduler.cli.completing.completions import group_names, process_names, requests
from tui_scheduler.cli.options.click_classes import (
    Group,
    Unless,
    argument,
    examples,
    json_option,
    option,
    secrets_option,
)
from tui_scheduler.cli.options.confirm import remove, yes_option
from tui_scheduler.cli.options.param_types import OPTIONAL_DURATION, Cleared, choice, variables
from tui_scheduler.cli.options.timing import blank_plan, plan_from, timing_options
from tui_scheduler.cli.printing.requests import print_request
from tui_scheduler.cli.quick_answers import list_requests
from tui_scheduler.cli.scheduler_presence import tell_if_nobody_schedules
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import ExitCode, InvalidInput, Problem, Refused
from tui_scheduler.models import MisfirePolicy, transaction
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.parameters.secrets import unmasked
from tui_scheduler.services.queries.references import request_meant
from tui_scheduler.services.requests import draft_of

_request = argument("request", metavar="REQUEST", shell_complete=requests)
_process = partial(
    option,
    "--process",
    metavar="NAME",
    shell_complete=process_names,
    help="The process to run.",
)
_group = option(
    "--group",
    metavar="NAME",
    shell_complete=group_names,
    help="The group to run, instead of a process.",
)
_description = option("--description", metavar="D", help="What it is for.")
_parameters = option(
    "--param",
    "params",
    multiple=True,
    metavar="K=V",
    help="A variable the command finds in its environment; may be repeated. Replaces all of"
    " them; 'none' removes them.",
)
_misfire = option(
    "--misfire",
    type=choice(MisfirePolicy),
    metavar="|".join(MisfirePolicy),
    help="What to do about missed runs: run once, late; skip them; or run all. Default: once.",
)
_misfire_limit = option(
    "--misfire-limit",
    type=OPTIONAL_DURATION,
    metavar="3h",
    help="Make up only for what was missed for at most this long; 'none' for any time.",
)
_silent_after = option(
    "--silent-after",
    type=OPTIONAL_DURATION,
    metavar="26h",
    help="Tell when none of its runs has succeeded for this long; 'none' tells nobody.",
)


class UnlessGroup(Unless):
    """Required unless a group is given."""

    other = "group"
    remedy = "is missing: give it, or --group"


@click.group("request", cls=Group)
def request_command() -> None:
    """Say when processes run: add, list, show, edit, remove."""


@request_command.command(
    "add",
    epilog=examples(
        "request add --process backup --when 'weekdays at 18:30'",
        "request add --process backup --timing immediate --schedule",
        "request add --process report --timing after --follows backup",
        "request add --process backup --timing schedule \\",
        "    --frequency weekly --days mon,fri --start 2026-03-02T18:30 --schedule",
        "request add --group nightly --timing schedule \\",
        "    --frequency cron --cron '*/15 9-17 * * mon-fri' --timezone UTC",
    ),
)
@_process(cls=UnlessGroup, required=True)
@_group
@timing_options(is_required=True)
@_description
@_parameters
@_misfire
@_misfire_limit
@_silent_after
@option("--schedule", "at_once", is_flag=True, help="Schedule it at once.")
@json_option
@secrets_option
@pass_session
def _add(
    session: Session,
    /,
    at_once: bool,
    as_json: bool,
    show_secrets: bool,
    **given: Any,
) -> None:
    """Add a request and print it. Without --schedule it waits for: schedule REQUEST."""
    blank = blank_plan(given, session.zone)
    with session.services() as services:
        draft = _changed(session, services, RequestDraft(process="", plan=blank), given)
        view = services.requests.create(draft)
        try:
            view = services.requests.schedule(view.id) if at_once else view
        except Refused as error:
            raise Refused(f"Request {view.id} was added but not scheduled. {error}") from error
    print_request(view, session.now(), as_json=as_json, show_secrets=show_secrets)
    if at_once:
        tell_if_nobody_schedules(session.settings)


@request_command.command("list", epilog=examples("request list", "request list --json"))
@json_option
@secrets_option
@pass_session
def _list(session: Session, as_json: bool, show_secrets: bool) -> None:
    """List all requests, oldest first; next runs are in each request's own zone."""
    list_requests(session, as_json=as_json, show_secrets=show_secrets)


@request_command.command("show", epilog=examples("request show 3", "request show report"))
@_request
@json_option
@secrets_option
@pass_session
def _show(session: Session, request: str, as_json: bool, show_secrets: bool) -> None:
    """Show a request, by its number or its name, and how its runs usually go.

    That is the name of the process or group of which it is the only one, or its key.
    """
    with session.services() as services:
        view = services.requests.get(request_meant(request))
        record = services.runs.record_of_request(view.id)
        usual_end = services.requests.usual_end(view.plan)
    print_request(
        view, session.now(), record, usual_end, as_json=as_json, show_secrets=show_secrets
    )


@request_command.command(
    "edit",
    epilog=examples(
        "request edit 3 --when 'every 2 weeks on monday at 7'",
        "request edit 3 --start 2026-03-02T19:00 --silent-after 26h",
        "request edit 3 --finish none --param none",
        "request edit 3 --frequency cron --cron '0 9 * * mon'",
    ),
)
@_request
@_process()
@_group
@timing_options(is_required=False)
@_description
@_parameters
@_misfire
@_misfire_limit
@_silent_after
@json_option
@secrets_option
@pass_session
def _edit(
    session: Session, /, request: str, as_json: bool, show_secrets: bool, **given: Any
) -> None:
    """Change a request and print it; what is not given stays as it is.

    'none' takes away --start, --finish, --repetitions, --delay, --misfire-limit, --silent-after and
    --param.
    If the request is scheduled and its timing changes, it is planned anew in the same step.
    """
    with session.services() as services, transaction():  # what others change is not put back
        before = services.requests.get(request_meant(request))
        draft = _changed(session, services, draft_of(before), given)
        view = services.requests.update(before.id, draft)
    print_request(view, session.now(), as_json=as_json, show_secrets=show_secrets)


@request_command.command("remove", epilog=examples("request remove 3"))
@_request
@yes_option
@pass_session
def _remove(session: Session, request: str, is_sure: bool) -> ExitCode:
    """Remove a request with its runs and logs.

    Refused while one of its runs is open. On a terminal it asks first; in a script it does not.
    """
    with session.services() as services:
        view = services.requests.get(request_meant(request))
        along = f" of {view.process!r}, its runs and logs"
        step = partial(services.requests.remove_step, view.id)
        return remove(f"request {view.id}", along, is_sure, step)


def _changed(
    session: Session, services: Services, draft: RequestDraft, given: dict[str, Any]
) -> RequestDraft:
    """Returns ``draft`` with the options that were given."""
    values: dict[str, Any] = {"plan": plan_from(given, draft.plan, session.now())}
    owner = _owner(services, given["process"], given["group"])
    if owner is not None:
        values["process"] = owner
    for name in ("description", "misfire", "misfire_limit", "silent_after"):
        if given.get(name) is not None:
            values[name] = None if given[name] is Cleared.NONE else given[name]
    if given["params"]:
        values["parameters"] = unmasked(variables("parameters", given["params"]), draft.parameters)
    return replace(draft, **values)


def _owner(services: Services, process: str | None, group: str | None) -> str | None:
    """Returns the name of the process or group that was given; raises InvalidInput for both."""
    if process is not None and group is not None:
        raise InvalidInput([Problem("group", "excludes --process: leave out one of them")])
    if process is not None and process in services.groups.names():
        raise InvalidInput([Problem("process", f"{process!r} is a group: use --group")])
    if group is not None and group not in services.groups.names():
        raise InvalidInput([Problem("group", f"there is no group {group!r}: add it first")])
    return process if group is None else group
