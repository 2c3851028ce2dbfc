"""The script of a job, run by the shells that a node may have, as Slurm would run it."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.engine.claims import TOKEN, a_claim
from tests.support.patience import PATIENCE
from tui_scheduler.engine.run_variables import PYTHON_CHILD
from tui_scheduler.engine.slurm import begun_file
from tui_scheduler.engine.slurm.begun_file import BegunRecord, End
from tui_scheduler.engine.slurm.job_script import NO_FOLDER, exported, script_of, variables_of
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.parameters.parameters import ParameterType
from tui_scheduler.services.running.taken_runs import Claim

SHELLS = [
    pytest.param([path, *words], id=name)
    for name, *words in (("dash",), ("bash", "--posix"), ("busybox", "sh"))
    if (path := shutil.which(name))
]


class Node:
    """A machine that runs scripts of jobs with one shell."""

    def __init__(self, shell: list[str], folder: Path) -> None:
        self._shell = shell
        self.folder = folder
        self._jobs = 0

    def claim(self, command: str, run_id: int = 1, **fields: Any) -> Claim:
        """A run whose log was made, as it is when a run is submitted."""
        claim = a_claim(self.folder, command, run_id, **fields)
        os.close(RunFiles.of(claim.log_path).open_log())
        return claim

    def begin(
        self, claim: Claim, log_cap: int = 0, job: str = "4711", **given: str
    ) -> subprocess.Popen[bytes]:
        """Begin a job of ``claim``."""
        return self.submit(self.script(claim, log_cap), claim, job, **given)

    def script(self, claim: Claim, log_cap: int = 0) -> Path:
        """The script of a job."""
        files = RunFiles.of(claim.log_path)
        script = script_of(
            claim, files.begun, umask=0o022, log_cap=log_cap, python_child=PYTHON_CHILD
        )
        self._jobs += 1
        file = self.folder / f"{self._jobs}.sh"  # a shell reads on while it runs
        file.write_text(script)
        return file

    def submit(
        self, file: Path, claim: Claim, job: str = "4711", **given: str
    ) -> subprocess.Popen[bytes]:
        """Begin a script that was written."""
        slurm = {"SLURM_JOB_ID": job, "SLURMD_NODENAME": "n3", "HOME": str(self.folder)}
        environment: Mapping[str, str] = {
            "PATH": os.environ["PATH"],
            **slurm,
            **exported(variables_of(claim)),
            **given,
        }
        return subprocess.Popen(
            [*self._shell, str(file)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self, claim: Claim, **options: Any) -> int:
        """Run a job of ``claim`` to its end; returns its exit code."""
        return self.begin(claim, **options).wait(PATIENCE)


def end_of(claim: Claim) -> End:
    record = begun_file.read(RunFiles.of(claim.log_path).begun)
    assert record.begin is not None
    assert (record.begin.job, record.begin.node) == ("4711", "n3")
    assert record.end is not None
    assert record.end.at >= record.begin.at
    return record.end


@pytest.fixture(params=SHELLS)
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Node:
    folder = tmp_path / "it's a folder with $HOME and `date`"
    folder.mkdir()
    return Node(request.param, folder)


@pytest.mark.parametrize("code", [0, 1, 2, 74, 126, 127, 255])
def test_the_exit_code_is_that_of_the_command(node: Node, code: int) -> None:
    claim = node.claim(f"echo out; echo err >&2; exit {code}")
    node.run(claim)
    assert end_of(claim).code == code
    assert claim.log_path.read_text() == "out\nerr\n"


def test_a_signal_is_told_as_a_shell_tells_it(node: Node) -> None:
    claim = node.claim("kill -SEGV $$")
    node.run(claim)
    assert end_of(claim).code == 128 + signal.SIGSEGV


@pytest.mark.parametrize(
    "command",
    [
        "echo 'single' \"double\" `echo back` $(echo sub) \\$x; printf '%s\\n' \"$HOME\"",
        "cat <<'END'\nwords 'in' a \"here\" $document\nEND",
        "echo ä ö 日本 | tr a-z A-Z",
        "x=1; while [ $x -lt 5 ]; do echo $x; x=$((x+1)); done",
        "# nothing but a remark",
        "-c echo",
    ],
)
def test_a_command_is_what_it_is_here(node: Node, command: str) -> None:
    claim = node.claim(command)
    node.run(claim)
    here = subprocess.run(
        ["/bin/sh", "-c", "--", command],
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(node.folder)},
    )
    assert end_of(claim).code == here.returncode
    assert claim.log_path.read_bytes() == here.stdout + here.stderr


def test_variables_arrive_whatever_is_in_them(node: Node) -> None:
    odd = {"A": "x \"y\" '$z' `w`\nline", "PATH": "/usr/bin:/bin", "log": "/none", "code": "7"}
    claim = node.claim('printf "%s|" "$A" "$PATH" "$log" "$code"; env', environment=odd)
    node.run(claim)
    text = claim.log_path.read_text()
    assert text.startswith(f"{odd['A']}|{odd['PATH']}|/none|7|")
    assert f"TUI_SCHEDULER_RUN=1-{TOKEN}\n" in text
    assert "TUI_SCHEDULER_VALUE" not in text


def test_no_value_of_a_variable_is_in_the_script(node: Node) -> None:
    claim = node.claim("true", environment={"TOKEN": "hunter2secret"})
    node.run(claim)
    assert b"hunter2secret" not in (node.folder / "1.sh").read_bytes()


def test_of_two_jobs_one_runs_it(node: Node) -> None:
    claim = node.claim("echo once")
    assert node.run(claim) == 0
    assert node.run(claim, job="4712") == 0
    assert claim.log_path.read_text() == "once\n"
    assert end_of(claim).code == 0


def test_of_twenty_jobs_at_once_one_runs_it(node: Node) -> None:
    claim = node.claim("echo once; sleep 0.1")
    jobs = [node.begin(claim) for _ in range(20)]
    assert {job.wait(PATIENCE) for job in jobs} == {0}
    assert claim.log_path.read_text() == "once\n"
    assert len(RunFiles.of(claim.log_path).begun.read_text().splitlines()) == 2


def test_what_was_withdrawn_does_not_begin(node: Node) -> None:
    claim = node.claim("echo no")
    assert begun_file.withdraw(RunFiles.of(claim.log_path).begun)
    assert node.run(claim) == 0
    assert claim.log_path.read_text() == ""


def test_a_node_that_does_not_see_the_folder_runs_nothing_and_makes_nothing(node: Node) -> None:
    claim = node.claim("touch ran")
    shutil.rmtree(node.folder / "logs")
    assert node.run(claim) == NO_FOLDER
    assert not (node.folder / "logs").exists()
    assert not (node.folder / "ran").exists()


def test_a_working_directory_that_is_not_there_is_told(node: Node) -> None:
    claim = node.claim("echo no", working_directory="/nowhere/it's")
    node.run(claim)
    reason = "the working directory /nowhere/it's cannot be entered on n3"
    assert end_of(claim).reason == reason
    assert claim.log_path.read_text() == ""


@pytest.mark.parametrize("folder", [None, "~", "~/sub dir", "/"])
def test_it_begins_in_its_working_directory(node: Node, folder: str | None) -> None:
    (node.folder / "sub dir").mkdir()
    claim = node.claim("pwd", working_directory=folder)
    node.run(claim)
    expected = Path((folder or "~").replace("~", str(node.folder), 1))
    assert claim.log_path.read_text() == f"{expected}\n"


def test_a_command_is_given_the_umask_and_no_signal_is_ignored(node: Node) -> None:
    claim = node.claim("umask; grep SigIgn /proc/self/status; trap '' TERM")
    node.run(claim)
    umask, ignored = claim.log_path.read_text().splitlines()
    assert int(umask, 8) == 0o022
    assert int(ignored.split()[1], 16) & (1 << (signal.SIGTERM - 1)) == 0
    assert claim.log_path.stat().st_mode & 0o077 == 0
    assert RunFiles.of(claim.log_path).begun.stat().st_mode & 0o077 == 0


def test_what_it_writes_while_it_is_stopped_is_kept(node: Node) -> None:
    claim = node.claim("trap 'echo cleaning; echo up; exit 5' TERM; echo ready; sleep 60 & wait")
    job = node.begin(claim)
    _until(lambda: claim.log_path.read_text() == "ready\n", job)
    os.killpg(job.pid, signal.SIGTERM)  # as ``scancel --full --batch``: the script has it as well
    job.wait(PATIENCE)
    assert end_of(claim).code == 5
    assert claim.log_path.read_text() == "ready\ncleaning\nup\n"


def test_a_flood_is_cut_where_it_is_made_and_told(node: Node) -> None:
    claim = node.claim("head -c 300000 /dev/zero | tr '\\0' x; echo end")
    node.run(claim, log_cap=10_000)
    text = claim.log_path.read_text()
    assert text.startswith("x" * 10_000 + "\n-- 290004 bytes of output not kept")
    assert end_of(claim).code == 0


def test_output_is_in_the_log_as_it_comes(node: Node) -> None:
    for cap in (0, 1_000_000):
        claim = node.claim("echo first; while [ ! -e go ]; do sleep 0.05; done", run_id=cap + 1)
        job = node.begin(claim, log_cap=cap)
        _until(lambda claim=claim: claim.log_path.read_text() == "first\n", job)
        (node.folder / "go").touch()
        job.wait(PATIENCE)
        (node.folder / "go").unlink()


def test_a_command_that_empties_its_output_does_not_empty_its_log(node: Node) -> None:
    claim = node.claim("echo first; echo second > /dev/stderr; echo third > /dev/stdout")
    node.run(claim)
    assert claim.log_path.read_text() == "first\nsecond\nthird\n"


def test_what_was_left_running_does_not_keep_it_from_ending(node: Node) -> None:
    claim = node.claim("sleep 1000 & echo $!")
    node.run(claim)
    os.kill(int(claim.log_path.read_text()), signal.SIGKILL)
    assert end_of(claim).code == 0


def test_cpu_time_is_that_of_the_command(node: Node) -> None:
    claim = node.claim(f"{sys.executable} -c 'sum(i * i for i in range(5_000_000))'")
    node.run(claim)
    used = end_of(claim).cpu_time
    assert used is not None
    assert used.total_seconds() > 0.05


def test_a_python_process_is_called(node: Node) -> None:
    (node.folder / "jobs.py").write_text(
        "def work(context):\n    context.progress(1, 2)\n    print(context.parameters['N'] + 1)\n"
    )
    claim = node.claim(
        "jobs:work",
        kind=ProcessKind.PYTHON,
        python=sys.executable,
        environment={"N": "41"},
        parameters={"N": ParameterType.NUMBER},
    )
    node.run(claim)
    assert claim.log_path.read_text() == "42\n"
    assert end_of(claim).code == 0
    assert claim.log_path.with_suffix(".progress").read_text().split() == ["1", "2"]


def test_nothing_is_left_beside_the_log(node: Node) -> None:
    temporary = node.folder / "tmp"
    temporary.mkdir()
    claim = node.claim("echo done")
    node.run(claim, TMPDIR=str(temporary))
    assert list(temporary.iterdir()) == []


def _until(is_so: Any, job: subprocess.Popen[bytes]) -> None:
    """Wait until it is so, as long as the job goes on."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert job.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def small_disk(room: int) -> Iterator[None]:
    """No file takes more than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("log_cap", [0, 10_000_000])
def test_output_that_has_no_room_fails_no_command(node: Node, log_cap: int) -> None:
    claim = node.claim("seq 100000 && seq 100000 >&2 && exit 7")
    with small_disk(100_000):
        node.run(claim, log_cap=log_cap)
    assert end_of(claim).code == 7
    assert 0 < claim.log_path.stat().st_size <= 100_000


def test_where_not_even_its_begin_has_room_it_does_not_begin(node: Node) -> None:
    claim = node.claim(f"echo began >> {node.folder.parent}/effect")
    file = node.script(claim)
    with small_disk(0):
        code = node.submit(file, claim).wait(PATIENCE)
    assert code == NO_FOLDER
    assert begun_file.read(RunFiles.of(claim.log_path).begun) == BegunRecord(is_torn=True)
    assert not (node.folder.parent / "effect").exists()
