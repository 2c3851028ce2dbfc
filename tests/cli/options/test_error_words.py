"""Which lines of a log tell of an error, as it is typed, kept in a file, shown and refused."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

ADD = ("process", "add", "backup", "--command", "true")


def words(cli: Cli) -> object:
    return cli("process", "show", "backup", "--json").json["error_words"]


def test_unless_it_is_said_they_are_those_of_most_programs(cli: Cli) -> None:
    cli(*ADD)
    assert words(cli) is None
    assert "Error words        default\n" in cli("process", "show", "backup").out


def test_they_are_kept_and_can_be_taken_back(cli: Cli) -> None:
    assert cli(*ADD, "--error-word", "ERR", "--error-word", "kein Papier").code == 0
    assert words(cli) == ["ERR", "kein Papier"]
    cli("process", "edit", "backup", "--description", "x")
    assert words(cli) == ["ERR", "kein Papier"]
    cli("process", "edit", "backup", "--error-word", "none")
    assert words(cli) == []
    cli("process", "edit", "backup", "--error-word", "Default")
    assert words(cli) is None


def test_a_file_has_them(cli: Cli, tmp_path: Path) -> None:
    cli(*ADD, "--error-word", "ERR")
    exported = cli("export").out
    assert 'error_words = [\n    "ERR",\n]' in exported
    file = tmp_path / "all.toml"
    file.write_text(exported.replace('"ERR",', ""))
    assert cli("apply", file).code == 0
    assert words(cli) == []
    file.write_text(exported.replace('"ERR",', "17"))
    assert "write it like" in cli("apply", file).err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([" "], "tells no line from others"),
        (["a\nb"], "tells no line from others"),
        (["x" * 101], "at most 100 letters"),
        (["none", "ERR"], "stands alone"),
        ([f"w{number}" for number in range(51)], "at most 50 words"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(
    cli: Cli, given: list[str], message: str
) -> None:
    refused = cli(*ADD, *(part for word in given for part in ("--error-word", word)))
    assert refused.code == 2
    assert refused.err.startswith("--error-word: ")
    assert message in refused.err
