"""Seeing a process end, whose child it ever was, with and without help of the kernel."""

import asyncio
import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clock import NOON, FakeClock
from tui_scheduler.engine.local.exit_watch import Exit, watch_exit
from tui_scheduler.engine.local.identity import Identity


@pytest.fixture(params=["kernel", "polled"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of watching."""
    if request.param == "polled":
        monkeypatch.delattr(os, "pidfd_open")
    return str(request.param)


def a_child(command: str) -> Identity:
    child = subprocess.Popen(["/bin/sh", "-c", command], stdin=subprocess.DEVNULL)
    child.returncode = 0  # reaped by whom we test
    return Identity.of(child.pid)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def a_grandchild() -> Identity:
    """A process that is not our child, and goes on."""
    output = subprocess.check_output(["/bin/sh", "-c", "sleep 60 > /dev/null & echo $!"])
    return Identity.of(int(output))


async def test_a_child_is_reaped_with_its_code(clock: FakeClock, how: str) -> None:
    child = a_child("exit 9")
    seen = await watch_exit(child, clock.now)
    assert (seen.seen_at, seen.code, seen.signal_number) == (NOON, 9, None)
    assert not child.is_present()


async def test_a_child_that_a_signal_ended_has_no_code(clock: FakeClock, how: str) -> None:
    seen = await watch_exit(a_child("kill -9 $$"), clock.now)
    assert (seen.code, seen.signal_number) == (None, signal.SIGKILL)


async def test_a_process_that_is_not_our_child_has_neither(clock: FakeClock) -> None:
    stranger = a_grandchild()
    watching = watch_exit(stranger, clock.now)
    os.kill(stranger.pid, signal.SIGKILL)
    assert await watching == Exit(NOON, None)


async def test_somebody_else_with_its_pid_is_not_watched(clock: FakeClock, how: str) -> None:
    somebody = replace(Identity.of(os.getpid()), began="1")
    assert await watch_exit(somebody, clock.now) == Exit(NOON, None)


async def test_a_process_that_is_gone_has_ended(clock: FakeClock, how: str) -> None:
    child = a_child("true")
    await watch_exit(child, clock.now)
    assert await watch_exit(child, clock.now) == Exit(NOON, None)


async def test_it_can_be_left(clock: FakeClock, how: str) -> None:
    child = a_child("read line")
    before = open_files()
    watching = watch_exit(child, clock.now)
    watching.cancel()
    await asyncio.wait([watching])
    await asyncio.sleep(0)
    assert open_files() <= before
    await watch_exit(child, clock.now)


async def test_no_descriptor_is_left_behind(clock: FakeClock) -> None:
    before = open_files()
    await asyncio.gather(*(watch_exit(a_child("true"), clock.now) for _ in range(20)))
    await asyncio.sleep(0)
    assert open_files() == before
