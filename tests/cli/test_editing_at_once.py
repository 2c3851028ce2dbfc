"""Two who edit at the same time: what each was given is changed, and nothing else is put back."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tui_scheduler.cli import group, process, request


def others(file: Path, statement: str) -> None:
    """Change something from another program that does not wait."""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
        other.execute(statement)


def in_between(monkeypatch: pytest.MonkeyPatch, command: Any, do: Callable[[], None]) -> None:
    """Call ``do``, once, after ``command`` has read what it changes."""
    draft_of, left = command.draft_of, [do]

    def interrupted(view: object) -> object:
        while left:
            left.pop()()
        return draft_of(view)

    monkeypatch.setattr(command, "draft_of", interrupted)


@pytest.fixture(autouse=True)
def _defined(cli: Cli, backup: int) -> None:
    assert backup == 1
    assert cli("group", "add", "nightly", "--member", "backup").code == 0


@pytest.mark.parametrize(
    ("command", "table", "arguments"),
    [
        (request, "request", ("request", "edit", 1, "--misfire", "skip")),
        (group, "process", ("group", "edit", "nightly", "--overlap", "queue")),
    ],
)
def test_others_wait_until_what_was_read_is_changed(
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    database_file: Path,
    command: Any,
    table: str,
    arguments: tuple[object, ...],
) -> None:
    tried = []

    def try_in_vain() -> None:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            others(database_file, f"UPDATE {table} SET description = 'theirs'")
        tried.append(True)

    in_between(monkeypatch, command, try_in_vain)
    assert cli(*arguments).code == 0
    assert tried == [True]


def test_a_process_is_read_again_as_its_callable_may_take_time_to_try(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, database_file: Path
) -> None:
    theirs = "UPDATE process SET description = 'theirs' WHERE name = 'backup'"
    in_between(monkeypatch, process, lambda: others(database_file, theirs))
    edited = cli("process", "edit", "backup", "--retries", "3", "--json")
    assert edited.code == 0, edited.err
    assert (edited.json["description"], edited.json["retries"]) == ("theirs", 3)
