"""How the run of a group goes on: one member after the other, in the transaction of each end.

The run of a group is no process. It begins when it is taken, and each end of a member decides, in
the same transaction, what comes next. So there is no moment at which a crash could lose it.
"""

import json
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tui_scheduler.models import (
    GroupMember,
    Process,
    Request,
    Run,
    RunStatus,
    after_commit,
    rows,
    transaction,
)
from tui_scheduler.models.sqlite import DATABASE_ERRORS
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RunChanged
from tui_scheduler.services.running.group_log import story_of, write_story
from tui_scheduler.services.running.prepared_queries import END
from tui_scheduler.services.running.run_creation import NewRun, create_run

EMPTY = "The group has no members: add some"
_Member = tuple[int, Process]
"""A place in a group, counted from 1, and what is run there."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Step:
    """The last attempt at one place of a group."""

    position: int
    name: str
    status: RunStatus
    is_open: bool


class GroupRuns:
    """The runs of groups that are under way."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def begin(self, run_id: int, host: str, now: datetime) -> None:
        """Take a group run that is ready, and let its first member be run.

        The group keeps the members that it begins with. Call it in a transaction.
        """
        group = Run.get_by_id(run_id)
        order = GroupMember.select(GroupMember.process)
        members = order.where(GroupMember.group == group.process_id).order_by(GroupMember.position)
        taken = Run.update(
            status=RunStatus.PROCESSING,
            host=host,
            start_time=now,
            members=json.dumps(list(members.scalars())),
        ).where(Run.id == run_id, Run.status == RunStatus.QUEUED, Run.host == "")
        if taken.execute():
            self.go_on(run_id, now)

    def go_on(self, run_id: int, now: datetime) -> None:
        """Let the next member be run, or end the group run, unless a member is still open.

        A group run whose rows make no sense ends with the reason. Call it in a transaction.
        """
        try:
            with transaction():
                self._go_on(run_id, now)
        except DATABASE_ERRORS:
            raise
        except Exception as error:
            _log.exception("group run %d cannot go on", run_id)
            self._end(run_id, RunStatus.ERROR, f"The group cannot go on: {error}", now)
        self._tell(run_id)

    def resume(self, now: datetime) -> None:
        """Let every group run go on that waits for nothing; a scheduler calls it at its start."""
        for run_id in (
            Run.select(Run.id).where(Run.end_time.is_null(), Run.members.is_null(False)).scalars()
        ):
            with transaction():
                self.go_on(run_id, now)

    def _go_on(self, run_id: int, now: datetime) -> None:
        group, steps = _row(run_id), _steps(run_id)
        if group is None or (steps and steps[-1].is_open):
            return
        rest = deque(_rest(group, steps))
        while not self._decides(group, steps, rest, now):
            pass

    def _decides(self, group: Run, steps: list[_Step], rest: deque[_Member], now: datetime) -> bool:
        """End the group run, or run one more member; False if that was born skipped."""
        failed = [step.name for step in steps if step.status is not RunStatus.SUCCESS]
        if group.kill_request is not None:
            self._skip(group, rest, "The group was stopped", now)
            self._end(group.id, RunStatus.KILLED, "Stopped on request", now)
        elif rest and failed and group.process.stop_on_failure:
            self._skip(group, rest, f"{failed[0]!r} failed, and the group stops then", now)
            self._end(group.id, RunStatus.ERROR, _failures(failed), now)
        elif rest:
            return self._runs(group, steps, *rest.popleft(), now)
        elif failed or not steps:
            self._end(group.id, RunStatus.ERROR, _failures(failed) if failed else EMPTY, now)
        else:
            self._end(group.id, RunStatus.SUCCESS, "", now)
        return True

    def _runs(
        self, group: Run, steps: list[_Step], position: int, process: Process, now: datetime
    ) -> bool:
        new_run = _beneath(group, position, now)
        if not process.active:
            new_run = replace(new_run, status=RunStatus.SKIPPED, note="The process is not active")
        _, status = create_run(self._context, group.request, process, new_run, now)
        is_queued = status is RunStatus.QUEUED
        steps.append(_Step(position, process.name, status, is_open=is_queued))
        return is_queued

    def _skip(self, group: Run, rest: Iterable[_Member], note: str, now: datetime) -> None:
        """Write down why the rest of the members is not run."""
        for position, process in rest:
            new_run = _beneath(group, position, now)
            skipped = replace(new_run, status=RunStatus.SKIPPED, note=note)
            create_run(self._context, group.request, process, skipped, now)

    def _end(self, run_id: int, status: RunStatus, note: str, now: datetime) -> None:
        END.change(
            run_id=run_id,
            status=status,
            end_time=now,
            exit_code=None,
            note=note,
            start_time=None,
            pid=None,
            log_bytes=0,
        )

    def _tell(self, run_id: int) -> None:
        story = story_of(run_id).encode(errors="replace")
        Run.update(log_bytes=len(story)).where(Run.id == run_id).execute()
        path = self._context.log_path(run_id)
        after_commit(lambda: write_story(path, story))
        self._context.tell(RunChanged(run_id))


def _row(run_id: int) -> Run | None:
    query = Run.select(Run, Request, Process).join(Request).switch(Run).join(Process)
    found: Run | None = query.where(Run.id == run_id, Run.end_time.is_null()).first()
    return found


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


def _rest(group: Run, steps: list[_Step]) -> list[_Member]:
    """The places that were not reached; what was removed meanwhile is passed over."""
    reached = steps[-1].position if steps else 0
    ids = _load_members(group.members)
    found = {process.id: process for process in Process.select().where(Process.id.in_(ids))}
    return [
        (position, found[process_id])
        for position, process_id in enumerate(ids, 1)
        if position > reached and process_id in found
    ]


def _load_members(text: str) -> list[int]:
    """The ids of the members that a group run began with; raises ValueError for a damaged row."""
    ids = json.loads(text)
    if not isinstance(ids, list) or not all(isinstance(number, int) for number in ids):
        raise ValueError("its members cannot be read")
    return ids


def _beneath(group: Run, position: int, now: datetime) -> NewRun:
    return NewRun(
        scheduled_for=now,
        channel=group.channel,
        parent_id=group.id,
        position=position,
        parameters=group.parameters,
        as_of=group.start_time,
    )


def _failures(failed: list[str]) -> str:
    names = ", ".join(dict.fromkeys(failed))
    return f"{len(failed)} of its members failed: {names}"
