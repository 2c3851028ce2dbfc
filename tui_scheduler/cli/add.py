"""A command and when it is to run, in one line."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from tui_scheduler.cli.completing.completions import files
from tui_scheduler.cli.options.click_classes import (
    argument,
    command,
    examples,
    json_option,
    option,
    with_options,
)
from tui_scheduler.cli.options.clusters import FIELDS, WHERE, cluster_problems, where_given
from tui_scheduler.cli.options.notifying import NOTIFY
from tui_scheduler.cli.options.param_types import Cleared
from tui_scheduler.cli.options.timing import plan_in_words
from tui_scheduler.cli.printing.output import complain, print_json
from tui_scheduler.cli.printing.requests import request_record
from tui_scheduler.cli.scheduler_presence import tell_if_nobody_schedules
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.models import transaction
from tui_scheduler.receivers import names_given
from tui_scheduler.schedules import Plan
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.queries.forecast import fires_of_request, forecast
from tui_scheduler.services.validation import refuse
from tui_scheduler.services.views.records import iso
from tui_scheduler.services.views.requests import RequestView
from tui_scheduler.text import is_visible

_SHOWN = 5  # fires
_LONGEST = 40  # characters of a name that we choose
_PUNCTUATION = "(){};&|!<>$`'\""  # of a shell, around its words
_NAMELESS = "command"
_NO_PLAN = "is missing: say it before the command, for example --when 'weekdays at 18:30'"
_NO_COMMAND = "is missing: say it after --, for example -- rsync -a ~/work /mnt/backup"
_SOURCES = {
    "name": "--name",
    "notify": "--notify",
    "command": "COMMAND",
    "working_directory": "current folder",
    "runs_on": "--runs-on",
    **FIELDS,
}
"""Where a field comes from; all others are of the plan."""


@command(
    "add",
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "add --when 'weekdays at 18:30' -- rsync -a ~/work /mnt/backup",
        "add --when 'every 15 minutes' --name up -- 'uptime | logger'",
        "add --when 'daily at 7' --notify ops -- ./check.sh",
        "add --when 'daily at 2' --runs-on hpc -- ./train.sh",
        "add --when 'tomorrow 9:00' --json -- ./report.sh",
    ),
)
@option("--when", metavar="WORDS", help="When it runs, in plain words: 'every night at 2:00'.")
@option(
    "--name",
    metavar="N",
    help="What it is called. Default: the first word of the command, with -2 where that is taken.",
)
@with_options([NOTIFY, *WHERE])
@json_option
@argument("words", metavar="COMMAND...", nargs=-1, shell_complete=files)
@pass_session
def add_command(
    session: Session,
    when: str | None,
    name: str | None,
    notify: tuple[str, ...],
    runs_on: str | Cleared | None,
    cluster_option: tuple[str, ...],
    as_json: bool,
    words: tuple[str, ...],
) -> None:
    """Schedule a command in one line, and print its next fires.

    It becomes a process and a request, which is scheduled at once. One word after -- is a line for
    the shell; several are a program and what it is given, as they are. It runs in the current
    folder.
    """
    missing = (("--when", when, _NO_PLAN), ("COMMAND", any(words), _NO_COMMAND))
    if problems := [Problem(field, text) for field, given, text in missing if not given]:
        raise InvalidInput(problems)
    now = session.now()
    plan = plan_in_words(when or "", session.zone, now)
    draft = ProcessDraft(
        name=_name_of(words) if name is None else name,
        command=words[0] if len(words) == 1 else shlex.join(words),
        working_directory=str(Path.cwd()),
        notify=names_given(notify) if notify else None,
        **where_given(runs_on, cluster_option),
    )
    with session.services() as services:
        view = _stored(services, plan, draft, is_named=name is not None)
    if len(words) > 1 and " " in words[0] and not Path(words[0]).exists():
        complain(f"Note: {words[0]!r} is taken for a program. Options stand before the command.")
    _print(view, now, as_json=as_json, is_for_cluster=draft.runs_on is not None)
    tell_if_nobody_schedules(session.settings)


def _stored(services: Services, plan: Plan, draft: ProcessDraft, *, is_named: bool) -> RequestView:
    """Store the process and its request, and schedule that; or nothing, and raise InvalidInput.

    A process that is not named by hand has a number at the end of its name where that is taken.
    """

    def named() -> ProcessDraft:
        name = draft.name if is_named else services.processes.unused_name(draft.name)
        return replace(draft, name=name)

    try:
        if draft.runs_on is not None:
            refuse(services.processes.problems(named()))
            refuse(cluster_problems(services, draft))
        with transaction():
            process = services.processes.create(named())
            request = services.requests.create(RequestDraft(process=process.name, plan=plan))
            return services.requests.schedule(request.id)
    except InvalidInput as error:
        raise InvalidInput(map(_by_source, error.problems)) from error


def _by_source(problem: Problem) -> Problem:
    if problem.field in _SOURCES:
        return Problem(_SOURCES[problem.field], problem.text)
    return Problem("--when", str(problem))


def _name_of(words: Sequence[str]) -> str:
    """Returns what the first word calls that is no variable of its own: ``backup.sh``."""
    program = next((word for word in _shell_words(words) if "=" not in word), "")
    name = PurePosixPath(program.strip(_PUNCTUATION)).name
    name = "".join(filter(str.isprintable, name))[:_LONGEST].strip()
    return name if is_visible(name) else _NAMELESS


def _shell_words(words: Sequence[str]) -> Sequence[str]:
    if len(words) > 1:
        return words
    try:
        return shlex.split(words[0])
    except ValueError:  # a quote that is not closed: the shell will say so
        return words[0].split()


def _print(view: RequestView, now: datetime, *, as_json: bool, is_for_cluster: bool) -> None:
    zone = view.plan.timezone
    fires = [iso(fire, zone) for fire in fires_of_request(view, now, _SHOWN)]
    complain(f"Added the process {view.process!r} and its request {view.id}, which is scheduled.")
    for warning in forecast(view.plan, now, 0, is_for_cluster=is_for_cluster).warnings:
        complain(f"Note: {warning}")
    if as_json:
        print_json({**request_record(view, now), "fires": fires})
        return
    for fire in fires:
        print(fire)
