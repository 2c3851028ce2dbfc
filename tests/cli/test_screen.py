"""The whole program in a real terminal: it comes up alive, and goes without leaving anything."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE


@contextmanager
def demo_screen(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A demo in a terminal of its own, whose other end is the descriptor."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TMPDIR": str(folder), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "tui_scheduler", "--demo"]
    with subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=environment
    ) as process:
        os.close(follower)
        try:
            yield process, leader
        finally:
            process.kill()
            with suppress(OSError):
                os.close(leader)


def drawn_until(leader: int, sign: bytes) -> bytes:
    """Everything that is drawn until ``sign`` appears, or the terminal is let go."""
    drawn = b""
    with suppress(OSError):
        while sign not in drawn:
            drawn += os.read(leader, 65536)
    return drawn


@pytest.mark.usefixtures("_no_database")
def test_a_screen_whose_window_is_closed_takes_its_demo_along(tmp_path: Path) -> None:
    with demo_screen(tmp_path) as (process, leader):
        assert b"heartbeat" in drawn_until(leader, b"heartbeat")
        assert [folder.name[:18] for folder in tmp_path.iterdir()] == ["tui-scheduler-demo"]
        process.send_signal(signal.SIGHUP)
        drawn_until(leader, b"never drawn")
        assert process.wait(PATIENCE) == 0
    assert list(tmp_path.iterdir()) == []
