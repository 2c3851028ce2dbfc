"""Plain lines are answered without click, and by the same words as with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened, Outcome
from tests.cli.stored_runs import a_run
from tui_scheduler.cli.quick_lines import answer_quickly
from tui_scheduler.models import RunStatus

_PLAIN = [
    ["--version"],
    ["-V"],
    ["status"],
    ["status", "--json"],
    ["status", "--check"],
    ["status", "--check", "--json"],
    ["process", "list"],
    ["process", "list", "--json", "--show-secrets"],
    ["request", "list"],
    ["request", "list", "--show-secrets", "--json"],
    ["group", "list"],
    ["group", "list", "--json"],
]
_OTHERS = [
    ["status", "--help"],
    ["status", "--nonsense"],
    ["status", "more"],
    ["status", "status"],
    ["--json", "status"],
    ["--check", "status"],
    ["--demo", "status"],
    ["process list"],
    ["process", "--json", "list"],
    ["process", "list", "--check"],
    ["group", "list", "--show-secrets"],
    ["process"],
    ["list"],
    ["runs"],
    ["nonsense"],
    ["--database"],
    ["--database", "--json", "status"],
    ["--help"],
    ["--version", "status", "--json"],
    [""],
]


def with_click(cli: Cli, database: Path | str, *words: str) -> Outcome:
    """The same line in a way that only click knows."""
    plain = [f"--database={database}", *words]
    assert answer_quickly(plain) is None
    return cli(*plain)


@pytest.fixture
def _stored(cli: Cli, stored: Opened, backup: int) -> None:
    """Something of each kind, a secret among it, and a run that failed."""
    assert cli("process", "edit", "backup", "--env", "API_TOKEN=hunter2").code == 0
    assert cli("group", "add", "both", "--member", "backup").code == 0
    with stored() as services:
        a_run(services, backup, RunStatus.ERROR)


@pytest.mark.usefixtures("_stored")
@pytest.mark.parametrize("words", _PLAIN, ids=" ".join)
def test_what_is_said_is_what_click_has_said(
    cli: Cli, database_file: Path, words: list[str]
) -> None:
    quick = cli(*words)
    assert quick == with_click(cli, database_file, *words)
    assert quick.out


@pytest.mark.parametrize("words", _OTHERS, ids=" ".join)
def test_any_other_line_is_left_alone(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert answer_quickly(words) is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("words", [["status"], ["process", "list"]], ids=" ".join)
def test_files_are_named_before_the_command(
    cli: Cli, tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing, config = tmp_path / "missing.db", tmp_path / "config.toml"
    config.write_text(f"database = '{missing}'\nnonsense = 1\n")
    monkeypatch.delenv("TUI_SCHEDULER_DATABASE")
    named = cli("--config", str(config), "--database", str(missing), *words)
    monkeypatch.setenv("TUI_SCHEDULER_CONFIG", str(config))
    by_variable = cli(*words)
    assert named == by_variable == with_click(cli, missing, *words)
    assert "nonsense" in named.err


def test_a_file_without_a_name_is_the_one_that_all_use_by_default(
    cli: Cli, new_database: Path
) -> None:
    unnamed = cli("--database", "", "status")
    assert unnamed == with_click(cli, "", "status")
    assert str(new_database) not in unnamed.err


@pytest.mark.usefixtures("_no_database")
def test_what_goes_wrong_is_said_in_the_same_way(cli: Cli, database_file: Path) -> None:
    quick = cli("status")
    assert quick == with_click(cli, database_file, "status")
    assert quick.code == 3


def test_a_shell_that_asks_is_answered_by_click(backup: int) -> None:
    script = (
        "import os, sys; os.environ |= {'_TUI_SCHEDULER_COMPLETE': 'bash_complete',"
        " 'COMP_WORDS': 'tui-scheduler stat'}; from tui_scheduler.cli import main;"
        "assert main([]) == 0"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "plain,status\n"), done.stderr
