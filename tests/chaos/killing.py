"""Killing schedulers and keepers again and again; is all as it must be afterwards?"""

import os
import random
import select
import signal
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress

from tests.chaos.victims.keeper_deaths import KEEPER_POINTS
from tests.chaos.victims.points import POINTS, Death
from tests.chaos.victims.victim import Victim
from tests.chaos.world import Deaths, World, world_database
from tests.support.patience import PATIENCE

_LONGEST_LIFE = 1.0  # seconds of scheduling before a random kill
_PATIENCE = 2.5  # seconds until one that does not reach its point is killed all the same
_OCCASIONS = 20  # the point is reached for the n-th time
_LOOK = 0.02
_KEEPERS = 20  # of one scheduler
_TIDYINGS = 3
_AT_ANY_INSTANT = "any instant"
_AT_ONCE, _KEEPER_FIRST, _SCHEDULER_FIRST = "at once", "keeper first", "scheduler first"
_ORDERS = (_AT_ONCE, _KEEPER_FIRST, _SCHEDULER_FIRST)


def kill_one_by_one(world: World, times: int, chance: random.Random) -> Deaths:
    """Start a scheduler, let it die at a point or at a random instant, and begin anew."""
    deaths = Deaths()
    for point in in_turn(POINTS, times, chance):
        death = Death(point or "", chance.randint(1, _OCCASIONS))
        with Victim(world_database(world.folder), death) as victim:
            victim.until_it_schedules()
            life = chance.uniform(0, _LONGEST_LIFE) if point is None else _PATIENCE
            died = victim.until_it_is_dead(life)
            deaths.count(point if point is not None and died else _AT_ANY_INSTANT)
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


def kill_keepers(world: World, times: int, chance: random.Random) -> Deaths:
    """Let keepers die at points and at random instants in turn, while their scheduler lives on.

    In turn, as what two of them were about to begin when they died is given up.
    """
    deaths = Deaths()
    points = [point for point in in_turn(KEEPER_POINTS, 2 * times, chance) if point is not None]
    for first in range(0, times, _KEEPERS):
        dying = [
            Death(points[number % len(points)], chance.randint(1, _OCCASIONS))
            if number % 2
            else Death()
            for number in range(first, min(first + _KEEPERS, times))
        ]
        with Victim(world_database(world.folder), *dying) as victim:
            victim.until_it_schedules()
            while victim.until_keepers(1, PATIENCE) and victim.keepers <= len(dying):
                _let_keeper_die(world, victim, dying[victim.keepers - 1], deaths, chance)
            while world.has_orphans(victim.pid):
                assert not victim.until_it_is_dead(_LOOK), victim.stderr
            assert victim.stop() == 0, victim.stderr
    return deaths


def _let_keeper_die(
    world: World, victim: Victim, death: Death, deaths: Deaths, chance: random.Random
) -> None:
    """Wait until a keeper dies as it should, or kill it, and until there is another one."""
    begun = victim.keepers
    died = bool(death.point) and victim.until_keepers(begun + 1, _PATIENCE)
    if not died:
        keeper = _keeper_at_work(world, victim)
        _dies_within(keeper, chance.uniform(0, _LONGEST_LIFE))
        _kill([keeper])
    assert victim.until_keepers(begun + 1, PATIENCE), victim.stderr
    deaths.of_keepers += 1
    deaths.count(death.point if died else _AT_ANY_INSTANT)


def kill_both(world: World, times: int, chance: random.Random) -> Deaths:
    """Let a scheduler and its keeper die at once, or one a moment after the other."""
    deaths = Deaths()
    for point in in_turn(KEEPER_POINTS, times, chance):
        death = Death(point or "", chance.randint(1, _OCCASIONS), of_both=True)
        with Victim(world_database(world.folder), death) as victim:
            victim.until_it_schedules()
            life = chance.uniform(0, _LONGEST_LIFE) if point is None else _PATIENCE
            if victim.until_it_is_dead(life):
                deaths.count(death.point)
            else:
                order = chance.choice(_ORDERS)
                _kill_both(world, victim, order, chance.uniform(0, _LONGEST_LIFE))
                deaths.count(order)
        deaths.of_keepers += 1
        deaths.both_died()
    return deaths


def _kill_both(world: World, victim: Victim, order: str, pause: float) -> None:
    """Kill a scheduler and its keeper, who may have an heir by the time that it dies."""
    keepers = world.keepers(victim.pid)
    if order == _AT_ONCE:
        victim.send(signal.SIGKILL)
        _kill(keepers)
    elif order == _KEEPER_FIRST:
        _kill(keepers)
        victim.until_it_is_dead(pause)
    else:
        victim.kill()
        with Victim(world_database(world.folder)) as heir:
            heir.until_it_is_dead(pause)
            _kill(keepers)


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


def settle(world: World, deaths: Deaths | None = None) -> list[str]:
    """Let a scheduler bring everything to its end in peace; what is wrong then.

    Journals that were left go when there is something to run again; also that of a keeper that was
    left a moment before it could be told that all was recorded.
    """
    world.end_plans()
    _let_all_end(world)
    for _ in range(_TIDYINGS):
        if world.journals():
            world.one_more()
            _let_all_end(world)
    return world.problems(deaths or Deaths())


def _let_all_end(world: World) -> None:
    with Victim(world_database(world.folder)) as last:
        last.until_it_schedules()
        while world.is_busy():
            assert not last.until_it_is_dead(_LOOK), last.stderr
        assert last.stop() == 0, last.stderr
    _until_gone(world.keepers())


def _keeper_at_work(world: World, victim: Victim) -> int:
    """Wait until a scheduler has a keeper that has begun something; returns its pid."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for keeper in world.keepers(victim.pid):
            if world.has_begun_runs(keeper):
                return keeper
        assert not victim.until_it_is_dead(_LOOK), victim.stderr
    raise AssertionError("it has no keeper at work")


def _dies_within(pid: int, seconds: float) -> bool:
    """Wait for a process to die; False if it has not within so many seconds."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], seconds)[0])
    finally:
        os.close(process)


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            _dies_within(pid, PATIENCE)


def _until_gone(pids: Iterable[int]) -> None:
    for pid in pids:
        _dies_within(pid, PATIENCE)


def in_turn(points: Iterable[str], times: int, chance: random.Random) -> Iterator[str | None]:
    """Each point in turn, and as often none of them: a random instant."""
    named = list(points)
    names = [*named, *([None] * len(named))]
    for number in range(times):
        if number % len(names) == 0:
            chance.shuffle(names)
        yield names[number % len(names)]
