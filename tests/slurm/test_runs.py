"""Runs on a real cluster: begun once, found again, stopped, and told as they ended."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from tests.engine.harness import log_of
from tests.services.drafts import later, scheduled
from tests.slurm.cluster import Cluster
from tests.slurm.engine import HELD, LATER, NAME, ClusterEngine, a_cluster_engine
from tests.support.patience import PATIENCE
from tui_scheduler.clusters import job_of
from tui_scheduler.models import GroupMember, Overlap, Process, ProcessKind, Run, RunStatus
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.services.views.runs import RunView

ONE_DAY = later("2090-01-01T00:00")
FOR_EVER = "sleep 100000"
_OVER = {"COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL"}


@pytest.fixture
async def engine(slurm: Cluster, new_database: Path) -> AsyncIterator[ClusterEngine]:
    async with a_cluster_engine(new_database.parent, slurm.shared) as engine:
        yield engine


def column(run: RunView, name: str) -> object:
    return getattr(Run.get_by_id(run.id), name)


def job_of_run(run: RunView) -> int:
    return int(job_of(Run.get_by_id(run.id).handle))


async def call(function: object, *arguments: object) -> object:
    """Do something to the cluster, which takes a while."""
    assert callable(function)
    return await asyncio.to_thread(function, *arguments)


class TestEnding:
    async def test_codes_and_logs_are_those_of_the_commands(
        self, slurm: Cluster, engine: ClusterEngine
    ) -> None:
        codes = [*range(18), 126, 255]
        requests = [
            engine.on_cluster(
                f"echo run {code}; seq {code} >&2; exit {code}", overlap=Overlap.ALLOW
            )
            for code in codes
        ]
        for code, request in zip(codes, requests, strict=True):
            run = await engine.ended(request)
            assert run.exit_code == code
            assert run.status is (RunStatus.ERROR if code else RunStatus.SUCCESS)
            lines = [f"run {code}", *map(str, range(1, code + 1))]
            assert log_of(run).decode().splitlines()[: len(lines)] == lines
            assert run.log_bytes == run.log_path.stat().st_size
            assert column(run, "place") in [f"{NAME}:{node}" for node in slurm.nodes]
            assert column(run, "submitted_at") is not None
            assert run.start_time is not None
            assert run.end_time is not None
            assert run.start_time <= run.end_time

    async def test_it_is_tried_again_as_its_process_says(self, engine: ClusterEngine) -> None:
        request = engine.on_cluster("exit 7", retries=1, retry_delay=engine.kill_grace)
        await engine.until(lambda: len(engine.runs(request)) == 2)
        assert (await engine.ended(request)).attempt == 2
        assert engine.statuses(request) == ["error", "error"]

    async def test_a_callable_is_called_on_the_node(
        self, engine: ClusterEngine, tmp_path: Path
    ) -> None:
        (tmp_path / "jobs.py").write_text(
            "import os\n\ndef work(context):\n"
            "    print(context.parameters['N'] + 1, os.environ['SLURMD_NODENAME'])\n"
        )
        request = engine.on_cluster(
            "jobs:work",
            kind=ProcessKind.PYTHON,
            python=sys.executable,
            working_directory=str(tmp_path),
            declared=(Parameter(name="N", type=ParameterType.NUMBER),),
            parameters={"N": "41"},
        )
        run = await engine.ended(request)
        assert (run.status, log_of(run).split()[0]) == (RunStatus.SUCCESS, b"42")

    async def test_what_slurm_refuses_is_told_in_its_words(self, engine: ClusterEngine) -> None:
        run = await engine.ended(engine.on_cluster("true", "--partition=nowhere"))
        assert run.status is RunStatus.ERROR
        assert "hpc: " in run.note
        assert "invalid partition" in run.note.lower()

    async def test_a_node_that_cannot_take_the_run_is_told(
        self, slurm: Cluster, engine: ClusterEngine
    ) -> None:
        request = engine.on_cluster("true", cluster=HELD)
        run = await engine.waits(request, "JobHeldUser")
        run.log_path.rename(run.log_path.with_suffix(".away"))
        await call(slurm.run, "scontrol", "release", str(job_of_run(run)))
        run = await engine.ended(request)
        assert run.status is RunStatus.ERROR
        assert "could not write beside its log" in run.note
        assert "is the folder of the cluster seen there" in run.note

    async def test_a_folder_that_is_gone_is_told(self, engine: ClusterEngine) -> None:
        engine.folder.rmdir()
        run = await engine.ended(engine.on_cluster("true"))
        assert run.status is RunStatus.ERROR
        assert str(engine.folder) in run.note
        assert "mount it" in run.note


class TestStopping:
    async def test_what_waits_never_begins(self, slurm: Cluster, engine: ClusterEngine) -> None:
        request = engine.on_cluster("true", cluster=HELD)
        run = await engine.waits(request, "JobHeldUser")
        assert (run.status, run.start_time) == (RunStatus.QUEUED, None)
        engine.stop(run)
        run = await engine.ended(request)
        assert (run.status, run.note) == (RunStatus.KILLED, "Stopped on request before it began")
        assert (run.start_time, run.log_bytes) == (None, 0)
        job = job_of_run(run)
        await call(slurm.until, lambda: slurm.job(job).state in _OVER)  # type: ignore[union-attr]

    async def test_a_tree_that_ignores_term_is_gone(
        self, slurm: Cluster, engine: ClusterEngine, request: pytest.FixtureRequest
    ) -> None:
        if not slurm.no_process_escapes:
            request.applymarker(pytest.mark.xfail(reason="no control groups", strict=True))
        stubborn = "trap '' TERM HUP INT"
        child = f"{stubborn}; echo $$; {FOR_EVER} & echo $!; wait"
        number = engine.on_cluster(
            f"{stubborn}; echo $$; for i in 1 2 3 4; do setsid sh -c '{child}' & done;"
            f" while :; do {FOR_EVER}; done"
        )
        run = await engine.has_begun(number)
        pids = await engine.has_written(run, 9)
        engine.stop(run)
        run = await engine.ended(number)
        assert (run.status, run.signal) == (RunStatus.KILLED, 9)
        assert run.note == "Stopped on request; ended by KILL"
        assert [pid for pid in map(int, pids) if psutil.pid_exists(pid)] == []

    async def test_its_last_words_are_kept(self, slurm: Cluster, tmp_path: Path) -> None:
        command = f"trap 'echo bye; exit 3' TERM; echo hello; {FOR_EVER} & wait"
        async with a_cluster_engine(tmp_path, slurm.shared, kill_grace=PATIENCE) as engine:
            number = engine.on_cluster(command)
            run = await engine.has_begun(number)
            await engine.has_written(run, 1)
            engine.stop(run)
            run = await engine.ended(number)
        assert (run.status, run.exit_code) == (RunStatus.KILLED, 3)
        assert log_of(run).decode().splitlines()[:2] == ["hello", "bye"]

    async def test_its_time_counts_from_its_begin(self, engine: ClusterEngine) -> None:
        number = engine.on_cluster(FOR_EVER, timeout=engine.kill_grace)
        run = await engine.ended(number)
        assert run.status is RunStatus.TIMED_OUT
        assert run.start_time is not None
        assert run.end_time is not None
        assert run.end_time - run.start_time >= engine.kill_grace * 0.9

    async def test_who_cancels_it_in_slurm_killed_it(
        self, slurm: Cluster, engine: ClusterEngine
    ) -> None:
        waiting = engine.on_cluster("true", cluster=HELD)
        running = engine.on_cluster(FOR_EVER)
        held = await engine.waits(waiting, "JobHeldUser")
        begun = await engine.has_begun(running)
        for run in (held, begun):
            await call(slurm.run, "scancel", str(job_of_run(run)))
        ended = await engine.ended(running)
        assert (ended.status, ended.note.partition(";")[0]) == (
            RunStatus.KILLED,
            "cancelled in Slurm",
        )
        never = await engine.ended(waiting)
        assert (never.status, never.note) == (
            RunStatus.KILLED,
            "cancelled in Slurm, before it began",
        )


class TestTrouble:
    async def test_slurmd_that_is_killed_and_comes_back(
        self, slurm: Cluster, engine: ClusterEngine, tmp_path: Path
    ) -> None:
        gate = tmp_path / "gate"
        os.mkfifo(gate)
        number = engine.on_cluster(f"read line < {gate}; exit 3", f"--nodelist={slurm.nodes[1]}")
        await engine.has_begun(number)
        await call(slurm.kill_slurmd, slurm.nodes[1])
        await call(gate.write_text, "go on\n")
        assert (await engine.ended(number)).exit_code == 3
        await call(slurm.start_slurmd, slurm.nodes[1])

    async def test_a_node_that_fails_loses_what_runs_there(
        self, slurm: Cluster, engine: ClusterEngine
    ) -> None:
        node = slurm.nodes[2]
        number = engine.on_cluster(f"echo so far; {FOR_EVER}", f"--nodelist={node}")
        run = await engine.has_begun(number)
        await engine.has_written(run, 1)
        await call(slurm.take_down, node)
        run = await engine.ended(number)
        assert (run.status, run.note) == (RunStatus.LOST, f"Node {node} failed (NODE_FAIL)")
        assert log_of(run).startswith(b"so far\n")

    async def test_what_the_controller_forgot_runs_once(
        self, slurm: Cluster, engine: ClusterEngine, tmp_path: Path
    ) -> None:
        witness = tmp_path / "witness"
        number = engine.on_cluster(f"echo ran >> {witness}; exit 5", cluster=LATER)
        await engine.until(lambda: bool(engine.runs(number)))
        await engine.until(lambda: column(engine.last(number), "submitted_at") is not None)
        await call(slurm.kill_controller)
        await call(slurm.start_controller, "-c")
        run = await engine.ended(number)
        assert (run.exit_code, witness.read_text()) == (5, "ran\n")

    async def test_one_that_runs_though_the_controller_forgot_it_ends_as_it_ends(
        self, slurm: Cluster, engine: ClusterEngine, tmp_path: Path
    ) -> None:
        gate = tmp_path / "gate"
        os.mkfifo(gate)
        number = engine.on_cluster(f"read line < {gate}; exit 3")
        await engine.has_begun(number)
        await call(slurm.kill_controller)
        await call(slurm.start_controller, "-c")
        await call(gate.write_text, "go on\n")
        assert (await engine.ended(number)).exit_code == 3

    async def test_a_controller_that_is_down_is_waited_for(
        self, slurm: Cluster, engine: ClusterEngine
    ) -> None:
        await call(slurm.kill_controller)
        number = engine.on_cluster("echo here")
        run = await engine.waits(number, "does not answer")
        assert run.status is RunStatus.QUEUED
        trouble = engine.cluster_troubles[-1]
        assert trouble is not None
        assert trouble.is_minor
        assert trouble.text.startswith("hpc does not answer since")
        await call(slurm.start_controller)
        run = await engine.ended(number)
        assert (run.status, log_of(run), run.note) == (RunStatus.SUCCESS, b"here\n", "")
        await engine.until(lambda: engine.cluster_troubles[-1] is None)

    async def test_another_scheduler_takes_over_what_waits_runs_and_ended(
        self, slurm: Cluster, engine: ClusterEngine, tmp_path: Path
    ) -> None:
        gate = tmp_path / "gate"
        os.mkfifo(gate)
        waiting = engine.on_cluster("exit 4", cluster=HELD)
        running = engine.on_cluster(f"{FOR_EVER}")
        ending = engine.on_cluster(f"read line < {gate}; exit 6")
        held = await engine.waits(waiting, "JobHeldUser")
        begun = await engine.has_begun(running)
        await engine.has_begun(ending)
        await engine.leave()
        await call(gate.write_text, "go on\n")
        await call(slurm.run, "scontrol", "release", str(job_of_run(held)))
        await engine.take_over()
        assert (await engine.ended(waiting)).exit_code == 4
        assert (await engine.ended(ending)).exit_code == 6
        assert engine.last(running).start_time == begun.start_time
        engine.stop(begun)
        assert (await engine.ended(running)).status is RunStatus.KILLED


class TestSecrets:
    async def test_no_value_is_seen_in_slurm(
        self, slurm: Cluster, engine: ClusterEngine, tmp_path: Path
    ) -> None:
        values = tmp_path / "values"
        request = engine.on_cluster(
            f"printenv TOKEN OTHER > {values}",
            cluster=LATER,
            environment={"OTHER": "hunter3secret"},
            declared=(Parameter(name="TOKEN", type=ParameterType.SECRET),),
            parameters={"TOKEN": "hunter2secret"},
        )
        await engine.until(lambda: bool(engine.runs(request)))
        await engine.until(lambda: column(engine.last(request), "handle") is not None)
        job = str(job_of_run(engine.last(request)))
        script = slurm.folder / "script"
        for words in (
            ("scontrol", "show", "job", "-dd", job),
            ("scontrol", "write", "batch_script", job, str(script)),
            ("squeue", "--me", "--format=%all"),
        ):
            done = await asyncio.to_thread(slurm.run, *words)
            assert "secret" not in done.stdout + done.stderr
        assert "secret" not in script.read_text()
        assert (await engine.ended(request)).status is RunStatus.SUCCESS
        assert values.read_text() == "hunter2secret\nhunter3secret\n"


class TestGroups:
    async def test_its_members_run_where_they_say(
        self, slurm: Cluster, engine: ClusterEngine, tmp_path: Path
    ) -> None:
        witness = tmp_path / "witness"
        tell = f'echo "$SLURMD_NODENAME" >> {witness}'
        first, second = slurm.nodes[:2]
        engine.on_cluster(tell, f"--nodelist={first}", name="one", plan=ONE_DAY)
        engine.on_cluster(tell, f"--nodelist={second}", name="two", plan=ONE_DAY)
        engine.schedule(tell, ONE_DAY, name="here")
        engine.services.groups.create(GroupDraft(name="all", members=("one", "here", "two")))
        assert GroupMember.select().count() == 3
        request = scheduled(engine.services, process="all")
        run = await engine.ended(request.id)
        assert run.status is RunStatus.SUCCESS
        assert witness.read_text() == f"{first}\n\n{second}\n"
        assert Process.select().where(Process.runs_on == NAME).count() == 2

    async def test_members_of_a_step_run_on_two_nodes_together(
        self, slurm: Cluster, engine: ClusterEngine, tmp_path: Path
    ) -> None:
        """Each waits for the other, so that one after the other they would never end."""
        there = [tmp_path / name for name in ("left", "right")]
        for file, other, node in zip(there, reversed(there), slurm.nodes, strict=False):
            wait = f"until test -e {other}; do sleep 0.1; done"
            command = f'echo "$SLURMD_NODENAME" > {file}; {wait}'
            engine.on_cluster(command, f"--nodelist={node}", name=file.name, plan=ONE_DAY)
        engine.schedule(f"cat {there[0]} {there[1]} > {tmp_path}/nodes", ONE_DAY, name="here")
        engine.services.groups.create(GroupDraft(name="all", members=(("left", "right"), "here")))
        request = scheduled(engine.services, process="all")
        await engine.until(lambda: any(run.step == 2 for run in engine.runs(request.id)))
        assert (await engine.ended(request.id)).status is RunStatus.SUCCESS
        assert (tmp_path / "nodes").read_text().split() == list(slurm.nodes[:2])
