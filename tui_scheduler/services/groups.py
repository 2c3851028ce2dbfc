"""What a user can do with process groups."""

from collections.abc import Sequence
from typing import Any

from tui_scheduler.errors import Problem
from tui_scheduler.members import Members, by_step, members_of, read_members, steps_of
from tui_scheduler.models import GroupMember, Process, ProcessKind, Run, rows, transaction
from tui_scheduler.models.prepared import Prepared, among
from tui_scheduler.services.chains import Links, rename_followed
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import GroupDraft, draft_from, refuse_outdated
from tui_scheduler.services.events import ProcessSaved
from tui_scheduler.services.fields import GROUP, MEMBERS, dumped, viewed, without
from tui_scheduler.services.queries.owner_list import Owners
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.removal import check_removal, remove_step
from tui_scheduler.services.validation import group_problems, refuse
from tui_scheduler.services.views.groups import GroupView

_IS_GROUP = Process.kind == ProcessKind.GROUP
_OWNERS = Owners(
    noun="group",
    condition=_IS_GROUP,
    searched=(Process.name, Process.description),
    sorts={
        "name": Process.name,
        "overlap": Process.overlap,
        "stop_on_failure": Process.stop_on_failure,
    },
)
_STORED = without(GROUP, MEMBERS)
_PLACE = GroupMember.group, GroupMember.step, Process.name
_PLACES = Prepared(
    GroupMember.select(*_PLACE)
    .join(Process, on=(GroupMember.process == Process.id))
    .where(among("ids", GroupMember.group))
    .order_by(GroupMember.group, GroupMember.position),
    *_PLACE,
)
_THOSE = Prepared(_OWNERS.stored(_STORED).where(among("ids", Process.id)).dicts())
_NAMES = Prepared(
    Process.select(Process.name).where(_IS_GROUP).order_by(Process.name), Process.name
)


class Groups:
    """The catalogue of processes that are run step by step."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def problems(self, draft: GroupDraft, own_id: int | None = None) -> list[Problem]:
        """Why ``draft`` cannot be saved (over the group with ``own_id``); empty if it can."""
        return group_problems(draft, self._context.notifying, own_id)

    def create(self, draft: GroupDraft) -> GroupView:
        """Store a new group; raises InvalidInput."""
        with transaction():
            refuse(group_problems(draft, self._context.notifying))
            row = Process.create(
                kind=ProcessKind.GROUP,
                command="",
                retry_delay=0,
                created_at=self._context.clock.now(),
                **_columns(draft),
            )
            _set_members(row.id, draft.members)
            self._context.tell(ProcessSaved(row.id))
        return self.get(row.id)

    def update(
        self,
        group_id: int,
        draft: GroupDraft,
        *,
        edited: GroupDraft | None = None,
        links: Links | None = None,
    ) -> GroupView:
        """Change a group; a run that is under way keeps the members it began with.

        ``edited`` is what ``draft`` was made of; ``links`` are those that will be, if that is not
        all that changes. Raises InvalidInput or NotFound, and ChangedMeanwhile if something else is
        stored by now.
        """
        with transaction():
            if edited is not None:
                stored = draft_of(self.get(group_id))
                refuse_outdated(f"The group {stored.name!r}", draft, edited, stored)
            refuse(group_problems(draft, self._context.notifying, group_id, links))
            rename_followed(self._context, group_id, draft.name)
            change = Process.update(**_columns(draft)).where(Process.id == group_id, _IS_GROUP)
            if not change.execute():
                raise _OWNERS.missing(group_id)
            _set_members(group_id, draft.members)
            self._context.tell(ProcessSaved(group_id))
        return self.get(group_id)

    def check_removal(self, group_id: int) -> None:
        """Raise Refused while a run of it is open, so that it cannot be deleted; or NotFound."""
        check_removal(self._context, Run.process, group_id)

    def remove_step(self, group_id: int) -> bool:
        """Delete a group with its requests, runs and logs, some at a time; True while not done.

        Its members stay. Raises Refused while a run of it is open.
        """
        return remove_step(self._context, Run.process, group_id)

    def get(self, group_id: int) -> GroupView:
        """One group; raises NotFound."""
        return _OWNERS.one(group_id, _views)

    def members_of(self, group_id: int) -> Members:
        """The members of a group; none if there is no such group any more."""
        return _members([group_id]).get(group_id, ())

    def members_named(self, texts: Sequence[str]) -> Members:
        """The members that ``texts`` name, a step each: ``extract``, ``load-a+load-b``.

        A + joins only where no process has the whole name.
        """
        return read_members(texts, set(Process.select(Process.name).scalars()))

    def named(self, name: str) -> GroupView:
        """The group with this name; raises NotFound."""
        return self.get(_OWNERS.id_of(name))

    def all(self) -> list[GroupView]:
        """Every group, by name."""
        ids = Process.select(Process.id).where(_IS_GROUP).order_by(Process.name)
        return list(_views(list(ids.scalars())).values())

    def names(self) -> list[str]:
        """The names of all groups, sorted."""
        return [name for (name,) in _NAMES.rows()]

    def page(self, window: Window) -> Page[GroupView]:
        """The part of the catalogue that a table shows."""
        return _OWNERS.page(window, _views)


def draft_of(view: GroupView) -> GroupDraft:
    """What the form begins with when ``view`` is edited or cloned."""
    return draft_from(GroupDraft, view)


def _set_members(group_id: int, members: Members) -> None:
    steps = [(step, name) for step, names in enumerate(steps_of(members), 1) for name in names]
    named = Process.name.in_({name for _, name in steps})
    ids = dict(rows(Process.select(Process.name, Process.id).where(named)))
    GroupMember.delete().where(GroupMember.group == group_id).execute()
    places = [
        {"group": group_id, "position": position, "step": step, "process": ids[name]}
        for position, (step, name) in enumerate(steps, 1)
    ]
    if places:
        GroupMember.insert_many(places).execute()


def _views(ids: Sequence[int]) -> dict[int, GroupView]:
    members = _members(ids)
    columns = {row["id"]: row for row in _THOSE.objects(ids=ids)}
    return {
        group_id: GroupView(
            **{**columns[group_id], **viewed(columns[group_id], _STORED)},
            members=members.get(group_id, ()),
        )
        for group_id in ids
        if group_id in columns
    }


def _members(ids: Sequence[int]) -> dict[int, Members]:
    members: dict[int, list[tuple[int, str]]] = {}
    for group_id, step, name in _PLACES.rows(ids=ids):
        members.setdefault(group_id, []).append((step, name))
    return {group_id: members_of(by_step(each)) for group_id, each in members.items()}


def _columns(draft: GroupDraft) -> dict[str, Any]:
    return {"name": draft.name, **dumped(draft, _STORED), "environment": "{}"}
