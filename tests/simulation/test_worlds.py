"""Worlds drawn at random, in which all must be as it must be, whatever fails.

These are the same in every run, so that a run which fails has found something new in the program;
``python -m tests.simulation`` draws others. All of them together cost about a minute of CPU.
"""

import pytest

from tests.services.drafts import a_process, every, scheduled
from tests.simulation.machine import Behaviour
from tests.simulation.program import Program
from tests.simulation.world import a_world
from tests.simulation.worlds import run_worlds
from tui_scheduler.schedules import Frequency

_WORLDS = 125


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_lost_doubled_or_forgotten(seed: int) -> None:
    run_worlds(_WORLDS, 1000 * seed)


def test_the_time_outside_moves_nothing_in_a_world(monkeypatch: pytest.MonkeyPatch) -> None:
    take_turn = Program.turn
    turns: list[float] = []

    def noted(program: Program) -> None:
        turns.append(program.runtime.clock.monotonic() if program.runtime else 0)
        take_turn(program)

    def lived_through() -> list[float]:
        turns.clear()
        with a_world() as world:
            a_process(world.services, command=Behaviour().command)
            scheduled(world.services, every(Frequency.SECONDLY, interval=20))
            for _ in range(2):
                world.start()
            world.pass_time(100)
        return [*turns]

    monkeypatch.setattr(Program, "turn", noted)
    first = lived_through()
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: 1_700_000_000.4)
        again = lived_through()
    assert again == first
    assert len(first) > 100
