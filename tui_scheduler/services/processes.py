"""What a user can do with processes."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from peewee import JOIN, fn

from tui_scheduler.errors import Problem
from tui_scheduler.models import (
    GroupMember,
    Process,
    Request,
    Run,
    rows,
    transaction,
)
from tui_scheduler.models.prepared import Prepared, insert
from tui_scheduler.services.chains import rename_followed
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import ProcessDraft, draft_from, refuse_outdated
from tui_scheduler.services.events import ProcessSaved
from tui_scheduler.services.fields import PROCESS, dumped
from tui_scheduler.services.queries import process_list
from tui_scheduler.services.queries.norms import norms_of_processes
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.process_list import IS_NO_GROUP, OWNERS
from tui_scheduler.services.removal import check_removal, remove_step
from tui_scheduler.services.validation import process_problems, refuse
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.text import storable

_ACTIVE = Process.select(Process.name).where(Process.active, IS_NO_GROUP)
_NAMES = Prepared(_ACTIVE.order_by(Process.name), Process.name)


class Processes:
    """The catalogue of what can be executed."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def problems(self, draft: ProcessDraft, own_id: int | None = None) -> list[Problem]:
        """Why ``draft`` cannot be saved (over the process with ``own_id``); empty if it can."""
        return process_problems(draft, self._context, own_id)

    def create(self, draft: ProcessDraft) -> ProcessView:
        """Store a new process; raises InvalidInput."""
        with transaction():
            refuse(process_problems(draft, self._context))
            process_id = insert_process(self._context, draft, self._context.clock.now())
        return self.get(process_id)

    def update(
        self, process_id: int, draft: ProcessDraft, *, edited: ProcessDraft | None = None
    ) -> ProcessView:
        """Change a process; running executions keep what they were started with.

        ``edited`` is what ``draft`` was made of. Raises InvalidInput or NotFound, and
        ChangedMeanwhile if something else is stored by now.
        """
        from tui_scheduler.services.running.lock_lines import need_other_locks  # no list needs it

        with transaction():
            if edited is not None:
                stored = draft_of(self.get(process_id))
                refuse_outdated(f"The process {stored.name!r}", draft, edited, stored)
            refuse(process_problems(draft, self._context, process_id))
            rename_followed(self._context, process_id, draft.name)
            columns = process_columns(draft)
            change = Process.update(**columns).where(Process.id == process_id, IS_NO_GROUP)
            if not change.execute():
                raise OWNERS.missing(process_id)
            need_other_locks(process_id, columns["locks"])
            self._context.tell(ProcessSaved(process_id))
        return self.get(process_id)

    def check_removal(self, process_id: int) -> None:
        """Raise Refused while a run of it is open, so that it cannot be deleted; or NotFound."""
        check_removal(self._context, Run.process, process_id)

    def remove_step(self, process_id: int) -> bool:
        """Delete a process with its requests, runs and logs, some at a time; True while not done.

        Raises Refused while something of it is running.
        """
        return remove_step(self._context, Run.process, process_id)

    def groups_of(self, process_id: int) -> list[str]:
        """The names of the groups that it is a member of, which go on without it if it goes."""
        ids = GroupMember.select(GroupMember.group).where(GroupMember.process == process_id)
        groups = Process.select(Process.name).where(Process.id.in_(ids)).order_by(Process.name)
        return [name for (name,) in rows(groups)]

    def get(self, process_id: int) -> ProcessView:
        """One process; raises NotFound."""
        return process_list.one(process_id)

    def named(self, name: str) -> ProcessView:
        """The process with this name; raises NotFound."""
        return self.get(OWNERS.id_of(name))

    def all(self) -> list[ProcessView]:
        """Every process, by name."""
        return process_list.everything()

    def names(self) -> list[str]:
        """The names of the active processes, sorted."""
        return [name for (name,) in _NAMES.rows()]

    def unused_name(self, wish: str) -> str:
        """``wish``, or the first of ``wish-2``, ``wish-3``, ... that no process or group has."""
        begun = fn.substr(Process.name, 1, len(wish)) == wish
        taken = set(Process.select(Process.name).where(begun).scalars())
        numbered = (f"{wish}-{number}" for number in count(2))
        return wish if wish not in taken else next(name for name in numbered if name not in taken)

    def choices(self) -> list[tuple[str, str]]:
        """Name and command of the active processes; what requests were made of last comes first."""
        active = (
            Process.select(Process.name, Process.command)
            .join(Request, JOIN.LEFT_OUTER)
            .where(Process.active, IS_NO_GROUP)
            .group_by(Process.id)
            .order_by(fn.MAX(Request.id).desc(), Process.name)
        )
        return [(name, command) for name, command in rows(active)]

    def beginning(self, text: str, limit: int) -> list[ProcessView]:
        """The processes whose name begins with ``text``, by name."""
        return process_list.beginning(text, limit)

    def page(self, window: Window) -> Page[ProcessView]:
        """The part of the catalogue that a table shows."""
        return OWNERS.page(window, process_list.of_ids)

    def overlap(self, name: str) -> str:
        """What happens to a fire while the process, or group, runs; empty if there is none."""
        stored = Process.select(Process.overlap).where(Process.name == storable(name))
        return str(stored.scalar() or "")

    def is_for_cluster(self, name: str) -> bool:
        """Whether runs of the process, or of any member of the group, are handed to a cluster."""
        named = Process.select(Process.id).where(Process.name == storable(name))
        members = GroupMember.select(GroupMember.process).where(GroupMember.group.in_(named))
        either = Process.id.in_(named) | Process.id.in_(members)
        return bool(Process.select().where(Process.runs_on.is_null(False), either).exists())

    def usual_duration(self, name: str) -> timedelta | None:
        """How long a run usually takes that succeeds; None if that is not known."""
        ids = Process.select(Process.id).where(Process.name == storable(name)).scalars()
        norms = norms_of_processes(ids)
        return next((norm.usual for norm in norms.values()), None)


def draft_of(view: ProcessView) -> ProcessDraft:
    """What the form begins with when ``view`` is edited or cloned."""
    return draft_from(ProcessDraft, view)


def insert_process(context: Context, draft: ProcessDraft, now: datetime) -> int:
    """Store a process in which nothing is wrong; its id."""
    process_id = insert(Process, **process_columns(draft), created_at=now)
    context.tell(ProcessSaved(process_id))
    return process_id


def process_columns(draft: ProcessDraft) -> dict[str, Any]:
    """The columns that hold what ``draft`` says."""
    return {"name": draft.name, **dumped(draft, PROCESS)}
