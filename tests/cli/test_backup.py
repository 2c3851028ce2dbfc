"""Copying the database."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tui_scheduler.settings import Settings


@pytest.mark.usefixtures("backup")
class TestBackup:
    def test_it_says_what_is_in_it_and_what_is_not(
        self, cli: Cli, database_file: Path, tmp_path: Path
    ) -> None:
        made = cli("backup", tmp_path / "copy.db")
        assert (made.code, made.out) == (0, "")
        assert made.err.startswith(f"{tmp_path / 'copy.db'}: ")
        logs = Settings(database=database_file).log_folder
        assert made.err.endswith(f"Logs are not part of it; they lie in {logs}\n")

    def test_it_opens_and_passes_the_doctor(self, cli: Cli, tmp_path: Path) -> None:
        file = tmp_path / "copy.db"
        made = cli("backup", file, "--json").json
        assert made["file"] == str(file)
        assert made["size"] == file.stat().st_size
        assert made["log_folder"].endswith("scheduler.db.logs")
        assert cli("--database", file, "doctor").code == 0
        [process] = cli("--database", file, "process", "list", "--json").json
        assert process["name"] == "backup"

    def test_an_existing_file_is_wrong_usage(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "copy.db").touch()
        refused = cli("backup", tmp_path / "copy.db")
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.startswith(f"FILE: {tmp_path / 'copy.db'} exists already: choose")

    def test_a_link_is_named_as_one(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "copy.db").symlink_to(tmp_path / "elsewhere.db")
        refused = cli("backup", tmp_path / "copy.db")
        assert refused.code == 2
        assert f"a symbolic link to {tmp_path / 'elsewhere.db'}: choose" in refused.err
        assert not (tmp_path / "elsewhere.db").exists()

    @pytest.mark.parametrize("stream", ["-", "/dev/stdout"])
    def test_it_goes_into_no_stream(self, cli: Cli, stream: str) -> None:
        refused = cli("backup", stream)
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.startswith("FILE: ")

    def test_a_relative_path_is_from_here(
        self, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert cli("backup", "copy.db").code == 0
        assert (tmp_path / "copy.db").exists()


@pytest.mark.usefixtures("_no_database")
def test_without_a_database_it_is_not_found(cli: Cli, tmp_path: Path) -> None:
    refused = cli("backup", tmp_path / "copy.db")
    assert refused.code == 3
    assert list(tmp_path.iterdir()) == []
