"""What the fakes and the real tools do alike."""

import re
from pathlib import Path

import pytest

from tests.slurm.slurm_tools import FOR_EVER, end, listed, nodes, run, submit, until, until_begun

_REAL = pytest.param("slurm", marks=[pytest.mark.slurm, pytest.mark.slow], id="real")
_FAKE = pytest.param("fake_slurm", id="fake")

Words = tuple[str, ...]

_ERROR = "sbatch: error:"
_FAILED = f"{_ERROR} Batch job submission failed:"
_NO_TRIAL = "allocation failure:"
_PARTITION = f"{_ERROR} invalid partition specified: no"
_MEMORY = f"{_ERROR} Memory specification can not be satisfied"
_NO_NODE = "Requested node configuration is not available"
_HELP = 'Try "sbatch --help" for more information'
_REFUSED: list[tuple[Words, int, list[str]]] = [
    (("--partition=no",), 1, [_PARTITION, f"{_FAILED} Invalid partition name specified"]),
    (
        ("--test-only", "--partition=no"),
        1,
        [_PARTITION, f"{_NO_TRIAL} Invalid partition name specified"],
    ),
    (("--bogus=1",), 255, ["sbatch: unrecognized option '--bogus=1'", _HELP]),
    (("--partition",), 255, ["sbatch: option '--partition' requires an argument", _HELP]),
    (("--time=x",), 255, [f"{_ERROR} Invalid --time specification"]),
    (("--mem=x",), 255, [f"{_ERROR} Invalid --mem specification"]),
    (("-c", "x"), 1, [f'{_ERROR} Invalid numeric value "x" for --cpus-per-task.']),
    (("--gres=gpu:1",), 1, [f"{_ERROR} Invalid generic resource (gres) specification"]),
    (
        ("--mem=9G",),
        1,
        [f"{_ERROR} Memory specification can not be satisfied", f"{_FAILED} {_NO_NODE}"],
    ),
    (("--test-only", "--mem=9G"), 1, [f"{_NO_TRIAL} {_NO_NODE}"]),
    (("--test-only", "--ntasks=64"), 1, [f"{_NO_TRIAL} {_NO_NODE}"]),
    (("/nowhere",), 1, [f"{_ERROR} Unable to open file /nowhere"]),
]
"""What ``sbatch`` says to which options, and how it ends."""


