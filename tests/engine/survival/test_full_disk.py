"""A disk that takes no more: output is lost, and told; no command fails, and none begins twice."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine, log_of
from tests.services.drafts import every
from tui_scheduler.schedules import Frequency

ROOM = 1_000_000
NOTE = "its output not kept: File too large"
WAITS = "It cannot begin yet: File exists: "


@pytest.fixture
def _small_disk() -> Iterator[None]:
    """No file takes more than ``ROOM`` bytes: the keeper, and we, are refused any more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def in_the_way(tmp_path: Path) -> Path:
    """A file where the folder of the journals is to be: none can be made."""
    folder = tmp_path / "logs" / "keepers"
    folder.parent.mkdir()
    folder.touch()
    return folder


@pytest.mark.usefixtures("_small_disk")
async def test_output_that_could_not_be_written_fails_no_command(engine: Engine) -> None:
    run = await engine.run("seq 1000000 && echo and on >&2")
    assert (run.status, run.note) == ("success", f"5.9 MB of {NOTE}")
    assert log_of(run).startswith(b"1\n2\n3\n")
    assert len(log_of(run)) == ROOM


@pytest.mark.usefixtures("_small_disk")
async def test_why_it_failed_is_said_too(engine: Engine) -> None:
    run = await engine.run("seq 1000000; no-such-command")
    assert run.note.startswith("Exit code 127: a command was not found")
    assert run.note.endswith(NOTE)


async def test_what_leaves_no_trace_does_not_start_and_says_why(
    engine: Engine, in_the_way: Path, tmp_path: Path
) -> None:
    engine.schedule(f"echo ran >> {tmp_path}/effect")
    await engine.scheduler.step()
    await engine.until(lambda: WAITS in engine.last().note)
    assert engine.last().status == "queued"
    assert engine.last().start_time is None
    in_the_way.unlink()  # noqa: ASYNC240
    await engine.all_ended()
    assert (engine.last().status, engine.last().note) == ("success", "")
    assert (tmp_path / "effect").read_text() == "ran\n"


async def test_what_waits_may_be_stopped(engine: Engine, in_the_way: Path) -> None:
    engine.schedule("true")
    await engine.scheduler.step()
    await engine.until(lambda: WAITS in engine.last().note)
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["killed"]
    assert engine.last().note == "Stopped on request before it began"


async def test_what_waits_is_given_back_when_the_scheduler_leaves(
    engine: Engine, in_the_way: Path
) -> None:
    engine.schedule("true")
    await engine.scheduler.step()
    await engine.until(lambda: WAITS in engine.last().note)
    await engine.scheduler.leave()
    assert (engine.last().status, engine.last().host) == ("queued", "")
    in_the_way.unlink()  # noqa: ASYNC240
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"]


async def test_a_late_run_still_says_so(engine: Engine, beacon: Beacon) -> None:
    engine.schedule("true", every(Frequency.HOURLY))
    engine.clock.advance(hours=2, minutes=30)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.last().status == "success"
    assert engine.last().note.startswith("Late")
    assert log_of(engine.last()).startswith(b"-- Late")
