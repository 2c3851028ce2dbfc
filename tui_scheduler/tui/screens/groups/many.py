"""Editing many groups at once."""

from dataclasses import asdict, replace

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.groups import draft_of
from tui_scheduler.tui.screens.forms.field_text import OVERLAPS
from tui_scheduler.tui.screens.forms.many import Changed, CommonField, ManySpec

_FIELDS = (
    CommonField(name="description", label="Description"),
    CommonField(
        name="stop_on_failure",
        label="On failure",
        options={False: "Go on", True: "Stop"},
        classes="-apart",
    ),
    CommonField(name="overlap", label="Overlap", options=OVERLAPS, classes="-apart"),
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
        values_of=asdict,
        asked=lambda _draft: _NAMES,
        change=lambda draft, changes, _now: Changed(
            draft=replace(draft, **changes), names=frozenset(changes)
        ),
        problems=lambda edit: groups.problems(edit.draft, edit.id),
        update=groups.update,
    )
