"""Editing many processes at once."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.processes import draft_of
from tui_scheduler.tui.screens.forms.field_text import OVERLAPS
from tui_scheduler.tui.screens.forms.many import (
    NOTIFYING,
    Changed,
    CommonField,
    ManySpec,
    names_as_text,
    names_from_text,
)
from tui_scheduler.tui.screens.processes.form_values import read, values_of

_FIELDS = (
    CommonField(name="description", label="Description"),
    CommonField(name="overlap", label="Overlap", options=OVERLAPS, classes="-apart"),
    CommonField(name="locks", label="Locks", about="Names, with commas between them."),
    CommonField(name="timeout", label="Timeout", unit="such as 90s, 10m or 2h", classes="-short"),
    CommonField(
        name="retries", label="Retries", unit="times after an error or timeout", classes="-short"
    ),
    CommonField(name="retry_delay", label="Retry after", classes="-short"),
    *NOTIFYING,
    CommonField(
        name="active", label="Active", options={True: "Yes", False: "No"}, classes="-apart"
    ),
)
_NAMES = frozenset(field.name for field in _FIELDS)


def many_processes(runtime: Runtime) -> ManySpec[ProcessDraft]:
    """What the form for many must know of processes."""
    processes = runtime.services.processes
    return ManySpec(
        nouns="processes",
        fields=_FIELDS,
        get=processes.get,
        draft_of=draft_of,
        name_of=lambda view: str(view.name),
        values_of=lambda draft: names_as_text(asdict(values_of(draft))),
        asked=lambda _draft: _NAMES,
        change=change,
        problems=lambda edit: processes.problems(edit.draft, edit.id),
        update=processes.update,
    )


def change(
    draft: ProcessDraft, changes: Mapping[str, Any], _now: datetime
) -> Changed[ProcessDraft]:
    """Returns ``draft`` with the changes; all else is what it was, to the letter."""
    reading = read(replace(values_of(draft), **names_from_text(changes)))
    return Changed(
        draft=replace(draft, **{name: getattr(reading.draft, name) for name in changes}),
        names=frozenset(changes),
        problems=tuple(problem for problem in reading.problems if problem.field in changes),
    )
