"""A database that lies on a network share is opened by nobody, and a copy of one may lie there."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.signs_of_life import ELSEWHERE, a_beat
from tui_scheduler.lock_holder import encode
from tui_scheduler.settings import Settings

COMMANDS = (
    ("add", "--when", "daily at 9", "--", "true"),
    ("process", "list"),
    ("runs",),
    ("serve",),
    ("status",),
    ("hold",),
    ("export",),
    ("backup", "copy.db"),
)


@pytest.fixture
def database(share: Path, cli: Cli, database_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database, which somebody has moved to the share."""
    cli("add", "--when", "daily at 9", "--", "true")
    moved = share / "x.db"
    database_file.rename(moved)
    monkeypatch.setenv("TUI_SCHEDULER_DATABASE", str(moved))
    return moved


@pytest.fixture
def _held_elsewhere(database: Path) -> None:
    """A scheduler of another machine, whose lock does not reach us."""
    lock = Settings(database=database).lock_file
    lock.write_bytes(encode(12, a_beat(host=ELSEWHERE, ago=timedelta(seconds=1))))
    lock.chmod(0o600)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_no_command_opens_it(
    cli: Cli, database: Path, share: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(share.parent)
    before = database.read_bytes()
    refused = cli(*command)
    assert (refused.code, refused.out) == (4, "")
    sentence = refused.err.splitlines()[-1]
    assert sentence.startswith(
        f"The database {database} lies on a network file system (nfs4, mounted on {share}), where"
    )
    assert "Keep it on a disk of this machine (--database, or" in sentence
    assert (database.read_bytes(), list(share.iterdir())) == (before, [database])


def test_one_that_can_only_be_read_is_not_read(cli: Cli, database: Path) -> None:
    database.chmod(0o400)
    assert cli("runs").code == 4


@pytest.mark.parametrize("command", COMMANDS[:4], ids=lambda words: words[0])
def test_none_is_made(
    cli: Cli, share: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    file = share / "deep" / "x.db"
    monkeypatch.setenv("TUI_SCHEDULER_DATABASE", str(file))
    refused = cli(*command)
    assert refused.code == 4
    assert f"The database {file} would lie on a network file system (nfs4" in refused.err
    assert list(share.iterdir()) == []


def test_the_doctor_says_so_instead_of_opening_it(cli: Cli, database: Path) -> None:
    outcome = cli("doctor", "--fix")
    assert outcome.code == 1
    place, lock = outcome.out.splitlines()
    assert place.startswith("✗ problem   place ")
    assert f"{database} lies on a network file system" in place
    assert place.endswith("only its logs may be on a shared one")
    assert f"The lock {database}.lock lies on a network file system (nfs4" in lock


@pytest.mark.usefixtures("_held_elsewhere")
def test_the_doctor_also_says_who_schedules_it_on_another_machine(cli: Cli) -> None:
    *_, holder = cli("doctor", "--json").json["checks"]
    assert holder["check"] == "scheduler"
    assert holder["found"].startswith("Process 12 on alpha schedules, as it says")


def test_of_a_disk_of_this_machine_the_doctor_says_what_it_is(
    cli: Cli, share: Path, backup: int
) -> None:
    checks = {each["check"]: each for each in cli("doctor", "--json").json["checks"]}
    assert (checks["place"]["verdict"], checks["place"]["found"]) == ("ok", "ext4, mounted on /")


def test_the_lock_of_an_earlier_name_may_lie_there(
    cli: Cli, share: Path, database_file: Path, backup: int
) -> None:
    (share / "link.db").symlink_to(database_file)
    checks = cli("--database", share / "link.db", "doctor", "--json").json["checks"]
    [place] = [each for each in checks if each["check"] == "place"]
    assert place["verdict"] == "warning"
    assert place["found"].startswith(f"The lock {share / 'link.db.lock'} lies on a network")


def test_a_backup_may_be_put_there(cli: Cli, share: Path, backup: int) -> None:
    assert cli("backup", share / "copy.db").code == 0
    with closing(sqlite3.connect(f"{(share / 'copy.db').as_uri()}?immutable=1", uri=True)) as copy:
        assert copy.execute("SELECT count(*) FROM process").fetchone() == (1,)


def test_a_demo_is_not_made_there(cli: Cli, share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(share))
    refused = cli("--demo", "runs")
    assert refused.code == 4
    assert "Have it made on a disk of this machine: TMPDIR=/tmp tui-scheduler --demo" in refused.err
    assert list(share.iterdir()) == []
