"""A real run of a real scheduler, told to real receivers: all that is wanted, and no secret."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.receivers import PASSWORD, configure
from tests.cli.serving.test_serve import next_line, serving
from tests.engine.notices.server import WebServer
from tests.support.patience import PATIENCE
from tui_scheduler.services.parameters.secrets import MASK
from tui_scheduler.settings import load_settings

SECRETS = ("tok3n-of-all", "p1n-of-a-run", "pa55-of-an-address")
COMMAND = 'echo "token $API_TOKEN"; echo "pin $PIN"; echo "at $DATABASE"; echo harmless; exit 3'


LOOKS = [
    ["notices"],
    ["notices", "--failed", "--json"],
    ["doctor"],
    ["doctor", "--json"],
    ["status"],
    ["status", "--json"],
    ["notify", "test", "down"],
    ["notify", "test", "odd"],
    ["runs", "--json"],
    ["process", "show", "backup"],
]


def until(look: Callable[[], Any]) -> Any:
    """What is found, once it is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if there := look():
            return there
        time.sleep(0.01)
    pytest.fail("it did not come")


@pytest.fixture
def failing(cli: Cli) -> None:
    """A request that fails, of a process with secrets of all kinds."""
    token, pin, password = SECRETS
    added = cli(
        *("process", "add", "backup", "--command", COMMAND, "--declare", "PIN: secret"),
        *("--env", f"API_TOKEN={token}", "--env", f"DATABASE=db://ann:{password}@h/x"),
    )
    assert added.code == 0
    request = ("request", "add", "--process", "backup", "--timing", "immediate", "--schedule")
    assert cli(*request, "--param", f"PIN={pin}").code == 0


def all_tried(cli: Cli) -> list[dict[str, Any]] | None:
    """All notices, once each was sent or could not be."""
    notices: list[dict[str, Any]] = cli("notices", "--json").json
    is_done = len(notices) == 4 and all(each["sent_at"] or each["problem"] for each in notices)
    return notices if is_done else None


def test_no_secret_leaves(
    cli: Cli, failing: None, server: WebServer, database_file: Path, tmp_path: Path
) -> None:
    got, done = tmp_path / "got", tmp_path / "done"
    configure(
        f"""
        notify = ["hook", "page", "down", "odd"]
        [receiver.hook]
        webhook = "{server.address}/{PASSWORD}"
        [receiver.page]
        command = "env > {got}; cat >> {got}; mv {got} {done}"
        [receiver.down]
        webhook = "http://ann:{PASSWORD}@127.0.0.1:1/{PASSWORD}"
        [receiver.odd]
        command = "{PASSWORD}-9 https://h/{PASSWORD}"
        """
    )
    with serving(database_file) as scheduler:
        next_line(scheduler)
        notices = until(lambda: all_tried(cli))
        outcomes = [cli(*words) for words in LOOKS]
        scheduler.send_signal(signal.SIGTERM)
        _, narration = scheduler.communicate(timeout=PATIENCE)
    assert {each["receiver"]: each["state"] for each in notices} == {
        "hook": "sent",
        "page": "sent",
        "down": "waiting",
        "odd": "waiting",
    }
    [posted] = server.got()
    for text in (posted.body, done.read_text()):
        assert "harmless" in text
        assert "exit code 3" in text
        assert f"token {MASK}" in text or f"token {MASK}" in json.loads(text)["text"]
        assert not [secret for secret in SECRETS if secret in text]
    diagnostics = load_settings().diagnostics_file.read_text()
    assert "receiver down was not told" in diagnostics
    for text in (narration, diagnostics, *(each.out + each.err for each in outcomes)):
        assert PASSWORD not in text
        assert not [secret for secret in SECRETS if secret in text]
