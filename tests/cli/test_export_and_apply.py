"""Export and apply as a person meets them: files, questions, what is said and how it ends."""

import io
import os
import stat
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.receivers import configure
from tui_scheduler.services.parameters.secrets import MASK
from tui_scheduler.settings import config_file


@pytest.fixture
def file(cli: Cli, backup: int, tmp_path: Path) -> Path:
    """The file that says what there is: a process and its request."""
    assert backup == 1
    path = tmp_path / "schedules.toml"
    assert cli("export", path).code == 0
    return path


def test_an_export_is_for_its_owner_and_replaces_nothing_unasked(cli: Cli, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    refused = cli("export", file)
    assert refused.code == 1
    assert "--force" in refused.err
    cli("process", "add", "report", "--command", "true")
    assert file.read_text() == before
    assert cli("export", "--force", file).code == 0
    assert "[process.report]" in file.read_text()
    assert not [path for path in file.parent.iterdir() if path.name.startswith(".")]


def test_an_export_goes_to_standard_output_if_no_file_is_named(cli: Cli, file: Path) -> None:
    outcome = cli("export")
    assert (outcome.code, outcome.out, outcome.err) == (0, file.read_text(), "")
    assert cli("export", "-") == outcome


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_link_is_not_replaced(cli: Cli, file: Path, force: list[str]) -> None:
    link = file.with_name("link.toml")
    link.symlink_to(file)
    before = file.read_text()
    cli("process", "add", "report", "--command", "true")
    refused = cli("export", *force, link)
    assert refused.code == 1
    assert refused.err.startswith(f"{link} is a symbolic link, to {file}: name that file itself")
    assert link.is_symlink()
    assert file.read_text() == before


@pytest.mark.parametrize("end", ["", "-wal", "-journal", ".lock"])
def test_a_file_of_the_program_is_never_replaced(
    cli: Cli, file: Path, database_file: Path, end: str
) -> None:
    beside = database_file.with_name(database_file.name + end)
    before = beside.read_bytes() if beside.exists() else None
    for name in (beside, os.path.relpath(beside)):
        refused = cli("export", "--force", name)
        assert refused.code == 1
        assert "is one of the files that this program needs: give another name" in refused.err
    assert (beside.read_bytes() if beside.exists() else None) == before
    assert cli("process", "list").code == 0


def test_the_configuration_is_never_replaced(cli: Cli, file: Path) -> None:
    config = config_file()
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("max_running = 3\n")
    assert cli("export", "--force", config).code == 1
    assert config.read_text() == "max_running = 3\n"


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_pipe_is_not_replaced(cli: Cli, file: Path, force: list[str]) -> None:
    pipe = file.with_name("pipe")
    os.mkfifo(pipe)
    refused = cli("export", *force, pipe)
    assert refused.code == 1
    assert refused.err.endswith(f"To write there: tui-scheduler export > {pipe}\n")
    assert pipe.is_fifo()
    assert "is a folder" in cli("export", *force, file.parent).err


def test_a_folder_that_is_not_there_is_told(cli: Cli, tmp_path: Path) -> None:
    refused = cli("export", tmp_path / "no" / "file.toml")
    assert (refused.code, "cannot be written" in refused.err) == (1, True)


def test_secrets_are_left_out_and_it_is_said(cli: Cli) -> None:
    variables = ("--env", "TOKEN=hunter2", "--env", "URL=ftp://ada:hunter2@db")
    cli("process", "add", "x", "--command", "true", *variables)
    hidden = cli("export")
    assert f'TOKEN = "{MASK}"' in hidden.out
    assert f'URL = "ftp://ada:{MASK}@db"' in hidden.out
    assert "--show-secrets" in hidden.err
    assert 'TOKEN = "hunter2"' in cli("export", "--show-secrets").out


def test_a_dry_run_shows_and_ends_with_1_if_there_is_something_to_do(cli: Cli, file: Path) -> None:
    assert cli("apply", "--dry-run", file).code == 0
    file.write_text(file.read_text().replace("true", "false"))
    outcome = cli("apply", "--plan", file)
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        "change process backup",
        "    command: true -> false",
        "unchanged: 1",
    ]
    assert "nothing was changed" in outcome.err
    assert cli("process", "show", "backup", "--json").json["command"] == "true"


