"""Moving in from a crontab at the command line."""

import io
import re
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.receivers import configure
from tests.services.imports.crontabs import ODD
from tui_scheduler.cli.importing.crontab_source import is_system
from tui_scheduler.services.imports import CATCHING_UP
from tui_scheduler.settings import load_settings

CRONTAB = """\
MAILTO=ops@example.org
API_KEY=s3cret
# Copies everything.
30 2 * * * /opt/backup.sh
@often sshfs host: /mnt
"""


@pytest.fixture
def crontab(tmp_path: Path) -> Path:
    file = tmp_path / "my.crontab"
    file.write_text(CRONTAB)
    return file


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are looked for; it is empty."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, text: str) -> None:
    file = folder / "crontab"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


class TestCrontab:
    def test_it_prints_what_was_made_and_what_not(self, cli: Cli, crontab: Path) -> None:
        made = cli("import", "crontab", crontab)
        assert made.code == 0
        head, row, blank, other_head, other_row, end, *config = made.out.splitlines()
        assert head.split() == ["LINE", "REQUEST", "PROCESS", "SCHEDULE", "NEXT", "RUNS"]
        assert row.startswith("   4        1  backup.sh  At 02:30 every day  20")
        assert row.count(" 02:30") == 3
        assert blank == ""
        assert other_head.split() == ["LINE", "NOT", "IMPORTED", "WHY"]
        assert other_row.startswith("   5  @often sshfs host: /mnt  @often is not known")
        assert end == ""
        assert all(line.startswith("#") for line in config)
        assert made.err == (
            "Note: line 1: MAILTO: no mail is sent; to be told of failures, add the receiver that"
            " is proposed\n"
            f"Note: all lines: {CATCHING_UP.text}\n"
            "1 request made, 1 not imported. Nothing runs before it is scheduled:"
            " tui-scheduler schedule ID\n"
        )

    def test_the_request_can_be_scheduled(self, cli: Cli, crontab: Path) -> None:
        [made] = cli("import", "crontab", crontab, "--json").json["requests"]
        request = cli("request", "show", made["request_id"], "--json").json
        assert request["misfire_limit"] == 3 * 60 * 60
        assert (request["status"], request["misfire"], request["cron"]) == (
            "new",
            "all",
            "30 2 * * *",
        )
        assert request["timezone"] == "Europe/Madrid"
        assert cli("schedule", made["request_id"]).code == 0

    def test_a_second_time_nothing_is_made(self, cli: Cli, crontab: Path) -> None:
        cli("import", "crontab", crontab)
        again = cli("import", "crontab", crontab)
        assert again.code == 0
        assert "it is there already: request 1 does so" in again.out
        assert again.err.endswith("0 requests made, 1 there already, 1 not imported.\n")
        assert len(cli("request", "list", "--json").json) == 1

    def test_a_dry_run_stores_nothing(self, cli: Cli, crontab: Path) -> None:
        dry = cli("import", "crontab", crontab, "--dry-run")
        assert dry.out.splitlines()[0].split() == ["LINE", "PROCESS", "SCHEDULE", "NEXT", "RUNS"]
        assert dry.err.endswith(
            "1 request to make, 1 not imported. This was a dry run: nothing was stored.\n"
        )
        assert cli("request", "list", "--json").json == []
        assert cli("process", "list", "--json").json == []

    def test_json_holds_everything_but_secrets(self, cli: Cli, crontab: Path) -> None:
        document = cli("import", "crontab", crontab, "--dry-run", "--json").json
        [made] = document["requests"]
        assert len(made.pop("next_fires")) == 3
        assert made.pop("environment").keys() == {"SHELL", "PATH", "MAILTO", "API_KEY"}
        assert made == {
            "place": 4,
            "request_id": None,
            "process": "backup.sh",
            "process_is_new": True,
            "description": "Copies everything.",
            "command": "/opt/backup.sh",
            "working_directory": None,
            "cron": "30 2 * * *",
            "frequency": "cron",
            "interval": 1,
            "timezone": "Europe/Madrid",
            "schedule_text": "At 02:30 every day",
        }
        [refused] = document["refused"]
        assert (refused["place"], refused["is_there"]) == (5, False)
        assert document["notes"][0]["place"] == 1
        assert document["dry_run"] is True
        assert document["receivers"] == [
            {"place": 1, "name": "mail", "addresses": ["ops@example.org"]}
        ]
        assert "#[receiver.mail]\n" in document["config"]

    def test_secrets_are_shown_to_who_asks(self, cli: Cli, crontab: Path) -> None:
        arguments = ("import", "crontab", crontab, "--dry-run", "--json")
        assert "s3cret" not in cli(*arguments).out
        assert "s3cret" in cli(*arguments, "--show-secrets").out

    def test_every_oddity_is_told_and_nothing_crashes(
        self, cli: Cli, stored: Opened, tmp_path: Path
    ) -> None:
        (tmp_path / "odd").write_bytes(ODD)
        made = cli("import", "crontab", tmp_path / "odd")
        assert made.code == 0
        assert made.err.endswith(
            "25 requests made, 1 there already, 5 not imported."
            " Nothing runs before it is scheduled: tui-scheduler schedule ID\n"
        )
        with stored() as services:
            assert len(services.requests.all()) == 25

    def test_a_file_of_which_nothing_can_be_made_fails(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "c").write_text("@often x\n")
        assert cli("import", "crontab", tmp_path / "c").code == 1

    def test_an_empty_file_is_no_failure(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "c").touch()
        made = cli("import", "crontab", tmp_path / "c")
        assert (made.code, made.out) == (0, "")
        assert made.err == "There is nothing in it to import.\n"


