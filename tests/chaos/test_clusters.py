"""However often a scheduler is killed that hands runs to a cluster: each of them runs once."""

import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.chaos.clusters import a_cluster_world, kill_by_turns, settle_all
from tests.chaos.victims.points import CLUSTER_POINTS, SUBMISSION_POINTS, Death
from tests.chaos.victims.victim import Victim
from tests.chaos.world import KINDS, Deaths, Kind, World, world_database
from tests.services.drafts import a_request
from tests.slurm.cluster import Cluster
from tests.support.patience import PATIENCE
from tui_scheduler.models import Overlap, RunStatus
from tui_scheduler.services.views.runs import RunView

_LOOK = 0.05
_KILLS = 12
_CHATTY = Kind("chatty", 0, Overlap.ALLOW, is_chatty=True)
_SUBMIT = 'exec "$sbatch" "$@"'
_KILL = "kill -9 $PPID"
_KILL_LATER = "(sleep {}; kill -9 $PPID) </dev/null >/dev/null 2>&1 &"
_MOMENTS = (
    f"{_KILL}; exit 1",
    f"{_KILL}; {_SUBMIT}",
    *(f"{_KILL_LATER.format(pause)} {_SUBMIT}" for pause in (0, 0.005, 0.01, 0.02, 0.03, 0.05)),
    f'"$sbatch" "$@" >/dev/null; {_KILL}',
    *(f'"$sbatch" "$@"; {_KILL_LATER.format(pause)}' for pause in (0, 0.01, 0.1)),
)
"""What ``sbatch`` does instead, once: it kills who called it before, meanwhile, or after."""


