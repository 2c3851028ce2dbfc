"""What comes next in the run of a group: one step after the other.

The run of a group is no process. It begins when it is taken, and each end of a member decides, in
the same transaction, what comes next: nothing while another member of its step is open. The runs
of a step are created together. This says what comes; ``run_ending`` does it.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from tui_scheduler.identity import Host
from tui_scheduler.models import Process, Request, Run, RunStatus, rows
from tui_scheduler.services.context import new_token
from tui_scheduler.services.running.run_creation import NewRun
from tui_scheduler.services.running.steps import dump_steps, load_steps
from tui_scheduler.services.running.whole_rows import run_of
from tui_scheduler.services.stored_steps import steps_of_groups
from tui_scheduler.wording import KILL_SENTENCES

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
class _Place:
    """The last attempt at one place of a group."""

    position: int
    name: str
    status: RunStatus
    is_open: bool


class GroupRun:
    """The run of a group that is under way: what was reached of it, and what is left."""

    def __init__(self, row: Run, reached: list[_Place]) -> None:
        self.request: Request = row.request
        self._row = row
        self._reached = reached
        self._left = [] if self._is_waiting else _left(row, reached)

    @classmethod
    def under_way(cls, run_id: int) -> "GroupRun | None":
        """The group run as its rows say; None if it has ended or is gone.

        Raises ValueError for a damaged row.
        """
        row = run_of(run_id)
        return None if row is None or row.end_time is not None else cls(row, _reached(run_id))

    @property
    def _is_waiting(self) -> bool:
        return any(place.is_open for place in self._reached)

    def next(self) -> list[Member] | GroupEnd | None:
        """The step that is to be run now, or how the group ends; None while a member is open."""
        if self._is_waiting:
            return None
        failed = [place.name for place in self._reached if place.status is not RunStatus.SUCCESS]
        left = tuple(member for step in self._left for member in step)
        if self._row.kill_request is not None:
            reason = "The group was stopped"
            return GroupEnd(RunStatus.KILLED, KILL_SENTENCES[self._row.kill_request], left, reason)
        if left and failed and self._row.process.stop_on_failure:
            reason = f"{failed[0]!r} failed, and the group stops then"
            return GroupEnd(RunStatus.ERROR, _failures(failed), left, reason)
        if left:
            return self._left.pop(0)
        if failed or not self._reached:
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
        """Note that a member has a run now."""
        is_open = status is RunStatus.QUEUED
        self._reached.append(_Place(member.position, member.process.name, status, is_open))


def take_group(run_id: int, host: Host, now: datetime) -> bool:
    """Let the run of a group begin, with the members that it has now; False if it is not ready.

    It keeps these members, whatever becomes of the group.
    """
    group = Run.get_by_id(run_id)
    taken = Run.update(
        status=RunStatus.PROCESSING,
        host=host.name,
        host_id=host.id or None,
        token=new_token(),
        start_time=now,
        members=dump_steps(steps_of_groups([group.process_id]).get(group.process_id, [])),
    ).where(Run.id == run_id, Run.status == RunStatus.QUEUED, Run.host == "")
    return bool(taken.execute())


def _reached(run_id: int) -> list[_Place]:
    """The places that were reached, each as its last attempt ended or stands."""
    attempts = (
        Run.select(Run.position, Process.name, Run.status, Run.end_time.is_null())
        .join(Process)
        .where(Run.parent == run_id)
        .order_by(Run.id)
    )
    latest = {position: _Place(position, *rest) for position, *rest in rows(attempts)}
    return [latest[position] for position in sorted(latest)]


def _left(group: Run, reached: list[_Place]) -> list[list[Member]]:
    """The steps that were not reached; what was removed meanwhile is passed over."""
    last = reached[-1].position if reached else 0
    steps = load_steps(group.members)
    ids = [process_id for step in steps for process_id in step]
    processes = {row.id: row for row in Process.select().where(Process.id.in_(ids))}
    positions = count(1)
    placed = [[(next(positions), process_id) for process_id in step] for step in steps]
    left = [
        [
            Member(position, processes[process_id])
            for position, process_id in step
            if position > last and process_id in processes
        ]
        for step in placed
    ]
    return [step for step in left if step]


def _failures(failed: list[str]) -> str:
    names = ", ".join(dict.fromkeys(failed))
    return f"{len(failed)} of its members failed: {names}"
