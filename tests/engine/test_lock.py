"""One scheduler per database: the lock that decides who it is."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui_scheduler.engine.lock import SchedulerLock

HOLD = """
import sys
from pathlib import Path
from tui_scheduler.engine.lock import SchedulerLock
lock = SchedulerLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scheduler.db.lock"


def test_only_one_can_hold_it(path: Path) -> None:
    first, second = SchedulerLock(path), SchedulerLock(path)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_acquiring_twice_changes_nothing(path: Path) -> None:
    lock = SchedulerLock(path)
    assert lock.acquire()
    assert lock.acquire()
    lock.release()
    lock.release()
    assert SchedulerLock(path).holder_pid() is None


def test_everybody_can_see_who_holds_it(path: Path) -> None:
    holder, viewer = SchedulerLock(path), SchedulerLock(path)
    assert viewer.holder_pid() is None
    holder.acquire()
    assert viewer.holder_pid() == holder.holder_pid() == os.getpid()
    holder.release()
    assert viewer.holder_pid() is None


@pytest.mark.parametrize("stale", [b"4711\n", b"", b"\xff\0nonsense"])
def test_what_an_ended_holder_left_in_the_file_fools_nobody(path: Path, stale: bytes) -> None:
    path.write_bytes(stale)
    lock = SchedulerLock(path)
    assert lock.holder_pid() is None
    assert lock.acquire()
    assert SchedulerLock(path).holder_pid() == os.getpid()
    lock.release()


def test_looking_who_holds_it_does_not_take_it(path: Path) -> None:
    SchedulerLock(path).holder_pid()
    lock = SchedulerLock(path)
    assert lock.acquire()
    lock.release()


def test_the_kernel_frees_it_when_its_holder_is_killed(path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        lock = SchedulerLock(path)
        assert not lock.acquire()
        assert lock.holder_pid() == holder.pid
        holder.kill()
        holder.wait()
        assert lock.holder_pid() is None
        assert lock.acquire()
        lock.release()


def test_children_do_not_inherit_it(path: Path) -> None:
    lock = SchedulerLock(path)
    lock.acquire()
    with subprocess.Popen(["sleep", "60"], close_fds=False) as child:
        lock.release()
        assert SchedulerLock(path).acquire()
        child.kill()


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o277])
def test_the_file_is_for_its_owner_alone(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        lock = SchedulerLock(path)
        assert lock.acquire()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lock.release()


def test_a_lock_on_a_file_that_was_removed_does_not_count(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = SchedulerLock(path)

    def removed_meanwhile(descriptor: int, mode: int) -> None:
        path.unlink()

    monkeypatch.setattr("fcntl.flock", removed_meanwhile)
    assert not lock.acquire()


def test_where_no_file_can_be_made_nobody_schedules(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lock = SchedulerLock(tmp_path / "missing" / "x.lock")
    assert not lock.acquire()
    assert lock.holder_pid() is None
    assert "nobody can schedule" in caplog.text
