"""What must be true of a world at any moment, and once its faults have ended.

It keeps its own account of all that it has ever seen: rows, plans and children. So what is taken
from the history must have been taken by a person, or be as old as the limits say.
"""

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.simulation.links import Links
from tests.simulation.machine import Child
from tests.simulation.stored import (
    Row,
    Stored,
    contradictions_of_all,
    history_of_all,
    pending_of_all,
    requests_of_all,
)
from tests.simulation.world import GRACE, KEEP_DAYS, World
from tui_scheduler.engine.runner import Ended
from tui_scheduler.models import Channel, Overlap, RequestStatus, RunStatus, database
from tui_scheduler.schedules import Plan, Timing, anchored, count_fires, next_fire
from tui_scheduler.services.views.requests import RequestView

SECRET = "hunter2hunter2"
PLANNED_ANEW = "The clock was ahead"
_INSTANT = timedelta(microseconds=1)
_A_MOMENT = timedelta(seconds=1)
"""How late a fire may be that nothing is in the way of."""
_BY_US = (RunStatus.KILLED, RunStatus.TIMED_OUT)
_NEVER_BEGAN = (RunStatus.MISFIRED, RunStatus.SKIPPED)

Attempt = tuple[int, int, int | None, Channel, int]
"""What is tried, for whom and in which group, how it came to it, and the number of the attempt."""


@dataclass(slots=True)
class Planned:
    """A plan that was started: from ``first`` on, each fire is in the history from ``since`` on."""

    plan: Plan
    first: datetime
    since: int
    is_open: bool = True
    gone: list[Row] = field(default_factory=list)
    """What was removed of that history."""


