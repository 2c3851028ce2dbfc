"""What a test may have the fakes do."""

import os
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.slurm.fakes import CONNECT_FAILURE, TIMED_OUT, FakeSlurm
from tests.slurm.slurm_tools import FOR_EVER, end, listed, run, submit, until, until_begun

Words = tuple[str, ...]


class TestBadDays:
    @pytest.fixture(autouse=True)
    def folder(
        self, fake_slurm: FakeSlurm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Path:
        monkeypatch.chdir(tmp_path)
        return tmp_path

    @pytest.mark.parametrize(
        ("words", "code", "message"),
        [
            (("squeue", "--me"), 1, "slurm_load_jobs error: {}\n"),
            (("sinfo",), 1, "slurm_load_partitions: {}\n"),
            (("sbatch",), 1, "sbatch: error: Batch job submission failed: {}\n"),
            (("sbatch", "--test-only"), 1, "allocation failure: {}\n"),
            (("scancel", "7"), 8, "scancel: error: Kill job error on job id 7: {}\n"),
            (("scancel", "-b", "-f", "-s", "TERM", "7"), 1, "slurm_load_jobs error: {}\n"),
            (("scontrol", "show", "job", "-o", "7"), 1, "slurm_load_jobs error: {}\n"),
        ],
    )
    def test_the_controller_is_down_for_some_calls(
        self, fake_slurm: FakeSlurm, words: Words, code: int, message: str
    ) -> None:
        fake_slurm.fail(CONNECT_FAILURE, times=2)
        for _ in range(2):
            done = run(*words, text="#!/bin/sh\n")
            assert (done.returncode, done.stdout) == (code, "")
            assert done.stderr == message.format(CONNECT_FAILURE)
        assert CONNECT_FAILURE not in run(*words, text="#!/bin/sh\n").stderr

    def test_it_is_down_until_it_recovers(self, fake_slurm: FakeSlurm) -> None:
        fake_slurm.fail(CONNECT_FAILURE, "squeue", "scontrol")
        assert run("squeue").returncode == 1
        ping = run("scontrol", "ping")
        assert (ping.returncode, ping.stdout.splitlines()[0][-4:]) == (1, "DOWN")
        assert run("sinfo").returncode == 0
        fake_slurm.recover()
        assert run("squeue").returncode == 0

    def test_a_submission_that_failed_and_was_taken(self, fake_slurm: FakeSlurm) -> None:
        fake_slurm.fail(TIMED_OUT, "sbatch", times=1, after=True)
        done = run("sbatch", "--parsable", "--hold", text="#!/bin/sh\n")
        assert (done.returncode, done.stdout) == (1, "")
        assert [job["id"] for job in fake_slurm.jobs()] == [1]
        assert submit("true", "--hold") == "2"

    @pytest.mark.parametrize("after", [False, True])
    def test_one_that_hangs_does_what_it_was_to_do(
        self, fake_slurm: FakeSlurm, after: bool
    ) -> None:
        fake_slurm.hang("sbatch", after=after)
        words = ("sbatch", "--parsable", "--hold")
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asked:
            assert asked.stdin
            asked.stdin.write(b"#!/bin/sh\n")
            asked.stdin.close()
            until(lambda: len(fake_slurm.jobs()) == after)
            until(lambda: len(fake_slurm.calls("sbatch")) == 1)
            assert asked.poll() is None
            fake_slurm.recover()
            assert asked.stdout
            assert asked.stdout.read() == b"1\n"
        assert len(fake_slurm.jobs()) == 1

    def test_one_that_hangs_and_is_killed_has_done_nothing(self, fake_slurm: FakeSlurm) -> None:
        fake_slurm.hang("squeue")
        with subprocess.Popen(["squeue"]) as asked:
            until(lambda: fake_slurm.calls() == [["squeue"]])
            asked.kill()
        fake_slurm.recover()
        assert run("squeue").returncode == 0

    def test_calls_are_counted(self, fake_slurm: FakeSlurm) -> None:
        run("squeue", "--me", "-h")
        run("sinfo")
        run("squeue", "--no-such-option")
        assert fake_slurm.calls("squeue") == [
            ["squeue", "--me", "-h"],
            ["squeue", "--no-such-option"],
        ]
        assert len(fake_slurm.calls()) == 3

    def test_a_list_that_is_stale(self, fake_slurm: FakeSlurm) -> None:
        old = submit("true", "--hold")
        with fake_slurm.stale():
            new = submit("true", "--hold")
            run("scancel", old)
            assert listed(old) == ["PENDING", "JobHeldUser", "", "sbatch"]
            assert listed(new) is None
            assert run("scontrol", "show", "job", "-o", new).returncode == 1
        assert listed(old) is None
        assert listed(new) is not None

    def test_a_job_that_is_forgotten_runs(self, fake_slurm: FakeSlurm, folder: Path) -> None:
        os.mkfifo(folder / "gate")
        number = submit("echo begun; read line < gate; echo $line", "--output=%j.log")
        until_begun(number, folder)
        fake_slurm.forget(int(number))
        assert listed(number, "--states=all") is None
        (folder / "gate").write_text("went on\n")
        until(lambda: (folder / f"{number}.log").read_text() == "begun\nwent on\n")
        assert fake_slurm.jobs() == []

    def test_an_id_is_used_again(self, fake_slurm: FakeSlurm, folder: Path) -> None:
        first = submit("exit 3", "--job-name=first")
        end(first)
        fake_slurm.next_id(int(first))
        assert submit("true", "--hold", "--job-name=second") == first
        assert listed(first, "--states=all") == ["PENDING", "JobHeldUser", "", "second"]

    def test_words_that_nobody_knows(self, fake_slurm: FakeSlurm) -> None:
        number = submit("true", "--hold")
        fake_slurm.rewrite(int(number), state="LEVITATING", reason="Why, not")
        assert listed(number) == ["LEVITATING", "Why, not", "", "sbatch"]

    def test_one_that_has_to_wait(self, fake_slurm: FakeSlurm) -> None:
        fake_slurm.keep_waiting("Priority")
        number = submit("true")
        assert listed(number) == ["PENDING", "Priority", "", "sbatch"]
        refused = run("scancel", "-b", "-f", "-s", "TERM", number)
        assert (refused.returncode, refused.stdout) == (228, "")
        fake_slurm.begin(int(number))
        assert end(number) == ["COMPLETED", "None"]

    def test_one_that_ignores_term_is_killed(self, fake_slurm: FakeSlurm, folder: Path) -> None:
        fake_slurm.kill_wait(0)
        number = submit(f"trap '' TERM; {FOR_EVER}", "--output=%j.log")
        until_begun(number, folder)
        run("scancel", number)
        assert end(number) == ["CANCELLED", "None"]

    def test_nothing_is_left(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = FakeSlurm(folder / "other")
        monkeypatch.setenv("PATH", fake.variables["PATH"])
        number = submit(f"trap '' TERM; setsid sleep 100000 & {FOR_EVER}", "--output=%j.log")
        until_begun(number, folder)
        script = psutil.Process(fake.jobs()[0]["pid"])
        processes = [script, *script.children(), *script.parents()[:1]]
        fake.close()
        assert not any(_is_there(process) for process in processes)


def _is_there(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
