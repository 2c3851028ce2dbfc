"""What two people made of one thing at the same time: the changes of each, and both together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tui_scheduler.errors import spelled
from tui_scheduler.services.definitions.comparison import FieldChange, compare
from tui_scheduler.services.definitions.definitions import Definitions, RequestEntry
from tui_scheduler.services.drafts import Draft, GroupDraft, ProcessDraft, RequestDraft
from tui_scheduler.services.fields import PLAN
from tui_scheduler.services.parameters.declared import declared_by
from tui_scheduler.services.parameters.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Conflict:
    """How others changed what was edited, and how the one did who edited it; secrets are hidden."""

    theirs: tuple[FieldChange, ...]
    mine: tuple[FieldChange, ...]

    @property
    def is_of_one_field(self) -> bool:
        """Whether both changed the same: a plan is one thing, and so are all variables."""
        return not set(_parts(self.theirs)).isdisjoint(_parts(self.mine))


def conflict(edited: Draft, stored: Draft, draft: Draft) -> Conflict:
    """Returns what became of ``edited``: it is ``stored`` by now, and would be ``draft``."""
    drafts: tuple[Any, ...] = (edited, stored, draft)
    owners = {each.process for each in drafts if isinstance(each, RequestDraft)}
    declared = [parameter for owner in owners for parameter in declared_by(owner)]
    return Conflict(_changes(edited, stored, declared), _changes(edited, draft, declared))


def both(edited: Draft, stored: Draft, draft: Draft) -> Draft:
    """Returns what is ``stored`` with all that ``draft`` has made of what was ``edited``."""
    parts = dict.fromkeys(_parts(_changes(edited, draft)))
    return replace(stored, **{name: getattr(draft, name) for name in parts})


def _parts(changes: Iterable[FieldChange]) -> Iterable[str]:
    """The fields of a draft that are changed."""
    names = (change.field.partition(".")[0] for change in changes)
    of_plan = set(map(spelled, PLAN))
    return ("plan" if name in of_plan else name for name in names)


def _changes(
    before: Any, after: Any, declared: Sequence[Parameter] = ()
) -> tuple[FieldChange, ...]:
    differences = compare(_alone(before, declared), _alone(after, declared)).differences
    own = [change for item in differences for change in item.fields]
    if getattr(before, "name", "") != getattr(after, "name", ""):
        own.insert(0, FieldChange("name", before.name, after.name))
    return tuple(own)


def _alone(draft: Any, declared: Sequence[Parameter]) -> Definitions:
    """Returns definitions of nothing else, in which it is always called the same."""
    match draft:
        case ProcessDraft():
            return Definitions(processes={"": draft})
        case GroupDraft():
            return Definitions(groups={"": draft})
        case RequestDraft():
            owner = ProcessDraft(name=draft.process, command="", parameters=tuple(declared))
            entry = RequestEntry(draft=draft)
            return Definitions(processes={draft.process: owner}, requests={"": entry})
    raise AssertionError(f"no draft: {draft!r}")
