"""Which runs never run together, as it is typed, kept in a file, shown and refused."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

ADD = ("process", "add", "backup", "--command", "true")
WAIT = "run 1 of backup, which is next for the lock db"


def locks(cli: Cli, name: str = "backup") -> object:
    return cli("process", "show", name, "--json").json["locks"]


def test_unless_it_is_said_there_are_none(cli: Cli) -> None:
    cli(*ADD)
    assert locks(cli) == []
    assert "Locks" not in cli("process", "show", "backup").out


def test_they_are_kept_and_can_be_taken_away(cli: Cli) -> None:
    assert cli(*ADD, "--lock", "db", "--lock", "net.1", "--lock", "db").code == 0
    assert locks(cli) == ["db", "net.1"]
    assert "Locks              db, net.1\n" in cli("process", "show", "backup").out
    cli("process", "edit", "backup", "--description", "x")
    assert locks(cli) == ["db", "net.1"]
    cli("process", "edit", "backup", "--lock", "tape")
    assert locks(cli) == ["tape"]
    cli("process", "edit", "backup", "--lock", "None")
    assert locks(cli) == []


def test_a_file_has_them(cli: Cli, tmp_path: Path) -> None:
    cli(*ADD, "--lock", "db")
    exported = cli("export").out
    assert 'locks = [\n    "db",\n]' in exported
    file = tmp_path / "all.toml"
    file.write_text(exported.replace('"db",', '"db", "net"'))
    planned = cli("apply", file, "--dry-run")
    assert "    locks: db -> db, net\n" in planned.out
    assert cli("apply", file).code == 0
    assert locks(cli) == ["db", "net"]
    file.write_text(exported.replace('"db",', ""))
    assert cli("apply", file).code == 0
    assert locks(cli) == []


def test_a_file_of_an_older_version_has_none(cli: Cli, tmp_path: Path) -> None:
    cli(*ADD)
    exported = cli("export").out
    assert "locks" not in exported
    cli("process", "edit", "backup", "--lock", "db")
    file = tmp_path / "all.toml"
    file.write_text(exported)
    assert cli("apply", file).code == 0
    assert locks(cli) == []


@pytest.mark.parametrize("value", ['"db"', "[1]", "7"])
def test_what_is_no_list_of_names_in_a_file_is_refused(
    cli: Cli, tmp_path: Path, value: str
) -> None:
    cli(*ADD, "--lock", "db")
    file = tmp_path / "all.toml"
    file.write_text(cli("export").out.replace('[\n    "db",\n]', value))
    refused = cli("apply", file)
    assert refused.code == 2
    assert 'locks: is no list of names: write it like ["db"], or [] for none' in refused.err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["a b"], "--lock: 'a b' is no name: use letters, digits, - _ and ."),
        (["x" * 65], "--lock: must have at most 64 characters each"),
        (["none", "db"], "--lock: 'none' stands alone, for no lock (in a file: [])"),
        ([f"l{number}" for number in range(21)], "--lock: are more than 20: let one stand for"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(
    cli: Cli, given: list[str], message: str
) -> None:
    refused = cli(*ADD, *(part for name in given for part in ("--lock", name)))
    assert refused.code == 2
    assert refused.err.startswith(message)


def test_a_run_says_for_whom_it_waits_and_what_it_needs(cli: Cli) -> None:
    for name in ("backup", "vacuum"):
        cli("process", "add", name, "--command", "true", "--lock", "db")
        cli("request", "add", "--process", name, "--timing", "immediate")
    cli("trigger", 1)
    cli("trigger", 2)
    first, second = (cli("run", "show", number, "--json").json for number in (1, 2))
    assert (first["waits_for"], second["waits_for"]) == (None, WAIT)
    assert (first["locks"], second["locks"]) == (["db"], ["db"])
    assert second["note"] == f"Waits for {WAIT}"
    listed = cli("runs", "--json").json
    assert [run["waits_for"] for run in listed] == [WAIT, None]
    assert f"Waits for {WAIT}" in cli("runs").out
    output = cli("run", "show", 2).out
    assert f"Note           Waits for {WAIT}\n" in output
    assert "Locks          db\n" in output
