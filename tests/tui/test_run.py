"""The application in a real terminal, from its start to the exit code."""

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE

_PROGRAM = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # or nobody would tell it that the terminal is gone
from pathlib import Path
from tui_scheduler.errors import SchedulerError
from tui_scheduler.settings import Settings
from tui_scheduler.tui.run import run
heavy = {"croniter", "psutil", "click"} & set(sys.modules)
assert not heavy, heavy
try:
    sys.exit(run(Settings(database=Path(sys.argv[1]))))
except SchedulerError as error:
    print("REFUSED", type(error).__name__)
    sys.exit(4)
"""
_CRASHING = f"""
from tui_scheduler.tui.app import SchedulerApp
def crash(app):
    api_token = "hunter2"
    raise RuntimeError("boom")
SchedulerApp.action_help = crash
{_PROGRAM}"""
_UNATTENDED = f"""
import asyncio
from tui_scheduler import runtime
async def ends(*_, **__):
    await asyncio.sleep(1)  # by then the screen is there
    raise ValueError("odd")
runtime.attend = ends
{_PROGRAM}"""
_FLOODING = f"""
import os, sys
from tests.tui.textual_inside import write_to_terminal
from tui_scheduler.tui.app import SchedulerApp
def flood(app):
    for _ in range(1000):
        write_to_terminal(app, "x" * 10_000)
    os.write(os.open(sys.argv[1] + ".done", os.O_RDWR), b"done")
SchedulerApp.action_help = flood
{_PROGRAM}"""
_SIGNALLED_AT_ITS_END = f"""
import atexit, os, signal
def end_it():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
atexit.register(end_it)
{_PROGRAM}"""

_TAKEN = "\x1b[?1049h"
"""With this the program takes the terminal."""


class Terminal:
    """A pseudo terminal with the program in it."""

    def __init__(self, process: "subprocess.Popen[bytes]", descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self.seen = ""

    def read_until(self, text: str) -> None:
        """Read what the program writes until ``text`` is in it."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen and time.monotonic() < deadline:
            if select.select([self._descriptor], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self._descriptor, 65536).decode("utf-8", "replace")
                except OSError:  # the program has ended
                    break
        assert text in self.seen, self.seen[-2000:]

    def stop(self, number: signal.Signals) -> None:
        """Stop the program as a shell or somebody else does, and wait until it stands still."""
        self.process.send_signal(number)
        state = ""
        while state not in ("T", "Z"):
            stat = Path(f"/proc/{self.process.pid}/stat").read_text()
            state = stat.rpartition(")")[2].split()[0]
            self.drain()

    def drain(self) -> None:
        """Read what is there, so that the program never waits for us."""
        while select.select([self._descriptor], [], [], 0.01)[0]:
            self.seen += os.read(self._descriptor, 65536).decode("utf-8", "replace")

    def go_on(self) -> None:
        """Let the program go on until it takes the terminal anew.

        What it writes before that was drawn before it was stopped; what is typed before that it
        throws away.
        """
        self.seen = ""
        self.process.send_signal(signal.SIGCONT)
        self.read_until(_TAKEN)
        self.seen = self.seen.rpartition(_TAKEN)[2]

    @property
    def modes(self) -> list[object]:
        """How the terminal treats what is typed."""
        return termios.tcgetattr(self._descriptor)

    def resize(self, width: int, height: int) -> None:
        ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def press(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def hang_up(self) -> None:
        """Take the terminal away, as a connection does that breaks."""
        os.close(self._descriptor)
        self._descriptor = -1

    def close(self) -> None:
        if self._descriptor >= 0:
            self.hang_up()


@contextmanager
def a_terminal(database: Path, program: str = _PROGRAM) -> Iterator[Terminal]:
    controller, terminal = pty.openpty()
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHON_COLORS": "0"}
    for name in ("COLUMNS", "LINES"):  # of the terminal of whoever runs the tests
        environment.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-c", program, str(database)],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment,
        start_new_session=True,
    ) as process:
        os.close(terminal)
        screen = Terminal(process, controller)
        try:
            yield screen
        finally:
            process.kill()
            screen.close()


def test_it_shows_the_requests_schedules_and_quits(database_file: Path) -> None:
    with a_terminal(database_file) as terminal:
        terminal.read_until("Requests")
        terminal.read_until("No requests yet")
        terminal.read_until("scheduling")
        terminal.press("2")
        terminal.read_until("Nothing has run yet")
        terminal.press("3")
        terminal.read_until("No processes yet")
        terminal.press("q")
        terminal.read_until("\x1b[?1049l")  # the terminal is as it was before
        assert terminal.process.wait(PATIENCE) == 0


def test_a_database_that_cannot_be_opened_ends_it_with_the_terminal_as_it_was(
    database_file: Path,
) -> None:
    database_file.write_bytes(b"this is not a database" * 100)
    with a_terminal(database_file) as terminal:
        terminal.read_until("REFUSED DatabaseUnusable")
        assert _TAKEN not in terminal.seen  # the terminal was never taken
        assert terminal.process.wait(PATIENCE) == 4


