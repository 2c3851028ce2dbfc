"""When output is coloured, and how it leaves the program."""

import io
import os
import pty
import sys
from importlib import import_module

import pytest

from tests.cli.conftest import Cli
from tui_scheduler.cli import main
from tui_scheduler.cli.printing.output import complain, has_colour, is_terminal


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output of commands counts as a terminal 60 cells wide."""
    import_module("tui_scheduler.cli.runs.log")  # or what is patched would be there to stay
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("tui_scheduler.cli.printing.output.is_terminal", lambda _stream: True)


@pytest.mark.usefixtures("on_terminal")
def test_a_terminal_gets_colours(cli: Cli, backup: int) -> None:
    assert "\x1b[32mscheduled\x1b[0m" in cli("schedule", backup).out


@pytest.mark.usefixtures("on_terminal")
def test_nobody_gets_colours_who_does_not_want_them(
    cli: Cli, backup: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("schedule", backup).out
    monkeypatch.setenv("NO_COLOR", "")
    assert has_colour()


def test_a_pipe_gets_no_colours(cli: Cli, backup: int) -> None:
    assert "\x1b" not in cli("schedule", backup).out


def test_a_pipe_gets_colours_where_they_are_insisted_on(
    cli: Cli, backup: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "")
    assert "\x1b" not in cli("request", "show", backup).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1mId" in cli("request", "show", backup).out
    assert "\x1b" not in cli("request", "show", backup, "--json").out
    monkeypatch.setenv("NO_COLOR", "")
    assert "\x1b" in cli("request", "show", backup).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("request", "show", backup).out


@pytest.mark.usefixtures("on_terminal")
def test_a_table_fits_the_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    cli("process", "add", "a-rather-long-name", "--command", "echo " + "very " * 20)
    assert {len(line) <= 60 for line in cli("process", "list").out.splitlines()} == {True}


@pytest.mark.usefixtures("on_terminal")
def test_json_is_never_coloured(cli: Cli, backup: int) -> None:
    assert "\x1b" not in cli("schedule", backup, "--json").out


def test_a_complaint_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    complain("one\ntwo \x1b[2J \udcff")
    assert capsys.readouterr().err == "one␊two ␛[2J \N{REPLACEMENT CHARACTER}\n"


def test_a_complaint_that_nobody_can_read_is_no_data(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    complain("lost")
    assert capsys.readouterr().out == ""


def test_a_terminal_is_told_from_everything_else() -> None:
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(follower) as terminal:
        assert is_terminal(terminal)
    assert not is_terminal(terminal)
    assert not is_terminal(io.StringIO())
    assert not is_terminal(None)


@pytest.mark.usefixtures("backup")
def test_a_letter_that_cannot_be_shown_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding="ascii"))
    assert main(["process", "edit", "backup", "--description", "naïve"]) == 0
    assert b"Description        na?ve\n" in output.getvalue()


def test_of_a_word_without_end_the_beginning_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    complain(f"There is no process '{'a' * 5000}'. See tui-scheduler process list")
    assert capsys.readouterr().err == (
        f"There is no process '{'a' * 498}… See tui-scheduler process list\n"
    )
