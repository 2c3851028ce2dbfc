"""Stopping what has left everything by which a run is known, and telling what lives on."""

import asyncio
import os
import pwd
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import a_claim, begun, is_alive, keeper_replaced
from tests.engine.harness import Engine
from tests.services.drafts import every
from tui_scheduler.engine.local import process_tree
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Ended, Stopped
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import Frequency

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes user unasked")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that others reach: what pytest makes it shuts again whenever it begins elsewhere."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o711)
        yield path


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """A file for the pids of what may survive; they are ended at the end."""
    file = tmp_path / "pids"
    file.touch()
    file.chmod(0o666)
    yield file
    for pid in file.read_text().split():
        if is_alive(int(pid)):
            os.kill(int(pid), signal.SIGKILL)


@pytest.fixture
def long(tmp_path: Path, pids: Path, beacon: Beacon) -> Path:
    """A program for anybody that says who it is and stays."""
    (tmp_path / "beacon").chmod(0o666)
    script = tmp_path / "long"
    script.write_text(f"#!/bin/sh\necho $$ >> {pids}\n{beacon.lit}\nexec /bin/sleep 600\n")
    script.chmod(0o755)
    return script


def alive(pids: Path) -> list[int]:
    """Who of those that said who they are lives."""
    words = pids.read_text().split()
    assert words
    return [int(pid) for pid in words if is_alive(int(pid))]


async def another_tick(runner: LocalRunner, folder: Path, pid: int) -> None:
    """Wait until the system says of a new process that it began later than ``pid``."""
    began, number = Identity.of(pid).began, 10
    while True:
        number += 1
        started = await begun(runner, a_claim(folder, "true", run_id=number))
        await runner.watch(started.handle)
        if Identity.parse(started.handle).began != began:
            return


TITLE = """
import ctypes, os, sys, time
os.setsid()
fields = open("/proc/self/stat").read().rpartition(")")[2].split()
start, end = int(fields[47]), int(fields[48])
ctypes.memset(start, 0, end - start)
assert not open("/proc/self/environ").read().strip("\\0")
ctypes.CDLL(None).prctl(15, b"postgres: idle", 0, 0, 0)
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
open(sys.argv[2], "w").write("x")
time.sleep(600)
"""


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    "command",
    [
        "setsid env -i {0}",
        "setsid env -i {0} & wait",
        pytest.param("su - nobody -s /bin/sh -c {0}", marks=needs_root),
        pytest.param("runuser -l nobody -s /bin/sh -c {0}", marks=needs_root),
        pytest.param("setpriv --reuid nobody --clear-groups setsid env -i {0}", marks=needs_root),
    ],
)
async def test_who_changed_everything_but_its_parents_is_ended(
    runner: LocalRunner,
    beacon: Beacon,
    tmp_path: Path,
    long: Path,
    pids: Path,
    command: str,
    force: bool,
) -> None:
    program = command.split()[0]
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program}")
    claim = a_claim(tmp_path, command.format(long))
    started = await begun(runner, claim)
    watching = asyncio.create_task(runner.watch(started.handle))
    seen = asyncio.create_task(beacon.seen())
    await asyncio.wait((watching, seen), return_when=asyncio.FIRST_COMPLETED)
    assert seen.done(), f"{watching.result()}: {claim.log_path.read_text()}"
    stopped = await runner.stop(started.handle, force=force)
    assert stopped == Stopped(signal.SIGKILL if force else signal.SIGTERM)
    assert alive(pids) == []
    await watching


async def test_a_program_that_writes_a_title_over_its_environment_is_ended(
    runner: LocalRunner, beacon: Beacon, tmp_path: Path, pids: Path
) -> None:
    script = tmp_path / "title.py"
    script.write_text(TITLE)
    command = f"{sys.executable} {script} {pids} {tmp_path}/beacon & wait"
    started = await begun(runner, a_claim(tmp_path, command))
    await beacon.seen()
    assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGTERM)
    assert alive(pids) == []


async def test_a_replaced_run_leaves_nothing_beside_the_new_one(
    engine: Engine, beacon: Beacon, long: Path, pids: Path
) -> None:
    engine.schedule(
        f"setsid env -i {long} & wait", every(Frequency.MINUTELY), overlap=Overlap.REPLACE
    )
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    engine.clock.advance(minutes=1)
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses()[0] == "killed")
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    assert engine.statuses() == ["killed", "processing"]
    assert len(alive(pids)) == 1