class TestSources:
    def test_a_dash_is_standard_input(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"0 5 * * * true\n")))
        assert len(cli("import", "crontab", "-", "--json").json["requests"]) == 1

    def test_the_crontab_of_the_user_is_what_crontab_prints(
        self, cli: Cli, no_programs: Path
    ) -> None:
        program(no_programs, 'test "$*" = -l && echo "0 5 * * * backup.sh"')
        document = cli("import", "crontab", "--user-crontab", "--json").json
        assert [made["process"] for made in document["requests"]] == ["backup.sh"]

    def test_a_user_without_a_crontab_is_told_so(self, cli: Cli, no_programs: Path) -> None:
        program(no_programs, "echo 'no crontab for anna' >&2; exit 1")
        refused = cli("import", "crontab", "--user-crontab")
        assert (refused.code, refused.out) == (3, "")
        assert refused.err == "crontab -l ended with 1 and said: no crontab for anna\n"

    def test_a_machine_without_crontab_is_told_so(self, cli: Cli, no_programs: Path) -> None:
        refused = cli("import", "crontab", "--user-crontab")
        assert refused.code == 3
        assert refused.err.startswith("There is no program crontab on this machine")

    @pytest.mark.parametrize("arguments", [[], ["file", "--user-crontab"], ["-", "--user-crontab"]])
    def test_there_must_be_exactly_one(self, cli: Cli, arguments: list[str]) -> None:
        refused = cli("import", "crontab", *arguments)
        assert refused.code == 2
        assert refused.err == (
            "FILE: give exactly one of FILE, - for standard input, and --user-crontab\n"
        )

    def test_a_user_crontab_is_no_system_crontab(self, cli: Cli) -> None:
        refused = cli("import", "crontab", "--user-crontab", "--system")
        assert refused.code == 2
        assert refused.err.startswith("--system: is for files")

    @pytest.mark.parametrize(("name", "reason"), [("none", "No such file"), (".", "Is a dir")])
    def test_a_file_that_cannot_be_read_is_wrong_usage(
        self, cli: Cli, tmp_path: Path, name: str, reason: str
    ) -> None:
        refused = cli("import", "crontab", tmp_path / name)
        assert refused.code == 2
        assert refused.err.startswith(f"FILE: {tmp_path / name} cannot be read: {reason}")

    def test_a_file_without_an_end_is_no_crontab(self, cli: Cli) -> None:
        refused = cli("import", "crontab", "/dev/zero")
        assert refused.code == 2
        assert refused.err.startswith("FILE: is larger than 4.0 MB, so it is no crontab")

    def test_a_copy_of_a_system_crontab_asks_for_the_option(self, cli: Cli, tmp_path: Path) -> None:
        lines = "17 * * * * root cd / && run-parts /etc/cron.hourly\n0 5 * * * nobody /opt/x\n"
        (tmp_path / "c").write_text(lines)
        refused = cli("import", "crontab", tmp_path / "c")
        assert refused.code == 1
        assert refused.out.count("so this looks like a system crontab: give --system") == 2

    def test_lines_of_a_system_crontab_name_a_user(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "c").write_text("0 5 * * * nobody-else backup.sh\n")
        refused = cli("import", "crontab", tmp_path / "c", "--system")
        assert refused.code == 1
        assert "it runs as nobody-else, and you are " in refused.out

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("/etc/crontab", True),
            ("/etc/cron.d/backup", True),
            ("/etc/cron.d/../crontab", True),
            ("/etc/cron.daily/backup", False),
            ("/home/anna/crontab", False),
        ],
    )
    def test_system_crontabs_are_known_by_their_path(self, path: str, expected: bool) -> None:
        assert is_system(Path(path)) is expected


