"""Let the n-th thing of an operation fail, for n = 1, 2, 3, ..., until it goes through.

What is stored is then as it was before or as it is after, never between; and a scheduler to which
that happens gets as far as one to which it does not.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from tests.services.drafts import IMMEDIATE, after, minutely, process_draft, scheduled
from tests.simulation.faults import DatabaseFault, Killed
from tests.simulation.lives import deaths_at_awaits, faults_at_statements
from tests.simulation.machine import Behaviour
from tests.simulation.world import World, a_world
from tui_scheduler.models import Overlap, RunStatus, database
from tui_scheduler.models.backend import DATABASE_ERRORS
from tui_scheduler.services import Services
from tui_scheduler.services.definitions.applying import apply, export, plan_apply
from tui_scheduler.services.drafts import GroupDraft, RequestDraft
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.retention import Limits
from tui_scheduler.services.running.run_ending import Ending

_FAULTS = (DatabaseFault.LOCKED, DatabaseFault.FULL, DatabaseFault.KILLED_AFTER)
_STRIDE = 5
"""In the long form of the simulation it is each."""

_TABLES = (
    *("process", "group_member", "request", "run", "run_lock", "run_tally", "control"),
    "pending_end",
)
_CHANGED = Behaviour(seconds=7).command


@dataclass(frozen=True, slots=True)
class Prepared:
    """What operations are done with: a request with a run that runs, and one of a group."""

    services: Services
    running: int
    waiting: int
    ended: int
    definitions: str


def _prepare(world: World) -> Prepared:
    services = world.services
    for name in ("one", "two"):
        draft = process_draft(name, command="work 1 0 1", retries=1, overlap=Overlap.ALLOW)
        services.processes.create(draft)
    services.groups.create(GroupDraft(name="group", members=("one", "two")))
    scheduled(services, minutely(), process="one")
    scheduled(services, IMMEDIATE, process="group")
    services.requests.create(RequestDraft(process="two", plan=IMMEDIATE))
    services.runs.trigger(3)
    ended, running, waiting, *_ = [claim.run_id for claim in services.dispatch.claim()]
    for run_id in (ended, running):
        services.dispatch.started(run_id, world.clock.now(), run_id, "handle")
    _end(services, ended, RunStatus.SUCCESS)
    services.processes.create(process_draft("locked", locks=("db",), overlap=Overlap.ALLOW))
    services.requests.create(RequestDraft(process="locked", plan=IMMEDIATE))
    for _ in range(2):
        services.runs.trigger(4)
    world.clock.pass_until(world.clock.monotonic() + 1)
    services.processes.create(process_draft("three", command="work 1 0 1"))
    scheduled(services, after("one"), process="three")
    world.clock.pass_until(world.clock.monotonic() + 60)
    return Prepared(services, running, waiting, ended, export(has_secrets=True))


def _end(services: Services, run_id: int, status: RunStatus) -> None:
    now = services.context.clock.now()
    services.dispatch.ended(Ending(run_id=run_id, status=status, end_time=now, exit_code=1))


def _edit(there: Prepared) -> None:
    draft = draft_of(there.services.requests.get(1))
    changed = RequestDraft(process=draft.process, plan=minutely(interval=5))
    there.services.requests.update(1, changed)


def _apply(there: Prepared) -> None:
    text = there.definitions.replace("work 1 0 1", _CHANGED)
    apply(there.services, plan_apply(there.services, text.encode(), is_kept=True))


_OPERATIONS: dict[str, Callable[[Prepared], object]] = {
    "create a process": lambda there: there.services.processes.create(process_draft("new")),
    "edit a process": lambda there: there.services.processes.update(1, process_draft("renamed")),
    "change the locks of runs that wait": lambda there: there.services.processes.update(
        4, process_draft("locked", locks=("net", "db"), overlap=Overlap.ALLOW)
    ),
    "create a group": lambda there: there.services.groups.create(
        GroupDraft(name="new", members=(("two", "one"), "two"))
    ),
    "edit a group": lambda there: there.services.groups.update(
        3, GroupDraft(name="group", members=("two", ("one", "two")))
    ),
    "create a request": lambda there: there.services.requests.create(
        RequestDraft(process="one", plan=minutely())
    ),
    "edit a request": _edit,
    "schedule": lambda there: there.services.requests.schedule(3),
    "unschedule": lambda there: there.services.requests.unschedule(1),
    "trigger": lambda there: there.services.runs.trigger(1),
    "trigger one that waits for a lock": lambda there: there.services.runs.trigger(4),
    "trigger a group": lambda there: there.services.runs.trigger(2),
    "stop a run": lambda there: there.services.runs.kill(there.running),
    "remove a run": lambda there: there.services.runs.delete(there.ended),
    "hold": lambda there: there.services.controls.hold(),
    "apply a file": _apply,
    "claim what is due": lambda there: there.services.dispatch.claim(),
    "write a start down": lambda there: there.services.dispatch.started(
        there.waiting, there.services.context.clock.now(), 3, "handle"
    ),
    "write down an end that is tried again": lambda there: _end(
        there.services, there.running, RunStatus.ERROR
    ),
    "write down an end that is followed": lambda there: _end(
        there.services, there.running, RunStatus.SUCCESS
    ),
    "give a run back": lambda there: there.services.dispatch.give_back([there.waiting]),
    "let groups go on": lambda there: there.services.dispatch.resume_groups(),
    "plan anew": lambda there: there.services.dispatch.plan_anew(),
    "prune": lambda there: there.services.retention.remove_rows(
        there.services.retention.batch(Limits(days=0, runs=1, bytes=0))
    ),
}


@pytest.mark.parametrize("name", _OPERATIONS)
def test_an_operation_is_done_whole_or_not_at_all(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fix_tokens(monkeypatch)
    operation = _OPERATIONS[name]
    before, after = _outcome(operation)
    for fault in _FAULTS:
        first = 0
        while not (outcome := _first_change(operation, fault, first, before))[1]:
            assert outcome[2] == after, (fault, outcome[0])
            first = outcome[0] + 1
        assert outcome[2] == after, fault


def _first_change(
    operation: Callable[[Prepared], object], fault: DatabaseFault, first: int, before: Any
) -> tuple[int, bool, Any]:
    """Let one statement after the other fail, from ``first`` on, until something is changed.

    Returns which one failed then, whether there was no such statement any more, and what is stored.
    """
    with a_world() as world:
        there = _prepare(world)
        for number in count(first):
            world.faults.statement, world.faults.statements_until = fault, number
            with suppress(Killed, *DATABASE_ERRORS):
                operation(there)
            is_through = world.faults.statement is fault
            world.faults.heal()
            database.connection().rollback()  # as is done for whoever was killed
            stored = _dump()
            if is_through or stored != before:
                return number, is_through, stored
    raise AssertionError


def _outcome(operation: Callable[[Prepared], object]) -> tuple[Any, Any]:
    """What is stored before ``operation`` and after it."""
    with a_world() as world:
        there = _prepare(world)
        before = _dump()
        operation(there)
        return before, _dump()


def _dump() -> dict[str, list[tuple[Any, ...]]]:
    connection = database.connection()
    return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}


def _fix_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all tokens be the same, as the rows are compared."""
    for module in ("dispatch", "group_runs"):
        path = f"tui_scheduler.services.running.{module}.new_token"
        monkeypatch.setattr(path, lambda: "00000000")


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_scheduler_goes_on_after_many_a_statement(fault: DatabaseFault) -> None:
    assert faults_at_statements(fault, secrets.randbelow(_STRIDE), _STRIDE) > 5


def test_a_scheduler_goes_on_after_dying_at_many_an_await() -> None:
    assert deaths_at_awaits(secrets.randbelow(_STRIDE), _STRIDE) > 20
