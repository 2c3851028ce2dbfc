"""What becomes of the scheduling when the screen is left, in real terminals."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.services.drafts import later, scheduled
from tests.support.package import copied, install_anew
from tests.support.patience import PATIENCE
from tests.tui.test_run import Terminal, a_terminal
from tui_scheduler.lock_file import query_holder
from tui_scheduler.lock_holder import Holder
from tui_scheduler.services import Services
from tui_scheduler.signs_of_life import Why

_PROGRAM = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # or nobody would tell it that the terminal is gone
from tui_scheduler.cli import main
sys.exit(main(["--database", sys.argv[1]]))
"""
_CRASHING = f"""
from tui_scheduler.tui.app import SchedulerApp
def crash(app):
    raise RuntimeError("boom")
SchedulerApp.action_help = crash
{_PROGRAM}"""
_LEFT = "\x1b[?1049l"  # the terminal is as it was before


@pytest.fixture
def lock_file(database_file: Path) -> Path:
    return database_file.with_name(f"{database_file.name}.lock")


@pytest.fixture(autouse=True)
def _nobody_left(lock_file: Path) -> Iterator[None]:
    """End whoever schedules at the end of the test."""
    yield
    while (holder := query_holder(lock_file)) is not None:
        if holder.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(holder.pid, signal.SIGKILL)
        time.sleep(0.01)


@pytest.fixture
def nightly(services: Services) -> None:
    """A request that fires in ten years."""
    scheduled(services, later("2036-03-02T14:30:00"))


def in_background(lock_file: Path, besides: int | None = None) -> Holder:
    """Whoever schedules in the background, once he has given a sign of life."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        holder = query_holder(lock_file)
        if holder is not None and holder.background is not None and holder.pid != besides:
            return holder
        time.sleep(0.01)
    pytest.fail("nobody schedules in the background")


def is_there(pid: int | None) -> bool:
    """Whether it goes on; we may be who is to reap it, after other tests of this process."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ended(pid: int | None) -> None:
    """Wait until a process is gone."""
    deadline = time.monotonic() + PATIENCE
    while is_there(pid):
        assert time.monotonic() < deadline, "it goes on"
        time.sleep(0.01)


def quit_and_keep(terminal: Terminal) -> None:
    terminal.read_until("scheduling")
    terminal.press("q")
    terminal.read_until("Nobody schedules then: backup at Sun 2 Mar 2036 14:30")
    terminal.press("b")
    terminal.read_until(_LEFT)
    assert terminal.process.wait(PATIENCE) == 0


@pytest.mark.usefixtures("nightly")
def test_kept_by_a_key_it_goes_on_and_the_next_start_shows_and_ends_it(
    database_file: Path, lock_file: Path
) -> None:
    with a_terminal(database_file, _PROGRAM) as terminal:
        quit_and_keep(terminal)
    kept = in_background(lock_file)
    assert kept.background is not None
    assert kept.background.why is Why.ASKED
    server = psutil.Process(kept.pid)
    assert server.terminal() is None
    assert os.getsid(server.pid) == server.pid
    streams = [Path(f"/proc/{server.pid}/fd/{number}") for number in range(3)]
    assert {str(stream.readlink()) for stream in streams} == {os.devnull}
    with a_terminal(database_file, _PROGRAM) as terminal:
        terminal.read_until(f"Process {kept.pid} schedules in the background, since")
        terminal.read_until(f"in the background, pid {kept.pid}")
        assert is_there(kept.pid)
        terminal.seen = ""
        terminal.press("B")
        terminal.read_until("● scheduling")
        ended(kept.pid)
        terminal.press("q")
        terminal.read_until("Nobody schedules then")
        terminal.press("q")
        assert terminal.process.wait(PATIENCE) == 0
    assert query_holder(lock_file) is None


@pytest.mark.usefixtures("nightly")
def test_while_it_is_kept_screens_come_and_go_unasked(database_file: Path, lock_file: Path) -> None:
    with a_terminal(database_file, _PROGRAM) as terminal:
        quit_and_keep(terminal)
    kept = in_background(lock_file)
    for _ in range(2):
        with a_terminal(database_file, _PROGRAM) as terminal:
            terminal.read_until(f"pid {kept.pid}")
            terminal.press("q")
            assert terminal.process.wait(PATIENCE) == 0
    assert in_background(lock_file).pid == kept.pid


