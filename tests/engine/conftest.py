"""A scheduler of its own for every test that asks for one."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import a_runner
from tests.engine.harness import Engine
from tests.support.clock import FakeClock
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.models.sqlite import open_database


@pytest.fixture
async def engine(tmp_path: Path, clock: FakeClock, new_database: Path) -> AsyncIterator[Engine]:
    with open_database(new_database):
        engine = Engine(tmp_path, clock, kill_grace=timedelta(seconds=10))
        yield engine
        await engine.clear_up()


@pytest.fixture
async def runner(tmp_path: Path, clock: FakeClock) -> AsyncIterator[LocalRunner]:
    async with a_runner(tmp_path, clock=clock) as runner:
        yield runner


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    beacon = Beacon(tmp_path / "beacon")
    yield beacon
    beacon.close()


@pytest.fixture(scope="session")
def bare_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment of our own version of Python, with nothing in it."""
    folder = tmp_path_factory.mktemp("bare") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder
