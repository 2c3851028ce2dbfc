"""How pieces of a log become lines on a terminal."""

from contextlib import redirect_stdout
from io import StringIO

import pytest
from hypothesis import given

from tests.test_text import HOSTILE, is_harmless
from tui_scheduler.cli.printing.log_output import TerminalOutput
from tui_scheduler.text import without_sequences


def shown(capsys: pytest.CaptureFixture[str], *chunks: bytes, colour: bool = False) -> str:
    output = TerminalOutput(colour)
    for chunk in chunks:
        output.write(chunk)
    output.finish()
    return capsys.readouterr().out


def test_lines_are_whole_however_they_arrive(capsys: pytest.CaptureFixture[str]) -> None:
    text = "añb\nçd\n".encode()
    pieces = [text[place : place + 1] for place in range(len(text))]
    assert shown(capsys, *pieces) == "añb\nçd\n"


def test_an_unfinished_line_waits_for_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    output = TerminalOutput(has_colour=False)
    output.write(b"one\ntw")
    assert capsys.readouterr().out == "one\n"
    output.finish()
    assert capsys.readouterr().out == "tw\n"


def test_a_sequence_cut_in_two_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, b"\x1b[3", b"1mred\n", colour=True) == "\x1b[0;31mred\x1b[0m\n"


def test_a_colour_goes_on_in_the_next_line(capsys: pytest.CaptureFixture[str]) -> None:
    red = "\x1b[0;31m"
    assert (
        shown(capsys, b"\x1b[31mone\ntwo\n", colour=True) == f"{red}one\x1b[0m\n{red}two\x1b[0m\n"
    )


def test_without_colour_no_sequence_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, b"\x1b[31;1mred\x1b[0m\x1b[2J\n") == "red\n"


@pytest.mark.parametrize(
    ("line", "left"),
    [(b"10%\r50%\rdone\n", "done\n"), (b"dos\r\n", "dos\n"), (b"a\r\r\n", "\n")],
)
def test_a_progress_bar_is_shown_as_it_ended(
    capsys: pytest.CaptureFixture[str], line: bytes, left: str
) -> None:
    assert shown(capsys, line) == left


def test_a_line_without_end_is_not_held_for_ever(capsys: pytest.CaptureFixture[str]) -> None:
    output = TerminalOutput(has_colour=False)
    output.write(b"x" * 70_000)
    assert len(capsys.readouterr().out) == 70_000
    output.write(b"y\n")
    assert capsys.readouterr().out == "y\n"


def test_bytes_that_are_not_utf8_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, b"\xff\x00\n") == "\N{REPLACEMENT CHARACTER}␀\n"


def test_text_without_colours_is_passed_on_unchanged(capsys: pytest.CaptureFixture[str]) -> None:
    printed = shown(capsys, b"one\ntwo\n", colour=True)
    assert printed.replace("\x1b[0m", "") == "one\ntwo\n"


def test_a_colour_ends_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    printed = shown(capsys, b"a\x1b[31mb\x1b[2J\n", colour=True)
    assert printed == "\x1b[0ma\x1b[0;31mb\x1b[0m\n"


@given(HOSTILE)
def test_nothing_but_colours_is_left_of_any_text(text: str) -> None:
    with redirect_stdout(StringIO()) as printed:
        output = TerminalOutput(has_colour=True)
        output.write(text.encode("utf-8", "surrogatepass"))
        output.finish()
    left = without_sequences(printed.getvalue().encode("utf-8")).decode("utf-8")
    assert is_harmless(left.replace("\n", ""))
    assert printed.getvalue().count("\x1b") == printed.getvalue().count("\x1b[0")