@pytest.mark.usefixtures("nightly")
def test_a_window_that_is_closed_is_kept_and_the_next_start_says_so(
    database_file: Path, lock_file: Path
) -> None:
    with a_terminal(database_file, _PROGRAM) as terminal:
        terminal.read_until("scheduling")
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 0
    kept = in_background(lock_file)
    assert kept.background is not None
    assert kept.background.why is Why.CLOSED
    with a_terminal(database_file, _PROGRAM) as terminal:
        terminal.read_until("The window was closed at")


@pytest.mark.usefixtures("nightly")
@pytest.mark.parametrize(
    ("keys", "seen"), [("q", "Nobody schedules then"), ("3n", "New process"), ("?", "Keys")]
)
def test_also_in_the_middle_of_something(
    database_file: Path, lock_file: Path, keys: str, seen: str
) -> None:
    with a_terminal(database_file, _PROGRAM) as terminal:
        terminal.read_until("scheduling")
        terminal.press(keys)
        terminal.read_until(seen)
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.process.wait(PATIENCE) == 0
    assert in_background(lock_file).pid != terminal.process.pid


@pytest.mark.usefixtures("nightly")
def test_sigterm_quits(database_file: Path, lock_file: Path) -> None:
    with a_terminal(database_file, _PROGRAM) as terminal:
        terminal.read_until("scheduling")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(PATIENCE) == 0
    assert query_holder(lock_file) is None


@pytest.mark.usefixtures("nightly")
def test_the_configuration_may_want_it_to_quit(database_file: Path, lock_file: Path) -> None:
    config = Path.home() / ".config" / "tui-scheduler" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('when_closed = "quit"')
    with a_terminal(database_file, _PROGRAM) as terminal:
        terminal.read_until("scheduling")
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 0
    assert query_holder(lock_file) is None


@pytest.mark.usefixtures("new_database")
def test_where_nothing_is_scheduled_nothing_is_kept(database_file: Path, lock_file: Path) -> None:
    with a_terminal(database_file, _PROGRAM) as terminal:
        terminal.read_until("scheduling")
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 0
    assert query_holder(lock_file) is None


@pytest.mark.usefixtures("nightly")
def test_another_window_goes_on_and_the_one_in_the_background_is_not_needed(
    database_file: Path, lock_file: Path
) -> None:
    log = Path.home() / ".local" / "state" / "tui-scheduler" / "tui-scheduler.log"
    with a_terminal(database_file, _PROGRAM) as first:
        first.read_until("scheduling")
        with a_terminal(database_file, _PROGRAM) as second:
            second.read_until(f"pid {first.process.pid}")
            first.hang_up()
            assert first.process.wait(PATIENCE) == 0
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                holder = query_holder(lock_file)
                stopped = "Stopped." in log.read_text()
                if stopped or (holder is not None and holder.background is not None):
                    break
                second.drain()
            holder = query_holder(lock_file)
            assert holder is not None  # one of them schedules, and no third one waits
            assert stopped is (holder.pid == second.process.pid)


@pytest.mark.usefixtures("nightly")
def test_a_fault_of_the_screen_does_not_end_the_scheduling(
    database_file: Path, lock_file: Path
) -> None:
    with a_terminal(database_file, _CRASHING) as terminal:
        terminal.read_until("● scheduling")
        terminal.press("?")
        terminal.read_until("RuntimeError: boom")
        assert terminal.process.wait(PATIENCE) == 1
    kept = in_background(lock_file)
    assert kept.background is not None
    assert kept.background.why is Why.CLOSED


class TestUpgradedWhileItIsOpen:
    """What it never showed is of another version then, or is gone."""

    @pytest.fixture
    def package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        return copied(tmp_path, monkeypatch)

    @pytest.mark.parametrize("key", ["5", "n", "?", "]"])
    def test_nothing_of_it_is_shown_and_the_screen_goes_on(
        self, database_file: Path, lock_file: Path, package: Path, key: str
    ) -> None:
        with a_terminal(database_file, _PROGRAM) as terminal:
            terminal.read_until("● scheduling")
            install_anew(package)
            for each in (key, "q"):
                terminal.seen = ""
                terminal.press(each)
                terminal.read_until("was upgraded or removed" if each == key else _LEFT)
            assert terminal.process.wait(PATIENCE) == 0

    @pytest.mark.usefixtures("nightly")
    def test_left_by_a_key_the_new_version_schedules_in_the_background(
        self, database_file: Path, lock_file: Path, package: Path
    ) -> None:
        with a_terminal(database_file, _PROGRAM) as terminal:
            terminal.read_until("● scheduling")
            install_anew(package)
            terminal.press("q")
            terminal.read_until(_LEFT)
            assert terminal.process.wait(PATIENCE) == 0
        assert in_background(lock_file).pid != terminal.process.pid
