"""Watching children to their end, and stopping whole trees."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import a_claim, a_runner, begun, end_of, is_alive, outcome
from tests.support.clock import FakeClock
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Ended, Started, Stopped

FOREVER = "while :; do sleep 0.01; done"


def is_there(pid: int | None) -> bool:
    return Path(f"/proc/{pid}").exists()


async def ended(runner: LocalRunner, handle: str) -> Ended:
    end = await runner.watch(handle)
    assert isinstance(end, Ended)
    return end


async def test_a_child_is_started_and_its_end_is_seen(tmp_path: Path, clock: FakeClock) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    async with a_runner(tmp_path, clock=clock) as runner:
        started = await begun(runner, a_claim(tmp_path, f"read line < {go_on}; exit 7"))
        assert started.start_time == clock.now()
        later = clock.advance(minutes=5)
        go_on.write_text("now\n")
        end = await ended(runner, started.handle)
        assert (end.end_time, end.exit_code, end.signal) == (later, 7, None)
        assert not is_there(started.pid)


async def test_each_of_many_is_known_by_when_the_system_says_it_began(
    tmp_path: Path, runner: LocalRunner
) -> None:
    """Most are known without asking it: whatever their keeper took for that must be the same."""
    handles = [
        (await begun(runner, a_claim(tmp_path, "sleep 60", run_id=number))).handle
        for number in range(1, 41)
    ]
    known = [Identity.parse(handle) for handle in handles]
    assert known == [Identity.of(each.pid) for each in known]
    for handle in handles:
        await runner.stop(handle, force=True)
        await ended(runner, handle)


async def test_what_it_has_used_is_known(tmp_path: Path) -> None:
    end = await end_of(tmp_path, "seq 100000 > /dev/null")
    assert end.cpu_time is not None
    assert timedelta() < end.cpu_time < timedelta(minutes=1)
    assert end.peak_memory is not None
    assert 1_000_000 < end.peak_memory < 100_000_000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGINT])
async def test_an_end_by_signal_has_no_exit_code(tmp_path: Path, number: int) -> None:
    end = await end_of(tmp_path, f"kill -{number} $$")
    assert (end.exit_code, end.signal) == (None, number)


@pytest.mark.parametrize("code", [129, 130, 137, 143])
async def test_a_code_above_128_is_a_code(tmp_path: Path, code: int) -> None:
    end = await end_of(tmp_path, f"exit {code}")
    assert (end.exit_code, end.signal) == (code, None)


async def test_signals_to_the_whole_group_leave_the_true_status(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon
) -> None:
    claim = a_claim(tmp_path, f"trap 'echo bye; exit 5' TERM; {beacon.lit} {FOREVER}")
    started = await begun(runner, claim)
    await beacon.seen()
    assert started.pid is not None
    os.killpg(started.pid, signal.SIGTERM)
    assert (await ended(runner, started.handle)).exit_code == 5


async def test_who_kills_the_first_process_has_killed_the_run(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon
) -> None:
    go_on = tmp_path / "pid"
    claim = a_claim(tmp_path, f"sleep 60 & echo $! > {go_on}; {beacon.lit} wait")
    started = await begun(runner, claim)
    await beacon.seen()
    assert started.pid is not None
    os.kill(started.pid, signal.SIGKILL)
    assert (await ended(runner, started.handle)).signal == signal.SIGKILL
    assert not is_alive(int(go_on.read_text()))


async def test_stopping_gently_needs_only_term(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon
) -> None:
    started = await begun(runner, a_claim(tmp_path, f"{beacon.lit} sleep 60"))
    await beacon.seen()
    assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGTERM)
    assert (await ended(runner, started.handle)).signal == signal.SIGTERM


async def test_what_ignores_term_is_killed_after_the_grace(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"trap '' TERM; {beacon.lit} {FOREVER}")
    async with a_runner(tmp_path, kill_grace=0.1) as runner:
        started = await begun(runner, claim)
        await beacon.seen()
        assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGKILL)


async def test_force_gives_no_time_to_say_goodbye(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon
) -> None:
    claim = a_claim(tmp_path, f"trap 'echo bye' TERM EXIT; {beacon.lit} {FOREVER}")
    started = await begun(runner, claim)
    await beacon.seen()
    assert await runner.stop(started.handle, force=True) == Stopped(signal.SIGKILL)
    assert not claim.log_path.exists()


async def test_force_hurries_a_stop_that_waits(tmp_path: Path, beacon: Beacon) -> None:
    claim = a_claim(tmp_path, f"trap '{beacon.lit}' TERM; {beacon.lit} {FOREVER}")
    async with a_runner(tmp_path, kill_grace=600) as runner:
        started = await begun(runner, claim)
        await beacon.seen()
        gently = asyncio.create_task(runner.stop(started.handle, force=False))
        await beacon.seen()
        assert await runner.stop(started.handle, force=True) == Stopped(signal.SIGKILL)
        await gently


async def test_a_stopped_job_is_woken_to_end(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon
) -> None:
    started = await begun(runner, a_claim(tmp_path, f"{beacon.lit} kill -STOP 0; sleep 60"))
    await beacon.seen()
    assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGTERM)


async def test_members_that_left_the_group_are_found_by_their_mark(
    tmp_path: Path, beacon: Beacon
) -> None:
    pids = tmp_path / "pids"
    daemon = f"(setsid sh -c 'trap : TERM; echo $$ >> {pids}; {beacon.lit} {FOREVER}' &)"
    claim = a_claim(tmp_path, f"{daemon}; setsid sh -c 'echo $$ >> {pids}; {beacon.lit} sleep 60'")
    async with a_runner(tmp_path, kill_grace=0.2) as runner:
        started = await begun(runner, claim)
        await beacon.seen(2)
        assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGKILL)
    members = [int(word) for word in pids.read_text().split()]
    assert len(members) == 2
    assert not any(map(is_alive, members))


@pytest.mark.parametrize(
    "command",
    [
        "setsid env -i {0} & wait",
        "env -i setsid {0} & wait",
        "setsid env -i sh -c '{0} & wait' & wait",
        "sh -c 'setsid env -i {0} & wait' & setsid env -i {0} & wait",
    ],
)
@pytest.mark.parametrize("force", [False, True])
async def test_what_has_no_mark_and_a_session_of_its_own_is_found_by_its_parents(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon, command: str, force: bool
) -> None:
    pids = tmp_path / "pids"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho $$ >> {pids}\n{beacon.lit}\nexec /bin/sleep 60\n")
    script.chmod(0o700)
    started = await begun(runner, a_claim(tmp_path, command.format(script)))
    await beacon.seen(command.count("{0}"))
    stopped = await runner.stop(started.handle, force=force)
    assert stopped is not None
    assert stopped.survivors == ()
    assert not any(is_alive(int(pid)) for pid in pids.read_text().split())


async def test_what_a_run_left_behind_on_purpose_outlives_its_end(tmp_path: Path) -> None:
    code, output = await outcome(tmp_path, "sleep 60 > /dev/null 2>&1 & echo $!")
    assert code == 0
    assert is_alive(int(output))
    os.kill(int(output), signal.SIGKILL)


async def test_stopping_what_has_ended_does_nothing(tmp_path: Path, runner: LocalRunner) -> None:
    started = await begun(runner, a_claim(tmp_path, "true"))
    await runner.watch(started.handle)
    assert await runner.stop(started.handle, force=True) is None


async def test_five_hundred_children_at_once(tmp_path: Path, runner: LocalRunner) -> None:
    claims = [a_claim(tmp_path, f"exit {number % 100}", run_id=number) for number in range(500)]

    async def code(number: int) -> int | None:
        started = await runner.start(claims[number], lambda _: None, asyncio.Event())
        assert isinstance(started, Started)
        return (await ended(runner, started.handle)).exit_code

    codes = await asyncio.gather(*map(code, range(500)))
    assert codes == [number % 100 for number in range(500)]


async def test_letting_go_leaves_the_child_alone(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon
) -> None:
    started = await begun(runner, a_claim(tmp_path, f"{beacon.lit} sleep 60"))
    await beacon.seen()
    watching = asyncio.create_task(runner.watch(started.handle))
    await asyncio.sleep(0)
    await runner.let_go()
    await asyncio.wait([watching])
    assert watching.cancelled()
    assert started.pid is not None
    assert is_alive(started.pid)
    os.killpg(started.pid, signal.SIGKILL)
