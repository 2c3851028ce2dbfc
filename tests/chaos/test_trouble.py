"""The machine in trouble: whatever it refuses, nothing is lost, and all goes on afterwards."""

import asyncio
import logging
import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos.leaks import our_keeper
from tests.chaos.living import Living, alive
from tests.chaos.victims.victim import Victim
from tests.chaos.world import CODES, a_world, world_database
from tests.support.patience import PATIENCE
from tui_scheduler.engine.local import keeping, launch
from tui_scheduler.engine.local.exit_watch import exit_of
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.services.views.runs import RunView


class Gate:
    """A pipe at which a child waits until it may end."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    async def hold(self, living: Living, code: int) -> None:
        """Begin a run that ends with ``code`` when the gate is opened."""
        await living.schedule(f"{self.wait}; exit {code}")
        await living.until(lambda runs: bool(runs) and runs[0].pid is not None)

    @property
    def wait(self) -> str:
        """The command that waits."""
        return f"read line < {self._path}"

    def open(self, children: int = 1) -> None:
        """Let so many go on."""
        os.write(self._descriptor, b"\n" * children)

    def close(self) -> None:
        os.close(self._descriptor)


class Refusals(logging.Handler):
    """Notices when a change was refused by the database and will be offered again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._loop = asyncio.get_running_loop()
        self._refused = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "will be tried again" in record.getMessage():
            self._loop.call_soon_threadsafe(self._refused.set)

    async def __aenter__(self) -> "Refusals":
        logging.getLogger("tui_scheduler").addHandler(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        logging.getLogger("tui_scheduler").removeHandler(self)

    async def another(self) -> None:
        """Wait for the next refusal."""
        self._refused.clear()
        async with asyncio.timeout(PATIENCE):
            await self._refused.wait()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    gate = Gate(tmp_path / "gate")
    yield gate
    gate.close()


async def test_an_end_outlasts_a_database_that_somebody_locks(tmp_path: Path, gate: Gate) -> None:
    async with alive(tmp_path) as living, Refusals() as refusals:
        await gate.hold(living, 7)
        await living.pragma("busy_timeout", 10)
        with closing(sqlite3.connect(tmp_path / "scheduler.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            gate.open()
            await refusals.another()
            await refusals.another()
        runs = await living.all_ended(1)
        assert (runs[0].status, runs[0].exit_code) == ("error", 7)


async def test_an_end_outlasts_a_database_that_cannot_be_written(
    tmp_path: Path, gate: Gate
) -> None:
    async with alive(tmp_path) as living, Refusals() as refusals:
        await gate.hold(living, 7)
        await living.pragma("query_only", 1)
        gate.open()
        await refusals.another()
        await living.pragma("query_only", 0)
        runs = await living.all_ended(1)
        assert (runs[0].status, runs[0].exit_code) == ("error", 7)


async def test_what_falls_due_on_a_full_disk_runs_when_there_is_room_again(tmp_path: Path) -> None:
    async with alive(tmp_path) as living, Refusals() as refusals:
        controls = living.runtime.services.controls
        await living.runtime.write(controls.hold)
        for _ in range(60):
            await living.schedule("exit 3")
        room = await living.pragma("max_page_count")
        await living.pragma("max_page_count", await living.pragma("page_count"))
        await living.runtime.write(controls.release)
        await refusals.another()
        assert await living.runs() == []
        await living.pragma("max_page_count", room)
        runs = await living.all_ended(60)
        assert {run.exit_code for run in runs} == {3}


async def test_logs_may_be_removed_under_their_runs(tmp_path: Path, gate: Gate) -> None:
    async with alive(tmp_path) as living:
        await gate.hold(living, 7)
        shutil.rmtree(tmp_path / "scheduler.db.logs")
        gate.open()
        await living.all_ended(1)
        await living.schedule("echo again")
        runs = await living.all_ended(2)
        assert [run.exit_code for run in runs] == [7, 0]
        assert runs[1].log_path.read_text() == "again\n"


async def test_without_a_folder_for_logs_runs_wait_and_say_why(tmp_path: Path) -> None:
    in_the_way = tmp_path / "scheduler.db.logs"
    in_the_way.touch()
    async with alive(tmp_path) as living:
        await living.schedule("echo hello")
        await living.until(lambda runs: bool(runs) and "cannot begin yet" in runs[0].note)
        in_the_way.unlink()
        runs = await living.all_ended(1)
        assert (runs[0].status, runs[0].note) == ("success", "")
        assert runs[0].log_path.read_text() == "hello\n"


async def test_without_a_shell_runs_say_so_until_there_is_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with alive(tmp_path) as living:
        with monkeypatch.context() as patch:
            patch.setattr(launch, "_SHELL", str(tmp_path / "no-shell"))
            await living.schedule("true")
            await living.all_ended(1)
        await living.schedule("true")
        runs = await living.all_ended(2)
        assert [run.status for run in runs] == ["error", "success"]
        assert runs[0].note.startswith("There is no ")


@contextmanager
def few_descriptors() -> Iterator[None]:
    """Let this process open hardly more files than it has open."""
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    now_open = len(list(Path("/dev/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (now_open + 8, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


async def test_without_descriptors_runs_wait_and_each_is_true_to_its_end(
    tmp_path: Path, gate: Gate
) -> None:
    async with alive(tmp_path) as living:
        controls = living.runtime.services.controls
        await gate.hold(living, 7)
        await living.runtime.write(controls.hold)
        for _ in range(20):
            await living.schedule("sleep 0.5; exit 5")
        with few_descriptors():
            await living.runtime.write(controls.release)
            await living.until(lambda runs: len(runs) == 21 and sum(map(_is_open, runs)) == 1)
            gate.open()
            runs = await living.all_ended(21)
        assert [run.exit_code for run in runs] == [7] + 20 * [5]


@pytest.mark.parametrize("limit", [256, 1024])
def test_more_runs_than_descriptors_wait_and_say_why(
    tmp_path: Path, gate: Gate, limit: int
) -> None:
    with a_world(tmp_path, requests=0) as world:
        world.trigger(f"{gate.wait}; exit $((TUI_SCHEDULER_RUN_ID % {CODES}))", 500)
        with Victim(world_database(tmp_path), open_files=limit) as victim:
            victim.until_it_schedules()
            while not (notes := {run.note for run in world.runs() if run.note}):
                assert not victim.until_it_is_dead(0.2), victim.stderr
            gate.open(500)
            while world.is_busy():
                assert not victim.until_it_is_dead(0.2), victim.stderr
            assert victim.stop() == 0
        most = (limit - 64) // 3
        assert notes == {f"It waits until fewer than {most} runs hold their output open"}
        runs = world.runs()
        assert [run.exit_code for run in runs] == [run.id % CODES for run in runs]
        assert len(runs) == 500


async def test_a_keeper_that_stands_still_is_replaced_and_nothing_is_lost(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with alive(tmp_path) as living:
        await gate.hold(living, 7)
        await living.schedule("sleep 600")
        await living.schedule("sleep 600", timeout=timedelta(seconds=2))
        stopped, limited = (await living.until(_are_processes(3)))[1:]
        monkeypatch.setattr(keeping, "_PATIENCE", 10**9)
        keeper = our_keeper().pid
        os.kill(keeper, signal.SIGSTOP)
        await living.schedule("exit 4")
        await living.runtime.write(living.runtime.services.runs.kill, stopped.id)
        for run in (stopped, limited):
            await _until_dead(run.pid)
        assert [run.is_open for run in await living.runs()] == 4 * [True]
        monkeypatch.setattr(keeping, "_PATIENCE", 5)
        runs = await living.until(lambda runs: sum(map(_is_open, runs)) == 1)
        assert [run.status for run in runs[1:]] == ["killed", "timed_out", "error"]
        assert runs[3].exit_code == 4
        gate.open()
        runs = await living.all_ended(4)
        assert (runs[0].status, runs[0].exit_code) == ("error", 7)
        assert "did not answer" in living.runtime.scheduler.trouble
        await _until_dead(keeper)


def _are_processes(count: int) -> Callable[[list[RunView]], bool]:
    return lambda runs: len([run for run in runs if run.pid is not None]) == count


async def _until_dead(pid: int | None) -> None:
    """Wait until a process has ended, reaped or not."""
    assert pid is not None
    with suppress(ProcessLookupError):
        async with asyncio.timeout(PATIENCE):
            await exit_of(Identity.of(pid))


def _is_open(run: RunView) -> bool:
    return run.is_open
