"""Watching children to their end, and stopping whole trees."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.engine.beacon import Beacon
from tests.engine.claims import a_claim, a_runner, is_alive, outcome
from tui_scheduler.engine.runner import Ended, Stopped

FOREVER = "while :; do sleep 0.01; done"


async def test_a_child_is_started_and_its_end_is_seen(tmp_path: Path) -> None:
    clock = FakeClock()
    runner = a_runner(clock)
    started = await runner.start(a_claim(tmp_path, "exit 7"))
    assert started.start_time == clock.now()
    assert started.pid is not None
    later = clock.advance(minutes=5)
    assert await runner.watch(started.handle) == Ended(later, 7)
    with pytest.raises(ChildProcessError):
        reap(started.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGINT])
async def test_an_end_by_signal_is_128_and_its_number(tmp_path: Path, number: int) -> None:
    code, _ = await outcome(tmp_path, f"kill -{number} $$")
    assert code == 128 + number


async def test_signals_to_the_whole_group_leave_the_true_status(
    tmp_path: Path, beacon: Beacon
) -> None:
    claim = a_claim(tmp_path, f"trap 'echo bye; exit 5' TERM; {beacon.lit} {FOREVER}")
    runner = a_runner()
    started = await runner.start(claim)
    await beacon.seen()
    assert started.pid is not None
    os.killpg(started.pid, signal.SIGTERM)
    ended = await runner.watch(started.handle)
    assert isinstance(ended, Ended)
    assert ended.exit_code == 5
    assert claim.log_path.with_suffix(".exit").read_text() == "5\n"


async def test_who_kills_the_wrapper_has_killed_the_run(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"echo $$; {beacon.lit} exec sleep 60")
    runner = a_runner()
    started = await runner.start(claim)
    await beacon.seen()
    assert started.pid is not None
    os.kill(started.pid, signal.SIGKILL)
    ended = await runner.watch(started.handle)
    assert isinstance(ended, Ended)
    assert ended.exit_code == 128 + signal.SIGKILL
    assert not is_alive(int(claim.log_path.read_bytes().split()[0]))


async def test_stopping_gently_needs_only_term(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"{beacon.lit} sleep 60")
    runner = a_runner()
    started = await runner.start(claim)
    await beacon.seen()
    assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGTERM)
    ended = await runner.watch(started.handle)
    assert isinstance(ended, Ended)
    assert ended.exit_code == 128 + signal.SIGTERM


async def test_what_ignores_term_is_killed_after_the_grace(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"trap '' TERM; {beacon.lit} {FOREVER}")
    runner = a_runner(kill_grace=0.1)
    started = await runner.start(claim)
    await beacon.seen()
    assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGKILL)


async def test_force_gives_no_time_to_say_goodbye(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"trap 'echo bye' TERM EXIT; {beacon.lit} {FOREVER}")
    runner = a_runner(kill_grace=60)
    started = await runner.start(claim)
    await beacon.seen()
    assert await runner.stop(started.handle, force=True) == Stopped(signal.SIGKILL)
    assert b"bye" not in claim.log_path.read_bytes()


async def test_force_hurries_a_stop_that_waits(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"trap '{beacon.lit}' TERM; {beacon.lit} {FOREVER}")
    runner = a_runner(kill_grace=600)
    started = await runner.start(claim)
    await beacon.seen()
    gently = asyncio.create_task(runner.stop(started.handle, force=False))
    await beacon.seen()
    assert await runner.stop(started.handle, force=True) == Stopped(signal.SIGKILL)
    await gently


async def test_a_stopped_job_is_woken_to_end(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"{beacon.lit} kill -STOP 0; sleep 60")
    runner = a_runner()
    started = await runner.start(claim)
    await beacon.seen()
    assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGTERM)


async def test_members_that_left_the_group_are_found_by_their_mark(
    tmp_path: Path, beacon: Beacon
) -> None:
    daemon = f"(setsid sh -c 'trap : TERM; echo $$; {beacon.lit} {FOREVER}' &)"
    claim = a_claim(tmp_path, f"{daemon}; setsid sh -c 'echo $$; {beacon.lit} sleep 60'")
    runner = a_runner(kill_grace=0.2)
    started = await runner.start(claim)
    await beacon.seen(2)
    pids = [int(word) for word in claim.log_path.read_bytes().split()]
    assert len(pids) == 2
    assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGKILL)
    assert not any(map(is_alive, pids))


async def test_what_a_run_left_behind_on_purpose_outlives_its_end(tmp_path: Path) -> None:
    code, output = await outcome(tmp_path, "sleep 60 > /dev/null 2>&1 & echo $!")
    assert code == 0
    assert is_alive(int(output))
    os.kill(int(output), signal.SIGKILL)


async def test_stopping_what_has_ended_does_nothing(tmp_path: Path) -> None:
    runner = a_runner()
    started = await runner.start(a_claim(tmp_path, "true"))
    await runner.watch(started.handle)
    assert await runner.stop(started.handle, force=True) is None


async def test_three_hundred_children_at_once(tmp_path: Path) -> None:
    runner = a_runner()
    children = [
        await runner.start(a_claim(tmp_path, f"exit {number % 100}", run_id=number))
        for number in range(300)
    ]
    ends = await asyncio.gather(*(runner.watch(child.handle) for child in children))
    codes = [end.exit_code for end in ends if isinstance(end, Ended)]
    assert codes == [number % 100 for number in range(300)]


async def test_letting_go_leaves_the_child_alone(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"{beacon.lit} sleep 60")
    runner = a_runner()
    started = await runner.start(claim)
    await beacon.seen()
    watching = asyncio.create_task(runner.watch(started.handle))
    await asyncio.sleep(0)
    runner.let_go()
    await asyncio.wait([watching])
    assert watching.cancelled()
    assert started.pid is not None
    assert is_alive(started.pid)
    os.killpg(started.pid, signal.SIGKILL)
    reap(started.pid)


async def test_without_descriptors_of_processes_it_looks_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    assert await outcome(tmp_path, "echo polled; exit 4") == (4, b"polled\n")


def reap(pid: int) -> None:
    os.waitpid(pid, 0)
