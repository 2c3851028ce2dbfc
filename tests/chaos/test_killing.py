"""However often a scheduler is killed: nothing is lost, nothing runs twice, nothing is left."""

import random
from pathlib import Path

import pytest

from tests.chaos.killing import kill_both, kill_in_turn, kill_keepers, kill_one_by_one, settle
from tests.chaos.victims.keeper_deaths import KEEPER_POINTS
from tests.chaos.victims.points import POINTS, Death
from tests.chaos.victims.victim import Victim
from tests.chaos.world import FOLLOWING, KINDS, STEPPED, a_world, world_database


@pytest.mark.parametrize("seed", [1, 2])
def test_a_scheduler_may_be_killed_at_any_instant(tmp_path: Path, seed: int) -> None:
    with a_world(tmp_path, requests=2 * len(KINDS)) as world:
        deaths = kill_one_by_one(world, len(POINTS), random.Random(seed))
        assert settle(world, deaths) == []
        assert sum(deaths.by_point.values()) == len(POINTS)
        kinds = {kind.name for kind in (*KINDS, STEPPED, FOLLOWING)}
        assert {run.process.split()[0] for run in world.runs()} == kinds


def test_two_schedulers_may_be_killed_in_turn(tmp_path: Path) -> None:
    with a_world(tmp_path, requests=len(KINDS)) as world:
        kill_in_turn(world, 3, random.Random(3))
        assert settle(world) == []
        assert world.runs()


@pytest.mark.parametrize("point", KEEPER_POINTS)
def test_a_run_outlives_its_keeper_whenever_that_dies(tmp_path: Path, point: str) -> None:
    with a_world(tmp_path, requests=0) as world:
        world.trigger(f"echo began >> {tmp_path}/witness; echo hello; exit 5", 1)
        with Victim(world_database(tmp_path), Death(point, 1)) as victim:
            victim.until_it_schedules()
            while world.is_busy():
                assert not victim.until_it_is_dead(0.02), victim.stderr
            assert victim.stop() == 0
        (run,) = world.runs()
        assert (run.status, run.exit_code) == ("error", 5)
        assert (tmp_path / "witness").read_text() == "began\n"
        assert "hello\n" in run.log_path.read_text() or point == "output read"


def test_a_keeper_may_be_killed_at_any_instant(tmp_path: Path) -> None:
    with a_world(tmp_path, requests=len(KINDS)) as world:
        deaths = kill_keepers(world, len(KEEPER_POINTS), random.Random(4))
        assert settle(world, deaths) == []
        assert sum(deaths.by_point.values()) == len(KEEPER_POINTS)


def test_a_scheduler_and_its_keeper_may_be_killed_together(tmp_path: Path) -> None:
    with a_world(tmp_path, requests=len(KINDS)) as world:
        deaths = kill_both(world, len(KEEPER_POINTS), random.Random(5))
        assert settle(world, deaths) == []
        assert sum(deaths.by_point.values()) == len(KEEPER_POINTS)
