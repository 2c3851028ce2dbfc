"""Moving in from timer units at the command line."""

import re
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
    request = cli("request", "show", 1, "--json").json
    assert (request["cron"], request["misfire"]) == ("0 0 9 ? * MON#1", "once")
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


def test_one_that_cannot_be_read_ends_none_of_the_others(cli: Cli, units: Path) -> None:
    (units / "circle.timer").symlink_to("circle.timer")
    (units / "large.timer").write_text("[Timer]\nOnCalendar=daily\n")
    (units / "large.service").write_bytes(b"#" * 1_000_001)
    (units / "drop.timer").write_text("[Timer]\nOnCalendar=daily\n")
    (units / "drop.service").write_text("[Service]\nExecStart=/opt/x\n")
    (units / "drop.service.d" / "a.conf").mkdir(parents=True)
    made = cli("import", "systemd", units, "--json")
    assert (made.code, len(made.json["requests"])) == (0, 1)
    refused = {each["place"]: each["reason"] for each in made.json["refused"]}
    assert "circle.timer cannot be read (Too many levels of symbol" in refused["circle.timer"]
    assert "large.service cannot be read (it has more than 1.0 MB)" in refused["large.timer"]
    assert "a.conf cannot be read (Is a directory): see to it" in refused["drop.timer"]


@pytest.mark.parametrize(
    ("name", "reason"), [("", "holds no *.timer"), ("/none", "cannot be read: No such file")]
)
def test_a_folder_without_timers_is_wrong_usage(
    cli: Cli, tmp_path: Path, name: str, reason: str
) -> None:
    refused = cli("import", "systemd", f"{tmp_path}{name}")
    assert refused.code == 2
    assert refused.err.startswith(f"DIR: {tmp_path}{name} {reason}")


class TestFolders:
    def test_enabled_instances_are_found_by_their_links(self, cli: Cli, units: Path) -> None:
        (units / "copy@.timer").write_text("[Timer]\nOnCalendar=hourly\n")
        (units / "copy@.service").write_text("[Service]\nExecStart=/opt/copy %i\n")
        (units / "timers.target.wants").mkdir()
        (units / "timers.target.wants" / "copy@home.timer").symlink_to("../copy@.timer")
        made = cli("import", "systemd", units, "--json").json["requests"]
        assert made[-1]["command"] == "/opt/copy home"

    def test_drop_ins_of_a_kind_and_of_a_prefix_count(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "a-b.timer").write_text("[Timer]\nOnCalendar=daily\n")
        (tmp_path / "a-b.service").write_text("[Service]\nExecStart=/opt/x\n")
        for folder, value in (("service.d", 1), ("a-.service.d", 2), ("a-b.service.d", 3)):
            (tmp_path / folder).mkdir()
            text = f"[Service]\nEnvironment=SAME={value} N{value}=x\n"
            (tmp_path / folder / "same.conf").write_text(text)
            (tmp_path / folder / f"{value}.conf").write_text(f"[Service]\nEnvironment=V={value}\n")
        [made] = cli("import", "systemd", tmp_path, "--json").json["requests"]
        assert made["environment"] == {"V": "3", "SAME": "3", "N3": "x"}

    def test_a_masked_timer_and_drop_ins_alone_are_told(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "masked.timer").symlink_to("/dev/null")
        (tmp_path / "lost.timer.d").mkdir()
        (tmp_path / "lost.timer.d" / "a.conf").write_text("[Timer]\nOnCalendar=daily\n")
        refused = cli("import", "systemd", tmp_path)
        assert refused.code == 1
        assert "masked.timer  [Timer]           it is masked, so systemd runs" in refused.out
        assert "lost.timer    OnCalendar=daily  there are only drop-ins of it" in refused.out

    def test_an_interval_is_a_request(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "mail.timer").write_text("[Timer]\nOnActiveSec=2min\nOnUnitActiveSec=5min\n")
        (tmp_path / "mail.service").write_text("[Service]\nExecStart=%h/.local/bin/mail %t\n")
        [made] = cli("import", "systemd", tmp_path, "--json").json["requests"]
        assert (made["schedule_text"], made["cron"]) == ("Every 5 minutes", None)
        assert (made["frequency"], made["interval"]) == ("minutely", 5)
        assert "%" not in made["command"]
        assert cli("schedule", made["request_id"]).code == 0

    def test_a_file_of_variables_is_read_by_the_command(self, cli: Cli, tmp_path: Path) -> None:
        file = tmp_path / "env"
        file.write_text("SECRET=x\n")
        (tmp_path / "a.timer").write_text("[Timer]\nOnCalendar=daily\n")
        service = f"[Service]\nEnvironmentFile={file}\nExecStart=/opt/x\n"
        (tmp_path / "a.service").write_text(service)
        [made] = cli("import", "systemd", tmp_path, "--json").json["requests"]
        assert made["command"] == f"set -a; . {file}; set +a; /opt/x"
        assert made["environment"] == {}


def test_a_folder_that_cannot_exist_is_named(cli: Cli) -> None:
    refused = cli("import", "systemd", "a\0b")
    assert refused.code == 2
    assert re.fullmatch("DIR: a␀b cannot be read: .*embedded null .*\n", refused.err)


def test_links_that_lead_nowhere_are_named_also_where_home_is_one(
    cli: Cli, tmp_path: Path, units: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to("circle")
    for kind in ("systemd", "crontab"):
        refused = cli("import", kind, circle)
        assert (refused.code, refused.err.partition(" cannot be read: ")[2]) == (
            2, "Too many levels of symbolic links\n"
        )  # fmt: skip
    monkeypatch.setenv("HOME", str(circle))
    assert cli("import", "systemd", units).code == 0
