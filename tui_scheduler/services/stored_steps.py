"""The steps of groups as they are stored, in ids of processes."""

from collections.abc import Iterable

from tui_scheduler.members import by_step
from tui_scheduler.models import GroupMember
from tui_scheduler.models.prepared import Prepared, among

_PLACE = GroupMember.group, GroupMember.step, GroupMember.process
_PLACES = GroupMember.select(*_PLACE).order_by(GroupMember.group, GroupMember.position)
_ALL = Prepared(_PLACES, *_PLACE)
_OF_SOME = Prepared(_PLACES.where(among("ids", GroupMember.group)), *_PLACE)


def steps_of_groups(group_ids: Iterable[int] | None = None) -> dict[int, list[list[int]]]:
    """Returns the processes of each step of some groups, or of all; of empty ones nothing."""
    places = _ALL.rows() if group_ids is None else _OF_SOME.rows(ids=list(group_ids))
    members: dict[int, list[tuple[int, int]]] = {}
    for group_id, step, process_id in places:
        members.setdefault(group_id, []).append((step, process_id))
    return {group_id: by_step(each) for group_id, each in members.items()}
