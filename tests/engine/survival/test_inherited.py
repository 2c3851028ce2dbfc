"""What whoever started the scheduler has left it with, and what falls to it as process 1."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.engine.claims import a_claim, a_runner, begun, keeper_replaced
from tests.engine.local.test_exit_watch import a_child
from tests.support.patience import PATIENCE
from tui_scheduler.engine.local.exit_watch import exit_of, peek, reap
from tui_scheduler.engine.local.identity import has_ended
from tui_scheduler.engine.local.orphans import Orphans, hear_of_ends, zombies
from tui_scheduler.engine.runner import Ended


@pytest.fixture
def _ignored() -> Iterator[None]:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGCHLD, before)


@pytest.fixture
def _blocked() -> Iterator[None]:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    yield
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


@pytest.mark.parametrize("how", ["_ignored", "_blocked"])
async def test_ends_are_heard_of_though_they_were_kept_from_us(
    tmp_path: Path, how: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(how)
    async with a_runner(tmp_path) as runner, asyncio.timeout(PATIENCE):
        started = await begun(runner, a_claim(tmp_path, "exit 7"))
        end = await runner.watch(started.handle)
        assert isinstance(end, Ended)
        assert end.exit_code == 7


@pytest.mark.usefixtures("_ignored")
async def test_they_are_when_the_keeper_is_dead_as_well(tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    async with a_runner(tmp_path) as runner, asyncio.timeout(PATIENCE):
        started = await begun(runner, a_claim(tmp_path, f"read line < {go_on}; exit 7"))
        await keeper_replaced(tmp_path)
        go_on.write_text("now\n")
        end = await runner.watch(started.handle)
        assert isinstance(end, Ended)
        assert end.exit_code == 7


@pytest.mark.usefixtures("_ignored")
async def test_only_the_main_thread_changes_that() -> None:
    await asyncio.to_thread(hear_of_ends)
    assert signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN


def test_a_handler_of_somebody_else_is_left_alone() -> None:
    before = signal.signal(signal.SIGCHLD, handler := lambda *_: None)
    hear_of_ends()
    assert signal.signal(signal.SIGCHLD, before) is handler


class TestOrphans:
    async def test_one_that_nobody_waits_for_is_reaped_at_the_second_look(self) -> None:
        child = a_child("true")
        await exit_of(child)
        orphans = Orphans(set)
        orphans.reap_seen(zombies())
        assert child.is_present()
        orphans.reap_seen(zombies())
        assert not child.is_present()

    async def test_one_that_somebody_waits_for_is_left_to_him(self) -> None:
        child, other = a_child("exit 3"), a_child("exit 4")
        await asyncio.gather(exit_of(child), exit_of(other))
        orphans = Orphans(lambda: {child.pid})
        for _ in range(3):
            orphans.reap_seen(zombies())
        assert peek(child) == 3 << 8
        reap(child.pid)
        assert not other.is_present()

    async def test_none_is_while_it_is_not_known_who_is_ours(self) -> None:
        child = a_child("exit 3")
        await exit_of(child)
        knows: Iterator[set[int] | None] = iter([set(), None, set()])
        orphans = Orphans(lambda: next(knows))
        for _ in range(3):
            orphans.reap_seen(zombies())
        assert peek(child) == 3 << 8
        reap(child.pid)

    async def test_one_that_lives_is_left_alone(self) -> None:
        child = a_child("exec sleep 600")
        orphans = Orphans(set)
        for _ in range(3):
            orphans.reap_seen(zombies())
        assert not has_ended(child.pid)
        os.kill(child.pid, signal.SIGKILL)
        await exit_of(child)
        assert peek(child) == signal.SIGKILL
        reap(child.pid)


def scheduler(database: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "tui_scheduler", "--database", str(database), *words]


def runs_in(database: Path) -> list[dict[str, object]]:
    command = scheduler(database, "runs", "--json")
    done = subprocess.run(command, capture_output=True, check=True)
    return list(json.loads(done.stdout))


def _can_be_process_1() -> bool:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    command = ["unshare", "-pf", "--mount-proc", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def process_1(database_file: Path) -> Iterator[psutil.Process]:
    """A scheduler that is process 1 of a container."""
    if not _can_be_process_1():
        pytest.skip("only root makes namespaces, and not everywhere")
    command = ["unshare", "-pf", "--mount-proc", "--kill-child"]
    command += scheduler(database_file, "serve")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"{database_file}: scheduling.\n"
        [serve] = psutil.Process(process.pid).children()
        yield serve
        serve.terminate()
        process.wait()


def test_process_1_of_a_container_leaves_no_zombie(
    database_file: Path, tmp_path: Path, process_1: psutil.Process
) -> None:
    """What is left behind comes to the keeper, or to the scheduler when the keeper is dead."""
    until_told = f"until test -e {tmp_path}/go-on; do sleep 0.01; done"
    command = f"sh -c 'setsid sh -c \"{until_told}\" & exit'"
    for words in (
        ("process", "add", "left", "--command", command),
        ("request", "add", "--process", "left", "--when", "now", "--schedule"),
    ):
        subprocess.run(scheduler(database_file, *words), check=True, capture_output=True)
    wait_for(lambda: [run["status"] for run in runs_in(database_file)] == ["success"])
    [keeper] = process_1.children()
    left = keeper.children()
    assert left
    keeper.kill()
    wait_for(lambda: all(process.ppid() == process_1.pid for process in left))
    (tmp_path / "go-on").touch()
    wait_for(lambda: not any(process.is_running() for process in left))


def wait_for(condition: Callable[[], bool]) -> None:
    """For what happens in other processes, which nobody tells us of."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
