"""Runs that the version before this one began, which had no keeper but a shell around each."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import is_alive
from tests.engine.harness import Engine, log_of
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services.views.runs import RunView

WRAPPER = (
    'umask 077; true 2>/dev/null >"$2"; umask "$5"; '
    'cd -- "$3" || exit; '
    'ulimit -S -n "$4" 2>/dev/null; '
    "trap : HUP INT QUIT TERM USR1 USR2; "
    '/bin/sh -c -- "$1"; '
    'code=$?; umask 077; echo $code > "$2"; exit $code'
)
"""To the letter what that version gave its shell."""


class Before:
    """The scheduler of the version before, as far as it matters here."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._wrappers: list[subprocess.Popen[bytes]] = []

    def claimed(self, command: str) -> RunView:
        """A run that it took, and has not begun."""
        self._engine.schedule(command)
        self._engine.services.dispatch.claim()
        Run.update(token=None).execute()
        return self._engine.last()

    def begun(self, command: str, *, is_written_down: bool = True) -> RunView:
        """A run that it began, though there may have been no time to write that down."""
        run = self.claimed(command)
        run.log_path.parent.mkdir(parents=True, exist_ok=True)
        arguments = [str(run.log_path.with_suffix(".exit")), "/", "1024", "022"]
        with run.log_path.open("ab") as log:
            wrapper = subprocess.Popen(
                ["/bin/sh", "-c", WRAPPER, "tui-scheduler-run", command, *arguments],
                env={**os.environ, "TUI_SCHEDULER_LOG": str(run.log_path)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wrappers.append(wrapper)
        if is_written_down:
            fields: dict[str, Any] = {
                "status": RunStatus.PROCESSING,
                "pid": wrapper.pid,
                "handle": str(Identity.of(wrapper.pid)),
                "start_time": self._engine.clock.now(),
            }
            Run.update(fields).execute()
        return self._engine.last()

    def wait(self) -> None:
        """Until all wrappers have ended; nothing is left of them then."""
        for wrapper in self._wrappers:
            wrapper.wait()

    def close(self) -> None:
        """End what runs."""
        for wrapper in self._wrappers:
            if wrapper.poll() is None:
                os.killpg(wrapper.pid, signal.SIGKILL)
                wrapper.wait()


@pytest.fixture
def before(engine: Engine) -> Iterator[Before]:
    before = Before(engine)
    yield before
    before.close()


@pytest.mark.parametrize("is_written_down", [True, False])
async def test_one_that_goes_on_is_watched_to_its_end(
    engine: Engine, before: Before, beacon: Beacon, tmp_path: Path, is_written_down: bool
) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    command = f"echo one; {beacon.lit} read line < {go_on}; echo $line; exit 7"
    before.begun(command, is_written_down=is_written_down)
    await beacon.seen()
    await engine.scheduler.adopt()
    await engine.all_running()
    assert engine.statuses() == ["processing"]
    go_on.write_text("two\n")
    await engine.all_ended()
    run = engine.last()
    assert (run.status, run.exit_code, run.signal) == ("error", 7, None)
    assert log_of(run) == b"one\ntwo\n"


@pytest.mark.parametrize(
    ("command", "code", "note"),
    [
        ("exit 0", 0, ""),
        ("exit 3", 3, ""),
        ("exit 143", 143, "Exit code 143: as after SIGTERM"),
        ("kill -TERM $$", 143, "Exit code 143: as after SIGTERM"),
    ],
)
async def test_of_one_that_has_ended_only_the_code_is_known(
    engine: Engine, before: Before, command: str, code: int, note: str
) -> None:
    before.begun(command)
    before.wait()
    await engine.scheduler.adopt()
    await engine.all_ended()
    run = engine.last()
    assert (run.exit_code, run.signal, run.note) == (code, None, note)


async def test_one_that_left_no_code_is_lost(
    engine: Engine, before: Before, beacon: Beacon
) -> None:
    run = before.begun(f"{beacon.lit} sleep 600")
    await beacon.seen()
    assert run.pid is not None
    os.killpg(run.pid, signal.SIGKILL)
    before.wait()
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert engine.last().status == "lost"
    assert engine.last().note.startswith("It ended while nobody watched, and left no exit status")


async def test_one_that_was_taken_and_not_begun_begins_now(engine: Engine, before: Before) -> None:
    before.claimed("exit 5")
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    await engine.all_ended()
    assert [run.exit_code for run in engine.runs()] == [5]
    assert Run.get().token is not None


async def test_one_is_stopped_with_all_that_belongs_to_it(
    engine: Engine, before: Before, beacon: Beacon, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    inner = f"sh -c 'echo $$ >> {pids}; {beacon.lit} exec sleep 600'"
    before.begun(f"setsid {inner} & setsid env -i {inner} & {inner}")
    await beacon.seen(3)
    await engine.scheduler.adopt()
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.step()
    await engine.all_ended()
    assert (engine.last().status, engine.last().note) == (
        "killed",
        "Stopped on request; ended by TERM",
    )
    left = pids.read_text().split()
    assert len(left) == 3
    assert not any(is_alive(int(pid)) for pid in left)
