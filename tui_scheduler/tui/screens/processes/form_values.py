"""What the process form holds, as its fields show it, and what that means as a process.

The command and the target of a call have a field each, so that changing the kind loses neither.
"""

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta

from tui_scheduler.errors import Problem
from tui_scheduler.models import Overlap, ProcessKind
from tui_scheduler.services.codecs import USUAL
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.logs.error_lines import words_given, words_said
from tui_scheduler.services.parameters.lines import show_parameters
from tui_scheduler.tui.screens.forms.field_text import (
    Reader,
    read_declarations,
    read_duration,
    read_variables,
    read_whole,
    show_duration,
    show_variables,
    show_whole,
)
from tui_scheduler.tui.screens.forms.notifying import (
    ONCE,
    notifying_values,
    read_notifying,
    unasked,
)

HERE = ""
"""What stands for this machine where a cluster is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessValues:
    """The content of every field, also of those that are hidden at the moment."""

    name: str = ""
    kind: ProcessKind = ProcessKind.COMMAND
    command: str = ""
    target: str = ""
    python: str = ""
    parameters: str = field(default="", repr=False)
    description: str = ""
    working_directory: str = ""
    environment: str = field(default="", repr=False)
    runs_on: str = HERE
    cluster_options: str = ""
    timeout: str = ""
    overlap: Overlap = Overlap.SKIP
    locks: str = ""
    retries: str = "0"
    retry_delay: str = "30s"
    notify: tuple[str, ...] | None = None
    notify_after: str = ONCE
    slow_after: str = USUAL
    error_words: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class ParsedForm:
    """What the fields mean; ``problems`` names those whose text cannot be read."""

    draft: ProcessDraft
    problems: tuple[Problem, ...] = ()


def values_of(draft: ProcessDraft) -> ProcessValues:
    """The fields as they show ``draft``."""
    return ProcessValues(
        name=draft.name,
        description=draft.description,
        kind=draft.kind,
        command="" if draft.kind is ProcessKind.PYTHON else draft.command,
        target=draft.command if draft.kind is ProcessKind.PYTHON else "",
        python=draft.python or "",
        parameters=show_parameters(draft.parameters),
        working_directory=draft.working_directory or "",
        environment=show_variables(draft.environment),
        runs_on=draft.runs_on or HERE,
        cluster_options="\n".join(draft.cluster_options),
        timeout=show_duration(draft.timeout),
        overlap=draft.overlap,
        locks=", ".join(draft.locks),
        retries=show_whole(draft.retries),
        retry_delay=show_duration(draft.retry_delay),
        error_words="" if draft.error_words is None else "\n".join(words_said(draft.error_words)),
        active=draft.active,
        **notifying_values(draft),
    )


def asked(values: ProcessValues) -> frozenset[str]:
    """The names of the fields that the choices made so far ask for."""
    is_python = values.kind is ProcessKind.PYTHON
    others = {"command"} if is_python else {"target", "python"}
    if values.runs_on == HERE:
        others.add("cluster_options")
    if values.retries.strip() in {"", "0"}:
        others.add("retry_delay")
    others |= unasked(values.notify)
    return frozenset(item.name for item in fields(ProcessValues)) - others


def field_of(problem: Problem, kind: ProcessKind) -> Problem:
    """``problem`` at the field that shows what it is about."""
    is_at_target = kind is ProcessKind.PYTHON and problem.field == "command"
    return replace(problem, field="target") if is_at_target else problem


def _lines(text: str) -> tuple[str, ...]:
    """What stands in lines of its own."""
    return tuple(filter(None, map(str.strip, text.split("\n"))))


def _words(text: str) -> tuple[str, ...] | None:
    """The words of error lines, spaces included; without any, those of most programs."""
    lines = [line for line in text.split("\n") if line.strip()]
    return words_given(lines) if lines else None


def read(values: ProcessValues) -> ParsedForm:
    """The draft that the fields describe."""
    reader, hidden = Reader(), Reader()
    delay = reader if "retry_delay" in asked(values) else hidden  # nobody sees what is wrong there
    is_python = values.kind is ProcessKind.PYTHON
    draft = ProcessDraft(
        name=values.name,
        kind=values.kind,
        command=values.target.strip() if is_python else values.command,
        python=(values.python.strip() or None) if is_python else None,
        parameters=reader.read("parameters", values.parameters, read_declarations, ()),
        description=values.description,
        working_directory=values.working_directory or None,
        environment=reader.read("environment", values.environment, read_variables, {}),
        runs_on=values.runs_on or None,
        cluster_options=() if values.runs_on == HERE else _lines(values.cluster_options),
        timeout=reader.read("timeout", values.timeout, read_duration, None),
        overlap=values.overlap,
        locks=tuple(filter(None, map(str.strip, values.locks.split(",")))),
        retries=reader.read("retries", values.retries, read_whole, 0),
        retry_delay=delay.read("retry_delay", values.retry_delay, read_duration, timedelta()),
        error_words=_words(values.error_words),
        active=values.active,
        **read_notifying(asdict(values), reader),
    )
    return ParsedForm(draft, tuple(reader.problems))
