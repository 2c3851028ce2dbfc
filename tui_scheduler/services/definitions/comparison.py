"""What has to be done so that one set of definitions becomes another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tui_scheduler.errors import spelled
from tui_scheduler.members import listed
from tui_scheduler.services.codecs import Codec
from tui_scheduler.services.definitions.definitions import (
    Definitions,
    RequestEntry,
    with_secrets_hidden,
)
from tui_scheduler.services.definitions.document import Place, entries_of
from tui_scheduler.services.definitions.entries import Entry, Table, fields_of, table_of
from tui_scheduler.services.plans import normalised, plan_columns
from tui_scheduler.wording import cut

_WIDEST = 200  # characters of one value


class Act(StrEnum):
    """What is done to an entry."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that becomes another; None where it is not said. Secrets are hidden in both."""

    field: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.field}: {_words(self.old)} -> {_words(self.new)}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that is added, changed or removed; ``kind`` is process, group or request."""

    act: Act
    kind: str
    name: str
    fields: tuple[FieldChange, ...] = ()

    @property
    def place(self) -> Place:
        """Where it is in a file."""
        return self.kind, self.name


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs, additions first and removals last, and how many entries do not."""

    differences: tuple[Difference, ...]
    unchanged: int

    def names(self, act: Act, kind: str) -> list[str]:
        """The entries of that kind to which that is done, in order."""
        return [item.name for item in self.differences if (item.act, item.kind) == (act, kind)]

    def changes(self, kind: str) -> list[Difference]:
        """The entries of that kind that are changed, in order."""
        return [item for item in self.differences if (item.act, item.kind) == (Act.CHANGE, kind)]


def compare(stored: Definitions, wanted: Definitions) -> Comparison:
    """Returns what has to change, field by field, for ``stored`` to become ``wanted``.

    A request that has run out is as good as scheduled, and as unscheduled, while its plan stays.
    """
    stored = _settled(stored, wanted)
    old, new = entries_of(stored), entries_of(wanted)
    differing = {place: _differing(old[place], new[place]) for place in new if place in old}
    changed = {place: names for place, names in differing.items() if names}
    old_shown, new_shown = (_tables(of, changed) for of in (stored, wanted))
    differences = [Difference(Act.ADD, *place) for place in new if place not in old]
    for place, names in changed.items():
        before, after = old_shown[place], new_shown[place]
        changes = (FieldChange(name, before.get(name), after.get(name)) for name in names)
        differences.append(Difference(Act.CHANGE, *place, tuple(changes)))
    # requests first: they would go with what they ask for
    differences += [Difference(Act.REMOVE, *place) for place in reversed(old) if place not in new]
    return Comparison(tuple(differences), len(differing) - len(changed))


def _tables(definitions: Definitions, changed: Collection[Place]) -> dict[Place, Table]:
    """Returns the tables of the entries that changed, with their secrets hidden."""
    requests = definitions.requests.items()
    few = {key: entry for key, entry in requests if ("request", key) in changed}
    entries = entries_of(with_secrets_hidden(replace(definitions, requests=few)))
    return {place: _flat(table_of(entries[place])) for place in changed}


def _differing(old: Entry, new: Entry) -> list[str]:
    """Returns the names of the fields that are stored differently."""
    return [
        name
        for (field, kind, before), (_, _, after) in zip(fields_of(old), fields_of(new), strict=True)
        if before is not after
        for name in _differing_names(spelled(field), kind, before, after)
    ]


def _differing_names(field: str, kind: Codec, before: Any, after: Any) -> list[str]:
    """Returns the field if it is stored differently, or each of its variables that is.

    Two wall times are equal, but for the pass of their hour, which is stored.
    """
    if isinstance(after, Mapping):
        variables = dict.fromkeys([*after, *before])
        return [f"{field}.{name}" for name in variables if before.get(name) != after.get(name)]
    return [field] if kind.dump(before) != kind.dump(after) else []


def _settled(stored: Definitions, wanted: Definitions) -> Definitions:
    requests = {
        key: replace(entry, is_scheduled=wanted.requests[key].is_scheduled)
        if key in wanted.requests and has_run_out(entry, wanted.requests[key])
        else entry
        for key, entry in stored.requests.items()
    }
    return replace(stored, requests=requests)


def has_run_out(stored: RequestEntry, wanted: RequestEntry) -> bool:
    """Whether a request did all that its plan says, and that stays as it is."""
    stored_plan, wanted_plan = normalised(stored.draft.plan), normalised(wanted.draft.plan)
    return stored.is_complete and plan_columns(stored_plan) == plan_columns(wanted_plan)


def _words(value: Any) -> str:
    if value is None:
        return "(default)"
    if isinstance(value, bool):
        return str(value).lower()
    text = (listed(value) or "(none)") if isinstance(value, list) else str(value)
    return cut(text, _WIDEST)


def _flat(table: Table) -> Table:
    """The table with each variable as a field of its own: ``environment.PATH``."""
    flat: Table = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{variable}": text for variable, text in value.items()}
        else:
            flat[name] = value
    return flat
