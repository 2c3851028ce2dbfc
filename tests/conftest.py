"""What all tests share: a database of their own, a clock they move, and a home of their own."""

import gc
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tui_scheduler.models import database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import Event

# A test makes many objects and ends: looking through them every 700 took a fifth of the time.
gc.set_threshold(100_000, 20, 50)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the files and the umask of the person who runs it."""
    os.umask(0o022)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "TUI_SCHEDULER_DATABASE"):
        monkeypatch.delenv(name, raising=False)


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
def _empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database to copy: making the tables anew for each test takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "scheduler.db"
    with open_database(path):
        pass
    return path


@pytest.fixture
def services(
    database_file: Path, clock: FakeClock, events: list[Event], _empty_database: Path
) -> Iterator[Services]:
    """All use cases on a fresh database and the fake clock."""
    shutil.copy(_empty_database, database_file)
    context = Context(
        actor="ann",
        log_folder=database_file.with_name("scheduler.db.logs"),
        clock=clock,
        publish=events.append,
    )
    with open_database(database_file):
        database.pragma("synchronous", 0)  # no test survives a power cut anyway
        yield services_on(context)
