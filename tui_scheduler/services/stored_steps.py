"""The steps of groups as they are stored, in ids of processes."""

from collections.abc import Iterable

from tui_scheduler.members import by_step
from tui_scheduler.models import GroupMember, rows


def steps_of_groups(group_ids: Iterable[int] | None = None) -> dict[int, list[list[int]]]:
    """Returns the processes of each step of some groups, or of all; of empty ones nothing."""
    stored = GroupMember.select(GroupMember.group, GroupMember.step, GroupMember.process)
    if group_ids is not None:
        stored = stored.where(GroupMember.group.in_(list(group_ids)))
    members: dict[int, list[tuple[int, int]]] = {}
    for group_id, step, process_id in rows(
        stored.order_by(GroupMember.group, GroupMember.position)
    ):
        members.setdefault(group_id, []).append((step, process_id))
    return {group_id: by_step(each) for group_id, each in members.items()}
