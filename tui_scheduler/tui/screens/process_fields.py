"""What the process form holds, as its fields show it, and what that means as a process."""

from dataclasses import dataclass, field
from datetime import timedelta

from tui_scheduler.errors import Problem
from tui_scheduler.models import Overlap
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.tui.screens.field_text import (
    Reader,
    read_duration,
    read_variables,
    read_whole,
    show_duration,
    show_variables,
    show_whole,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessValues:
    """The content of every field."""

    name: str = ""
    description: str = ""
    command: str = ""
    working_directory: str = ""
    environment: str = field(default="", repr=False)
    timeout: str = ""
    overlap: Overlap = Overlap.SKIP
    retries: str = "0"
    retry_delay: str = "30s"
    active: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What the fields mean; ``problems`` names those whose text cannot be read."""

    draft: ProcessDraft
    problems: tuple[Problem, ...] = ()


def values_of(draft: ProcessDraft) -> ProcessValues:
    """The fields as they show ``draft``."""
    return ProcessValues(
        name=draft.name,
        description=draft.description,
        command=draft.command,
        working_directory=draft.working_directory or "",
        environment=show_variables(draft.environment),
        timeout=show_duration(draft.timeout),
        overlap=draft.overlap,
        retries=show_whole(draft.retries),
        retry_delay=show_duration(draft.retry_delay),
        active=draft.active,
    )


def read(values: ProcessValues) -> Reading:
    """The draft that the fields describe."""
    reader = Reader()
    draft = ProcessDraft(
        name=values.name,
        command=values.command,
        description=values.description,
        working_directory=values.working_directory or None,
        environment=reader.read("environment", values.environment, read_variables, {}),
        timeout=reader.read("timeout", values.timeout, read_duration, None),
        overlap=values.overlap,
        retries=reader.read("retries", values.retries, read_whole, 0),
        retry_delay=reader.read("retry_delay", values.retry_delay, read_duration, timedelta()),
        active=values.active,
    )
    return Reading(draft, tuple(reader.problems))
