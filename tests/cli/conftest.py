"""The command line as a person at a shell meets it: arguments in; exit code and two streams out."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.receivers import PASSWORD, configure
from tests.engine.notices.server import WebServer, web_server
from tui_scheduler.cli import main
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


Cli = Callable[..., Outcome]
Opened = Callable[[], AbstractContextManager[Services]]


@pytest.fixture(autouse=True)
def _machine(new_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine in Madrid, whose database is the test's."""
    monkeypatch.setenv("TUI_SCHEDULER_DATABASE", str(new_database))
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr("tui_scheduler.machine_zone.zone_name", lambda: "Europe/Madrid")


@pytest.fixture
def _no_database(new_database: Path) -> None:
    """Nobody has used the program yet."""
    new_database.unlink()


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in this process."""

    def run(*arguments: str | int) -> Outcome:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def stored(database_file: Path) -> Opened:
    """Open the database of the commands, between two of them."""

    @contextmanager
    def open_services() -> Iterator[Services]:
        log_folder = database_file.with_name(database_file.name + ".logs")
        with open_database(database_file):
            yield services_on(Context(actor="ann", log_folder=log_folder))

    return open_services


@pytest.fixture
def backup(cli: Cli) -> int:
    """A process ``backup`` and one request for it, whose number this is."""
    assert cli("process", "add", "backup", "--command", "true").code == 0
    added = cli("request", "add", "--process", "backup", "--timing", "immediate", "--json")
    return int(added.json["id"])


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def receivers(server: WebServer) -> None:
    """Two of them: ``ops``, which is told unless somebody else is named, and ``page``."""
    configure(
        f"""
        notify = ["ops"]
        [receiver.ops]
        webhook = "{server.address}/{PASSWORD}"
        [receiver.page]
        command = "cat"
        """
    )
