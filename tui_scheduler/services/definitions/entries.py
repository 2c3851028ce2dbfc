"""The fields of each kind of entry, in the order of the file, and entries as tables of TOML."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from typing import Any

from tui_scheduler.errors import Problem
from tui_scheduler.models import MisfirePolicy, Overlap, ProcessKind
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Plan, Timing
from tui_scheduler.services.definitions.codecs import (
    DECLARATIONS,
    DURATION,
    FLAG,
    NUMBER,
    TEXT,
    TEXTS,
    VARIABLES,
    WALL,
    WEEKDAY,
    WEEKDAYS,
    Codec,
    choice,
)
from tui_scheduler.services.definitions.definitions import RequestEntry
from tui_scheduler.services.drafts import GroupDraft, ProcessDraft, RequestDraft
from tui_scheduler.services.plans import normalised
from tui_scheduler.wording import cut

Table = dict[str, Any]
Forms = Mapping[str, Codec]

_OVERLAP = choice(Overlap)
PROCESS: Forms = {
    "description": TEXT,
    "kind": choice(ProcessKind),
    "command": TEXT,
    "python": TEXT,
    "parameters": DECLARATIONS,
    "working_directory": TEXT,
    "timeout": DURATION,
    "overlap": _OVERLAP,
    "retries": NUMBER,
    "retry_delay": DURATION,
    "active": FLAG,
    "environment": VARIABLES,
}
GROUP: Forms = {
    "description": TEXT,
    "members": TEXTS,
    "stop_on_failure": FLAG,
    "overlap": _OVERLAP,
}
_PLAN: Forms = {
    "timing": choice(Timing),
    "timezone": TEXT,
    "start": WALL,
    "frequency": choice(Frequency),
    "interval": NUMBER,
    "repetitions": NUMBER,
    "daily_option": choice(DailyOption),
    "days": WEEKDAYS,
    "monthly_option": choice(MonthlyOption),
    "weekday": WEEKDAY,
    "day": NUMBER,
    "cron": TEXT,
    "finish": WALL,
}
_ASKED: Forms = {"process": TEXT, "description": TEXT}
_GIVEN: Forms = {"misfire": choice(MisfirePolicy), "parameters": VARIABLES}
REQUEST: Forms = {**_ASKED, "scheduled": FLAG, **_PLAN, **_GIVEN}


def _defaults(*kinds: Any) -> Table:
    """What each field is if it is not said; one without a default has to be."""
    found: Table = {}
    for item in (item for kind in kinds for item in fields(kind)):
        if item.default is not MISSING:
            found[item.name] = item.default
        elif item.default_factory is not MISSING:
            found[item.name] = item.default_factory()
    return found


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
        plan = Plan(**{name: values.pop(name) for name in _PLAN if name in values})
        self._refuse_unused(plan)
        is_scheduled = values.pop("scheduled", False)
        return RequestEntry(draft=RequestDraft(plan=plan, **values), is_scheduled=is_scheduled)

    def add(self, field: str, text: str) -> None:
        """Keep in mind that ``field`` is wrong."""
        self.problems.append(Problem(f"{self.place}: {field}", text))

    def _values(self, table: Any, forms: Forms, defaults: Table) -> Table | None:
        before = len(self.problems)
        if not isinstance(table, dict):
            self.problems.append(Problem(self.place, "is no table: give it a line in [brackets]"))
            return None
        for name in sorted(table.keys() - forms.keys()):
            self._refuse_unknown(name, forms)
        for name in forms:
            if name not in table and name not in defaults:
                self.add(name, "is missing: add it")
        values = {
            name: self._value(name, table[name], form)
            for name, form in forms.items()
            if name in table
        }
        return values if len(self.problems) == before else None

    def _value(self, name: str, value: Any, form: Codec) -> Any:
        try:
            return form.read(value)
        except ValueError as error:
            self.add(name, str(error))
            return None

    def _refuse_unknown(self, name: str, forms: Forms) -> None:
        near = get_close_matches(name, forms, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"use {', '.join(forms)}"
        self.add(shown(name), f"is not known here: {remedy}")

    def _refuse_unused(self, plan: Plan) -> None:
        used = normalised(plan)
        for name in _PLAN:
            if getattr(plan, name) != getattr(used, name):
                self.add(name, "means nothing with this timing and frequency: remove it")


def shown(name: str) -> str:
    """``name`` in a message, where it cannot take all the room."""
    return cut(name, 60)


def process_table(draft: ProcessDraft) -> Table:
    """The table that defines a process, without what need not be said."""
    return dict(_written(draft, PROCESS, _PROCESS_DEFAULTS))


def group_table(draft: GroupDraft) -> Table:
    """The table that defines a group, without what need not be said."""
    return dict(_written(draft, GROUP, _GROUP_DEFAULTS))


def request_table(entry: RequestEntry) -> Table:
    """The table that defines a request, without what need not be said."""
    return {
        **dict(_written(entry.draft, _ASKED, _REQUEST_DEFAULTS)),
        **({"scheduled": True} if entry.is_scheduled else {}),
        **dict(_written(normalised(entry.draft.plan), _PLAN, _REQUEST_DEFAULTS)),
        **dict(_written(entry.draft, _GIVEN, _REQUEST_DEFAULTS)),
    }


def _written(source: Any, forms: Forms, defaults: Table) -> Iterator[tuple[str, Any]]:
    for name, form in forms.items():
        value = getattr(source, name)
        if name not in defaults or value != defaults[name]:
            yield name, form.write(value)
