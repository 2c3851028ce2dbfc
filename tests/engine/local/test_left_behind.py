"""What a run leaves behind is counted when it ends, and nothing is claimed that is not known."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.claims import a_claim, begun, is_alive
from tests.engine.harness import Engine, log_of
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Ended

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere nobody becomes the parent of what is left"
)


class Staying:
    """A program that says that it is there, and stays without holding any output."""

    def __init__(self, folder: Path) -> None:
        self._pids, self._there = folder / "pids", folder / "there"
        self.path, never = folder / "stays", folder / "never"
        os.mkfifo(self._there)
        os.mkfifo(never)
        self._pids.touch()
        self.path.write_text(
            f"#!/bin/sh\necho $$ >> {self._pids}; exec > {self._there}; echo there\n"
            f"exec >/dev/null 2>&1; read line < {never}\n"  # it stays the program that it is
        )
        self.path.chmod(0o755)

    def left_by(self, command: str) -> str:
        """What runs ``command``, in which ``{0}`` is the program, and ends when that is there."""
        return f"{command.format(self.path)}\nread line < {self._there}"

    def end(self) -> None:
        for pid in map(int, self._pids.read_text().split()):
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def stays(tmp_path: Path) -> Iterator[Staying]:
    stays = Staying(tmp_path)
    yield stays
    stays.end()


async def left(runner: LocalRunner, folder: Path, command: str, run_id: int = 1) -> int:
    """How many processes go on when ``command`` has ended."""
    started = await begun(runner, a_claim(folder, command, run_id=run_id))
    ended = await runner.watch(started.handle)
    assert isinstance(ended, Ended)
    return ended.left


@pytest.mark.parametrize(
    ("command", "number"),
    [
        ("{0} &", 1),
        ("setsid {0} &", 1),
        ("(setsid {0} &)", 1),
        ("nohup {0} >/dev/null 2>&1 &", 1),
        ("env -i {0} &", 1),
        ("setsid sh -c '{0} & wait' >/dev/null 2>&1 &", 2),
        ("setsid env -i {0} &", 0),  # nobody can tell whose it is
    ],
)
async def test_what_goes_on_is_counted(
    runner: LocalRunner, tmp_path: Path, stays: Staying, command: str, number: int
) -> None:
    assert await left(runner, tmp_path, stays.left_by(command)) == number


@pytest.mark.parametrize(
    "command",
    [
        "true",
        "sleep 600 & kill $!",
        "(true &)",
        f"exec 3>&1; {shlex.quote(sys.executable)} -c pass & wait",
        "{ cat >/dev/null; } < /dev/null &",
    ],
)
async def test_what_has_ended_by_then_does_not(
    runner: LocalRunner, tmp_path: Path, command: str
) -> None:
    assert await left(runner, tmp_path, command) == 0


async def test_what_others_have_left_is_not_counted_again(
    runner: LocalRunner, tmp_path: Path, stays: Staying
) -> None:
    command = stays.left_by("setsid {0} &")
    assert await left(runner, tmp_path, command) == 1
    assert await left(runner, tmp_path, command, run_id=2) == 1
    assert await left(runner, tmp_path, "true", run_id=3) == 0


class TestTold:
    @pytest.mark.parametrize(("code", "status"), [(0, "success"), (3, "error")])
    async def test_the_run_and_its_log_say_it(
        self, engine: Engine, stays: Staying, code: int, status: str
    ) -> None:
        run = await engine.run(stays.left_by("setsid {0} &") + f"\nexit {code}")
        assert (run.status, run.exit_code) == (status, code)
        assert run.note == "1 process goes on"
        assert log_of(run) == b"-- 1 process goes on --\n"

    async def test_many(self, engine: Engine, stays: Staying) -> None:
        run = await engine.run(stays.left_by("setsid sh -c '{0} & wait' >/dev/null 2>&1 &"))
        assert run.note == "2 processes go on"

    async def test_a_run_that_is_stopped_leaves_nothing(
        self, engine: Engine, stays: Staying
    ) -> None:
        engine.schedule(stays.left_by("{0} &") + "\nsleep 600")
        await engine.scheduler.step()
        await engine.all_running()
        engine.services.runs.kill(engine.last().id)
        await engine.scheduler.step()
        await engine.all_ended()
        assert engine.last().status == "killed"
        assert engine.last().note == "Stopped on request; ended by TERM"
