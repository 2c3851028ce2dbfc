"""What is inherited: who may be the first process of a run, and who is nobody's."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tui_scheduler.engine.local.launch import run_mark
from tui_scheduler.engine.local.orphans import Orphans, first_of_run, uptime, zombies

MARK = run_mark(17, "3f9a2c1b")
NAME = b"a-keeper-for-a-test"


@contextmanager
def a_child(*, mark: str | None = None, leads: bool = True) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that lives as long as the block lasts, and is itself by then."""
    variables = {} if mark is None else {MARK.name: mark}
    with subprocess.Popen(
        ["/bin/sh", "-c", "echo; exec sleep 600"],
        env={"PATH": os.environ["PATH"], **variables},
        stdout=subprocess.PIPE,
        start_new_session=leads,
    ) as child:
        try:
            assert child.stdout is not None
            child.stdout.readline()
            yield child
        finally:
            child.kill()


class TestFirstOfRun:
    def test_the_mark_tells_it_from_all_others(self) -> None:
        before = uptime()
        with a_child(mark=MARK.value) as child, a_child(mark="18-00000000"), a_child():
            assert first_of_run(MARK, (), NAME, before) == [child.pid]

    def test_without_a_mark_it_is_who_began_since(self) -> None:
        with a_child() as older:
            since = _a_tick_later()
            with a_child() as child:
                processes = first_of_run(MARK, (), NAME, since)
                assert older.pid not in processes
                assert child.pid in processes
                assert child.pid not in first_of_run(MARK, {child.pid}, NAME, since)

    def test_who_leads_no_session_is_no_first_process(self) -> None:
        before = uptime()
        with a_child(leads=False) as child, a_child(mark=MARK.value, leads=False) as marked:
            processes = first_of_run(MARK, (), NAME, before)
            assert not {child.pid, marked.pid} & set(processes)

    def test_who_looks_like_the_keeper_is_waited_for(self) -> None:
        """A run that is just being made still has the keeper's words."""
        code = "import os, sys; sys.stdin.read(1); os.execvp('sleep', ['sleep', '600'])"
        before = uptime()
        with subprocess.Popen(
            [sys.executable, "-c", code, NAME.decode()],
            stdin=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], MARK.name: MARK.value},
            start_new_session=True,
        ) as child:
            try:
                assert child.stdin is not None
                child.stdin.write(b"x")
                child.stdin.flush()
                assert first_of_run(MARK, (), NAME, before) == [child.pid]
                assert NAME not in _words(child.pid)
            finally:
                child.kill()


class TestOrphans:
    def test_nobodys_zombie_is_reaped_at_the_second_look(self) -> None:
        child = _ended()
        orphans = Orphans(lambda: ())
        orphans.reap_seen({child})
        assert child in zombies()
        orphans.reap_seen({child})
        assert child not in zombies()

    @pytest.mark.parametrize("knows", [True, False])
    def test_whom_somebody_waits_for_is_left_alone(self, *, knows: bool) -> None:
        """Also while it is not known who that is."""
        child = _ended()
        orphans = Orphans(lambda: {child} if knows else None)
        for _ in range(3):
            orphans.reap_seen({child})
        assert os.waitpid(child, 0) == (child, 7 << 8)

    def test_who_was_reaped_meanwhile_is_no_trouble(self) -> None:
        child = _ended()
        orphans = Orphans(lambda: ())
        orphans.reap_seen({child})
        os.waitpid(child, 0)
        orphans.reap_seen({child})


def _ended() -> int:
    """A child that has ended with code 7 and that nobody has waited for."""
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], {})
    deadline = time.monotonic() + PATIENCE
    while child not in zombies():
        assert time.monotonic() < deadline
    return child


def _a_tick_later() -> float:
    """A moment that is after all that has begun by now, as exactly as the system tells it."""
    now = uptime()
    while uptime() < now + 3 / os.sysconf("SC_CLK_TCK"):
        pass
    return uptime()


def _words(pid: int) -> list[bytes]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
