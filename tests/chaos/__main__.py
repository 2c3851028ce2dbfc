"""The long form: ``python -m tests.chaos``, with ``--help`` for what can be chosen."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from tests.chaos.clusters import TROUBLES, a_cluster_world, kill_by_turns, settle_all
from tests.chaos.killing import (
    kill_both,
    kill_in_turn,
    kill_keepers,
    kill_one_by_one,
    lock_out,
    settle,
)
from tests.chaos.leaks import Holdings, before_and_after
from tests.chaos.quick_keys import storm
from tests.chaos.telling import a_telling
from tests.chaos.world import KINDS, Deaths, World, a_world
from tests.slurm.cluster import Cluster, missing
from tui_scheduler.services.views.runs import RunView

_LOCKED = 30.0  # seconds
_ON_CLUSTER = 3 * len(KINDS)  # requests of that story

Kill = Callable[[World, int, random.Random], Deaths]
_STORIES: dict[str, Kill] = {
    "one": kill_one_by_one,
    "two": kill_in_turn,
    "keeper": kill_keepers,
    "both": kill_both,
    "locked": lambda world, _kills, _chance: _locked_out(world),
}


def main() -> int:
    """Tell the stories that are asked for; 1 if anything was lost, doubled or left behind."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    stories = [[], "leaks", "keys", "notices", "slurm", *_STORIES]
    parser.add_argument("stories", nargs="*", choices=stories, metavar="STORY")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--requests", type=int, default=50)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--storms", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if "leaks" in chosen.stories or not chosen.stories:
        _tell_leaks(chosen.runs)
    wrong = []
    if "keys" in chosen.stories or not chosen.stories:
        wrong += _tell_storms(range(chosen.seed, chosen.seed + chosen.storms))
    if "notices" in chosen.stories or not chosen.stories:
        wrong += _tell_notices(chosen.kills, chosen.seed)
    wrong += [
        problem
        for name in _STORIES
        if name in chosen.stories or not chosen.stories
        for problem in _tell(name, chosen.kills, chosen.requests, chosen.seed)
    ]
    if "slurm" in chosen.stories or not chosen.stories:
        wrong += _tell_slurm(chosen.kills, chosen.seed)
    for problem in wrong:
        print("WRONG:", problem)
    return 1 if wrong else 0


def _locked_out(world: World) -> Deaths:
    lock_out(world, _LOCKED)
    return Deaths()


def _tell_leaks(runs: int) -> None:
    with tempfile.TemporaryDirectory(prefix="tui-scheduler-chaos-") as folder:
        before, after = asyncio.run(before_and_after(Path(folder), runs))
    print(f"leaks: {runs} runs")
    for item in fields(Holdings):
        print(f"  {item.name}: {getattr(before, item.name)} -> {getattr(after, item.name)}")


def _tell_notices(kills: int, seed: int) -> list[str]:
    with (
        tempfile.TemporaryDirectory(prefix="tui-scheduler-chaos-") as folder,
        a_telling(Path(folder)) as telling,
    ):
        deaths = telling.kill(kills, random.Random(seed))
        problems = telling.settle()
        print(f"notices: {kills} kills {deaths.by_point}, {telling.doubles} arrived twice")
    return problems


def _tell_storms(seeds: range) -> list[str]:
    problems = []
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="tui-scheduler-chaos-") as folder:
            os.environ["HOME"] = folder  # where logs are saved
            complaints = asyncio.run(storm(Path(folder), seed))
        problems += [f"keys of seed {seed}: {complaint}" for complaint in complaints]
    print(f"keys: {len(seeds)} storms, the program failed at {len(problems)}")
    return problems


def _tell(name: str, kills: int, requests: int, seed: int) -> list[str]:
    begin = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="tui-scheduler-chaos-") as folder,
        a_world(Path(folder), requests) as world,
    ):
        deaths = _STORIES[name](world, kills, random.Random(seed))
        problems = settle(world, deaths)
        runs = world.runs()
    _tell_of_runs(name, seed, time.monotonic() - begin, deaths, runs, problems)
    return problems


def _tell_slurm(kills: int, seed: int) -> list[str]:
    if reason := missing():
        print(f"slurm: {reason}")
        return []
    begin = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="tui-scheduler-chaos-") as folder,
        Cluster(Path(folder) / "slurm") as slurm,
    ):
        os.environ.update(slurm.variables)
        with a_cluster_world(Path(folder), _ON_CLUSTER, slurm) as world:
            deaths = kill_by_turns(world, slurm, kills, random.Random(seed), *TROUBLES)
            problems = settle_all(world, slurm, deaths)
            runs = world.runs()
    _tell_of_runs("slurm", seed, time.monotonic() - begin, deaths, runs, problems)
    return problems


def _tell_of_runs(
    name: str, seed: int, seconds: float, deaths: Deaths, runs: list[RunView], problems: list[str]
) -> None:
    statuses = Counter(run.status.value for run in runs)
    killed = sum(deaths.by_point.values())
    print(f"{name}: {killed} kills of seed {seed}, {seconds:.0f} s")
    if killed:
        print("  died at:", ", ".join(f"{point} {n}" for point, n in deaths.by_point.items()))
    if deaths.takeovers:
        print(f"  seconds until the other schedules: at most {max(deaths.takeovers):.2f}")
    print("  runs:", ", ".join(f"{status} {n}" for status, n in statuses.most_common()))
    print(f"  lost, doubled, open or left behind: {len(problems)}")


if __name__ == "__main__":
    sys.exit(main())
