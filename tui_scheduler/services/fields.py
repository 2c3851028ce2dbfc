"""The fields of processes, groups, plans and requests: of each its name and its kind of value.

A field is called the same in a draft, in a column, in a file and in ``--json``; its order is that
of the file. What is said here once need not be said where rows are read and written, where files
are, and where they are compared. A name that is a word of Python ends with a ``_``, which files and
people do not see (see ``spelled``).
"""

from collections.abc import Mapping
from typing import Any

from tui_scheduler.errors import spelled
from tui_scheduler.models import MisfirePolicy, Overlap, ProcessKind
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Outcome, Timing
from tui_scheduler.services.codecs import (
    DECLARATIONS,
    DURATION,
    EXCEPTIONS,
    FLAG,
    LIMIT,
    LOCKS,
    NAMES,
    NUMBER,
    OPTIONS,
    STEPS,
    TEXT,
    VARIABLES,
    WALL,
    WEEKDAY,
    WEEKDAYS,
    WORDS,
    Codec,
    choice,
    optional,
)

Fields = Mapping[str, Codec]

_OVERLAP = choice(Overlap)
NOTIFYING: Fields = {
    "notify": optional(NAMES),
    "notify_after": NUMBER,
    "slow_after": optional(LIMIT),
}
"""Who is told of the runs of a process or of a group, and when."""

PROCESS: Fields = {
    "description": TEXT,
    "kind": choice(ProcessKind),
    "command": TEXT,
    "python": optional(TEXT),
    "parameters": DECLARATIONS,
    "working_directory": optional(TEXT),
    "runs_on": optional(TEXT),
    "cluster_options": OPTIONS,
    "timeout": optional(DURATION),
    "overlap": _OVERLAP,
    "locks": LOCKS,
    "retries": NUMBER,
    "retry_delay": DURATION,
    "active": FLAG,
    **NOTIFYING,
    "error_words": optional(WORDS),
    "environment": VARIABLES,
}
MEMBERS: Fields = {"members": STEPS}
"""What a group has in a table of its own."""

_GROUP_COLUMNS: Fields = {"stop_on_failure": FLAG, "overlap": _OVERLAP, **NOTIFYING}
GROUP: Fields = {"description": TEXT, **MEMBERS, **_GROUP_COLUMNS}
PLAN: Fields = {
    "timing": choice(Timing),
    "timezone": TEXT,
    "start": optional(WALL),
    "frequency": optional(choice(Frequency)),
    "interval": NUMBER,
    "repetitions": optional(NUMBER),
    "daily_option": choice(DailyOption),
    "days": WEEKDAYS,
    "monthly_option": optional(choice(MonthlyOption)),
    "weekday": optional(WEEKDAY),
    "day": optional(NUMBER),
    "or_last_day": FLAG,
    "cron": optional(TEXT),
    "finish": optional(WALL),
    "delay": optional(DURATION),
    "follows": optional(TEXT),
    "outcome": choice(Outcome),
    "spread": optional(DURATION),
    "except_": EXCEPTIONS,
}
OWNER: Fields = {"process": TEXT}
"""What a request has the name of in a draft, and the id of in a column."""

DESCRIPTION: Fields = {"description": TEXT}
GIVEN: Fields = {
    "misfire": choice(MisfirePolicy),
    "misfire_limit": optional(DURATION),
    "silent_after": optional(DURATION),
    "parameters": VARIABLES,
}


def without(fields: Fields, *others: Fields) -> Fields:
    """Returns ``fields`` but for those of ``others``."""
    left_out = {name for other in others for name in other}
    return {name: kind for name, kind in fields.items() if name not in left_out}


def dumped(source: Any, fields: Fields) -> dict[str, Any]:
    """Returns the columns that hold the ``fields`` of a draft or a plan."""
    return {name: kind.dump(getattr(source, name)) for name, kind in fields.items()}


def loaded(row: Any, fields: Fields) -> dict[str, Any]:
    """Returns the ``fields`` that a row holds; raises ValueError if it is damaged."""
    return {name: kind.load(getattr(row, name)) for name, kind in fields.items()}


def viewed(columns: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Returns the ``fields`` that columns hold, as views show them, also those of a damaged row."""
    return {name: kind.view(columns[name]) for name, kind in fields.items()}


def recorded(source: Any, fields: Fields) -> dict[str, Any]:
    """Returns the ``fields`` of a view or a plan as JSON has them."""
    return {spelled(name): kind.record(getattr(source, name)) for name, kind in fields.items()}