def test_what_was_done_is_printed_as_json(cli: Cli, file: Path) -> None:
    text = file.read_text().partition("[request.backup]")[0]
    file.write_text(text.replace("true", "false") + '[group.all]\nmembers = ["backup"]\n')
    done = cli("apply", "--json", file)
    assert done.json == {
        "dry_run": False,
        "unchanged": 0,
        "add": [{"kind": "group", "name": "all"}],
        "change": [
            {
                "kind": "process",
                "name": "backup",
                "fields": {"command": {"old": "true", "new": "false"}},
            }
        ],
        "remove": [{"kind": "request", "name": "backup", "runs": 0, "log_bytes": 0}],
    }
    assert (done.code, done.err) == (0, "Added 1, changed 1, removed 1.\n")
    assert cli("request", "list", "--json").json == []


def test_a_removal_says_what_goes_with_it(cli: Cli, file: Path) -> None:
    run = cli("trigger", 1, "--json").json["id"]
    file.write_text("format = 1\n")
    refused = cli("apply", file)
    assert (refused.code, "stop it" in refused.err) == (1, True)
    assert cli("kill", run).code == 0
    assert "remove process backup, with 1 run and 0 B of logs" in cli("apply", file).out
    assert cli("process", "list", "--json").json == []


@pytest.mark.parametrize(("answer", "left"), [("y\n", []), ("n\n", ["backup"])])
def test_a_person_is_asked(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[str]
) -> None:
    file.write_text("format = 1\n")
    monkeypatch.setattr("tui_scheduler.cli.options.confirm.is_terminal", lambda _stream: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    done = cli("apply", file)
    assert (done.code, "Do all this?" in done.err) == (0, True)
    assert [process["name"] for process in cli("process", "list", "--json").json] == left


def test_a_file_may_come_from_standard_input(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    assert cli("apply", "-").out == "unchanged: 2\n"


def test_a_mark_of_an_editor_before_the_text_is_no_matter(cli: Cli, file: Path) -> None:
    file.write_text(file.read_text(), encoding="utf-8-sig")
    assert cli("apply", "--dry-run", file).code == 0


def test_a_table_that_is_not_known_is_not_taken_for_an_option(cli: Cli, file: Path) -> None:
    file.write_text(file.read_text() + '[proces.x]\ncommand = "true"\n')
    told = cli("apply", "--dry-run", file)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("[proces]: is not known here: use process, group, request")


def test_what_is_wrong_is_told_with_its_place(cli: Cli, file: Path) -> None:
    file.write_text(file.read_text().replace("command", "comand"))
    refused = cli("apply", file)
    assert refused.code == 2
    assert refused.err.splitlines() == [
        'process "backup": comand: is not known here: did you mean command?',
        'process "backup": command: is missing: add it',
    ]
    assert (cli("apply", file.with_name("none")).code, refused.out) == (1, "")


NO_LIST = (
    'notify: is no list of names: write it like ["ops"], [] for nobody, or leave it out for those'
    " of the config"
)
NOTIFYING = """\
format = 1

[process.backup]
command = "true"
notify = ["page", "ops"]
notify_after = 3
slow_after = "45m"

[process.quiet]
command = "true"
notify = []
slow_after = "never"

[group.nightly]
members = ["backup"]
notify = ["page"]

[request.daily]
process = "backup"
timing = "immediate"
timezone = "Europe/Madrid"
silent_after = "1d2h"
"""


@pytest.mark.usefixtures("receivers")
class TestWhoIsTold:
    def test_members_and_names_are_told_as_lists(self, cli: Cli, notifying: Path) -> None:
        notifying.write_text(
            NOTIFYING.replace('members = ["backup"]', 'members = ["quiet", "backup"]')
        )
        planned = cli("apply", notifying, "--dry-run")
        assert "    members: backup -> quiet, backup\n" in planned.out
        [change] = cli("apply", notifying, "--json").json["change"]
        assert change["fields"] == {"members": {"old": ["backup"], "new": ["quiet", "backup"]}}

    @pytest.fixture
    def notifying(self, cli: Cli, file: Path) -> Path:
        file.write_text(NOTIFYING)
        assert cli("apply", file).code == 0
        return file

    def test_what_is_applied_is_exported(self, cli: Cli, notifying: Path) -> None:
        assert tomllib.loads(cli("export").out) == tomllib.loads(NOTIFYING)
        assert cli("apply", notifying, "--dry-run").code == 0
        assert cli("process", "show", "quiet", "--json").json["notify"] == []

    @pytest.mark.parametrize(
        ("before", "after", "change"),
        [
            ('notify = ["page", "ops"]\n', "", "notify: page, ops -> (default)"),
            ('notify = ["page", "ops"]\n', "notify = []\n", "notify: page, ops -> (none)"),
            ("notify = []\n", "", "notify: (none) -> (default)"),
            ("notify_after = 3\n", "", "notify_after: 3 -> (default)"),
            ('slow_after = "45m"\n', 'slow_after = "never"\n', "slow_after: 45m -> never"),
            ('slow_after = "45m"\n', 'slow_after = "usual"\n', "slow_after: 45m -> (default)"),
            ('slow_after = "45m"\n', "slow_after = 60\n", "slow_after: 45m -> 1m"),
            ('silent_after = "1d2h"\n', "", "silent_after: 1d2h -> (default)"),
        ],
    )
    def test_a_change_is_told_and_made(
        self, cli: Cli, notifying: Path, before: str, after: str, change: str
    ) -> None:
        notifying.write_text(NOTIFYING.replace(before, after))
        planned = cli("apply", notifying, "--dry-run")
        assert planned.code == 1
        assert f"    {change}\n" in planned.out
        assert cli("apply", notifying).code == 0
        assert cli("apply", notifying, "--dry-run").code == 0

    @pytest.mark.parametrize("other", ['slow_after = "Never"', "slow_after = 0"])
    def test_never_is_written_as_a_word(self, cli: Cli, notifying: Path, other: str) -> None:
        notifying.write_text(NOTIFYING.replace('slow_after = "never"', other))
        assert cli("apply", notifying, "--dry-run").code == 0

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            (
                'notify = "ops"',
                NO_LIST,
            ),
            (
                "notify = [1]",
                NO_LIST,
            ),
            (
                'notify = ["none"]',
                "notify: 'none' is no receiver: it stands alone, for nobody (in a file: [])",
            ),
            (
                'notify = ["gone"]',
                (
                    "notify: there is no receiver 'gone': use ops or page, or add [receiver.gone]"
                    " to the configuration file"
                ),
            ),
            ('notify_after = "3"', "notify_after: is text: write a whole number, without quotes"),
            ("notify_after = 0", "notify_after: must be a whole number from 1 to 1000"),
            (
                'slow_after = "sometimes"',
                "slow_after: 'sometimes' is no duration such as 10m, nor usual or never",
            ),
            (
                "slow_after = true",
                "slow_after: True is no duration such as 10m, nor usual or never",
            ),
            ('slow_after = "4000d"', "slow_after: must be at most 3650d, or usual, or never"),
        ],
    )
    def test_what_is_wrong_is_told_with_the_remedy(
        self, cli: Cli, file: Path, line: str, problem: str
    ) -> None:
        file.write_text(f'format = 1\n[process.backup]\ncommand = "true"\n{line}\n')
        refused = cli("apply", file)
        assert (refused.code, refused.err) == (2, f'process "backup": {problem}\n')

    @pytest.mark.parametrize("name", ["silent_after", "misfire_limit"])
    def test_a_length_of_time_is_looked_at(self, cli: Cli, notifying: Path, name: str) -> None:
        """One that is said to be too long by hand is so in a file."""
        line = 'timing = "immediate"\n'
        notifying.write_text(NOTIFYING.replace('silent_after = "1d2h"\n', f'{name} = "4000d"\n'))
        assert line in notifying.read_text()
        refused = cli("apply", notifying)
        assert refused.code == 2
        assert f'request "daily": {name}: must be longer than 0 and at most 3650d' in refused.err

    def test_who_is_gone_holds_up_nothing_else(self, cli: Cli, notifying: Path) -> None:
        configure("")
        notifying.write_text(NOTIFYING.replace('command = "true"', 'command = "false"', 1))
        assert cli("apply", notifying).code == 0
