"""Entries as tables of TOML, and back."""

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import MISSING, dataclass
from difflib import get_close_matches
from typing import Any

from tui_scheduler.errors import Problem, spelled
from tui_scheduler.schedules import Plan
from tui_scheduler.services.codecs import FLAG, Codec
from tui_scheduler.services.definitions.definitions import RequestEntry
from tui_scheduler.services.drafts import GroupDraft, ProcessDraft, RequestDraft
from tui_scheduler.services.fields import DESCRIPTION, GIVEN, GROUP, OWNER, PLAN, PROCESS, Fields
from tui_scheduler.services.plans import normalised
from tui_scheduler.wording import cut

Table = dict[str, Any]
Entry = ProcessDraft | GroupDraft | RequestEntry

_SCHEDULED: Fields = {"scheduled": FLAG}
_ASKED: Fields = {**OWNER, **DESCRIPTION}
REQUEST: Fields = {**_ASKED, **_SCHEDULED, **PLAN, **GIVEN}


def _defaults(*kinds: Any) -> Table:
    """What each field is if it is not said; one without a default has to be."""
    defaults: Table = {}
    for item in (item for kind in kinds for item in dataclasses.fields(kind)):
        if item.default is not MISSING:
            defaults[item.name] = item.default
        elif item.default_factory is not MISSING:
            defaults[item.name] = item.default_factory()
    return defaults


_PROCESS_DEFAULTS = _defaults(ProcessDraft)
_GROUP_DEFAULTS = _defaults(GroupDraft)
_REQUEST_DEFAULTS = {**_defaults(Plan, RequestDraft), "scheduled": False}


@dataclass(slots=True)
class TableReader:
    """One table of the file, and what was found to be wrong in it; ``place`` says which it is."""

    place: str
    problems: list[Problem]

    def process(self, name: str, table: Any) -> ProcessDraft | None:
        """The process that ``table`` defines; None if something is wrong."""
        values = self._values(table, PROCESS, _PROCESS_DEFAULTS)
        return None if values is None else ProcessDraft(name=name, **values)

    def group(self, name: str, table: Any) -> GroupDraft | None:
        """The group that ``table`` defines; None if something is wrong."""
        values = self._values(table, GROUP, _GROUP_DEFAULTS)
        return None if values is None else GroupDraft(name=name, **values)

    def request(self, table: Any) -> RequestEntry | None:
        """The request that ``table`` defines; None if something is wrong."""
        values = self._values(table, REQUEST, _REQUEST_DEFAULTS)
        if values is None:
            return None
        plan = Plan(**{name: values.pop(name) for name in PLAN if name in values})
        self._refuse_unused(plan)
        is_scheduled = values.pop("scheduled", False)
        return RequestEntry(draft=RequestDraft(plan=plan, **values), is_scheduled=is_scheduled)

    def add(self, field: str, text: str) -> None:
        """Keep in mind that ``field`` is wrong."""
        self.problems.append(Problem(f"{self.place}: {spelled(field)}", text))

    def _values(self, table: Any, fields: Fields, defaults: Table) -> Table | None:
        before = len(self.problems)
        if not isinstance(table, dict):
            self.problems.append(Problem(self.place, "is no table: give it a line in [brackets]"))
            return None
        keys = {name: spelled(name) for name in fields}
        for name in sorted(table.keys() - set(keys.values())):
            self._refuse_unknown(name, keys.values())
        for name, key in keys.items():
            if key not in table and name not in defaults:
                self.add(name, "is missing: add it")
        values = {
            name: self._value(name, table[keys[name]], form)
            for name, form in fields.items()
            if keys[name] in table
        }
        return values if len(self.problems) == before else None

    def _value(self, name: str, value: Any, form: Codec) -> Any:
        try:
            return form.read(value)
        except ValueError as error:
            self.add(name, str(error))
            return None

    def _refuse_unknown(self, name: str, keys: Collection[str]) -> None:
        near = get_close_matches(name, keys, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"use {', '.join(keys)}"
        self.add(brief(name), f"is not known here: {remedy}")

    def _refuse_unused(self, plan: Plan) -> None:
        used = normalised(plan)
        for name in PLAN:
            if getattr(plan, name) != getattr(used, name):
                self.add(name, "means nothing with this timing and frequency: remove it")


def brief(name: str) -> str:
    """Returns ``name``, cut so that it does not take all the room of a message."""
    return cut(name, 60)


def table_of(entry: Entry) -> Table:
    """Returns the table that defines an entry, without what need not be said."""
    defaults = _defaults_of(entry)
    return {
        spelled(name): kind.write(value)
        for name, kind, value in fields_of(entry)
        if name not in defaults or value != defaults[name]
    }


def fields_of(entry: Entry) -> Iterator[tuple[str, Codec, Any]]:
    """Yield what a person defines of an entry: name, kind and value of each field."""
    match entry:
        case RequestEntry(draft=draft, is_scheduled=is_scheduled):
            yield from _each(draft, _ASKED)
            yield "scheduled", FLAG, is_scheduled
            yield from _each(normalised(draft.plan), PLAN)
            yield from _each(draft, GIVEN)
        case GroupDraft():
            yield from _each(entry, GROUP)
        case ProcessDraft():
            yield from _each(entry, PROCESS)


def _each(source: Any, fields: Fields) -> Iterator[tuple[str, Codec, Any]]:
    for name, kind in fields.items():
        yield name, kind, getattr(source, name)


def _defaults_of(entry: Entry) -> Table:
    if isinstance(entry, RequestEntry):
        return _REQUEST_DEFAULTS
    return _GROUP_DEFAULTS if isinstance(entry, GroupDraft) else _PROCESS_DEFAULTS
