"""Python processes and declared parameters on the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tui_scheduler.services.parameters.secrets import MASK


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working directory with a module in it."""
    (tmp_path / "job.py").write_text("def main(context): pass\ndef two(a, b): pass\n")
    return tmp_path


def add(folder: Path, *options: str) -> tuple[str, ...]:
    """The words that add a Python process."""
    return ("process", "add", "job", "--python-call", "job:main", "--cwd", str(folder), *options)


def test_a_callable_is_added_and_printed(cli: Cli, folder: Path) -> None:
    added = cli(*add(folder, "--json"))
    assert added.code == 0, added.err
    process = added.json
    assert (process["kind"], process["command"]) == ("python", None)
    assert (process["target"], process["python"]) == ("job:main", None)


def test_its_interpreter_is_named_and_taken_away_again(cli: Cli, folder: Path) -> None:
    named = cli(*add(folder, "--python", "/usr/bin/python3", "--json")).json
    assert named["python"] == "/usr/bin/python3"
    assert cli("process", "edit", "job", "--python", "none", "--json").json["python"] is None


def test_a_process_may_become_another_kind_and_back(cli: Cli, folder: Path) -> None:
    cli(*add(folder, "--python", "/usr/bin/python3"))
    command = cli("process", "edit", "job", "--command", "true", "--json").json
    assert (command["kind"], command["command"]) == ("command", "true")
    assert (command["target"], command["python"]) == (None, None)
    python = cli("process", "edit", "job", "--python-call", "job:main", "--json").json
    assert (python["kind"], python["target"]) == ("python", "job:main")


REFUSED: list[tuple[list[str], str]] = [
    ([], "--command: is missing: give a shell command, or --python-call"),
    (["--python-call", ""], "--python-call: is missing: name a callable, for example: "),
    (["--python-call", "job.main"], "--python-call: 'job.main' is not package.module:callable"),
    (["--python-call", "jobs:main"], "--python-call: there is no module 'jobs', neither in "),
    (["--python-call", "job:two"], "--python-call: it requires a, b: let it take a context"),
    (
        ["--python-call", "job:main", "--command", "true"],
        "--command: cannot be given with --python-call: a process runs one of them",
    ),
    (
        ["--command", "true", "--python-call", "job:main"],
        "--python-call: cannot be given with --command: a process runs one of them",
    ),
    (
        ["--command", "true", "--python", "/usr/bin/python3"],
        "--python: is for Python processes: give --python-call as well",
    ),
    (["--python-call", "job:main", "--python", "env"], "--python: 'env' is not absolute"),
    (["--python-call", "job:main", "--python", "/nowhere"], "--python: there is no interpreter"),
    (["--python-call", "job:main", "--cwd", "/nowhere"], "--cwd: cannot be used: The working"),
    (["--command", "true", "--declare", "A: colour"], "--declare: A: 'colour' is no type"),
    (["--command", "true", "--declare", "A: number = x"], "--declare: A: its default must be a"),
    (["--command", "true", "--declare", "1A"], "--declare: '1A' cannot be a variable's name"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_cannot_be_run_is_refused_and_not_stored(
    cli: Cli, folder: Path, options: list[str], message: str
) -> None:
    refused = cli("process", "add", "x", "--cwd", folder, *options)
    assert refused.code == 2
    assert refused.err.startswith(message)
    assert refused.err.count("\n") == 1
    assert cli("process", "list", "--json").json == []


def test_what_does_not_concern_the_callable_is_changed_also_when_that_is_gone(
    cli: Cli, folder: Path
) -> None:
    cli(*add(folder))
    (folder / "job.py").unlink()
    assert cli("process", "edit", "job", "--inactive").code == 0
    refused = cli("process", "edit", "job", "--env", "A=1")
    assert (refused.code, refused.err.partition(":")[0]) == (2, "--python-call")


def test_people_see_what_is_called_with_what(cli: Cli, folder: Path) -> None:
    declare = ("--declare", "MODE!: text = fast {fast|full} # how", "--declare", "DAY: date")
    cli(*add(folder, *declare))
    output = cli("process", "show", "job").out
    assert "Python call        job:main\n" in output
    assert "Python             -\n" in output
    assert "Parameters         MODE!: text = fast {fast|full} # how\n" in output
    assert "\n                   DAY: date\n" in output
    assert "job:main (Python)" in cli("process", "list").out


def test_declared_parameters_are_one_object_each(cli: Cli) -> None:
    declare = ("--declare", "MODE!: text = fast {fast|full} # how", "--declare", "DAY: date")
    added = cli("process", "add", "x", "--command", "true", *declare, "--json").json
    assert added["parameters"] == [
        {
            "name": "MODE",
            "type": "text",
            "default": "fast",
            "required": True,
            "description": "how",
            "choices": ["fast", "full"],
        },
        {
            "name": "DAY",
            "type": "date",
            "default": None,
            "required": False,
            "description": "",
            "choices": [],
        },
    ]


def test_an_edit_replaces_all_of_them_or_none(cli: Cli) -> None:
    cli("process", "add", "x", "--command", "true", "--declare", "A", "--declare", "B")

    def names(*options: str) -> list[str]:
        edited = cli("process", "edit", "x", *options, "--json").json
        return [parameter["name"] for parameter in edited["parameters"]]

    assert names("--description", "d") == ["A", "B"]
    assert names("--declare", "C") == ["C"]
    assert names("--declare", "none") == []


def test_a_secret_default_is_hidden_unless_it_is_asked_for(cli: Cli) -> None:
    line = "TOKEN: secret = hunter2"
    added = cli("process", "add", "x", "--command", "true", "--declare", line)
    assert "hunter2" not in added.out
    assert f"TOKEN: secret = {MASK}" in added.out
    assert "hunter2" not in cli("process", "show", "x", "--json").out
    assert line in cli("process", "show", "x", "--show-secrets").out
    process = cli("process", "show", "x", "--json", "--show-secrets").json
    assert process["parameters"][0]["default"] == "hunter2"


def test_the_mask_of_a_default_stands_for_what_is_stored(cli: Cli) -> None:
    cli("process", "add", "x", "--command", "true", "--declare", "TOKEN: secret = hunter2")
    cli("process", "edit", "x", "--declare", f"TOKEN!: secret = {MASK} # of the shop")
    output = cli("process", "show", "x", "--show-secrets").out
    assert "TOKEN!: secret = hunter2 # of the shop" in output
    refused = cli("process", "edit", "x", "--declare", f"OTHER: secret = {MASK}")
    assert refused.code == 2
    assert refused.err.startswith("--declare: ")
