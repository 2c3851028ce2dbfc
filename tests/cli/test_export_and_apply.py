"""Export and apply as a person meets them: files, questions, what is said and how it ends."""

import io
import os
import stat
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tui_scheduler.services.parameters.secrets import MASK


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
    shown = cli("export")
    assert (shown.code, shown.out, shown.err) == (0, file.read_text(), "")
    assert cli("export", "-") == shown


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
    shown = cli("apply", "--plan", file)
    assert shown.code == 1
    assert shown.out.splitlines() == [
        "change process backup",
        "    command: true -> false",
        "unchanged: 1",
    ]
    assert "nothing was changed" in shown.err
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


def test_what_is_wrong_is_told_with_its_place(cli: Cli, file: Path) -> None:
    file.write_text(file.read_text().replace("command", "comand"))
    refused = cli("apply", file)
    assert refused.code == 2
    assert refused.err.splitlines() == [
        'process "backup": comand: is not known here: did you mean command?',
        'process "backup": command: is missing: add it',
    ]
    assert (cli("apply", file.with_name("none")).code, refused.out) == (1, "")