ORPHAN = "sh -c 'setsid env -i {0} > /dev/null 2>&1 &'; {1} exec sleep 600"
"""What is left behind here has no mark, no parent of ours and a session of its own."""


class TestStrangers:
    async def test_who_may_belong_to_it_or_not_is_left_alone_and_named(
        self, engine: Engine, beacon: Beacon, long: Path, pids: Path
    ) -> None:
        engine.schedule(ORPHAN.format(long, beacon.lit))
        await engine.scheduler.step()
        await beacon.seen(2)
        await engine.all_running()
        engine.services.runs.kill(engine.last().id)
        await engine.scheduler.step()
        await engine.all_ended()
        [pid] = alive(pids)
        run = engine.last()
        user = pwd.getpwuid(os.geteuid()).pw_name
        assert run.status == "killed"
        assert run.note == (
            "Stopped on request; ended by TERM; 1 process was left alone, as nobody can tell"
            f" whose: sleep ({pid}, of {user})"
        )

    async def test_what_was_there_before_the_run_is_none(
        self, runner: LocalRunner, beacon: Beacon, tmp_path: Path, long: Path, pids: Path
    ) -> None:
        earlier = await begun(runner, a_claim(tmp_path, ORPHAN.format(long, beacon.lit)))
        assert is_alive(earlier.pid or 0)
        await beacon.seen(2)
        await another_tick(runner, tmp_path, alive(pids)[0])
        later = await begun(runner, a_claim(tmp_path, f"{beacon.lit} sleep 600", run_id=2))
        await beacon.seen()
        assert await runner.stop(later.handle, force=False) == Stopped(signal.SIGTERM)
        assert len(alive(pids)) == 1
        stopped = await runner.stop(earlier.handle, force=False)
        assert stopped is not None
        assert len(stopped.strangers) == 1

    async def test_other_runs_and_what_they_left_with_their_mark_are_none(
        self, runner: LocalRunner, beacon: Beacon, tmp_path: Path, long: Path, pids: Path
    ) -> None:
        started = await begun(runner, a_claim(tmp_path, f"{beacon.lit} exec sleep 600"))
        claim = a_claim(tmp_path, f"setsid {long} & {beacon.lit}", run_id=2)
        await runner.watch((await begun(runner, claim)).handle)
        other = await begun(runner, a_claim(tmp_path, f"{beacon.lit} exec sleep 600", run_id=3))
        await beacon.seen(4)
        assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGTERM)
        await runner.stop(other.handle, force=False)
        assert len(alive(pids)) == 1

    async def test_they_are_seen_too_when_the_keeper_of_the_run_is_dead(
        self, runner: LocalRunner, beacon: Beacon, tmp_path: Path, long: Path, pids: Path
    ) -> None:
        claim = a_claim(tmp_path, ORPHAN.format(long, beacon.lit))
        started = await begun(runner, claim)
        await beacon.seen(2)
        await keeper_replaced(tmp_path)
        stopped = await runner.stop(started.handle, force=False)
        assert stopped is not None
        assert len(stopped.strangers) == 1
        assert len(alive(pids)) == 1


@needs_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="there is no setpriv")
async def test_who_cannot_be_signalled_is_counted_and_named(
    runner: LocalRunner,
    beacon: Beacon,
    tmp_path: Path,
    long: Path,
    pids: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it is when the scheduler is a user's and a run has something done by another."""
    monkeypatch.setattr(process_tree, "_KILL_PATIENCE", timedelta(milliseconds=50))
    command = f"setpriv --reuid daemon --clear-groups {long} & wait"
    started = await begun(runner, a_claim(tmp_path, command))
    await beacon.seen()
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        stopped = await runner.stop(started.handle, force=True)
    finally:
        os.seteuid(0)
    [pid] = alive(pids)
    assert stopped == Stopped(signal.SIGKILL, (f"sleep ({pid}, of daemon)",))
    end = await runner.watch(started.handle)
    assert isinstance(end, Ended)
    assert end.signal == signal.SIGKILL
