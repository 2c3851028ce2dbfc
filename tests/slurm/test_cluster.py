"""The cluster itself: that it is one, takes what is done to it, and leaves nothing."""

import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import psutil
import pytest

from tests.slurm.cluster import Cluster, Job
from tests.slurm.place import FREEZER
from tests.support.needed import variable_of
from tests.support.patience import PATIENCE

_ROOT = Path(__file__).parents[2]
_LAST_LINE = "Ctrl+C ends it, with all that runs on it.\n"
_FOR_EVER = "exec sleep 100000"


@pytest.fixture
def pid_file(tmp_path: Path) -> Path:
    return tmp_path / "pid"


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A pipe with a name, for jobs that wait until it is written to."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def _a_job(slurm: Cluster, number: int) -> Job:
    job = slurm.job(number)
    assert job is not None
    return job


def _state(slurm: Cluster, number: int) -> str:
    return _a_job(slurm, number).state


def _end(slurm: Cluster, number: int) -> str:
    """The last state of a job, once it has one."""
    under_way = {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING"}
    slurm.until(lambda: _state(slurm, number) not in under_way)
    return _state(slurm, number)


def _telling(pid_file: Path) -> str:
    return f"echo $$ > {pid_file}.new; mv {pid_file}.new {pid_file}; {_FOR_EVER}"


def _pid(slurm: Cluster, pid_file: Path) -> int:
    slurm.until(pid_file.exists)
    return int(pid_file.read_text())


def _python(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=_ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


class TestRunning:
    def test_each_node_runs_a_job(self, slurm: Cluster) -> None:
        script = "echo on $SLURMD_NODENAME of $SLURM_CLUSTER_NAME"
        on_nodes = {
            node: slurm.submit(script, f"--nodelist={node}", "--output=%j.log")
            for node in slurm.nodes
        }
        assert [_end(slurm, job) for job in on_nodes.values()] == ["COMPLETED"] * 3
        for node, job in on_nodes.items():
            assert (slurm.shared / f"{job}.log").read_text() == f"on {node} of t\n"

    def test_a_job_is_told_with_all_that_its_name_is_made_of(self, slurm: Cluster) -> None:
        number = slurm.submit("true", "--job-name=a|b c", "--hold")
        assert slurm.job(number) == Job(number, "PENDING", "JobHeldUser", "", "a|b c")
        assert slurm.job(number + 1) is None

    def test_a_refusal_is_told(self, slurm: Cluster) -> None:
        with pytest.raises(RuntimeError, match="Invalid partition name specified"):
            slurm.submit("true", "--partition=nowhere")

    def test_no_daemon_of_a_job_outlives_it(
        self, slurm: Cluster, pid_file: Path, gate: Path, request: pytest.FixtureRequest
    ) -> None:
        if not slurm.no_process_escapes:
            request.applymarker(pytest.mark.xfail(reason="no control groups", strict=True))
        job = slurm.submit(f"setsid sh -c '{_telling(pid_file)}' & read line < {gate}")
        daemon = _pid(slurm, pid_file)
        gate.write_text("go on\n")
        assert _end(slurm, job) == "COMPLETED"
        assert not psutil.pid_exists(daemon)


class TestTrouble:
    def test_a_controller_that_is_killed_knows_what_it_had_saved(self, slurm: Cluster) -> None:
        job = slurm.submit("true", "--hold", "--job-name=remembered")
        saved = slurm.folder / "state" / "job_state"
        slurm.until(lambda: saved.exists() and b"remembered" in saved.read_bytes())
        slurm.kill_controller()
        slurm.start_controller()
        slurm.run("scontrol", "release", str(job))
        assert _end(slurm, job) == "COMPLETED"

    def test_a_job_goes_on_though_it_is_forgotten(
        self, slurm: Cluster, pid_file: Path, gate: Path
    ) -> None:
        job = slurm.submit(f"read line < {gate}; {_telling(pid_file)}")
        slurm.until(lambda: _state(slurm, job) == "RUNNING")
        slurm.kill_controller()
        slurm.start_controller("-c")
        gate.write_text("go on\n")
        pid = _pid(slurm, pid_file)
        assert slurm.job(job) is None
        slurm.put_right()
        assert not psutil.pid_exists(pid)

    def test_a_controller_that_is_paused_answers_later(self, slurm: Cluster) -> None:
        with slurm.controller_paused():
            asking = subprocess.Popen(["sinfo", "--noheader"], stdout=subprocess.PIPE)
            with pytest.raises(subprocess.TimeoutExpired):
                asking.wait(0.1)
        assert b"idle" in asking.communicate()[0]

    def test_a_job_goes_on_without_slurmd(self, slurm: Cluster, gate: Path) -> None:
        node = slurm.nodes[1]
        job = slurm.submit(f"read line < {gate}; exit 3", f"--nodelist={node}")
        slurm.until(lambda: _state(slurm, job) == "RUNNING")
        slurm.kill_slurmd(node)
        slurm.start_slurmd(node)
        gate.write_text("go on\n")
        assert _end(slurm, job) == "FAILED"

    def test_a_node_goes_with_all_that_runs_on_it(self, slurm: Cluster, pid_file: Path) -> None:
        node = slurm.nodes[2]
        script = f"trap '' TERM; setsid sh -c '{_telling(pid_file)}' & {_FOR_EVER}"
        job = slurm.submit(script, f"--nodelist={node}", "--no-requeue")
        pid = _pid(slurm, pid_file)
        slurm.take_down(node)
        assert not psutil.pid_exists(pid)
        assert _end(slurm, job) == "NODE_FAIL"
        assert slurm.node_states()[node] == "down"
        slurm.bring_back(node)
        assert slurm.node_states()[node] == "idle"

    @pytest.mark.parametrize("what", ["none", "controller", "slurmd", "by hand", "down", "drain"])
    def test_it_is_put_right(self, slurm: Cluster, pid_file: Path, what: str) -> None:
        node = slurm.nodes[0]
        jobs = [
            slurm.submit(f"trap '' TERM; {_telling(pid_file)}", f"--nodelist={node}"),
            slurm.submit("true", "--hold"),
        ]
        pid = _pid(slurm, pid_file)
        match what:
            case "controller":
                slurm.kill_controller()
            case "slurmd":
                slurm.kill_slurmd(node)
            case "by hand":
                os.kill(slurm.pids["slurmctld"], signal.SIGKILL)
            case "down":
                slurm.take_down(node)
            case "drain":
                slurm.run("scontrol", "update", f"nodename={node}", "state=drain", "reason=test")
        slurm.put_right()
        assert not psutil.pid_exists(pid)
        assert set(slurm.node_states().values()) == {"idle"}
        left = {job.state for job in slurm.jobs() if job.id in jobs}
        assert left <= {"CANCELLED", "FAILED"}


@pytest.mark.usefixtures("needs_slurm")
class TestEnding:
    def test_nothing_is_left(self, tmp_path: Path, pid_file: Path) -> None:
        with Cluster(tmp_path / "cluster") as cluster:
            cluster.submit(f"trap '' TERM; env -i setsid sh -c '{_telling(pid_file)}'")
            pids = [*cluster.pids.values(), _pid(cluster, pid_file)]
            groups = [FREEZER / f"slurm_{node}" for node in cluster.nodes]
            assert all(map(psutil.pid_exists, pids))
            assert all(group.exists() for group in groups) == cluster.no_process_escapes
            cluster.kill_controller()
            cluster.kill_slurmd(cluster.nodes[0])
        assert not any(map(psutil.pid_exists, pids))
        assert not any(group.exists() for group in groups)

    def test_two_at_a_time_do_not_meet(self, tmp_path: Path) -> None:
        with Cluster(tmp_path / "one") as one, Cluster(tmp_path / "two") as two:
            assert not set(one.nodes) & set(two.nodes)
            jobs = [cluster.submit(_FOR_EVER, "--hold") for cluster in (one, two)]
            one.put_right()
            assert _end(one, jobs[0]) == "CANCELLED"
            assert _state(two, jobs[1]) == "PENDING"

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_one_by_hand_ends_with_whoever_began_it(self, tmp_path: Path, number: int) -> None:
        by_hand = subprocess.Popen(
            [sys.executable, "-m", "tests.slurm", "up", "lab"],
            cwd=_ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        with by_hand:
            assert by_hand.stdout
            output = "".join(iter(by_hand.stdout.readline, _LAST_LINE))
            settings = Path(re.findall(r"^export SLURM_CONF=(.*)$", output, re.MULTILINE)[0])
            assert tomllib.loads(output[output.index("[") : output.index("Into each")]) == {
                "cluster": {
                    "lab": {
                        "engine": "slurm",
                        "options": ["--partition=main"],
                        "folder": str(settings.with_name("shared")),
                    }
                }
            }
            pid_files = list(settings.parent.glob("*.pid"))
            assert len(pid_files) == 5
            daemons = [psutil.Process(int(path.read_text())) for path in pid_files]
            by_hand.send_signal(number)
        assert psutil.wait_procs(daemons, PATIENCE)[1] == []
        if number != signal.SIGKILL:
            assert by_hand.returncode == 0
            assert not settings.parent.exists()

    @pytest.mark.parametrize("words", [[], ["down"], ["up", "a", "b"]])
    def test_what_it_does_not_know_is_refused(self, words: list[str]) -> None:
        done = _python("-m", "tests.slurm", *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "usage: python -m tests.slurm up [NAME]\n"


class TestWithoutSlurm:
    """As where nothing of it is on the ``PATH``."""

    def test_nothing_comes_up_by_hand(self, tmp_path: Path) -> None:
        done = _python("-m", "tests.slurm", "up", PATH=str(tmp_path))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("needs sbatch, squeue")

    @pytest.mark.parametrize(("variable", "outcome"), [("", "1 skipped"), ("1", "1 error")])
    def test_its_tests_say_so(self, tmp_path: Path, variable: str, outcome: str) -> None:
        test = f"{__file__}::TestRunning::test_a_refusal_is_told"
        options = ("-n0", "-p", "no:cacheprovider", "-c", _ROOT / "pyproject.toml")
        variables = {"PATH": str(tmp_path), variable_of("slurm"): variable}
        done = _python("-m", "pytest", test, *options, **variables)
        assert outcome in done.stdout
        assert "needs sbatch, squeue" in done.stdout
