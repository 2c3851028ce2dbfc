"""What comes next in the run of a group: one member after the other.

The run of a group is no process. It begins when it is taken, and each end of a member decides, in
the same transaction, what comes next. This says what that is; ``run_ending`` does it.
"""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tui_scheduler.identity import Host
from tui_scheduler.models import GroupMember, Process, Request, Run, RunStatus, rows
from tui_scheduler.services.context import new_token
from tui_scheduler.services.running.run_creation import NewRun
from tui_scheduler.services.running.whole_rows import run_of

EMPTY = "The group has no members: add some"


@dataclass(frozen=True, slots=True)
class Member:
    """A place in a group, counted from 1, and what is run there."""

    position: int
    process: Process


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """How a group run ends; the members ``passed_over`` are not run, for the ``reason``."""

    status: RunStatus
    note: str = ""
    passed_over: tuple[Member, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """The last attempt at one place of a group."""

    position: int
    name: str
    status: RunStatus
    is_open: bool


class GroupRun:
    """The run of a group that is under way: what was reached of it, and what is left."""

    def __init__(self, row: Run, steps: list[_Step]) -> None:
        self.request: Request = row.request
        self._row = row
        self._steps = steps
        self._is_waiting = bool(steps) and steps[-1].is_open
        self._left = deque() if self._is_waiting else deque(_left(row, steps))

    @classmethod
    def under_way(cls, run_id: int) -> "GroupRun | None":
        """The group run as its rows say; None if it has ended or is gone.

        Raises ValueError for a damaged row.
        """
        row = run_of(run_id)
        return None if row is None or row.end_time is not None else cls(row, _steps(run_id))

    def next(self) -> Member | GroupEnd | None:
        """The member that is to be run now, or how the group ends; None while one is open."""
        if self._is_waiting:
            return None
        failed = [step.name for step in self._steps if step.status is not RunStatus.SUCCESS]
        left = tuple(self._left)
        if self._row.kill_request is not None:
            reason = "The group was stopped"
            return GroupEnd(RunStatus.KILLED, "Stopped on request", left, reason)
        if left and failed and self._row.process.stop_on_failure:
            reason = f"{failed[0]!r} failed, and the group stops then"
            return GroupEnd(RunStatus.ERROR, _failures(failed), left, reason)
        if left:
            return left[0]
        if failed or not self._steps:
            return GroupEnd(RunStatus.ERROR, _failures(failed) if failed else EMPTY)
        return GroupEnd(RunStatus.SUCCESS)

    def new_run(self, member: Member, now: datetime) -> NewRun:
        """The run of ``member`` as it is to be created."""
        return NewRun(
            scheduled_for=now,
            channel=self._row.channel,
            parent_id=self._row.id,
            position=member.position,
            parameters=self._row.parameters,
            as_of=self._row.start_time,
        )

    def reach(self, member: Member, status: RunStatus) -> None:
        """Note that the next member has a run now."""
        self._left.popleft()
        self._is_waiting = status is RunStatus.QUEUED
        name = member.process.name
        self._steps.append(_Step(member.position, name, status, self._is_waiting))


def take_group(run_id: int, host: Host, now: datetime) -> bool:
    """Let the run of a group begin, with the members that it has now; False if it is not ready.

    It keeps these members, whatever becomes of the group.
    """
    group = Run.get_by_id(run_id)
    order = GroupMember.select(GroupMember.process)
    members = order.where(GroupMember.group == group.process_id).order_by(GroupMember.position)
    taken = Run.update(
        status=RunStatus.PROCESSING,
        host=host.name,
        host_id=host.id or None,
        token=new_token(),
        start_time=now,
        members=json.dumps(list(members.scalars())),
    ).where(Run.id == run_id, Run.status == RunStatus.QUEUED, Run.host == "")
    return bool(taken.execute())


def _steps(run_id: int) -> list[_Step]:
    """The places that were reached, each as its last attempt ended or stands."""
    attempts = (
        Run.select(Run.position, Process.name, Run.status, Run.end_time.is_null())
        .join(Process)
        .where(Run.parent == run_id)
        .order_by(Run.id)
    )
    latest = {position: _Step(position, *rest) for position, *rest in rows(attempts)}
    return [latest[position] for position in sorted(latest)]


def _left(group: Run, steps: list[_Step]) -> Iterator[Member]:
    """The places that were not reached; what was removed meanwhile is passed over."""
    reached = steps[-1].position if steps else 0
    ids = _load_members(group.members)
    processes = {row.id: row for row in Process.select().where(Process.id.in_(ids))}
    for position, process_id in enumerate(ids, 1):
        if position > reached and process_id in processes:
            yield Member(position, processes[process_id])


def _load_members(text: str) -> list[int]:
    """The ids of the members that a group run began with; raises ValueError for a damaged row."""
    ids = json.loads(text)
    if not isinstance(ids, list) or not all(isinstance(number, int) for number in ids):
        raise ValueError("its members cannot be read")
    return ids


def _failures(failed: list[str]) -> str:
    names = ", ".join(dict.fromkeys(failed))
    return f"{len(failed)} of its members failed: {names}"
