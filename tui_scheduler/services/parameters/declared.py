"""The parameters that a process declares, or the members of a group declare together."""

from tui_scheduler.models import GroupMember, Process, ProcessKind
from tui_scheduler.services.parameters.parameters import Parameter, merged
from tui_scheduler.services.parameters.stored import readable_parameters
from tui_scheduler.services.queries.conditions import storable


def declared_by(name: str) -> tuple[Parameter, ...]:
    """The parameters of the process or group with that name; none if there is none."""
    found = Process.get_or_none(Process.name == storable(name))
    return () if found is None else declared_of(found.id, found.kind, found.parameters)


def declared_of(process_id: int, kind: ProcessKind, parameters: str) -> tuple[Parameter, ...]:
    """The parameters of a process or group, from its columns."""
    if kind is not ProcessKind.GROUP:
        return readable_parameters(parameters)
    members = (
        Process.select(Process.parameters)
        .join(GroupMember, on=(GroupMember.process == Process.id))
        .where(GroupMember.group == process_id)
        .order_by(GroupMember.position)
    )
    return merged(readable_parameters(text) for text in members.scalars())