class TestMailTo:
    @staticmethod
    def proposed(cli: Cli, crontab: Path, text: str) -> str:
        crontab.write_text(text)
        config = cli("import", "crontab", crontab, "--dry-run", "--json").json["config"]
        return re.sub(r"(?m)^#(?! )", "", config or "")

    def test_what_is_proposed_sends_mail_as_cron_does(
        self, cli: Cli, crontab: Path, tmp_path: Path
    ) -> None:
        config = self.proposed(cli, crontab, "MAILTO=ops@example.org, ada\n0 5 * * * true\n")
        program, mail = tmp_path / "sendmail", tmp_path / "mail"
        program.write_text(f'#!/bin/sh\necho "$@" > {mail}; cat >> {mail}\n')
        program.chmod(0o700)
        configure(config.replace("/usr/sbin/sendmail", str(program)))
        assert cli("notify", "test", "mail").code == 0
        assert mail.read_text().startswith(
            "-i ops@example.org ada\n"
            "To: ops@example.org, ada\n"
            "Subject: tui-scheduler: a test\n"
            "Content-Type: text/plain; charset=UTF-8\n"
            "\n"
            "This is a test"
        )
        cli("process", "add", "backup", "--command", "false")
        assert cli("process", "edit", "backup", "--notify", "mail").code == 0
        assert load_settings().notifying.by_default == ("mail",)

    def test_others_get_one_each_and_those_that_are_there_none(
        self, cli: Cli, crontab: Path
    ) -> None:
        text = (
            "MAILTO=a@example.org\n0 5 * * * true\nMAILTO=b@example.org\n0 6 * * * date\n"
            "MAILTO=\n0 7 * * * id\nMAILTO=a@example.org\n"
        )
        configure('notify = ["mail"]\n[receiver.mail]\ncommand = "mail root"\n')
        config = self.proposed(cli, crontab, text)
        assert 'notify = ["mail", "mail-2"]\n' in config
        assert "# What stands below line 3: process edit NAME --notify mail-3\n" in config
        configure(config.replace('"mail", ', ""))
        assert load_settings().notifying.receivers.keys() == {"mail-2", "mail-3"}
        assert self.proposed(cli, crontab, text) == ""
        notes = cli("import", "crontab", crontab, "--dry-run").err
        assert "line 3: MAILTO: no mail is sent; receiver mail-3 may be told of failures" in notes
        assert "[receiver.mail]" in self.proposed(cli, crontab, text.replace("b@", "ab@"))

    @pytest.mark.parametrize(
        "mailto", ["a'b", "-oQ/tmp", "a;b", "$(id)", "a b", "a,,b", "a%s", "a@", '"', "é@x"]
    )
    def test_no_odd_address_gets_into_a_command(self, cli: Cli, crontab: Path, mailto: str) -> None:
        assert self.proposed(cli, crontab, f"MAILTO={mailto}\n0 5 * * * true\n") == ""
