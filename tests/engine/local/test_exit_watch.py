"""Seeing a process end, whose child it ever was, with and without help of the kernel."""

import asyncio
import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tui_scheduler.engine.local.exit_watch import exit_of, peek, reap
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


async def test_a_child_ends_and_stays_until_it_is_reaped(how: str) -> None:
    child = a_child("exit 9")
    await exit_of(child)
    assert peek(child) == 9 << 8
    assert child.is_present()
    used = reap(child.pid)
    assert used is not None
    assert used.peak_memory > 0
    assert not child.is_present()


async def test_a_child_that_a_signal_ended_has_no_code(how: str) -> None:
    child = a_child("kill -9 $$")
    await exit_of(child)
    assert peek(child) == signal.SIGKILL
    reap(child.pid)


async def test_of_a_process_that_is_not_our_child_only_the_end_is_seen(how: str) -> None:
    stranger = a_grandchild()
    watching = asyncio.create_task(exit_of(stranger))
    os.kill(stranger.pid, signal.SIGKILL)
    await watching
    assert peek(Identity.of(os.getppid())) is None
    assert reap(os.getppid()) is None


@pytest.mark.parametrize(("end", "status"), [("exit 7", 7 << 8), ("kill -9 $$", signal.SIGKILL)])
async def test_how_one_ended_whose_parent_does_not_care_is_known_all_the_same(
    end: str, status: int
) -> None:
    until_nobody_reaps = "until grep -q sleep /proc/$PPID/comm; do :; done"
    command = f"sh -c '{until_nobody_reaps}; {end}' & echo $!; exec sleep 60"
    parent = await asyncio.create_subprocess_shell(command, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = Identity.of(int(await parent.stdout.readline()))
    await exit_of(child)
    assert peek(child) == status
    assert reap(child.pid) is None
    parent.kill()
    await parent.wait()


async def test_somebody_else_with_its_pid_is_not_watched(how: str) -> None:
    await exit_of(replace(Identity.of(os.getpid()), began="1"))


async def test_a_process_that_is_gone_has_ended(how: str) -> None:
    child = a_child("true")
    await exit_of(child)
    reap(child.pid)
    await exit_of(child)
    assert peek(child) is None


async def test_it_can_be_left(how: str) -> None:
    child = a_child("read line")
    before = open_files()
    watching = asyncio.create_task(exit_of(child))
    await asyncio.sleep(0)
    watching.cancel()
    await asyncio.wait([watching])
    assert open_files() <= before
    await exit_of(child)
    reap(child.pid)


async def test_no_descriptor_is_left_behind() -> None:
    before = open_files()
    children = [a_child("true") for _ in range(20)]
    await asyncio.gather(*map(exit_of, children))
    for child in children:
        reap(child.pid)
    assert open_files() == before
