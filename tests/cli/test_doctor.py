"""What is wrong, as lines, as a document and as an exit code."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.serving.test_serve import next_line, serving
from tui_scheduler.cli import doctor


def execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.usefixtures("backup")
class TestDoctor:
    def test_a_sound_database_is_done(self, cli: Cli, database_file: Path) -> None:
        healthy = cli("doctor")
        assert (healthy.code, healthy.err) == (0, "")
        first, *others = healthy.out.splitlines()
        assert first.startswith(f"✓ ok        database     {database_file}, ")
        assert len(others) == 17
        assert all(line[:11] in ("✓ ok       ", "! warning  ") for line in others)

    def test_a_problem_fails_until_it_is_repaired(self, cli: Cli, database_file: Path) -> None:
        database_file.chmod(0o620)
        ill = cli("doctor")
        assert (ill.code, ill.err) == (1, "")
        [line] = [line for line in ill.out.splitlines() if line.startswith("✗ problem")]
        assert " permissions  3 files may be written by others" in line  # SQLite made two of them
        assert f": {database_file}, " in line
        assert line.endswith(". Close them: tui-scheduler doctor --fix")
        repaired = cli("doctor", "--fix")
        assert repaired.code == 0
        assert "✓ repaired  permissions  3 files may be" in repaired.out
        assert "repaired" not in cli("doctor", "--fix").out

    def test_what_cannot_be_repaired_fails(self, cli: Cli, database_file: Path) -> None:
        execute(database_file, "UPDATE request SET parameters = '{'")
        assert cli("doctor", "--fix").code == 1

    def test_the_document(self, cli: Cli, database_file: Path) -> None:
        execute(database_file, "UPDATE request SET timezone = 'Mars/\x1b[2J'")
        ill = cli("doctor", "--json")
        assert ill.code == 1
        assert ill.json["ok"] is False
        assert len(ill.json["checks"]) >= 13
        [zones] = [check for check in ill.json["checks"] if check["check"] == "zones"]
        assert zones["verdict"] == "problem"
        assert "Mars/\x1b[2J" in zones["found"]
        assert "--timezone ZONE" in zones["remedy"]

    def test_hostile_names_do_not_reach_the_terminal(
        self, cli: Cli, database_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        execute(database_file, "UPDATE request SET timezone = 'Mars/\x1b[2J'")
        monkeypatch.setattr(doctor, "has_colour", lambda: True)
        output = cli("doctor").out
        assert "\x1b[31m✗ problem\x1b[0m   zones" in output
        assert "\x1b[2J" not in output

    def test_it_works_beside_a_scheduler(self, cli: Cli, database_file: Path) -> None:
        cli("schedule", 1)
        with serving(database_file) as server:
            assert next_line(server) == f"{database_file}: scheduling.\n"
            assert cli("doctor", "--fix").code == 0
            assert f"scheduler    Process {server.pid} schedules" in cli("doctor").out


def test_a_database_that_cannot_be_read_is_said_in_one_sentence(
    cli: Cli, database_file: Path
) -> None:
    database_file.write_text("Dear diary, " * 100)
    refused = cli("doctor", "--fix")
    assert (refused.code, refused.out) == (4, "")
    assert "is not an SQLite database" in refused.err
    assert refused.err.count("\n") == 1


@pytest.mark.usefixtures("_no_database")
def test_a_database_that_is_not_there_is_not_made(cli: Cli, database_file: Path) -> None:
    refused = cli("doctor")
    assert (refused.code, refused.out) == (3, "")
    assert "There is no database" in refused.err
    assert not database_file.exists()


def test_keys_in_conflict_are_found_with_their_file(cli: Cli, backup: int, tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('[keymap]\n"request.new" = "s"\n"run.stpo" = "z"\n')
    checks = [
        check
        for check in cli("--config", config, "doctor", "--json").json["checks"]
        if check["check"] == "keys"
    ]
    assert [check["verdict"] for check in checks] == ["warning", "warning"]
    assert checks[0]["found"] == f"{config}: keymap: No key has the id 'run.stpo'"
    assert checks[1]["found"].startswith(f"{config}: keymap: 's' is the key of both request.new")
    assert checks[1]["remedy"] == "Give one of them another key"
    config.write_text('[keymap]\n"request.new" = "i"\n')
    outcome = cli("--config", config, "doctor")
    assert f"{config}: no key of yours is in conflict with another" in outcome.out
    assert backup == 1
