"""Editing many groups at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.groups import draft_of
from tui_scheduler.tui.screens.forms.field_text import OVERLAPS
from tui_scheduler.tui.screens.forms.many import (
    NOTIFYING,
    Changed,
    CommonField,
    ManySpec,
    names_as_text,
    names_from_text,
)
from tui_scheduler.tui.screens.groups.form_values import read, values_of

_FIELDS = (
    CommonField(name="description", label="Description"),
    CommonField(
        name="stop_on_failure",
        label="On failure",
        options={False: "Go on", True: "Stop"},
        classes="-apart",
    ),
    CommonField(name="overlap", label="Overlap", options=OVERLAPS, classes="-apart"),
    *NOTIFYING,
)
_NAMES = frozenset(field.name for field in _FIELDS)


def many_groups(runtime: Runtime) -> ManySpec[GroupDraft]:
    """What the form for many must know of groups."""
    groups = runtime.services.groups
    return ManySpec(
        nouns="groups",
        fields=_FIELDS,
        get=groups.get,
        draft_of=draft_of,
        name_of=lambda view: str(view.name),
        values_of=lambda draft: names_as_text(values_of(draft)),
        asked=lambda _draft: _NAMES,
        change=change,
        problems=lambda edit: groups.problems(edit.draft, edit.id),
        update=groups.update,
    )


def change(draft: GroupDraft, changes: Mapping[str, Any], _now: datetime) -> Changed[GroupDraft]:
    """Returns ``draft`` with the changes; all else is what it was."""
    changed, problems = read(values_of(draft) | names_from_text(changes))
    return Changed(
        draft=replace(draft, **{name: getattr(changed, name) for name in changes}),
        names=frozenset(changes),
        problems=tuple(problem for problem in problems if problem.field in changes),
    )