class Sbatch:
    """A program of this name before the real one on the PATH; once it does something else.

    That is for schedulers that begin later: what one that was killed has begun does not take it.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._patch = patch
        self._times = 0
        lines = (
            "#!/bin/sh",
            f"sbatch={shutil.which('sbatch')}",
            f'mv "{folder}/instead-$INSTEAD" "{folder}/$$" 2>/dev/null || {_SUBMIT}',
            f'. "{folder}/$$"',
        )
        program = folder / "sbatch"
        program.write_text("\n".join(lines))
        program.chmod(0o700)

    def does(self, instead: str) -> None:
        """Have it do that the next time."""
        self._times += 1
        (self._folder / f"instead-{self._times}").write_text(instead)
        self._patch.setenv("INSTEAD", str(self._times))


@pytest.fixture
def sbatch(slurm: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sbatch:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return Sbatch(folder, monkeypatch)


def _a_chatty_request(world: World) -> int:
    world.add(_CHATTY.name, _CHATTY, on_cluster=True)
    return a_request(world.services, process=_CHATTY.name).id


def _until(victim: Victim, condition: Callable[[], object]) -> None:
    while not condition():
        assert not victim.until_it_is_dead(_LOOK), victim.stderr


def _the_run(world: World, process: str) -> RunView:
    (run,) = (run for run in world.runs() if run.process == process)
    return run


def test_schedulers_may_be_killed_in_turn(tmp_path: Path, slurm: Cluster) -> None:
    with a_cluster_world(tmp_path, 2 * len(KINDS), slurm) as world:
        deaths = kill_by_turns(world, slurm, _KILLS, random.Random(7))
        assert settle_all(world, slurm, deaths) == []
        assert set(CLUSTER_POINTS) & set(deaths.by_point)
        began = [run for run in world.runs() if run.start_time is not None]
        assert {run.process.split()[0] for run in began if run.cluster} == {k.name for k in KINDS}


@pytest.mark.parametrize("point", SUBMISSION_POINTS)
def test_one_that_dies_between_two_steps_of_a_submission(
    tmp_path: Path, slurm: Cluster, point: str
) -> None:
    with a_cluster_world(tmp_path, 0, slurm) as world:
        world.services.runs.trigger(_a_chatty_request(world))
        with Victim(world_database(tmp_path), Death(point, 1)) as victim:
            assert victim.until_it_is_dead(PATIENCE)
        assert settle_all(world, slurm, Deaths()) == []
        assert _the_run(world, _CHATTY.name).status is RunStatus.ERROR


def test_one_that_dies_while_it_submits(tmp_path: Path, slurm: Cluster, sbatch: Sbatch) -> None:
    with a_cluster_world(tmp_path, 0, slurm) as world:
        request = _a_chatty_request(world)
        for moment in _MOMENTS:
            sbatch.does(moment)
            world.services.runs.trigger(request)
            with Victim(world_database(tmp_path)) as victim:
                assert victim.until_it_is_dead(PATIENCE)
        assert settle_all(world, slurm, Deaths()) == []
        assert len(world.runs()) == len(_MOMENTS)


def test_what_is_submitted_three_times_runs_once(
    tmp_path: Path, slurm: Cluster, sbatch: Sbatch
) -> None:
    script, held = tmp_path / "script", tmp_path / "held"
    again = f'"$sbatch" "$@" <{script} >/dev/null'
    later = f'"$sbatch" --hold "$@" <{script} >{held}'
    with a_cluster_world(tmp_path, 0, slurm) as world:
        world.services.runs.trigger(_a_chatty_request(world))
        sbatch.does(f'cat >{script}; {again}; {later}; exec "$sbatch" "$@" <{script}')
        with Victim(world_database(tmp_path)) as victim:
            victim.until_it_schedules()
            _until(victim, lambda: not world.is_busy())
            assert victim.stop() == 0
        number = int(held.read_text())
        slurm.run("scontrol", "release", str(number))  # unless it was taken from the queue
        assert settle_all(world, slurm, Deaths()) == []
        job = slurm.job(number)
        assert job is not None
        states = [other.state for other in slurm.jobs() if other.name == job.name]
        assert len(states) == 3
        assert {"COMPLETED"} <= set(states) <= {"COMPLETED", "CANCELLED"}
        assert _the_run(world, _CHATTY.name).status is RunStatus.ERROR


def test_another_takes_over_what_waits_runs_and_has_ended(tmp_path: Path, slurm: Cluster) -> None:
    node, another, _ = slurm.nodes
    places = {"first": node, "second": node, "other": another}
    gates = {name: tmp_path / name for name in places}
    with a_cluster_world(tmp_path, 0, slurm) as world:

        def run(name: str) -> RunView:
            return _the_run(world, name)

        for name, gate in gates.items():
            os.mkfifo(gate)
            kind = Kind(name, 0, Overlap.ALLOW, other_work=f"read line <{gate}")
            options = ("--exclusive", f"--nodelist={places[name]}")
            world.add(name, kind, on_cluster=True, options=options)
        requests = {name: a_request(world.services, process=name).id for name in places}
        trigger = world.services.runs.trigger
        with Victim(world_database(tmp_path)) as victim:
            victim.until_it_schedules()
            trigger(requests["first"])
            trigger(requests["other"])
            _until(victim, lambda: run("first").start_time and run("other").start_time)
            trigger(requests["second"])
            _until(victim, lambda: run("second").waits_for)
            victim.kill()
        before = {name: run(name) for name in places}
        gates["other"].write_text("go on\n")
        slurm.until(lambda: [job.node for job in slurm.jobs() if job.state == "RUNNING"] == [node])
        had_ended_at = datetime.now(UTC)
        with Victim(world_database(tmp_path)) as heir:
            heir.until_it_schedules()
            _until(heir, lambda: not run("other").is_open)
            assert run("first") == before["first"]
            waiting, waited = run("second"), before["second"]  # for another reason, perhaps
            assert (waiting.status, waiting.job) == (RunStatus.QUEUED, waited.job)
            assert waiting.submitted_at == waited.submitted_at
            ended = run("other")
            assert ended.start_time == before["other"].start_time
            assert ended.end_time is not None
            assert ended.end_time < had_ended_at
            for name in ("first", "second"):
                gates[name].write_text("go on\n")
            _until(heir, lambda: not world.is_busy())
            assert heir.stop() == 0
        assert settle_all(world, slurm, Deaths()) == []
        first, second = run("first"), run("second")
        assert first.end_time is not None
        assert second.start_time is not None
        assert first.end_time <= second.start_time
