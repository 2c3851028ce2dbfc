"""The parameters that a process declares, or the members of a group declare together."""

from collections.abc import Iterable

from tui_scheduler.models import GroupMember, Process, ProcessKind
from tui_scheduler.models.prepared import Prepared, among, slot
from tui_scheduler.services.parameters.parameters import Parameter, merged
from tui_scheduler.services.parameters.stored import readable_parameters
from tui_scheduler.text import storable

Owner = tuple[int, ProcessKind, str]
"""The id, the kind and the parameters of a process or group, as they are stored."""


_OWNER_FIELDS = (Process.id, Process.kind, Process.parameters)
_NAMED = Prepared(
    Process.select(*_OWNER_FIELDS).where(Process.name == slot("name", Process.name)),
    *_OWNER_FIELDS,
)
_OF_MEMBERS = GroupMember.group, Process.parameters
_PLACES = Prepared(
    GroupMember.select(*_OF_MEMBERS)
    .join(Process, on=(GroupMember.process == Process.id))
    .where(among("ids", GroupMember.group))
    .order_by(GroupMember.group, GroupMember.position),
    *_OF_MEMBERS,
)


def owner_named(name: str) -> Owner | None:
    """The process or group with that name; None if there is none."""
    for process_id, kind, parameters in _NAMED.rows(name=storable(name)):
        return process_id, kind, parameters
    return None


def declared_by(name: str) -> tuple[Parameter, ...]:
    """The parameters of the process or group with that name; none if there is none."""
    owner = owner_named(name)
    return () if owner is None else declared_of([owner])[owner[0]]


def declared_of(owners: Iterable[Owner]) -> dict[int, tuple[Parameter, ...]]:
    """Returns the parameters of processes and groups by id; all groups are one question."""
    columns = {process_id: (kind, parameters) for process_id, kind, parameters in owners}
    groups = [each for each, (kind, _) in columns.items() if kind is ProcessKind.GROUP]
    members = _members(groups) if groups else {}
    return {
        process_id: merged(map(readable_parameters, members.get(process_id, [])))
        if kind is ProcessKind.GROUP
        else readable_parameters(parameters)
        for process_id, (kind, parameters) in columns.items()
    }


def _members(group_ids: list[int]) -> dict[int, list[str]]:
    """Returns what the members of each group declare, in their order, as it is stored."""
    declared: dict[int, list[str]] = {}
    for group_id, parameters in _PLACES.rows(ids=group_ids):
        declared.setdefault(group_id, []).append(parameters)
    return declared
