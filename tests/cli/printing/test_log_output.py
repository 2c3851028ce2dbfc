"""How a log becomes lines on a terminal."""

import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from os import terminal_size
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from tests.test_text import HOSTILE, is_harmless
from tui_scheduler.cli.printing.log_output import TerminalOutput
from tui_scheduler.services.logs.line_model import shown_bytes
from tui_scheduler.services.logs.log_file import BLOCK, LONGEST, LogFile

Printed = Callable[..., str]


def print_log(path: Path, *chunks: bytes, colour: bool = False) -> None:
    """Print what is in a log each time after a chunk was written to it."""
    output, log, position = TerminalOutput(colour), LogFile(path), 0
    for number, chunk in enumerate(chunks, 1):
        with path.open("ab") as file:
            file.write(chunk)
        log.refresh()
        position = output.copy(log, position, is_last=number == len(chunks))


@pytest.fixture
def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    def get(*chunks: bytes, colour: bool = False) -> str:
        print_log(tmp_path / "run.log", *chunks, colour=colour)
        return capsys.readouterr().out

    return get


def seen(printed: str) -> str:
    """What a terminal shows at last."""
    return shown_bytes(printed.encode()).decode()


def test_lines_are_whole_however_they_arrive(printed: Printed) -> None:
    text = "añb\nçd\n".encode()
    pieces = [text[place : place + 1] for place in range(len(text))]
    assert seen(printed(*pieces)) == "añb\nçd\n"


def test_a_line_is_shown_before_it_is_finished(printed: Printed) -> None:
    assert printed(b"Waiting for lock... ", b"") == (
        "Waiting for lock... \r                    \rWaiting for lock... \n"
    )


def test_an_unfinished_line_is_shown_anew_when_it_has_grown(printed: Printed) -> None:
    output = printed(b"one\n10%", b"\r50%", b"", b"\rdone\ntwo\n")
    assert output == "one\n10%\r   \r50%\r   \rdone\ntwo\n"


def test_the_end_is_shown_of_an_unfinished_line_that_is_wider_than_the_terminal(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_, **__: terminal_size((10, 24)))
    assert printed(b"0123456789", b"") == "…23456789\r         \r0123456789\n"


def test_wide_letters_are_not_cut(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_, **__: terminal_size((8, 24)))
    assert printed("a日本語日".encode(), b"").startswith("…本語日\r")


def test_a_sequence_cut_in_two_is_understood(printed: Printed) -> None:
    assert printed(b"\x1b[3", b"1mred\n", colour=True).endswith("\r\x1b[0;31mred\x1b[0m\n")


def test_a_colour_goes_on_in_the_next_line(printed: Printed) -> None:
    red = "\x1b[0;31m"
    assert printed(b"\x1b[31mone\ntwo\n", colour=True) == f"{red}one\x1b[0m\n{red}two\x1b[0m\n"


def test_a_colour_that_was_chosen_before_the_first_line_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(b"\x1b[31mone\ntwo\n")
    log = LogFile(path)
    log.refresh()
    TerminalOutput(has_colour=True).copy(log, log.tail(1), is_last=True)
    assert capsys.readouterr().out == "\x1b[0;31mtwo\x1b[0m\n"


def test_without_colour_no_sequence_is_left(printed: Printed) -> None:
    assert printed(b"\x1b[31;1mred\x1b[0m\x1b[2J\n") == "red\n"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (b"10%\r50%\rdone\n", "done\n"),
        (b"dos\r\n", "dos\n"),
        (b"a\r\r\n", "a\n"),
        (b"|\x08/\x08ok\n", "ok\n"),
        (b"50%\r" * 100_000 + b"\n", "50%\n"),
    ],
)
def test_a_progress_bar_is_shown_as_it_ended(printed: Printed, line: bytes, left: str) -> None:
    assert printed(line) == left


def test_a_long_line_is_printed_as_one(printed: Printed) -> None:
    assert printed(b"x" * 5 * BLOCK + b"y\nz\n") == "x" * 5 * BLOCK + "y\nz\n"


def test_the_rest_of_a_long_line_waits_for_its_end(printed: Printed) -> None:
    assert printed(b"x" * 5 * BLOCK + b"y", b"z", b"\n") == "x" * 5 * BLOCK + "yz\n"


def test_a_progress_bar_that_has_to_be_cut_is_several_lines(printed: Printed) -> None:
    assert printed(b"50%\r" * (LONGEST // 4 + 10)) == "50%\n50%\n"


def test_bytes_that_are_not_utf8_are_shown(printed: Printed) -> None:
    assert printed(b"\xff\x00\n") == "\N{REPLACEMENT CHARACTER}␀\n"


def test_text_without_colours_is_passed_on_unchanged(printed: Printed) -> None:
    assert printed(b"one\ntwo\n", colour=True) == "one\ntwo\n"


def test_a_colour_ends_with_its_line(printed: Printed) -> None:
    assert printed(b"a\x1b[31mb\x1b[2J\n", colour=True) == "\x1b[0ma\x1b[0;31mb\x1b[0m\n"


@settings(deadline=None)
@given(HOSTILE)
def test_nothing_but_colours_is_left_of_any_text(text: str) -> None:
    with TemporaryDirectory() as folder, redirect_stdout(StringIO()) as printed:
        print_log(Path(folder, "log"), text.encode("utf-8", "surrogatepass"), colour=True)
    assert is_harmless(seen(printed.getvalue()).replace("\n", ""))
    assert printed.getvalue().count("\x1b") == printed.getvalue().count("\x1b[0")
