"""Killing schedulers again and again, and asking afterwards whether all is as it must be."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from tests.chaos.points import POINTS
from tests.chaos.schedulers import Victim
from tests.chaos.world import World, world_database

_LONGEST_LIFE = 1.0  # seconds of scheduling before a random kill
_PATIENCE = 2.5  # seconds until one that does not reach its point is killed all the same
_OCCASIONS = 20  # the point is reached for the n-th time


@dataclass(slots=True)
class Deaths:
    """How schedulers died: how often at each point, and how long the next one took to begin."""

    by_point: dict[str, int] = field(default_factory=dict)
    takeovers: list[float] = field(default_factory=list)

    def count(self, point: str) -> None:
        """One more died at ``point``."""
        self.by_point[point] = self.by_point.get(point, 0) + 1


def kill_one_by_one(world: World, times: int, chance: random.Random) -> Deaths:
    """Start a scheduler, let it die at a point or at a random instant, and begin anew."""
    deaths = Deaths()
    for point in _points(times, chance):
        deadly = () if point is None else (point, str(chance.randint(1, _OCCASIONS)))
        with Victim(world_database(world.folder), *deadly) as victim:
            victim.until_it_schedules()
            life = chance.uniform(0, _LONGEST_LIFE) if point is None else _PATIENCE
            died = victim.until_it_is_dead(life)
            deaths.count(point if point is not None and died else "any instant")
    return deaths


def kill_in_turn(world: World, times: int, chance: random.Random) -> Deaths:
    """Let two schedulers compete, and kill whichever schedules as soon as it does."""
    deaths = Deaths()
    database = world_database(world.folder)
    one = Victim(database)
    one.until_it_schedules()
    other = Victim(database)
    for _ in range(times):
        one.until_it_is_dead(chance.uniform(0, _LONGEST_LIFE))
        other.until_it_waits()
        one.kill()
        deaths.count("while another waits")
        deaths.takeovers.append(other.until_it_schedules())
        one, other = other, Victim(database)
    one.kill()
    other.kill()
    return deaths


def lock_out(world: World, seconds: float) -> None:
    """Let another program lock the database for that long while a scheduler is at work."""
    database = world_database(world.folder)
    with Victim(database) as victim, closing(sqlite3.connect(database, timeout=30)) as other:
        victim.until_it_schedules()
        victim.until_it_is_dead(2)
        other.execute("BEGIN IMMEDIATE")
        victim.until_it_is_dead(seconds)
        other.rollback()
        victim.until_it_is_dead(2)


def settle(world: World) -> list[str]:
    """Let a last scheduler bring everything to its end in peace; what is wrong then."""
    world.end_plans()
    with Victim(world_database(world.folder)) as last:
        last.until_it_schedules()
        while any(run.is_open for run in world.runs()):
            last.until_it_is_dead(0.1)
        assert last.stop() == 0, last.said
    return world.problems()


def _points(times: int, chance: random.Random) -> Iterator[str | None]:
    """Each point in turn, and as often none of them: a random instant."""
    names = [*POINTS, *([None] * len(POINTS))]
    for number in range(times):
        if number % len(names) == 0:
            chance.shuffle(names)
        yield names[number % len(names)]
