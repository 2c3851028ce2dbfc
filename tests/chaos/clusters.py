"""Schedulers that take turns at runs on a real Slurm, and are killed; parts of that die, too."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.chaos.killing import in_turn, settle
from tests.chaos.victims.points import CLUSTER_POINTS, Death
from tests.chaos.victims.victim import Victim
from tests.chaos.world import Deaths, World, a_world, world_database
from tests.slurm.cluster import Cluster
from tui_scheduler import clusters
from tui_scheduler.settings import CONFIG_VARIABLE

NAME = "hpc"
_PACE = 4  # seconds between two fires of a request
_SIZE = "--cpus-per-task=2"  # so that no more begin at once than a small machine can take
_LONGEST_LIFE = 3.0  # seconds of scheduling before a random kill
_PATIENCE = 6.0  # seconds until one that does not reach its point is killed all the same
_OCCASIONS = 6  # the point is reached for the n-th time
_ROUND = 2.0  # seconds between two looks of whoever tends the cluster
_CALM = 10  # kills between two troubles of the cluster
_LONGEST_TROUBLE = 3.0  # seconds that it lasts after the kill
_AT_ANY_INSTANT = "any instant"

Repair = Callable[[], None]
Trouble = Callable[[Cluster, Deaths, random.Random], Repair]


@contextmanager
def a_cluster_world(folder: Path, requests: int, slurm: Cluster) -> Iterator[World]:
    """A populated world, most of whose runs go to ``slurm``; schedulers find that as we do."""
    shared = folder / "shared"
    shared.mkdir()
    config = folder / "config.toml"
    text = f'[cluster.{NAME}]\nengine = "slurm"\noptions = ["{_SIZE}"]\nfolder = "{shared}"\n'
    config.write_text(text)
    cluster = clusters.Cluster(name=NAME, engine=clusters.SLURM, folder=shared)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CONFIG_VARIABLE, str(config))
        with a_world(folder, requests, cluster, _PACE) as world, _an_administrator(slurm):
            yield world


@contextmanager
def _an_administrator(slurm: Cluster) -> Iterator[None]:
    """Have nodes be of use again that Slurm drains, as it does where two jobs have one number."""
    goes = Event()

    def attend() -> None:
        while not goes.wait(_ROUND):
            with suppress(RuntimeError):  # the controller is dead just now
                for node, state in slurm.node_states().items():
                    if state.startswith("drain"):
                        slurm.run("scontrol", "update", f"nodename={node}", "state=resume")

    thread = Thread(target=attend)
    thread.start()
    try:
        yield
    finally:
        goes.set()
        thread.join()


def kill_by_turns(
    world: World, slurm: Cluster, times: int, chance: random.Random, *troubles: Trouble
) -> Deaths:
    """Have two schedulers take turns: whoever schedules dies at a point or at a random instant.

    Now and then one of the ``troubles`` befalls the cluster meanwhile.
    """
    deaths = Deaths()
    points = [*in_turn(CLUSTER_POINTS, times, chance), None]
    with ExitStack() as victims:

        def victim(point: str | None) -> Victim:
            death = Death(point or "", chance.randint(1, _OCCASIONS))
            return victims.enter_context(Victim(world_database(world.folder), death))

        one = victim(points[0])
        one.until_it_schedules()
        for number, (point, following) in enumerate(pairwise(points), 1):
            other = victim(following)
            is_time = troubles and number % _CALM == 0
            repair = chance.choice(troubles)(slurm, deaths, chance) if is_time else None
            life = chance.uniform(0, _LONGEST_LIFE) if point is None else _PATIENCE
            died = one.until_it_is_dead(life)
            deaths.count(point if point is not None and died else _AT_ANY_INSTANT)
            one.kill()
            deaths.takeovers.append(other.until_it_schedules())
            if repair is not None:
                other.until_it_is_dead(chance.uniform(0, _LONGEST_TROUBLE))
                repair()
            one = other
    return deaths


def controller_dies(slurm: Cluster, deaths: Deaths, chance: random.Random) -> Repair:
    """Kill slurmctld with -9: it forgets the jobs of the last seconds."""
    deaths.count("slurmctld")
    slurm.kill_controller()
    return slurm.start_controller


def slurmd_dies(slurm: Cluster, deaths: Deaths, chance: random.Random) -> Repair:
    """Kill slurmd with -9 on a node: what runs there goes on."""
    node = chance.choice(slurm.nodes)
    deaths.count("slurmd")
    slurm.kill_slurmd(node)
    return partial(slurm.start_slurmd, node)


def node_dies(slurm: Cluster, deaths: Deaths, chance: random.Random) -> Repair:
    """Switch a node off, with all that runs on it."""
    node = chance.choice(slurm.nodes)
    deaths.count("node")
    slurm.take_down(node)
    deaths.of_nodes.append((node, datetime.now(UTC)))
    return partial(slurm.bring_back, node)


TROUBLES: tuple[Trouble, ...] = (controller_dies, slurmd_dies, node_dies)


def settle_all(world: World, slurm: Cluster, deaths: Deaths) -> list[str]:
    """Let everything come to its end in peace; what is wrong then, also with what is queued."""
    problems = settle(world, deaths)
    slurm.until_no_jobs()
    return problems
