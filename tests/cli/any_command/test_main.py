"""The edge: exit codes, sentences instead of tracebacks, and databases that cannot be used."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.stored_runs import take_elsewhere
from tui_scheduler import __version__
from tui_scheduler.cli import main
from tui_scheduler.cli.session import Session
from tui_scheduler.settings import Settings


def test_the_version(cli: Cli) -> None:
    assert cli("--version").out == f"tui-scheduler {__version__}\n"
    assert cli("-V") == cli("--version")


def test_without_a_terminal_the_screen_refuses_and_names_serve(cli: Cli) -> None:
    refused = cli()
    assert (refused.code, refused.out) == (2, "")
    assert "tui-scheduler serve" in refused.err


def test_on_a_terminal_the_screen_opens(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def run(settings: Settings) -> int:
        opened.append(settings.database)
        return 7

    monkeypatch.setattr("tui_scheduler.cli.screen.is_terminal", lambda _stream: True)
    monkeypatch.setattr("tui_scheduler.tui.run.run", run)
    assert cli("--database", "/tmp/x.db").code == 7
    assert opened == [Path("/tmp/x.db")]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["fly"], "fly"),
        (["--fly"], "--fly"),
        (["process", "fly"], "fly"),
        (["process", "list", "extra"], "extra"),
        (["process", "add", "x", "--cmd", "y"], "--cmd"),
        (["runs", "--limit"], "--limit"),
        (["--demo", "--database", "x.db", "runs"], "--database"),
    ],
)
def test_wrong_usage_says_what_and_where_to_look(cli: Cli, arguments: list[str], word: str) -> None:
    refused = cli(*arguments)
    assert (refused.code, refused.out) == (2, "")
    complaint, hint = refused.err.splitlines()
    assert word in complaint
    assert re.fullmatch(r"Try: tui-scheduler.* --help", hint)


@pytest.mark.parametrize("noun", ["process", "request", "import"])
def test_a_noun_alone_shows_its_help(cli: Cli, noun: str) -> None:
    outcome = cli(noun)
    assert outcome.code == 2
    assert "Commands:" in outcome.err


def test_the_database_option_beats_the_environment(cli: Cli, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    cli("--database", str(other), "process", "add", "x", "--command", "true")
    assert other.exists()
    assert cli("process", "list", "--json").json == []


def test_a_new_database_is_for_its_owner_alone(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "new" / "own.db"
    assert cli("--database", str(file), "process", "list").code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def _foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE theirs (id)")


def _newer(file: Path) -> None:
    main(["--database", str(file), "process", "list"])
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")


def _read_only(file: Path) -> None:
    main(["--database", str(file), "process", "list"])
    file.chmod(0o400)


@pytest.mark.parametrize(
    ("spoil", "sign"),
    [
        (
            lambda file: file.write_bytes(b"not a database, but long enough to be one" * 99),
            "not an",
        ),
        (lambda file: file.mkdir(), "is a folder"),
        (_foreign, "belongs to another program"),
        (_newer, "newer version"),
        pytest.param(
            _read_only,
            "read-only",
            marks=pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything"),
        ),
    ],
)
@pytest.mark.parametrize("command", [["runs"], ["hold"], ["serve"]], ids=" ".join)
def test_a_database_that_cannot_be_used_is_said_in_a_sentence(
    cli: Cli, tmp_path: Path, spoil: Callable[[Path], object], sign: str, command: list[str]
) -> None:
    file = tmp_path / "spoiled.db"
    spoil(file)
    refused = cli("--database", str(file), *command)
    assert (refused.code, refused.out) == (4, "")
    assert str(file) in refused.err
    assert sign in refused.err
    assert refused.err.count("\n") == 1


def test_a_database_that_is_locked_is_busy(
    cli: Cli, backup: int, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_scheduler.cli.session.BUSY_TIMEOUT", 0.01)
    with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert cli("process", "list").code == 0
        refused = cli("process", "edit", "backup", "--retries", "1")
    assert refused.code == 4
    assert "locked by another program" in refused.err


def test_a_broken_configuration_is_named(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    config = tmp_path / "tui-scheduler" / "config.toml"
    config.parent.mkdir()
    config.write_text("misfire_grace = 'soon'")
    refused = cli("process", "list")
    assert refused.code == 2
    assert refused.err.startswith(f"{config}: misfire_grace: ")
    assert cli("process", "list", "--help").code == 0


def test_the_configuration_can_be_another_file(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.toml").write_text("keep_runs = 1")
    (tmp_path / "two.toml").write_text("keep_runs = 2")

    def kept(*options: object) -> int:
        pruned = cli(*options, "prune", "--dry-run", "--json")
        return int(pruned.json["keep_runs"])

    assert kept() == 10_000
    monkeypatch.setenv("TUI_SCHEDULER_CONFIG", str(tmp_path / "one.toml"))
    assert kept() == 1
    monkeypatch.chdir(tmp_path)
    assert kept("--config", "two.toml") == 2
    monkeypatch.setenv("TUI_SCHEDULER_CONFIG", "")
    assert kept() == 10_000


@pytest.mark.parametrize("name", ["none.toml", "folder"])
def test_a_configuration_that_is_asked_for_must_be_there(
    cli: Cli, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    refused = cli("--config", tmp_path / name, "process", "list")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"{tmp_path / name}: file: cannot be read: ")


def test_a_surprise_is_a_sentence_here_and_a_traceback_in_the_diagnostics(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_session: Session) -> None:
        raise ZeroDivisionError("what a\nday \x1b[2J")

    monkeypatch.setattr(Session, "services", fail)
    failed = cli("runs")
    file = Settings(database=Path()).diagnostics_file
    assert (failed.code, failed.out) == (1, "")
    assert failed.err == (
        f"Something unexpected happened: ZeroDivisionError: what a␊day ␛[2J. Details: {file}\n"
    )
    assert "Traceback" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_ctrl_c_is_no_surprise(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_session: Session) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "services", interrupt)
    interrupted = cli("runs")
    assert (interrupted.code, interrupted.err) == (130, "Interrupted.\n")


HOSTILE = "\x1b]0;owned\x07 [red]\x9b2J \u202e日本 é"


def test_hostile_names_are_harmless_on_every_screen(cli: Cli) -> None:
    added = cli("process", "add", HOSTILE, "--command", "true\x1b[2J", "--description", HOSTILE)
    request = cli("request", "add", "--process", HOSTILE, "--timing", "immediate")
    outcomes = [
        added,
        request,
        cli("process", "list"),
        cli("process", "show", HOSTILE),
        cli("request", "list"),
        cli("trigger", 1),
        cli("trigger", 1),
        cli("runs"),
        cli("kill", HOSTILE, "--force"),
        cli("run", "show", HOSTILE),
        cli("log", HOSTILE + "?"),
        cli("schedule", HOSTILE),
        cli("next"),
        cli("add", "--when", "daily at 3", "--", HOSTILE, "x"),
        cli("process", "add", HOSTILE, "--command", "true"),
        cli("process", "show", HOSTILE + "?"),
        cli("process", "list", HOSTILE),
        cli("process", "remove", HOSTILE),
    ]
    assert [outcome.code for outcome in outcomes] == [*[0] * 9, 3, 3, *[0] * 3, 2, 3, 2, 0]
    for outcome in outcomes:
        for line in (outcome.out + outcome.err).splitlines():
            assert line.isprintable(), line


def test_hostile_names_are_exact_and_ascii_in_json(cli: Cli) -> None:
    added = cli("process", "add", HOSTILE, "--command", "true", "--json")
    assert added.out.isascii()
    assert added.json["name"] == HOSTILE


def test_a_name_that_is_no_utf8_is_refused(cli: Cli) -> None:
    refused = cli("process", "add", "\udcff", "--command", "true")
    assert refused.code == 2
    assert "not valid UTF-8" in refused.err


def shell(script: str) -> subprocess.CompletedProcess[str]:
    """Run ``script`` with ``$run`` for the program."""
    return subprocess.run(
        ["/bin/sh", "-c", f"run='{sys.executable} -m tui_scheduler'; {script}"],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def test_a_reader_that_has_enough_does_no_harm(database_file: Path) -> None:
    main(["process", "add", "x", "--command", "true"])
    main(["request", "add", "--process", "x", "--timing", "immediate"])
    main(["trigger", "1"])
    take_elsewhere(database_file).write_bytes(b"a line\n" * 100_000)
    piped = shell("{ $run log 1; echo $? >&2; } | head -n 1")
    assert (piped.stdout, piped.stderr) == ("a line\n", "0\n")


def test_no_command_imports_textual(database_file: Path) -> None:
    script = """
import sys
from tui_scheduler.cli import main
for name in ("runs", "process", "request", "schedule", "log", "kill", "hold", "next", "serve",
             "doctor", "backup", "status", "completion", "import"):
    assert main([name, "--help"]) == 0
assert main(["--version"]) == 0
assert "tui_scheduler.services" in sys.modules
assert main(["runs"]) == 0
assert main(["hold"]) == 0
assert main(["doctor"]) == 0
found = {"textual", "rich", "psutil"} & set(sys.modules)
assert not found, found
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_version_needs_no_database_library() -> None:
    script = (
        "import sys; from tui_scheduler.cli import main; main(['--version']);"
        "assert not {'peewee', 'croniter', 'textual', 'tzlocal'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
