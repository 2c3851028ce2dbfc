"""The options that define a process, what they make of a draft, and how it is stored."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import click

from tui_scheduler.cli.completing.completions import folders, locks_or_none
from tui_scheduler.cli.options.click_classes import option, with_options
from tui_scheduler.cli.options.clusters import FIELDS, WHERE, cluster_problems, where_given
from tui_scheduler.cli.options.notifying import NOTIFYING
from tui_scheduler.cli.options.param_types import (
    DURATION,
    NUMBER,
    OPTIONAL_DURATION,
    OPTIONAL_TEXT,
    Cleared,
    choice,
    declarations,
    is_none,
    variables,
)
from tui_scheduler.errors import Problem
from tui_scheduler.models import Overlap, ProcessKind
from tui_scheduler.receivers import names_given
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.logs.error_lines import words_given
from tui_scheduler.services.parameters.lines import unmasked_parameters
from tui_scheduler.services.parameters.secrets import unmasked
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.validation import refuse
from tui_scheduler.services.views.processes import ProcessView

F = TypeVar("F", bound=Callable[..., Any])

_CALL = "--python-call"
_FIELDS = {"cwd": "working_directory", "new_name": "name"}
_OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("--python", {"type": OPTIONAL_TEXT, "metavar": "PATH", "help":
        "The interpreter of a Python process, or the folder of a virtual environment; 'none' for"
        " the one that runs tui-scheduler."}),
    ("--declare", {"multiple": True, "metavar": "P", "help":
        "A parameter that requests may give it: 'NAME[!]: type = default {a|b} # description'; "
        "! is for required, types are text, number, date and secret. May be repeated. Replaces all"
        " of them; 'none' removes them."}),
    ("--description", {"metavar": "D", "help": "What it is for."}),
    ("--cwd", {"type": OPTIONAL_TEXT, "metavar": "DIR", "shell_complete": folders, "help":
        "Where it runs: an absolute path, or 'none' for the home of who schedules."}),
    ("--env", {"multiple": True, "metavar": "K=V", "help":
        "An environment variable; may be repeated. Replaces all of them; 'none' removes them."}),
    *WHERE,
    ("--timeout", {"type": OPTIONAL_DURATION, "metavar": "10m", "help":
        "Kill it when it runs longer than this; 'none' lets it run."}),
    ("--overlap", {"type": choice(Overlap), "metavar": "|".join(Overlap), "help":
        "What to do with a new run while one is still running. Default: skip."}),
    ("--lock", {"multiple": True, "metavar": "NAME", "shell_complete": locks_or_none, "help":
        "Never run together with any run that has this lock as well, but wait for its end, in"
        " order; may be repeated. Replaces all of them; 'none' removes them."}),
    ("--retries", {"type": NUMBER, "metavar": "N", "help":
        "Try again up to N times when it failed. Default: 0."}),
    ("--retry-delay", {"type": DURATION, "metavar": "30s", "help":
        "Wait this long before trying again. Default: 30s."}),
    *NOTIFYING,
    ("--error-word", {"multiple": True, "metavar": "W", "help":
        "What its error lines have in them, in any case unless it has a capital; may be repeated."
        " Replaces all of them; 'none' for no such lines, 'default' for what most programs"
        " write."}),
]  # fmt: skip


def process_options(*, is_new: bool) -> Callable[[F], F]:
    """Give a command the options that define a process; a new one must run something."""

    def decorate(function: F) -> F:
        words = f"A Python callable, {'instead of a command' if is_new else 'from now on'}:"
        call = option(
            _CALL, metavar="M:F", callback=_one_only, help=f"{words} package.module:callable."
        )
        command = option(
            "--command",
            metavar="C",
            callback=_one_at_least if is_new else _one_only,
            help="A shell line, run by /bin/sh -c.",
        )
        return command(call(with_options(_OPTIONS)(function)))

    return decorate


def changed(draft: ProcessDraft, given: dict[str, Any]) -> ProcessDraft:
    """Returns ``draft`` with the options that were given; raises InvalidInput."""
    values: dict[str, Any] = {
        _FIELDS.get(name, name): value for name, value in given.items() if value is not None
    }
    if lines := values.pop("env"):
        values["environment"] = unmasked(variables("environment", lines), draft.environment)
    values |= where_given(values.pop("runs_on", None), values.pop("cluster_option"))
    if lines := values.pop("declare"):
        values["parameters"] = unmasked_parameters(declarations(lines), draft.parameters)
    if names := values.pop("notify"):
        values["notify"] = names_given(names)
    if names := values.pop("lock"):
        values["locks"] = () if is_none(names) else tuple(names)
    if "command" in values:
        values |= {"kind": ProcessKind.COMMAND}
    if words := values.pop("error_word"):
        values["error_words"] = words_given(words)
    if (target := values.pop("python_call", None)) is not None:
        values |= {"kind": ProcessKind.PYTHON, "command": target}
    values |= {name: None for name, value in values.items() if value is Cleared.NONE}
    after = replace(draft, **values)
    if after.kind is ProcessKind.PYTHON:
        return after
    if values.get("python") is not None:
        refuse([Problem("--python", f"is for Python processes: give {_CALL} as well")])
    return replace(after, python=None)


def store(
    services: Services, draft: ProcessDraft, before: ProcessView | None = None
) -> ProcessView:
    """Store a new process, or the changed one; a callable is tried first, and a cluster asked.

    Raises InvalidInput, and ChangedMeanwhile if there is something else than ``before`` by now.
    """
    own_id = None if before is None else before.id
    edited = None if before is None else draft_of(before)
    refuse(_by_option(draft, services.processes.problems(draft, own_id)))
    if draft.kind is ProcessKind.PYTHON:
        import asyncio  # slow, and not needed for anything else

        from tui_scheduler.runtime import python_problems

        refuse(_by_option(draft, asyncio.run(python_problems(draft, edited))))
    refuse(_by_option(draft, cluster_problems(services, draft, edited)))
    if own_id is None:
        return services.processes.create(draft)
    return services.processes.update(own_id, draft, edited=edited)


def _one_only(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a second thing to run; what is not given is processed after what is."""
    others = {"command": _CALL, "python_call": "--command"}
    other = others.pop(parameter.name or "")
    if value is not None and context.params.get(*others) is not None:
        raise click.BadParameter(f"cannot be given with {other}: a process runs one of them")
    return value


def _one_at_least(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    if value is None and context.params.get("python_call") is None:
        raise click.BadParameter(f"is missing: give a shell command, or {_CALL}")
    return _one_only(context, parameter, value)


def _by_option(draft: ProcessDraft, problems: Sequence[Problem]) -> list[Problem]:
    """Returns the problems by what sets their fields here."""
    named = {"parameters": "--declare", "error_words": "--error-word", "locks": "--lock", **FIELDS}
    if draft.kind is ProcessKind.PYTHON:
        named["command"] = _CALL
    return [Problem(named.get(problem.field, problem.field), problem.text) for problem in problems]