class Oracle:
    """Everything that was ever seen of ``world``; what is wrong is an AssertionError."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: dict[int, Row] = {}
        self._seen_at: dict[int, datetime] = {}
        self._antedated: set[int] = set()
        self._thinned: set[int | None] = set()
        """The group runs of which something is gone."""
        self._attempts: Counter[Attempt] = Counter()
        self._plans: dict[int, Planned] = {}
        self._removed: set[int] = set()
        self._links = Links()
        self._wrong: list[AssertionError] = []
        world.machine.begun = self._begun

    def started(self, request: RequestView) -> None:
        """A person has started the plan of ``request``, which was not."""
        self._plans.pop(request.id, None)
        self._links.followers.pop(request.id, None)
        if request.plan.timing is Timing.AFTER:
            self._links.started(request, self._newest() + 1)
            return
        first = requests_of_all()[request.id].first_to_tell
        assert first is not None
        assert request.scheduled_at is not None
        self._plans[request.id] = Planned(request.plan, first, self._newest() + 1)

    def stopped(self, request_id: int) -> None:
        """A person has stopped a plan: what is of it in the history stays."""
        self._links.stopped(request_id)
        if request_id in self._plans:
            self._plans[request_id].is_open = False

    def removed(self, run_ids: Iterable[int], request_id: int | None = None) -> None:
        """A person has removed runs, or a request."""
        self._removed.update(run_ids)
        if request_id is not None:
            self._links.stopped(request_id)
            self._plans.pop(request_id, None)

    def look(self) -> dict[int, Row]:
        """Check what must be true at any moment; returns all runs."""
        if self._wrong:
            raise self._wrong[0]
        history = history_of_all()
        self._check_pauses(history)
        self._account(history)
        _check_sound()
        self._check_secrets(history)
        self._check_retries(history)
        self._check_groups(history)
        for row in history.values():
            _check(row.note.startswith("The request cannot be planned"), row.note)
        for request in requests_of_all().values():
            self._check_fires(request, history)
        self._links.was_wrong |= bool(self._world.clock.error)
        self._links.look(history, pending_of_all())
        for child in self._world.machine.children.values():
            self._check_child(child, history.get(child.run_id))
        self._check_testimonies(history)
        return history

    def check_settled(self) -> None:
        """Check what must be true some time after all faults have ended."""
        history = self.look()
        now = self._world.clock.now()
        assert self._world.alive, "nobody lives"
        states = [each.runtime.scheduler for each in self._world.alive if each.runtime]
        assert [state.is_scheduling for state in states].count(True) == 1, (
            f"who schedules: {states}"
        )
        for request in requests_of_all().values():
            if request.next_fire is not None:
                assert request.id in self._plans, f"{request} was to follow an end"
                _check_next(request, self._plans[request.id].plan, now)
            if request.status is RequestStatus.SCHEDULED and request.paused_fire is not None:
                until = request.paused_until
                is_on = until is None or until > now - _A_MOMENT
                assert is_on, f"the pause of request {request.id} has ended and left no row"
        for row in history.values():
            self._check_begun(row, history, now)
        for child in self._world.machine.alive():
            self._check_stopped(child, history[child.run_id], now)

    def check_over(self) -> None:
        """Check what must be true when nothing is left to do."""
        history = self.look()
        for row in history.values():
            assert row.end_time is not None, f"run {row} is open for ever"
        for child in self._world.machine.children.values():
            assert child.end is not None, f"{child} never ends"

    def _check_pauses(self, history: dict[int, Row]) -> None:
        """Nothing new is to run by the plan of what is paused."""
        requests = requests_of_all()
        for row in history.values():
            if row.id in self._seen_at or not row.is_fire or row.status in _NEVER_BEGAN:
                continue
            request = requests[row.request_id]
            assert not request.is_paused_at(row.scheduled_for), f"{row} in a pause of {request}"

    def _account(self, history: dict[int, Row]) -> None:
        """Note what is new, and what is gone for reasons that are known.

        What is written while the clock is behind is as old as it says: nobody knows better.
        """
        true = self._world.clock.true
        for number in self._rows.keys() - history.keys():
            row = self._rows[number]
            self._thinned.add(row.parent_id)
            age = true - self._seen_at[number]
            is_removed = number in self._removed or row.parent_id in self._removed
            is_old = age >= timedelta(days=KEEP_DAYS) or number in self._antedated
            assert is_removed or is_old, f"run {row} was removed after {age}"
            if (planned := self._plans.get(row.request_id)) and row.id >= planned.since:
                planned.gone.append(row)
        self._rows = history
        is_behind = self._world.clock.error < timedelta()
        for number, row in history.items():
            if number not in self._seen_at:
                self._attempts[_attempt(row, row.attempt)] += 1
            if row.end_time is None or number not in self._seen_at:
                self._seen_at[number] = true
                if is_behind:
                    self._antedated.add(number)

    def _check_retries(self, history: dict[int, Row]) -> None:
        """What has failed and is to be tried again is, even if that is gone by now."""
        tried = Counter(
            _attempt(row, row.attempt + 1)
            for row in history.values()
            if row.is_tried_again and not _is_stopped(row.parent_id, history)
        )
        for attempt, number in tried.items():
            there = self._attempts[attempt]
            assert there >= number, f"{number} failed, and {there} were tried again: {attempt}"

    def _check_groups(self, history: dict[int, Row]) -> None:
        """What runs for a group does so step by step, and all of a step is run at once."""
        beneath: dict[int, list[Row]] = {}
        for row in history.values():
            if row.parent_id is not None:
                beneath.setdefault(row.parent_id, []).append(row)
        for number, rows in beneath.items():
            if number in history and number not in self._thinned:
                check_steps(history[number], rows)

    def _check_fires(self, request: Stored, history: dict[int, Row]) -> None:
        """Each fire of a plan is one row, or counted in one."""
        planned = self._plans.get(request.id)
        if planned is None:
            return
        self._note_new_plans(planned, request, history)
        fires = [
            row
            for row in itertools.chain(history.values(), planned.gone)
            if row.request_id == request.id and row.id >= planned.since and row.is_fire
        ]
        twice = [
            at for at, count in Counter(row.scheduled_for for row in fires).items() if count > 1
        ]
        assert not twice, f"fires of request {request.id} that are there twice: {twice}"
        accounted = sum(max(row.missed, 1) for row in fires)
        until = _accounted_until(request, fires) if planned.is_open else None
        if until is None:
            return
        plan, first = planned.plan, planned.first
        if plan.timing is not Timing.SCHEDULE:
            due = int(request.first_to_tell is None)
        else:
            assert request.scheduled_at is not None
            due = count_fires(anchored(plan, request.scheduled_at), first - _INSTANT, until)
        is_right = accounted <= due if plan.repetitions is not None else accounted == due
        assert is_right, f"request {request.id} has {accounted} of {due} fires: {fires}"

    def _note_new_plans(self, planned: Planned, request: Stored, history: dict[int, Row]) -> None:
        """Begin to count anew where a plan was begun anew, as the clock had been ahead."""
        for row in history.values():
            is_anew = row.status is RunStatus.MISFIRED and row.note.startswith(PLANNED_ANEW)
            if is_anew and row.request_id == request.id and row.id >= planned.since:
                assert request.scheduled_at is not None
                first = row.scheduled_for
                if planned.plan.timing is Timing.SCHEDULE:
                    plan = anchored(planned.plan, request.scheduled_at)
                    first = next_fire(plan, row.scheduled_for) or first
                planned.first, planned.since, planned.gone = first, row.id + 1, []

    def _begun(self, child: Child) -> None:
        """Note what is wrong with it that a child begins: whoever begins it must not hear of it."""
        try:
            self._check_begin(child)
        except AssertionError as error:
            self._wrong.append(error)

    def _check_begin(self, child: Child) -> None:
        """Check that a child may begin, beside the others, and that it is the first of its run."""
        others = self._world.machine.children.values()
        twice = [other for other in others if other.run_id == child.run_id]
        assert not twice, f"run {child.run_id} begins twice: {twice}"
        history = history_of_all()
        row = history.get(child.run_id)
        assert row is not None, f"{child} has no row"
        assert row.token == child.token, f"{child} is not the run that was taken: {row}"
        assert row.end_time is None, f"{child} has ended already: {row}"
        living = [other for other in others if other.end is None]
        self._check_step(row, [other.run_id for other in living])
        beside = [other for other in living if other.process == child.process]
        assert row.overlap is Overlap.ALLOW or not beside, f"{child} runs beside {beside}"
        for other in others:
            if other.end is None and (beside_it := history.get(other.run_id)):
                common = row.locks & beside_it.locks
                assert not common, f"{child} runs beside {other}, and both hold {set(common)}"

    def _check_step(self, row: Row, living: list[int]) -> None:
        """Check that of its group only those of its own step live when the run ``row`` begins."""
        history = history_of_all()
        if row.parent_id in history:
            steps = steps_of(history[row.parent_id])
            family = [history[number] for number in living if number in history]
            early = [
                other
                for other in family
                if other.parent_id == row.parent_id
                and steps.get(other.position) != steps.get(row.position)
            ]
            assert not early, f"{row} begins while another step runs: {early}"

    def _check_child(self, child: Child, row: Row | None) -> None:
        """The row of a child says its true end, and none while it runs."""
        if row is None:
            assert child.run_id in self._seen_at, f"{child} has no row"
            assert child.end is not None, f"the row of {child} was removed"
            return
        if row.end_time is None:
            return
        assert child.end is not None, f"{child} runs, and its row says {row}"
        if isinstance(child.end, Ended):
            recorded = (row.end_time, row.exit_code, row.signal)
            true = (child.end.end_time, child.end.exit_code, child.end.signal)
            assert recorded == true, f"{row} says {recorded} of {child}"
            by_itself = RunStatus.SUCCESS if child.end.exit_code == 0 else RunStatus.ERROR
        else:
            by_itself = RunStatus.LOST
        may_be_us = child.was_signalled or row.kill_request is not None
        may_be_us |= isinstance(child.end, Ended) and _may_be_a_signals(child.end)
        allowed = (by_itself, *_BY_US) if may_be_us else (by_itself,)
        assert row.status in allowed, f"{row} says {row.status} of {child}"
        assert "sight" not in row.note, row.note

    def _check_testimonies(self, history: dict[int, Row]) -> None:
        """No row speaks of a child that never was."""
        known = {child.run_id for child in self._world.machine.children.values()}
        for row in history.values():
            speaks = row.exit_code is not None or row.signal is not None or row.pid is not None
            if speaks or (row.status is RunStatus.LOST):
                assert row.id in known, f"{row} never had a process"
            if row.status in _NEVER_BEGAN:
                assert row.id not in known, f"{row} has a process"

    def _check_secrets(self, history: dict[int, Row]) -> None:
        for row in history.values():
            _check(SECRET in row.note or SECRET in row.waiting_note, f"{row.id} tells a secret")

    def _check_begun(self, row: Row, history: dict[int, Row], now: datetime) -> None:
        """What may start has started."""
        if row.status is not RunStatus.QUEUED or row.id in self._world.faults.silent:
            return
        is_in_the_way = any(
            other.process_id == row.process_id and other.end_time is None and other.id < row.id
            for other in history.values()
        )
        assert not row.host, f"{row} was taken and does not begin"
        assert not row.was_to_stop(now), f"{row} was to be stopped, and waits"
        if row.attempt > 1:
            assert row.scheduled_for <= now + row.retry_delay, f"{row} waits too long"
        if row.kill_request is None and (row.attempt == 1 or row.scheduled_for <= now):
            may_wait = is_in_the_way and row.overlap is not Overlap.ALLOW
            has_to_wait = any(_is_ahead(other, row) for other in history.values())
            assert may_wait or has_to_wait, f"{row} does not begin"

    def _check_stopped(self, child: Child, row: Row, now: datetime) -> None:
        """What was asked to stop, or has no time left, has ended."""
        assert not row.was_to_stop(now), f"{child} was to be stopped and goes on"
        age = timedelta(seconds=self._world.clock.monotonic() - child.began)
        assert row.timeout is None or age < row.timeout + GRACE, (
            f"{child} has no time left, and goes on"
        )

    def _newest(self) -> int:
        return self._world.services.runs.newest_id()


def _is_ahead(other: Row, row: Row) -> bool:
    """Whether a run holds a lock that another one waits for, or has waited for it for longer."""
    has_one = other.end_time is None and other.locks & row.locks
    return bool(has_one and other.id != row.id and (other.host or other.id < row.id))


def steps_of(group: Row) -> dict[int | None, int]:
    """The step of each place of a group run, as its row says; it is none before it began."""
    members = json.loads(group.members or "[]")
    lengths = [len(member) if isinstance(member, list) else 1 for member in members]
    numbers = [step for step, length in enumerate(lengths, 1) for _ in range(length)]
    return dict(enumerate(numbers, 1))


def check_steps(group: Row, members: list[Row]) -> None:
    """Check that each step of a group run was begun after the one before, and none too many."""
    steps = steps_of(group)
    by_step: dict[int, list[Row]] = {}
    for row in members:
        by_step.setdefault(steps[row.position], []).append(row)
    for (_, before), (_, after) in itertools.pairwise(sorted(by_step.items())):
        still_open = [row for row in before if row.end_time is None]
        assert not still_open, f"{after} are there, and of the step before are open: {still_open}"
        assert max(row.id for row in before) < min(row.id for row in after), (before, after)
        last = {row.position: row for row in sorted(before, key=lambda row: row.id)}
        has_failed = any(row.status is not RunStatus.SUCCESS for row in last.values())
        if group.stop_on_failure and has_failed:
            begun = [row for row in after if row.status is not RunStatus.SKIPPED]
            assert not begun, f"{begun} are run after a failure: {before}"


def _may_be_a_signals(end: Ended) -> bool:
    """Whether it ended as one does whom an earlier scheduler may have sent a signal."""
    return end.signal is not None or (end.exit_code or 0) > 128


def wrong_logs(folder: Path) -> Iterator[str]:
    """The logs that tell a secret."""
    for path in folder.rglob("*.log"):
        if path.is_file() and SECRET.encode() in path.read_bytes():
            yield str(path)


def _attempt(row: Row, number: int) -> Attempt:
    return row.request_id, row.process_id, row.parent_id, row.channel, number


def _is_stopped(group_id: int | None, history: dict[int, Row]) -> bool:
    """Whether somebody asked for a group run to be stopped, or it is not known any more."""
    if group_id is None:
        return False
    return group_id not in history or history[group_id].kill_request is not None


def _accounted_until(request: Stored, fires: list[Row]) -> datetime | None:
    """The last moment whose fires are in the history."""
    if request.first_to_tell is not None:
        return request.first_to_tell - _INSTANT
    return max((row.scheduled_for for row in fires), default=None)


def _check_next(request: Stored, plan: Plan, now: datetime) -> None:
    """What is planned is to come, and is what the plan says."""
    fire = request.next_fire
    assert fire is not None
    assert fire > now - _A_MOMENT, f"request {request.id} was due at {fire}, and it is {now}"
    assert request.scheduled_at is not None
    after = request.paused_until or now
    if not request.skips_next:
        after -= _INSTANT
    says = _first_after(request, plan, max(now, after))
    is_done = request.previous_fire is not None and request.previous_fire <= now + GRACE
    assert fire <= says or (is_done and request.scheduled_at <= now + GRACE), (
        f"request {request.id} fires at {fire}, and its plan says {says}; it is {now}, and the"
        f" previous fire was {request.previous_fire}, scheduled at {request.scheduled_at}"
    )


def _first_after(request: Stored, plan: Plan, now: datetime) -> datetime:
    assert request.scheduled_at is not None
    has_start = plan.start is not None
    if plan.timing is not Timing.SCHEDULE:
        assert request.next_fire is not None
        return request.next_fire if has_start else now
    plan = anchored(plan, min(request.scheduled_at, now))
    return next_fire(plan, now) or datetime.max.replace(tzinfo=UTC)


def _check_sound() -> None:
    """No row contradicts another."""
    assert not database.connection().in_transaction, "a transaction was left open"
    assert contradictions_of_all() == []


def _check(is_wrong: bool, text: str) -> None:
    assert not is_wrong, text
