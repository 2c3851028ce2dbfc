"""A disk that is full is no reason not to run: output is lost, and nothing else."""

import errno
import os
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import a_claim, a_runner
from tests.engine.harness import Engine
from tests.services.drafts import every
from tui_scheduler.engine.runner import Ended
from tui_scheduler.schedules import Frequency
from tui_scheduler.services.logs.run_files import RunFiles

NOTE = "Its output is not kept: the disk was full when it began"


@pytest.fixture(params=[errno.ENOSPC, errno.EDQUOT])
def _no_new_file(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No log can be made, however often we try."""

    def refused(files: RunFiles) -> int:
        raise OSError(request.param, os.strerror(request.param), str(files.log))

    monkeypatch.setattr(RunFiles, "open_log", refused)


@pytest.fixture
def _no_block_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log can be made, but nothing can be written into it."""
    full = os.statvfs_result((4096, 4096, 1000, 50, 0, 1000, 500, 500, 0, 255))
    monkeypatch.setattr(os, "fstatvfs", lambda _: full)


@pytest.mark.usefixtures("_no_new_file")
async def test_a_run_without_a_log_runs_and_says_why_it_has_none(
    engine: Engine, tmp_path: Path
) -> None:
    run = await engine.run(f"echo lost; echo done > {tmp_path}/result")
    assert (run.status, run.note) == ("success", NOTE)
    assert (tmp_path / "result").read_text() == "done\n"
    assert not run.log_path.exists()


@pytest.mark.usefixtures("_no_block_left")
async def test_output_that_could_not_be_written_fails_no_command(engine: Engine) -> None:
    run = await engine.run("echo lost && echo lost >&2")
    assert (run.status, run.note) == ("success", NOTE)
    assert "lost" not in run.log_path.read_text()


@pytest.mark.usefixtures("_no_block_left")
async def test_it_is_said_while_it_runs(engine: Engine, beacon: Beacon) -> None:
    engine.schedule(f"{beacon.lit} sleep 60")
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    assert engine.last().note == NOTE


@pytest.mark.usefixtures("_no_block_left")
async def test_why_it_failed_is_said_too(engine: Engine) -> None:
    run = await engine.run("no-such-command")
    assert run.note.startswith("Exit code 127: a command was not found")
    assert run.note.endswith(f"; {NOTE}")


@pytest.mark.usefixtures("_no_new_file")
async def test_a_late_run_still_says_so(engine: Engine) -> None:
    engine.schedule("true", every(Frequency.HOURLY))
    engine.clock.advance(hours=2, minutes=30)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.last().status == "success"
    assert engine.last().note.startswith("Late")
    assert engine.last().note.endswith(f"; {NOTE}")


async def test_an_exit_status_that_cannot_be_written_is_known_all_the_same(tmp_path: Path) -> None:
    claim = a_claim(tmp_path, "exit 7")
    claim.log_path.parent.mkdir(parents=True)
    claim.log_path.with_suffix(".exit").symlink_to("/dev/full")
    runner = a_runner()
    ended = await runner.watch((await runner.start(claim)).handle)
    assert isinstance(ended, Ended)
    assert ended.exit_code == 7
