"""What a program said of what went wrong."""

from pathlib import Path

import pytest

from tui_scheduler.services.logs.error_lines import USUAL, ErrorLines
from tui_scheduler.services.logs.telling_line import telling_line


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("", ""),
        ("one", "one"),
        ("one\nerror: two\nerror: three\n0 errors\nbye\n", "error: three"),
        ("one\ntwo\n\n  \n", "two"),
        ("\x1b[31merror:\x1b[0m no such customer\n", "error: no such customer"),
        ("Traceback (most recent call last):\n  here\nmine.NotReady: x\n", "mine.NotReady: x"),
        ("10 %\r100 %\n", "100 %"),
        ("said\n" + "\n" * 1000, ""),
    ],
)
def test_it_is_the_last_error_line_or_the_last_that_is_not_blank(
    tmp_path: Path, written: str, line: str
) -> None:
    log = tmp_path / "run.log"
    log.write_text(written)
    assert telling_line(log, len(written), USUAL) == line


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("-- The folder cannot be entered --\n", ""),
        ("-- Late by 2 s --\n-- 2 processes go on --\n", ""),
        ("-- Late by 2 s --\nhello\n-- 2 processes go on --\n", "hello"),
        ("error: x\nbye\n-- The folder cannot be entered --\n", "error: x"),
        ("-- not of ours --\n", "-- not of ours --"),
    ],
)
def test_what_the_note_says_is_not_told_twice(tmp_path: Path, written: str, line: str) -> None:
    log = tmp_path / "run.log"
    log.write_text(written)
    note = "Late by 2 s. The folder cannot be entered. 2 processes go on"
    assert telling_line(log, len(written), USUAL, note) == line


def test_a_very_long_line_is_cut(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("x" * 10_000_000)
    assert 1 <= len(telling_line(log, 10_000_000, USUAL)) < 10_000_000


def test_a_log_that_is_gone_says_nothing(tmp_path: Path) -> None:
    assert telling_line(tmp_path / "gone.log", 7, USUAL) == ""


def test_a_process_has_words_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("PANIK: no paper\nan error\nbye\n")
    assert telling_line(log, 28, ErrorLines(("PANIK",))) == "PANIK: no paper"
    assert telling_line(log, 28, ErrorLines(())) == "bye"
