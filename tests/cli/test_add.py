"""A command and when it is to run, in one line."""

import os
import shlex
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.clock import NOON
from tui_scheduler.cli.session import Session

WHEN = ("--when", "weekdays at 18:30")
NOBODY = (
    "Nobody schedules this database: it waits for the screen or tui-scheduler serve."
    " To keep that going: tui-scheduler service install\n"
)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "now", lambda _: NOON)
    monkeypatch.setattr("tui_scheduler.services.clock.SystemClock.now", lambda _: NOON)


def test_process_and_request_are_made_and_scheduled_and_the_next_fires_printed(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    added = cli("add", *WHEN, "--", "rsync", "-a", "/home/ann/work", "/mnt/backup")
    assert added.code == 0
    fires = [datetime.fromisoformat(line) for line in added.out.splitlines()]
    assert [fire.strftime("%a %d %H:%M") for fire in fires] == [
        "Mon 02 18:30", "Tue 03 18:30", "Wed 04 18:30", "Thu 05 18:30", "Fri 06 18:30",
    ]  # fmt: skip
    assert added.err == (
        "Understood: Weekdays at 18:30 from Monday 2 March 2026, in Europe/Madrid\n"
        f"Added the process 'rsync' and its request 1, which is scheduled.\n{NOBODY}"
    )
    process = cli("process", "show", "rsync", "--json").json
    assert process["command"] == "rsync -a /home/ann/work /mnt/backup"
    assert process["working_directory"] == str(tmp_path)
    request = cli("request", "show", "rsync", "--json").json
    assert (request["status"], request["process"]) == ("scheduled", "rsync")
    assert datetime.fromisoformat(request["next_fire"]) == fires[0]


def test_json_is_the_request_with_its_fires(cli: Cli) -> None:
    added = cli("add", *WHEN, "--json", "--", "true")
    document = dict(added.json)
    assert len(document.pop("fires")) == 5
    assert document.items() <= cli("request", "show", 1, "--json").json.items()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["date; echo $HOME | cat"], "date; echo $HOME | cat"),
        (["ls", "a b", "$HOME", "*", "it's", ""], "ls 'a b' '$HOME' '*' 'it'\"'\"'s' ''"),
        (["ls", "--json", "--", "-x"], "ls --json -- -x"),
        (["A=1", "env"], "A=1 env"),
    ],
)
@pytest.mark.parametrize("dashes", [["--"], []])
def test_one_word_is_a_shell_line_and_several_are_quoted(
    cli: Cli, words: list[str], line: str, dashes: list[str]
) -> None:
    added = cli("add", "--when", "daily at 3", "--name", "x", *dashes, *words)
    assert added.code == 0, added.err
    assert cli("process", "show", "x", "--json").json["command"] == line
    if len(words) > 1:
        assert shlex.split(line) == words


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["rsync -a x y"], "rsync"),
        (["/usr/local/bin/backup.sh", "now"], "backup.sh"),
        (["./report.sh"], "report.sh"),
        (["'/opt/my app/run it' fast"], "run it"),
        (["A=1 B='2 3' make all"], "make"),
        (["A=1", "make"], "make"),
        (["(cd /tmp && ls)"], "cd"),
        (["7z", "a"], "7z"),
        (["it's"], "it's"),
        (["/"], "command"),
        (["A=1"], "command"),
        (["\u2800"], "command"),
        (["\x1b[31mred"], "[31mred"),
        (["x" * 300], "x" * 40),
        (["日本語", "x"], "日本語"),
    ],
)
def test_it_is_called_by_its_first_word(cli: Cli, words: list[str], name: str) -> None:
    for expected in (name, f"{name}-2", f"{name}-3"):
        added = cli("add", *WHEN, "--json", "--", *words)
        assert added.code == 0, added.err
        assert added.json["process"] == expected


def test_names_of_groups_are_taken_too(cli: Cli) -> None:
    cli("process", "add", "a", "--command", "true")
    cli("group", "add", "true", "--member", "a")
    cli("process", "add", "true-2", "--command", "true")
    assert cli("add", *WHEN, "--json", "--", "true").json["process"] == "true-3"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--", "true"], ["--when: is missing: say it before the command"]),
        (["true", *WHEN], ["--when: is missing: say it before the command"]),
        ([*WHEN], ["COMMAND: is missing: say it after --"]),
        ([*WHEN, "--"], ["COMMAND: is missing: say it after --"]),
        ([*WHEN, "--", ""], ["COMMAND: is missing: say it after --"]),
        ([], ["--when: is missing", "COMMAND: is missing"]),
        ([*WHEN, "--", " "], ["COMMAND: is missing: give a shell command"]),
        ([*WHEN, "--", "a\0b"], ["COMMAND: "]),
        ([*WHEN, "--", "ls", "\udcff"], ["COMMAND...: is not valid UTF-8: retype it"]),
        ([*WHEN, "--name", "taken", "--", "true"], ["--name: 'taken' is taken: choose another"]),
        ([*WHEN, "--name", "", "--", "true"], ["--name: is missing: give it a name"]),
        (["--when", "soon", "--", "true"], ["--when: 'soon' is not understood"]),
        (["--when", "", "--", "true"], ["--when: is missing"]),
        (["--when", "daily at 2 until 2020-01-01", "--", "x"], ["--when: finish: it is before"]),
        (["--when", "30 2 30 2 *", "--", "x"], ["--when: "]),
        (["--notify", "ops", *WHEN, "--", "x"], ["--notify: there is no receiver 'ops'"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_stored(
    cli: Cli, arguments: list[str], told: list[str]
) -> None:
    cli("process", "add", "taken", "--command", "true")
    refused = cli("add", *arguments)
    assert (refused.code, refused.out) == (2, "")
    lines = [line for line in refused.err.splitlines() if not line.startswith("Understood: ")]
    assert [line[: len(start)] for line, start in zip(lines, told, strict=False)] == told
    assert len(cli("process", "list", "--json").json) == 1
    assert cli("request", "list", "--json").json == []


def test_options_behind_a_line_are_pointed_out(cli: Cli) -> None:
    added = cli("add", *WHEN, "--", "curl -s localhost | cat", "--json")
    assert "Note: 'curl -s localhost | cat' is taken for a program. Options stand" in added.err
    assert "Note" not in cli("add", *WHEN, "--", "ls", "a b").err


def test_what_may_surprise_is_said(cli: Cli) -> None:
    late = cli("add", "--when", "once on 2020-01-01 at 2:00", "--", "true")
    assert late.code == 0
    assert "Note: start is in the past: runs as soon as it is scheduled\n" in late.err


def test_a_folder_that_is_gone_is_named(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    refused = cli("add", *WHEN, "--", "true")
    assert (refused.code, refused.out) == (1, "")
    assert "The current folder was removed. Go to another one (cd)" in refused.err


def test_a_folder_whose_name_is_no_text_is_named(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(folder)  # noqa: PTH102  of bytes
    monkeypatch.chdir(os.fsdecode(folder))
    refused = cli("add", *WHEN, "--", "true")
    assert refused.code == 2
    assert "current folder: " in refused.err


@pytest.mark.usefixtures("receivers")
def test_who_is_told_may_be_named(cli: Cli) -> None:
    for words, names in ((), None), (("--notify", "page"), ["page"]), (("--notify", "none"), []):
        added = cli("add", *WHEN, *words, "--json", "--", "true").json
        assert cli("process", "show", added["process"], "--json").json["notify"] == names
    refused = cli("add", *WHEN, "--notify", "opps", "--", "true")
    assert refused.code == 2
    assert "--notify: there is no receiver 'opps': use ops or page" in refused.err
