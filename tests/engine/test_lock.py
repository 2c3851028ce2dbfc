"""One scheduler per database: the lock that decides who it is."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.signs_of_life import a_beat
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.identity import this_host
from tui_scheduler.lock_file import obstacle
from tui_scheduler.lock_holder import parse
from tui_scheduler.signs_of_life import Trouble


def holder_pid(lock: SchedulerLock) -> int | None:
    holder = lock.holder()
    return None if holder is None else holder.pid


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
    assert holder_pid(SchedulerLock(path)) is None


def test_everybody_can_see_who_holds_it(path: Path) -> None:
    holder, viewer = SchedulerLock(path), SchedulerLock(path)
    assert holder_pid(viewer) is None
    holder.acquire()
    assert holder_pid(viewer) == holder_pid(holder) == os.getpid()
    holder.release()
    assert holder_pid(viewer) is None


@pytest.mark.parametrize("stale", [b"4711\n", b"", b"\xff\0nonsense"])
def test_what_an_ended_holder_left_in_the_file_fools_nobody(path: Path, stale: bytes) -> None:
    path.write_bytes(stale)
    lock = SchedulerLock(path)
    assert holder_pid(lock) is None
    assert lock.acquire()
    assert holder_pid(SchedulerLock(path)) == os.getpid()
    lock.release()


def test_looking_who_holds_it_does_not_take_it(path: Path) -> None:
    holder_pid(SchedulerLock(path))
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
        assert holder_pid(lock) == holder.pid
        holder.kill()
        holder.wait()
        assert holder_pid(lock) is None
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
    assert holder_pid(lock) is None
    assert "nobody can schedule" in caplog.text


def test_signs_of_life_are_given_in_place(path: Path) -> None:
    lock = SchedulerLock(path)
    assert lock.acquire()
    before = path.stat()
    for _ in range(3):
        assert lock.beat(a_beat())
    after = path.stat()
    assert (after.st_ino, after.st_size, after.st_blocks) == (
        before.st_ino,
        before.st_size,
        before.st_blocks,
    )
    lock.release()
    assert not lock.beat(a_beat())
    assert parse(path.read_bytes()).pid is None


def test_whoever_takes_it_says_on_which_machine(path: Path) -> None:
    """Before anything else: where locks do not travel, nobody else would know that it is held."""
    lock = SchedulerLock(path)
    assert lock.acquire()
    holder = parse(path.read_bytes())
    lock.release()
    assert (holder.pid, holder.host_name) == (os.getpid(), this_host().name)
    assert holder.trouble(path.with_suffix("")) is None


def test_a_full_disk_keeps_nobody_from_holding_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, content: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    lock = SchedulerLock(path)
    assert lock.acquire()
    assert lock.beat(a_beat())
    assert holder_pid(lock) == os.getpid()
    assert not SchedulerLock(path).acquire()
    lock.release()


@pytest.mark.parametrize("is_replaced", [True, False])
def test_one_whose_file_was_removed_is_told_so(path: Path, *, is_replaced: bool) -> None:
    lock = SchedulerLock(path)
    assert lock.acquire()
    path.unlink()
    if is_replaced:
        path.touch()
    assert not lock.beat(a_beat())
    lock.release()


def test_where_it_cannot_be_had_the_reason_is_known(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    lock = SchedulerLock(path)
    with monkeypatch.context() as without_locks:
        without_locks.setattr("fcntl.flock", refuse)
        assert not lock.acquire()
        remedy = "Its file system gives no locks: have them enabled, or name another one"
        trouble = Trouble(f"The lock {path} cannot be had: No locks available", remedy)
        assert lock.problem == trouble == obstacle(path)
    assert lock.acquire()
    assert [lock.problem, obstacle(path)] == [None, None]
    lock.release()


def test_a_scheduler_of_an_earlier_version_under_another_name_is_respected(
    path: Path, tmp_path: Path
) -> None:
    former = SchedulerLock(tmp_path / "link.db.lock")
    assert former.acquire()
    lock = SchedulerLock(path, tmp_path / "link.db.lock")
    assert not lock.acquire()
    assert holder_pid(lock) == os.getpid()
    former.release()
    assert lock.acquire()
    lock.release()
