"""Who keeps the runs, whether it can, and which journals nobody needs."""

import fcntl
import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from tests.doctor.conftest import Examine
from tests.engine.claims import a_claim, begun
from tests.services.drafts import minutely, scheduled
from tests.support.clock import FakeClock
from tui_scheduler.doctor import Finding, Verdict
from tui_scheduler.engine.local.identity import current_boot
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings

PID = 2**22 + 1
"""More than Linux gives to any process."""


def journal(settings: Settings, *lines: str, pid: int = PID, number: int = 1) -> Path:
    """What a keeper with ``pid`` has written, in its journal ``number``, long ago."""
    folder = settings.log_folder / "keepers"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{number:020d}-{pid}.journal"
    file.touch(0o600)
    file.write_text("\n".join((f"boot {current_boot()}", *lines)) + "\n")
    os.utime(file, (0, 0))
    return file


@contextmanager
def kept(*journals: Path) -> Iterator[None]:
    """Let ``journals`` be locked, as by keepers that live."""
    files = [journal.open("r+") for journal in journals]
    try:
        for file in files:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        for file in files:
            file.close()


@contextmanager
def stopped_process() -> Iterator[int]:
    with subprocess.Popen(["sleep", "60"]) as process:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        yield process.pid
        process.kill()


def texts(findings: list[Finding]) -> list[str]:
    """What is found, with nothing to do about it."""
    assert {finding.verdict for finding in findings} == {Verdict.OK}
    return [finding.text for finding in findings]


class TestWhoKeepsRuns:
    def test_nobody_does(self, examined: Examine) -> None:
        assert texts(examined()["keepers"]) == ["No keeper runs"]

    def test_runs_that_go_on_are_counted(self, examined: Examine, settings: Settings) -> None:
        lines = ("begin 1 aa", "end 1 0 5", "begin 2 bb", "no 2", "begin 3 cc", "begin 4 dd")
        with kept(journal(settings, *lines)):
            assert texts(examined()["keepers"]) == [f"Keeper {PID} keeps 2 runs"]

    def test_one_that_waits_for_runs_has_none(self, examined: Examine, settings: Settings) -> None:
        with kept(journal(settings)):
            assert texts(examined()["keepers"]) == [f"Keeper {PID} keeps no run"]

    def test_all_journals_of_one_count(self, examined: Examine, settings: Settings) -> None:
        long, other = journal(settings, "begin 1 aa"), journal(settings, "begin 2 bb", number=2)
        with kept(long, other):
            assert texts(examined()["keepers"]) == [f"Keeper {PID} keeps 2 runs"]

    def test_older_ones_are_told_apart(self, examined: Examine, settings: Settings) -> None:
        first = journal(settings, "begin 1 aa", pid=PID)
        second = journal(settings, "begin 2 bb", "closed", pid=PID + 1, number=2)
        third = journal(settings, pid=PID + 2, number=3)
        with kept(first, second, third):
            assert texts(examined()["keepers"]) == [
                f"Keeper {PID}, of an earlier scheduler, keeps 1 run",
                f"Keeper {PID + 1}, of an earlier scheduler, keeps 1 run",
                f"Keeper {PID + 2} keeps no run",
            ]

    async def test_a_real_one_goes_on_without_its_scheduler(
        self, examined: Examine, settings: Settings, clock: FakeClock, tmp_path: Path
    ) -> None:
        go_on = tmp_path / "go-on"
        os.mkfifo(go_on)
        runner = LocalRunner(clock, timedelta(), settings.log_folder)
        try:
            started = await begun(runner, a_claim(tmp_path, f"read line < {go_on}", run_id=7))
            assert started.pid is not None
            pid = psutil.Process(started.pid).ppid()
            assert texts(examined()["keepers"]) == [f"Keeper {pid} keeps 1 run"]
        finally:
            await runner.let_go()
        assert texts(examined()["keepers"]) == [
            f"Keeper {pid}, of an earlier scheduler, keeps 1 run"
        ]
        go_on.write_text("now\n")


