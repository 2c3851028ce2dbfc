"""Logs cannot hurt: what floods is cut, and the end of the disk is left alone."""

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tui_scheduler.engine.local.log_cutting import Seams
from tui_scheduler.engine.local.log_limits import LEAST, LogLimits

from tests.engine.beacon import Beacon
from tests.engine.claims import a_claim, a_runner, an_open_run
from tests.engine.harness import Engine
from tests.patience import PATIENCE
from tui_scheduler.engine.local import log_cutting, log_limits
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Ended
from tui_scheduler.services.logs.run_files import is_held

CAP = 1_000_000
FLOOD = "seq 1000000"  # 6.9 MB


class Disk:
    """A disk that is as full as the test says."""

    def __init__(self, percent_free: float) -> None:
        self.percent_free = percent_free

    def __call__(self, folder: Path) -> float:
        assert folder.is_dir()
        return self.percent_free


async def flooded(tmp_path: Path, limits: LogLimits, command: str = FLOOD) -> bytes:
    """The log of a run of ``command`` when it has ended."""
    claim = a_claim(tmp_path, command)
    runner = a_runner(limits=limits)
    ended = await runner.watch((await runner.start(claim)).handle)
    assert isinstance(ended, Ended)
    assert ended.exit_code == 0
    return claim.log_path.read_bytes()


async def shrunk(log: Path, size: int) -> None:
    """Wait until a look has found that ``log`` is longer than ``size``."""
    await until(lambda: log.stat().st_size <= size)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await another_look()


async def another_look() -> None:
    """For what happens in a thread that tells nobody."""
    await asyncio.sleep(0.001)


class TestCap:
    async def test_a_flood_ends_within_its_limit_and_says_what_is_missing(
        self, tmp_path: Path
    ) -> None:
        output = await flooded(tmp_path, LogLimits(CAP))
        assert len(output) <= CAP
        assert output.startswith(b"1\n2\n3\n")
        assert output.endswith(b"\n999999\n1000000\n")
        notice = rb"\n-- \d\.\d MB of output dropped here: the log is limited to 1\.0 MB --\n"
        assert len(re.findall(notice, output)) == 1

    async def test_it_is_cut_while_it_runs(self, tmp_path: Path, beacon: Beacon) -> None:
        go_on = tmp_path / "go-on"
        os.mkfifo(go_on)
        claim = a_claim(tmp_path, f"{FLOOD}; {beacon.lit} read line < {go_on}; echo $line")
        runner = a_runner(limits=LogLimits(CAP))
        started = await runner.start(claim)
        await beacon.seen()
        await shrunk(claim.log_path, CAP)
        go_on.write_text("and on\n")
        await runner.watch(started.handle)
        assert claim.log_path.read_bytes().endswith(b"\n1000000\nand on\n")

    async def test_what_is_short_is_not_touched(self, tmp_path: Path) -> None:
        assert await flooded(tmp_path, LogLimits(CAP, 5), "seq 3") == b"1\n2\n3\n"

    async def test_no_limit_is_no_limit(self, tmp_path: Path) -> None:
        assert len(await flooded(tmp_path, LogLimits(0, 0))) == 6_888_896

    async def test_there_is_room_for_what_is_said_at_the_end(self, engine: Engine) -> None:
        runner = LocalRunner(engine.clock, engine.kill_grace, LogLimits(CAP))
        engine.scheduler = engine.new_scheduler(runner=runner)
        run = await engine.run(f"{FLOOD}; no-such-command")
        assert run.log_path.stat().st_size <= CAP
        assert run.log_path.read_text().endswith(f"-- {run.note} --\n")

    async def test_what_a_run_leaves_behind_is_cut_as_well(self, tmp_path: Path) -> None:
        go_on = tmp_path / "go-on"
        os.mkfifo(go_on)
        limits = LogLimits(CAP)
        daemon = f"(read line < {go_on}; {FLOOD}; echo $line) &"
        assert await flooded(tmp_path, limits, daemon) == b""
        go_on.write_text("bye\n")
        log = a_claim(tmp_path, daemon).log_path
        await until(lambda: not is_held(log))
        await shrunk(log, CAP)
        assert log.read_bytes().endswith(b"\n1000000\nbye\n")

    async def test_a_run_that_is_adopted_is_cut(self, tmp_path: Path, beacon: Beacon) -> None:
        first, second = a_runner(), a_runner(limits=LogLimits(CAP))
        claim = a_claim(tmp_path, f"{FLOOD}; {beacon.lit} sleep 60")
        started = await first.start(claim)
        first.let_go()
        await beacon.seen()
        await second.adopt(an_open_run(claim, started.handle))
        await shrunk(claim.log_path, CAP)
        await second.stop(started.handle, force=True)

    async def test_a_run_that_ended_meanwhile_is_cut(self, tmp_path: Path) -> None:
        claim = a_claim(tmp_path, FLOOD)
        first, second = a_runner(), a_runner(limits=LogLimits(CAP))
        started = await first.start(claim)
        await first.watch(started.handle)
        assert claim.log_path.stat().st_size > CAP
        await second.adopt(an_open_run(claim, started.handle))
        assert claim.log_path.stat().st_size <= CAP


