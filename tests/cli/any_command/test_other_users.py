"""Who works with whose files, with real users: root in somebody's home, and somebody at home."""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.other_users import SOMEBODY, acting_as_somebody, give_away, needs_root
from tui_scheduler.engine.lock import SchedulerLock

pytestmark = needs_root


@pytest.fixture
def home() -> Iterator[Path]:
    """The home of somebody else, where that user gets to."""
    folder = Path(tempfile.mkdtemp(prefix="home-"))
    try:
        yield give_away(folder)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    "command", [["process", "list"], ["hold"], ["export"], ["serve"], ["apply", "x.toml"]], ids=str
)
def test_root_makes_nothing_in_the_home_of_somebody(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    """Or its owner could not use it any more."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.toml").touch()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("TUI_SCHEDULER_DATABASE")
    refused = cli(*command)
    assert (refused.code, refused.out) == (4, "")
    assert f"{home} belongs to {SOMEBODY}, who could have you run anything" in refused.err
    assert "root's own home (sudo -H)" in refused.err
    assert list(home.iterdir()) == []


def test_root_does_not_believe_a_configuration_there(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = home / ".config" / "tui-scheduler" / "config.toml"
    config.parent.mkdir(parents=True)
    give_away(config)
    monkeypatch.setenv("HOME", str(home))
    refused = cli("process", "list")
    assert refused.code == 2
    assert f"it belongs to {SOMEBODY}" in refused.err


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o775])
def test_a_group_of_one_is_nobody_else(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    """As many systems give each user one, and a umask of 002."""
    cli("process", "list", "--json")  # imports
    monkeypatch.setenv("HOME", str(home))
    home.chmod(mode)
    file = home / "deep" / "s.db"
    with acting_as_somebody():
        listed = cli("--database", file, "process", "list", "--json")
    assert (listed.code, listed.out, listed.err) == (0, "[]\n", "")
    assert (file.stat().st_uid, stat.S_IMODE(file.stat().st_mode)) == (SOMEBODY, 0o600)


def test_what_root_left_there_is_refused_with_the_reason(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("doctor")  # imports
    monkeypatch.setenv("HOME", str(home))
    file = home / "s.db"
    lock = SchedulerLock(home / "s.db.lock")
    (home / "s.db.lock").touch(0o644)
    with acting_as_somebody():
        cli("--database", file, "process", "list")
        examined = cli("--database", file, "doctor")
        assert not lock.acquire()
    assert "cannot be had: it belongs to root" in str(lock.problem)
    assert examined.code != 0
    assert f"Somebody else owns 1 file: {home / 's.db.lock'}" in examined.out


@pytest.mark.parametrize(
    "command",
    [["process", "list"], ["status"], ["doctor"], ["serve"], ["backup", "copy.db"], ["log", "1"]],
    ids=" ".join,
)
def test_a_database_where_one_may_not_even_look_is_refused(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    cli("--database", home / "no.db", *command[:1], "--help")  # imports
    monkeypatch.setenv("HOME", str(home))
    closed = home / "closed"
    closed.mkdir(0o700)
    with acting_as_somebody():
        refused = cli("--database", closed / "s.db", *command)
    assert (refused.code, refused.out) == (4, "")
    assert f"{closed / 's.db'} lies in a folder that you may not enter" in refused.err
    assert f"ls -ld {closed}" in refused.err


def test_one_that_cannot_be_made_is_no_matter_of_its_permissions(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a user whose home is /nonexistent."""
    cli("process", "list")  # imports
    monkeypatch.setenv("HOME", str(home))
    closed = home / "closed"
    closed.mkdir(0o755)
    with acting_as_somebody():
        refused = cli("--database", closed / "new" / "s.db", "process", "list")
    assert refused.code == 4
    assert "is not there, and cannot be made: you may not write where it would lie" in refused.err


def test_a_configuration_where_one_may_not_even_look_is_refused(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("process", "list")  # imports
    closed = home / ".config"
    closed.mkdir(0o700)
    monkeypatch.setenv("HOME", str(home))
    with acting_as_somebody():
        refused = cli("process", "list")
    assert refused.code == 2
    assert "config.toml: file: cannot be read: Permission denied" in refused.err