def test_where_nothing_goes_on_it_ends_with_a_sentence(new_database: Path) -> None:
    with a_terminal(new_database, _UNATTENDED) as terminal:
        terminal.read_until("REFUSED SchedulingEnded")
        assert terminal.process.wait(PATIENCE) == 4


@pytest.mark.parametrize("key", ["q", "\x03", "\x11"])
def test_it_can_be_left_whatever_it_is_doing(new_database: Path, key: str) -> None:
    with a_terminal(new_database) as terminal:
        terminal.read_until("Requests")
        while terminal.process.poll() is None:
            try:
                terminal.press(key)
                terminal.process.wait(0.5)
            except (subprocess.TimeoutExpired, OSError):
                continue
        assert terminal.process.returncode == 0


def test_a_signal_while_python_ends_is_no_failure(new_database: Path) -> None:
    with a_terminal(new_database, _SIGNALLED_AT_ITS_END) as terminal:
        terminal.read_until("scheduling")
        terminal.press("q")
        assert terminal.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_as_a_key_does(new_database: Path, number: signal.Signals) -> None:
    with a_terminal(new_database) as terminal:
        terminal.read_until("scheduling")
        terminal.process.send_signal(number)
        terminal.read_until("\x1b[?1049l")  # the terminal is as it was before
        assert terminal.process.wait(PATIENCE) == 0


def test_what_ends_it_is_told_without_what_variables_held(new_database: Path) -> None:
    with a_terminal(new_database, _CRASHING) as terminal:
        terminal.read_until("No requests yet")
        terminal.press("?")
        terminal.read_until("\x1b[?1049l")  # the terminal is as it was before
        terminal.read_until("RuntimeError: boom")
        assert "hunter2" not in terminal.seen
        assert terminal.process.wait(PATIENCE) == 1


def test_nothing_waits_for_a_terminal_that_takes_nothing(
    new_database: Path, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "scheduler.db.done")
    done = os.open(tmp_path / "scheduler.db.done", os.O_RDWR | os.O_NONBLOCK)
    with a_terminal(new_database, _FLOODING) as terminal:
        terminal.read_until("scheduling")
        terminal.press("?")
        assert select.select([done], [], [], PATIENCE)[0]
        terminal.press("2")
        terminal.read_until("Nothing has run yet")
    os.close(done)


@pytest.mark.parametrize("drawn", [0, 50])
def test_it_ends_when_the_terminal_is_gone(new_database: Path, drawn: int) -> None:
    with a_terminal(new_database) as terminal:
        terminal.read_until("scheduling")
        for _ in range(drawn):
            terminal.press("2")
            terminal.press("1")
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 0


_STOPS = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


@_STOPS
@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_it_may_be_stopped_and_go_on_however_often(
    new_database: Path, number: signal.Signals
) -> None:
    with a_terminal(new_database) as terminal:
        before = terminal.modes
        terminal.read_until("scheduling")
        terminal.press("3")
        terminal.read_until("No processes yet")
        for _ in range(3):
            terminal.stop(number)
            if number is signal.SIGTSTP:
                assert terminal.modes == before  # the shell has its terminal meanwhile
            terminal.go_on()
            terminal.read_until(" Requests")
            terminal.read_until("No processes yet")
            assert terminal.modes != before
        terminal.press("n")
        terminal.read_until("New process")
        terminal.press("\x1b[200~every letter once\x1b[201~")
        terminal.read_until("every letter once")
        terminal.stop(number)
        terminal.resize(90, 40)
        terminal.go_on()
        terminal.read_until("New process")
        terminal.read_until("every letter once")
        terminal.press("\x1b")
        terminal.read_until("Discard the changes?")
        terminal.press("y")
        terminal.press("q")
        terminal.read_until("\x1b[?1049l")  # the terminal is as it was before
        assert terminal.process.wait(PATIENCE) == 0
        assert terminal.modes == before


@_STOPS
@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_it_ends_while_it_is_stopped(new_database: Path, number: signal.Signals) -> None:
    with a_terminal(new_database) as terminal:
        before = terminal.modes
        terminal.read_until("scheduling")
        terminal.stop(number)
        terminal.process.send_signal(signal.SIGTERM)
        terminal.process.send_signal(signal.SIGCONT)
        assert terminal.process.wait(PATIENCE) == 0
        assert terminal.modes == before


@pytest.mark.parametrize("keys", ["n", "3n", "4n", "?", "2", "nbackup", "4"])
def test_a_signal_ends_it_in_the_middle_of_a_change(new_database: Path, keys: str) -> None:
    with a_terminal(new_database) as terminal:
        terminal.read_until("scheduling")
        terminal.press(keys)
        terminal.process.send_signal(signal.SIGTERM)
        terminal.read_until("\x1b[?1049l")  # the terminal is as it was before
        assert terminal.process.wait(PATIENCE) == 0
        assert "Error" not in terminal.seen