class TestDiskReserve:
    async def test_new_runs_start_and_their_logs_say_why_they_are_cut(self, tmp_path: Path) -> None:
        output = await flooded(tmp_path, LogLimits(CAP, 5, Disk(4.96)))
        assert len(output) <= LEAST
        assert output.startswith(b"1\n2\n3\n")
        assert output.endswith(b"\n1000000\n")
        assert b" of output dropped here: the disk is nearly full (4.9 % free) --\n" in output

    async def test_without_a_cap_it_counts_as_well(self, tmp_path: Path) -> None:
        assert len(await flooded(tmp_path, LogLimits(0, 5, Disk(4)))) <= LEAST

    async def test_with_enough_left_only_the_cap_counts(self, tmp_path: Path) -> None:
        assert len(await flooded(tmp_path, LogLimits(CAP, 5, Disk(5)))) > CAP // 2

    async def test_what_a_run_had_written_before_is_not_taken_from_it(self, tmp_path: Path) -> None:
        log = tmp_path / "1.log"
        log.write_bytes(b"before\n" * 100_000)
        limits = LogLimits(CAP, 5, Disk(4))
        limits.watch(log, is_new=False)
        with log.open("ab") as file:
            file.write(b"since\n" * 30_000)
        await shrunk(log, 700_000 + LEAST)
        assert log.read_bytes().startswith(b"before\n" * 100_000 + b"since\n")
        limits.let_go()

    async def test_when_there_is_room_again_logs_may_grow(self, tmp_path: Path) -> None:
        log = tmp_path / "1.log"
        log.write_bytes(b"")
        disk = Disk(4)
        limits = LogLimits(CAP, 5, disk)
        limits.watch(log, is_new=False)
        log.write_bytes(b"a line\n" * 100_000)
        await shrunk(log, LEAST)
        disk.percent_free = 50
        with log.open("ab") as file:
            file.write(b"a line\n" * 100_000)
        await limits.settle(log)
        assert 700_000 < log.stat().st_size < 700_000 + LEAST

    async def test_a_disk_that_cannot_be_asked_is_not_full(self, tmp_path: Path) -> None:
        def unknown(folder: Path) -> float:
            raise OSError("Stale file handle")

        assert len(await flooded(tmp_path, LogLimits(0, 5, unknown))) > CAP


class TestTrouble:
    async def test_it_is_logged_once_and_stops_nobody(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        failed = []

        def failing(log: Path, *args: Any, **kwargs: Any) -> Seams:
            if log.name == "bad.log":
                failed.append(log)
                raise OSError("Input/output error")
            return log_cutting.cut(log, *args, **kwargs)

        monkeypatch.setattr(log_limits, "cut", failing)
        monkeypatch.setattr(log_limits, "_PAUSE", 0.001)
        limits = LogLimits(CAP)
        for name in ("bad.log", "good.log"):
            (tmp_path / name).write_bytes(b"a line\n" * 1_000_000)
            limits.watch(tmp_path / name, is_new=False)
        await shrunk(tmp_path / "good.log", CAP)
        await until(lambda: len(failed) > 2)
        assert caplog.text.count("bad.log cannot be cut") == 1
        limits.let_go()

    async def test_a_log_that_was_removed_is_nothing_to_cut(self, tmp_path: Path) -> None:
        limits = LogLimits(CAP, 5)
        limits.watch(tmp_path / "gone.log", is_new=True)
        await limits.settle(tmp_path / "gone.log")


def test_a_real_disk_tells_how_much_of_it_is_free(tmp_path: Path) -> None:
    assert 0 < log_limits.percent_free(tmp_path) <= 100
