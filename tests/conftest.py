"""What all tests share: a database of their own, a clock they move, and a home of their own."""

import gc
import logging
import os
import shutil
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.mounts import write_table
from tui_scheduler import file_systems
from tui_scheduler.models import sqlite
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import Event

pytest_plugins = ["tests.slurm.fixtures"]

# A test makes many objects and ends: looking through them every 700 took a fifth of the time.
gc.set_threshold(100_000, 20, 50)

_AS_FROM_A_TERMINAL: dict[signal.Signals, Any] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGQUIT: signal.SIG_DFL,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
}

_SYNCHRONOUS = sqlite.SYNCHRONOUS

# Each worker, and each program that a test starts, would compile all of these modules anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


_SLOW = (
    "chaos",  # kills, floods, leaks, nonsense at random
    "comparison",  # systemd and cron, asked about texts at random
    "cli/any_command",  # every command in every circumstance
    "cli/completing",  # real shells
    "cli/printing/test_colours.py",  # real terminals
    "cli/runs/test_log.py",
    "cli/runs/test_runs.py",
    "cli/serving",  # real schedulers
    "cli/test_export_and_apply.py",
    "cli/test_help.py",  # every example of every help
    "cli/test_max_running.py",
    "cli/test_screen.py",
    "cli/test_told.py",
    "cli/web/test_browser.py",  # a real browser
    "cli/web/test_web.py",
    "test_demo.py",
    "doctor/test_files.py",  # files of every kind
    "doctor/test_rows.py",  # rows of every kind
    "engine/local",  # real children
    "engine/notices",  # real servers
    "engine/slurm",  # real scripts
    "engine/survival/test_adoption.py",
    "engine/survival/test_bad_days.py",
    "engine/survival/test_inherited.py",
    "engine/survival/test_restarting.py",
    "engine/test_groups.py",
    "engine/test_parameters.py",
    "engine/test_python_runs.py",
    "engine/test_scheduler.py",
    "engine/test_stopping.py",
    "models/test_earlier_versions.py",
    "models/test_query_plans.py",  # every question of every screen
    "schedules/test_against_oracle.py",  # whatever comes to mind, many times over
    "schedules/words/test_errors.py",
    "schedules/words/test_round_trip.py",
    "services/definitions/test_round_trip.py",
    "services/logs/test_line_model.py",
    "services/logs/test_log_search.py",
    "services/promises/test_crashes.py",
    "services/promises/test_nothing_is_lost.py",
    "services/queries/runs/test_list.py",
    "services/queries/runs/test_tree.py",
    "services/queries/test_beginnings.py",
    "services/queries/test_request_list.py",
    "services/running/test_lock_worlds.py",
    "services/running/test_locks.py",
    "services/test_retention.py",
    "services/timeline/test_reading.py",
    "simulation",  # whole worlds at random
    "slurm",  # a real cluster, and programs that act as one
    "test_quality.py",  # lint, types and contracts of everything
    "test_runtime.py",
    "test_screenshots.py",
    "tui/screens",  # each screen key by key; what they are made of stays
    "tui/test_app.py",
    "tui/test_keeping.py",  # real terminals
    "tui/test_keys.py",
    "tui/test_quitting.py",
    "tui/test_run.py",  # real terminals
    "tui/test_saying.py",
    "tui/test_sizes.py",  # every screen in every size
    "tui/test_styles.py",
    "tui/test_type_ahead.py",
    "tui/widgets/log/test_drawing.py",
    "tui/widgets/log/test_following.py",
    "tui/widgets/log/test_searching.py",
    "tui/widgets/table/test_cursor.py",
)
"""What ``-m "not slow"`` leaves out: folders and files, by where the time goes."""


def pytest_configure() -> None:
    """See that the table names what is there."""
    missing = [str(path) for path in _slow_paths() if not path.exists()]
    assert not missing, f"marked as slow, but gone: {missing}"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two workers more than processors: a test that waits for a program or a clock needs none.

    The inner loop leaves such tests out, and each worker has to collect all the others first.
    """
    return (os.cpu_count() or 1) + (0 if config.option.markexpr == "not slow" else 2)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among modules and tests, now or later: they stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import what the inner loop leaves out: that takes a third of its time."""
    is_left_out = config.option.markexpr == "not slow" and collection_path in _slow_paths()
    return True if is_left_out else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in the table."""
    for item in items:
        if _is_slow(item.path):
            item.add_marker(pytest.mark.slow)


@cache
def _is_slow(file: Path) -> bool:
    return not _slow_paths().isdisjoint((file, *file.parents))


@cache
def _slow_paths() -> frozenset[Path]:
    return frozenset(Path(__file__).parent / path for path in _SLOW)


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_home(_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep every test away from the files and the umask of the person who runs it."""
    os.umask(0o022)
    monkeypatch.setenv("HOME", str(_home))
    for name in ("DATA_HOME", "STATE_HOME", "CONFIG_HOME"):
        monkeypatch.delenv(f"XDG_{name}", raising=False)
    for name in ("TUI_SCHEDULER_DATABASE", "TUI_SCHEDULER_CONFIG", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    yield
    with os.scandir(_home) as left:
        was_used = any(left)
    if was_used:
        shutil.rmtree(_home)
        _home.mkdir(0o700)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Let no signal be ignored because a program that ended did so, or who began the tests.

    Our children would inherit it; a shell has what it begins in the background ignore some.
    """
    for number, handler in _AS_FROM_A_TERMINAL.items():
        signal.signal(number, handler)
    yield
    for number, handler in _AS_FROM_A_TERMINAL.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _own_diagnostics() -> Iterator[None]:
    """Close what a test logs to, so that the next one has its own."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture(scope="session", autouse=True)
def _no_power_cut() -> Iterator[None]:
    """Have no test wait for a disk: none outlives a power cut. The programs they start do wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "SYNCHRONOUS", "off")
        yield


@pytest.fixture
def durable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is committed be on the disk, as it is outside of tests."""
    monkeypatch.setattr(sqlite, "SYNCHRONOUS", _SYNCHRONOUS)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    return tmp_path / "scheduler.db"


@pytest.fixture
def events() -> list[Event]:
    """Everything that was published, in order."""
    return []


@pytest.fixture(scope="session")
def database_to_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database to copy: making the tables anew for each test takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "scheduler.db"
    with open_database(path):
        pass
    return path


@pytest.fixture
def new_database(database_file: Path, database_to_copy: Path) -> Path:
    """The file of the test, with all tables in it."""
    shutil.copy(database_to_copy, database_file)
    return database_file


@pytest.fixture
def services(new_database: Path, clock: FakeClock, events: list[Event]) -> Iterator[Services]:
    """All use cases on a fresh database and the fake clock."""
    with services_in(new_database, clock, events) as services:
        yield services


@contextmanager
def services_in(file: Path, clock: FakeClock, events: list[Event]) -> Iterator[Services]:
    """All use cases on ``file``, as long as the block lasts."""
    log_folder = file.with_name("scheduler.db.logs")
    context = Context(actor="ann", log_folder=log_folder, clock=clock, publish=events.append)
    with open_database(file):
        yield services_on(context)


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of which the system says that it is an NFS share."""
    folder = tmp_path / "share"
    folder.mkdir(mode=0o700)
    table = write_table(tmp_path / "mountinfo", (folder, "nfs4"))
    monkeypatch.setattr(file_systems, "MOUNT_TABLE", table)
    return folder
