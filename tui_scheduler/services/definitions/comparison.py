"""What has to be done so that one set of definitions becomes another."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tui_scheduler.services.definitions.definitions import (
    Definitions,
    RequestEntry,
    with_secrets_hidden,
)
from tui_scheduler.services.definitions.document import Place, tables_of
from tui_scheduler.services.definitions.entries import Table


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


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that is added, changed or removed; ``kind`` is process, group or request."""

    act: Act
    kind: str
    name: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs, additions first and removals last, and how many entries do not."""

    differences: tuple[Difference, ...]
    unchanged: int

    def names(self, act: Act, kind: str) -> list[str]:
        """The entries of that kind to which that is done, in order."""
        return [item.name for item in self.differences if (item.act, item.kind) == (act, kind)]


def compare(stored: Definitions, wanted: Definitions) -> Comparison:
    """What makes ``wanted`` of ``stored``.

    A request that has run out is as good as scheduled, and as unscheduled, while its plan stays.
    """
    stored = _settled(stored, wanted)
    old, new = tables_of(stored), tables_of(wanted)
    found = [Difference(Act.ADD, *place) for place in new if place not in old]
    changed = dict.fromkeys(place for place in new if old.get(place, new[place]) != new[place])
    old_shown, new_shown = (_shown(of, changed) for of in (stored, wanted))
    for place in changed:
        changes = tuple(_changes(old[place], new[place], old_shown[place], new_shown[place]))
        found.append(Difference(Act.CHANGE, *place, changes))
    # requests first: they would go with what they ask for
    found += [Difference(Act.REMOVE, *place) for place in reversed(old) if place not in new]
    return Comparison(tuple(found), sum(old.get(place) == table for place, table in new.items()))


def _shown(definitions: Definitions, changed: Collection[Place]) -> dict[Place, Table]:
    """The tables with the secrets hidden; of requests only those that changed."""
    requests = definitions.requests.items()
    few = {key: entry for key, entry in requests if ("request", key) in changed}
    return tables_of(with_secrets_hidden(replace(definitions, requests=few)))


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
    return stored.is_complete and stored.draft.plan == wanted.draft.plan


def _changes(old: Table, new: Table, old_shown: Table, new_shown: Table) -> Iterator[FieldChange]:
    before, after, before_shown, after_shown = map(_flat, (old, new, old_shown, new_shown))
    for name in dict.fromkeys([*after, *before]):
        if before.get(name) != after.get(name):
            yield FieldChange(name, before_shown.get(name), after_shown.get(name))


def _flat(table: Table) -> Table:
    """The table with each variable as a field of its own: ``environment.PATH``."""
    flat: Table = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{variable}": text for variable, text in value.items()}
        else:
            flat[name] = value
    return flat
