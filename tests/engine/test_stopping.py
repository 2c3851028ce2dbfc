"""Runs that are told to stop: on request, by force, and when their time is over."""

import os
import signal
from datetime import timedelta

import pytest

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine, log_of

FOREVER = "while :; do sleep 0.01; done"


async def test_a_run_is_killed_on_request(engine: Engine, beacon: Beacon) -> None:
    engine.schedule(f"{beacon.lit} sleep 60")
    await engine.scheduler.step()
    await beacon.seen()
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.step()
    await engine.all_ended()
    run = engine.last()
    assert (run.status, run.exit_code) == ("killed", None)
    assert run.note == "Stopped on request; ended by TERM"
    assert run.log_path.read_bytes().endswith(b"-- Stopped on request; ended by TERM --\n")


async def test_a_run_that_says_goodbye_nicely_is_killed_all_the_same(
    engine: Engine, beacon: Beacon
) -> None:
    engine.schedule(f"trap 'exit 0' TERM; {beacon.lit} {FOREVER}")
    await engine.scheduler.step()
    await beacon.seen()
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.step()
    await engine.all_ended()
    assert (engine.last().status, engine.last().exit_code) == ("killed", 0)


async def test_force_needs_no_grace(engine: Engine, beacon: Beacon) -> None:
    engine.schedule(f"trap '' TERM; {beacon.lit} {FOREVER}")
    await engine.scheduler.step()
    await beacon.seen()
    engine.services.runs.kill(engine.last().id, force=True)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.last().status == "killed"
    assert engine.last().note == "Stopped on request; ended by KILL"


async def test_force_after_a_request_that_is_ignored(engine: Engine, beacon: Beacon) -> None:
    engine.schedule(f"trap '{beacon.lit}' TERM; {beacon.lit} {FOREVER}")
    await engine.scheduler.step()
    await beacon.seen()
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.step()
    await beacon.seen()
    engine.services.runs.kill(engine.last().id, force=True)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.last().note == "Stopped on request; ended by KILL"


async def test_asking_again_and_again_sends_one_term(engine: Engine, beacon: Beacon) -> None:
    engine.schedule(f"trap 'echo caught; {beacon.lit}' TERM; {beacon.lit} {FOREVER}")
    await engine.scheduler.step()
    await beacon.seen()
    engine.services.runs.kill(engine.last().id)
    for _ in range(3):
        await engine.scheduler.step()
    await beacon.seen()
    engine.services.runs.kill(engine.last().id, force=True)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.last().log_path.read_bytes().count(b"caught") == 1


async def test_a_run_that_was_never_begun_is_killed_without_a_process(engine: Engine) -> None:
    engine.schedule("true")
    engine.services.dispatch.claim()
    run = engine.last()
    engine.services.dispatch.give_back([run.id])
    engine.services.runs.kill(run.id)
    await engine.scheduler.step()
    await engine.all_ended()
    assert (engine.last().status, engine.last().pid) == ("killed", None)
    assert not run.log_path.exists()


async def test_a_run_whose_time_is_over_is_stopped(engine: Engine) -> None:
    run = await engine.run("sleep 60", timeout=timedelta(milliseconds=50))
    assert (run.status, run.exit_code) == ("timed_out", None)
    assert run.note == "Timed out; ended by TERM"


async def test_a_run_within_its_time_is_left_alone(engine: Engine) -> None:
    run = await engine.run("true", timeout=timedelta(hours=1))
    assert (run.status, run.note) == ("success", "")


async def test_what_is_killed_by_others_is_an_error_that_says_so(
    engine: Engine, beacon: Beacon
) -> None:
    engine.schedule(f"{beacon.lit} sleep 60")
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    pid = engine.last().pid
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)
    await engine.all_ended()
    run = engine.last()
    assert (run.status, run.exit_code) == ("error", None)
    assert run.note == "Ended by SIGKILL, which the scheduler did not send"


@pytest.mark.parametrize(
    ("command", "exit_code", "note"),
    [
        ("no-such-command-here", 127, "Exit code 127: a command was not found"),
        ("/etc/passwd", 126, "Exit code 126: a command was found but cannot be executed"),
        ("kill -SEGV $$", None, "Ended by SIGSEGV"),
        ("exit 139", 139, "Exit code 139: as after SIGSEGV"),
        ("exit 77", 77, ""),
    ],
)
async def test_how_a_run_failed_is_explained(
    engine: Engine, command: str, exit_code: int | None, note: str
) -> None:
    run = await engine.run(command)
    assert (run.status, run.exit_code) == ("error", exit_code)
    assert run.note.startswith(note)
    assert bool(note) == (f"-- {run.note} --".encode() in log_of(run))


async def test_a_run_that_cannot_start_says_why_and_the_next_one_starts(engine: Engine) -> None:
    engine.schedule("true", working_directory="/does/not/exist")
    engine.schedule("true")
    await engine.scheduler.step()
    await engine.all_ended()
    first, second = engine.runs()
    assert (first.status, first.exit_code, first.start_time) == ("error", None, None)
    assert "/does/not/exist does not exist" in first.note
    assert first.note in first.log_path.read_text()
    assert second.status == "success"