class TestOneThatIsStuck:
    def test_a_stopped_one_is_to_go_on(self, examined: Examine, settings: Settings) -> None:
        with stopped_process() as pid, kept(journal(settings, "begin 1 aa", pid=pid)):
            [finding] = examined(repairs=True)["keepers"]
        assert finding.verdict is Verdict.WARNING
        assert finding.text.startswith(f"Keeper {pid} is stopped: ")
        assert finding.remedy.startswith(f"Let it go on: kill -CONT {pid}. Or give it up: kill -9")

    def test_one_that_waits_for_a_disk_can_be_given_up(
        self, examined: Examine, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(psutil.Process, "status", lambda _: psutil.STATUS_DISK_SLEEP)
        with kept(journal(settings, "begin 1 aa", pid=os.getpid())):
            [finding] = examined()["keepers"]
        assert finding.verdict is Verdict.WARNING
        assert "waits for a disk" in finding.text
        assert f"kill -9 {os.getpid()}. " in finding.remedy

    def test_waiting_for_a_moment_is_no_matter(
        self, examined: Examine, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        states = iter([psutil.STATUS_DISK_SLEEP, psutil.STATUS_SLEEPING])
        monkeypatch.setattr(psutil.Process, "status", lambda _: next(states))
        with kept(journal(settings, pid=os.getpid())):
            assert texts(examined()["keepers"]) == [f"Keeper {os.getpid()} keeps no run"]

    def test_the_pid_of_another_machine_is_nobody_here(
        self, examined: Examine, settings: Settings
    ) -> None:
        with stopped_process() as pid, kept(journal(settings, "boot elsewhere", pid=pid)):
            assert texts(examined()["keepers"]) == [f"Keeper {pid} keeps no run"]


class TestLeftovers:
    def test_one_that_nobody_keeps_is_removed(self, examined: Examine, settings: Settings) -> None:
        stray = journal(settings, "begin 1 aa", "end 1 0 5")
        finding, _ = reversed(examined()["keepers"])
        assert finding.verdict is Verdict.WARNING
        assert f"Nobody needs 1 journal in {stray.parent}: {stray.name}" in finding.text
        assert stray.exists()
        assert examined(repairs=True)["keepers"][0].verdict is Verdict.REPAIRED
        assert not stray.exists()
        assert texts(examined()["keepers"]) == ["No keeper runs"]

    def test_one_that_is_kept_stays(self, examined: Examine, settings: Settings) -> None:
        file = journal(settings)
        with kept(file):
            examined(repairs=True)
        assert file.exists()

    def test_one_that_knows_of_an_open_run_stays(
        self, examined: Examine, settings: Settings, services: Services
    ) -> None:
        scheduled(services, minutely())
        [claim] = services.dispatch.claim()
        own = journal(settings, f"begin {claim.run_id} {claim.token}")
        of_another = journal(settings, f"begin {claim.run_id} 0123abcd", number=2)
        assert examined(repairs=True)["keepers"][0].verdict is Verdict.REPAIRED
        assert own.exists()
        assert not of_another.exists()

    def test_a_young_one_stays(
        self, examined: Examine, settings: Settings, clock: FakeClock
    ) -> None:
        file = journal(settings)
        os.utime(file, (0, clock.now().timestamp() - 59))
        assert texts(examined(repairs=True)["keepers"]) == ["No keeper runs"]
        assert file.exists()

    @pytest.mark.parametrize("name", ["notes.txt", "7.journal", "00000000000000000001-x.journal"])
    def test_what_is_not_named_as_ours_stays(
        self, examined: Examine, settings: Settings, name: str
    ) -> None:
        file = journal(settings).rename(settings.log_folder / "keepers" / name)
        assert texts(examined(repairs=True)["keepers"]) == ["No keeper runs"]
        assert file.exists()


@pytest.mark.parametrize(("mode", "verdict"), [(0o040, Verdict.WARNING), (0o022, Verdict.PROBLEM)])
def test_journals_are_for_their_owner_alone(
    examined: Examine, settings: Settings, mode: int, verdict: Verdict
) -> None:
    file = journal(settings)
    file.chmod(0o600 | mode)
    file.parent.chmod(0o700 | mode)
    with kept(file):
        [finding] = examined()["permissions"]
        assert finding.verdict is verdict
        assert f"{file.parent}, {file}" in finding.text
        assert examined(repairs=True)["permissions"][0].verdict is Verdict.REPAIRED
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
