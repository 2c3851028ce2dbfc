"""A short life of a scheduler, the same each time, to which one thing happens that should not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from tests.services.drafts import IMMEDIATE, after, process_draft, scheduled
from tests.simulation.faults import DatabaseFault
from tests.simulation.machine import Behaviour
from tests.simulation.oracle import Oracle
from tests.simulation.stored import history_of_all
from tests.simulation.world import World, a_world
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import Outcome
from tui_scheduler.services.drafts import GroupDraft

_STEP = 1.0
_BEHAVIOURS = {
    "fails": Behaviour(0.5, 1),
    "works": Behaviour(0.5),
    "too": Behaviour(0.7),
    "waits": Behaviour(0.5),
}
_LONGEST = 100

Story = list[tuple[str, str, int, int]]
"""Of each run its process, how it ended, the attempt, and the exit code."""


@dataclass(slots=True)
class Mishap:
    """What happens at the ``number``-th chance for it."""

    number: int = 0
    statement: DatabaseFault | None = None
    dies: bool = False
    happened: bool = False


NOTHING = Mishap()


def live(mishap: Mishap) -> Story:
    """Let a scheduler live to which ``mishap`` happens, and another one if it dies of it.

    Returns what it has made of what was due. AssertionError if anything is not as it must be.
    """
    with a_world() as world:
        oracle = Oracle(world)
        _prepare(world, oracle)
        program = world.start()
        if mishap.dies:
            program.die_in = mishap.number
        world.faults.statement, world.faults.statements_until = mishap.statement, mishap.number
        for _ in range(_LONGEST):
            world.pass_time(_STEP)
            if not world.alive:
                world.start()
            history = oracle.look()
            if len(history) > 4 and all(row.end_time for row in history.values()):
                break
        mishap.happened = program.is_dead or (
            mishap.statement is not None and world.faults.statement is None
        )
        world.faults.heal()
        program.die_in = None
        world.pass_time(_STEP)
        oracle.check_settled()
        oracle.check_over()
        rows = history_of_all().values()
        return sorted(
            (row.process, row.status.value, row.attempt, row.exit_code or 0) for row in rows
        )


def deaths_at_awaits(first: int = 0, stride: int = 1) -> int:
    """Let a scheduler die at each ``stride``-th await; returns how many deaths that were."""
    return _mishaps(lambda number: Mishap(dies=True, number=number), first, stride)


def faults_at_statements(fault: DatabaseFault, first: int = 0, stride: int = 1) -> int:
    """Let each ``stride``-th statement fail that changes something; returns how many that were."""
    return _mishaps(lambda number: Mishap(statement=fault, number=number), first, stride)


def _mishaps(mishap_at: Callable[[int], Mishap], first: int, stride: int) -> int:
    undisturbed = live(NOTHING)
    for times in count():
        mishap = mishap_at(first + times * stride)
        assert live(mishap) == undisturbed, mishap
        if not mishap.happened:
            return times
    raise AssertionError


def _prepare(world: World, oracle: Oracle) -> None:
    services = world.services
    for name, behaviour in _BEHAVIOURS.items():
        draft = process_draft(
            name,
            command=behaviour.command,
            retries=1,
            retry_delay=timedelta(seconds=2),
            environment={"PROCESS": name},
            locks=() if name == "works" else ("db",),
        )
        services.processes.create(draft)
    services.groups.create(GroupDraft(name="group", members=("works", ("works", "too"))))
    services.processes.create(
        process_draft(
            "follows",
            command=Behaviour(0.5).command,
            environment={"PROCESS": "follows"},
            overlap=Overlap.ALLOW,  # what it follows may end at any time
        )
    )
    for name in ("fails", "group", "waits"):
        oracle.started(scheduled(services, IMMEDIATE, process=name))
    for followed, outcome in (("fails", Outcome.FAILURE), ("group", Outcome.END)):
        plan = after(followed, outcome=outcome)
        oracle.started(scheduled(services, plan, process="follows"))