@pytest.mark.parametrize("which", [_FAKE, _REAL])
class TestAlike:
    """What holds for both."""

    @pytest.fixture(autouse=True)
    def folder(
        self,
        which: str,
        request: pytest.FixtureRequest,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> Path:
        request.getfixturevalue(which)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            ("true", ["COMPLETED", "None"]),
            ("exit 3", ["FAILED", "NonZeroExitCode"]),
            ("kill -9 $$", ["FAILED", "JobLaunchFailure"]),
        ],
    )
    def test_a_job_ends(self, script: str, expected: list[str]) -> None:
        number = submit(script, "--job-name=a|b c")
        assert end(number) == expected
        fields = listed(number, "--states=all")
        assert fields is not None
        assert fields[2:] in [[node, "a|b c"] for node in nodes()]

    def test_what_a_job_finds(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GIVEN", "one\ntwo é")
        names = ("GIVEN", "SLURM_JOB_ID", "SLURM_JOBID", "SLURM_JOB_NAME", "SLURMD_NODENAME")
        script = "; ".join(f'printf "%s\\n" "${name}"' for name in names)
        number = submit(f"{script}; pwd; echo wrong >&2", "--job-name=me", "--output=log-%j-%x")
        end(number)
        lines = (folder / f"log-{number}-me").read_text().splitlines()
        assert lines[:5] == ["one", "two é", number, number, "me"]
        assert lines[5] in nodes()
        assert lines[6:] == [str(folder), "wrong"]

    @pytest.mark.parametrize(
        ("export", "values"),
        [("ALL", "[1][2]"), ("ONE", "[1][]"), ("NONE", "[][]"), ("TWO,ONE", "[1][2]")],
    )
    def test_variables_by_name(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, export: str, values: str
    ) -> None:
        monkeypatch.setenv("ONE", "1")
        monkeypatch.setenv("TWO", "2")
        number = submit('echo "[$ONE][$TWO]"', f"--export={export}", "--output=log")
        end(number)
        assert (folder / "log").read_text() == f"{values}\n"

    def test_a_log_that_cannot_be_written_fails_a_job(self) -> None:
        assert end(submit("true", "--output=/nowhere/log")) == ["FAILED", "JobLaunchFailure"]

    def test_a_folder_that_is_missing_does_not_stop_a_job(self, folder: Path) -> None:
        number = submit("pwd", "--chdir=/nowhere", f"--output={folder}/log")
        assert end(number) == ["COMPLETED", "None"]
        *errors, where = (folder / "log").read_text().splitlines()
        assert where == "/tmp"
        assert re.fullmatch(
            r"slurmstepd-n\d+: error: couldn't chdir to `/nowhere': No such file or directory:"
            r" going to /tmp instead",
            errors[0],
        )

    @pytest.mark.parametrize(("words", "code", "errors"), _REFUSED)
    def test_what_is_refused(self, words: Words, code: int, errors: list[str]) -> None:
        done = run("sbatch", *words, text="#!/bin/sh\n")
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.splitlines() == errors

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("", "sbatch: error: Batch script is empty!"),
            ("true\n", "sbatch: error: For instance: #!/bin/sh"),
            ("#!/bin/sh\r\n", "sbatch: error: instead of expected UNIX line breaks (\\n)."),
        ],
    )
    def test_what_is_no_script(self, text: str, error: str) -> None:
        done = run("sbatch", text=text)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.splitlines()[-1] == error

    def test_a_trial_says_when_and_where(self) -> None:
        done = run("sbatch", "--test-only", "--parsable", text="#!/bin/sh\n")
        assert (done.returncode, done.stdout) == (0, "")
        assert re.fullmatch(
            r"sbatch: Job \d+ to start at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
            r" using 1 processors on nodes n\d+ in partition main\n",
            done.stderr,
        )

    def test_what_is_too_large_waits_for_ever(self) -> None:
        number = submit("true", "--ntasks=64")
        until(lambda: listed(number) == ["PENDING", "PartitionConfig", "", "sbatch"])
        assert run("scancel", number).returncode == 0
        assert end(number)[0] == "CANCELLED"

    def test_what_nobody_knows(self) -> None:
        unknown = "error: Kill job error on job id 99999: Invalid job id specified\n"
        ended = submit("true")
        end(ended)
        expected = {
            ("scancel", "99999"): (0, "", ""),
            ("scancel", ended): (0, "", ""),
            ("scancel", "-b", "-f", "-s", "TERM", "99999"): (1, "", f"scancel: {unknown}"),
            ("scontrol", "show", "job", "-o", "99999"): (
                1,
                "",
                "slurm_load_jobs error: Invalid job id specified\n",
            ),
            ("squeue", "-h", "-j", "99999"): (
                1,
                "",
                "slurm_load_jobs error: Invalid job id specified\n",
            ),
            ("squeue", "-h", "-j", "99999,99998"): (0, "", ""),
            ("squeue", "-h", "--me", "--name=nobody"): (0, "", ""),
            ("scontrol", "ping"): (0, run("scontrol", "ping").stdout, ""),
        }
        results = {words: run(*words) for words in expected}
        assert {w: (d.returncode, d.stdout, d.stderr) for w, d in results.items()} == expected
        assert results["scontrol", "ping"].stdout.endswith(" is UP\n")

    def test_one_that_waits_is_cancelled(self) -> None:
        number = submit("true", "--hold")
        until(lambda: listed(number) == ["PENDING", "JobHeldUser", "", "sbatch"])
        assert run("scancel", "--state=RUNNING", number).returncode == 0
        assert listed(number) is not None
        assert run("scancel", "--state=PENDING", number).returncode == 0
        assert end(number) == ["CANCELLED", "JobHeldUser"]

    def test_signals(self, folder: Path) -> None:
        script = f"trap 'echo told; trap - TERM' TERM; {FOR_EVER.replace('100000', '0.1')}"
        number = submit(script, "--output=%j.log")
        until_begun(number, folder)
        assert run("scancel", "--state=PENDING", number).returncode == 0
        assert run("scancel", "-b", "-f", "-s", "TERM", number).returncode == 0
        log = folder / f"{number}.log"
        until(lambda: "told" in log.read_text())
        assert run("scancel", "-b", "-f", "-s", "KILL", number).returncode == 0
        assert end(number) == ["FAILED", "JobLaunchFailure"]
        assert log.read_text().count(f"*** JOB {number} ON ") == 1

    def test_one_that_runs_is_cancelled(self, folder: Path) -> None:
        number = submit(FOR_EVER, "--output=%j.log")
        until_begun(number, folder)
        assert run("scancel", number).returncode == 0
        assert end(number) == ["CANCELLED", "None"]
        sentence = rf"JOB {number} ON n\d+ CANCELLED AT [-\dT:]+"
        line = rf"^slurmstepd-n\d+: error: \*\*\* {sentence} \*\*\*$"
        assert re.search(line, (folder / f"{number}.log").read_text(), re.MULTILINE)

    def test_a_job_is_told_in_one_line(self, folder: Path) -> None:
        number = submit("exit 3", "--job-name=some name", "--no-requeue", "--output=log")
        end(number)
        line = run("scontrol", "show", "job", "-o", number).stdout
        expected = (
            f"JobId={number} JobName=some name ",
            " JobState=FAILED Reason=NonZeroExitCode ",
            " Requeue=0 Restarts=0 ",
            " ExitCode=3:0 ",
            f" Command=(null) WorkDir={folder} StdErr={folder}/log StdIn=/dev/null",
            f" StdOut={folder}/log",
        )
        assert [part for part in expected if part not in line] == []
        assert line.count("\n") == 1

    def test_nodes(self) -> None:
        lines = run("sinfo", "-h", "-N", "-o", "%N %T").stdout.splitlines()
        assert len(lines) == 3
        assert all(line.endswith(" idle") for line in lines)
