"""Moving in from timer units at the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def units(tmp_path: Path) -> Path:
    folder = tmp_path / "units"
    (folder / "backup.timer.d").mkdir(parents=True)
    (folder / "backup.timer").write_text("[Timer]\nOnCalendar=daily\n")
    (folder / "backup.timer.d" / "b.conf").write_text("[Timer]\nOnCalendar=Fri *-*-13\n")
    (folder / "backup.timer.d" / "a.conf").write_text("[Timer]\nOnCalendar=\nPersistent=true\n")
    (folder / "backup.timer.d" / "c.conf").write_text("[Timer]\nOnCalendar=Mon *-*-1..7 9:00\n")
    (folder / "backup.service").write_text("[Service]\nExecStart=/opt/backup.sh --all\n")
    return folder


def test_it_prints_what_was_made_and_what_not(cli: Cli, units: Path) -> None:
    made = cli("import", "systemd", units)
    assert made.code == 0
    assert made.out.splitlines()[1].startswith("backup.timer        1  backup   At 09:00 on ")
    assert "backup.timer  OnCalendar=Fri *-*-13  it names weekdays and days of the" in made.out
    shown = cli("request", "show", 1, "--json").json
    assert (shown["cron"], shown["misfire"]) == ("0 0 9 ? * MON#1", "once")
    again = cli("import", "systemd", units, "--json")
    assert again.code == 0
    assert [refused["is_there"] for refused in again.json["refused"]] == [False, True]


def test_a_dry_run_stores_nothing(cli: Cli, units: Path) -> None:
    assert cli("import", "systemd", units, "--dry-run").code == 0
    assert cli("request", "list", "--json").json == []


def test_bytes_that_are_not_text_are_refused(cli: Cli, units: Path) -> None:
    (units / "backup.service").write_bytes(b"[Service]\nExecStart=/opt/caf\xe9\n")
    refused = cli("import", "systemd", units)
    assert refused.code == 1
    assert "is not valid UTF-8: retype it" in refused.out


@pytest.mark.parametrize(
    ("name", "reason"), [("", "holds no *.timer"), ("/none", "cannot be read: No such file")]
)
def test_a_folder_without_timers_is_wrong_usage(
    cli: Cli, tmp_path: Path, name: str, reason: str
) -> None:
    refused = cli("import", "systemd", f"{tmp_path}{name}")
    assert refused.code == 2
    assert refused.err.startswith(f"DIR: {tmp_path}{name} {reason}")
