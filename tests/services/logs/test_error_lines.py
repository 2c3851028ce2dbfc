"""Which lines tell of an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_scheduler.services.logs.error_lines import (
    USUAL,
    ErrorLines,
    words_given,
    words_said,
)


def marked(errors: ErrorLines, text: str, ahead: str = "") -> list[str]:
    return [(text + ahead)[start:end] for start, end in errors.spans(text, ahead)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ERROR: cannot open x", ["ERROR", "cannot"]),
        ("ValueError: bad", ["Error"]),
        ("java.lang.NullPointerException: x", ["Exception"]),
        ("Traceback (most recent call last):", ["Traceback"]),
        ("sh: 1: foo: not found", ["not found"]),
        ("Permission denied", ["denied"]),
        ("3 failed, 2 passed", ["failed"]),
        ("10 errors", ["errors"]),
        ("failed: 0.5 %", ["failed"]),
        ("errors: 01", ["errors"]),
        ("error_count=3", ["error"]),
        ("Segmentation fault (core dumped)", ["Segmentation fault", "core dumped"]),
        ("İ error", ["error"]),  # a letter that is two in lower case
    ],
)
def test_what_most_programs_write_tells_of_an_error(line: str, words: list[str]) -> None:
    assert marked(USUAL, line) == words


@pytest.mark.parametrize(
    "line",
    [
        "all went well",
        "0 errors, no failures",
        "without any error",
        "12 passed, 0 failed",
        "errors=0",
        '{"errors": 0}',
        "failed (0)",
        "a mirror in terror",
        "stderr is closed",
        "failsafe mode",
    ],
)
def test_that_there_was_none_does_not(line: str) -> None:
    assert marked(USUAL, line) == []


def test_own_words_stand_for_the_others_in_any_case_unless_they_have_a_capital() -> None:
    own = ErrorLines(("ERR", "störung", "€"))
    assert marked(own, "ERR-17 err error Störung 3 €") == ["ERR", "Störung", "€"]
    assert own.count("an error\neine Störung\nERR\n4 €\n".encode()) == 3


def test_without_any_word_no_line_is_one() -> None:
    assert marked(ErrorLines(()), "ERROR") == []
    assert ErrorLines(()).count(b"ERROR\nfatal") == 0


def test_lines_are_counted_and_not_words() -> None:
    assert USUAL.count(b"error, error\nfine\nfatal error\n0 errors\n") == 2
    assert USUAL.count(b"no line end: fatal") == 1


def test_the_last_one_is_told() -> None:
    assert USUAL.last(b"error 1\nfine\nerror 2\n0 errors\nbye\n") == "error 2"
    assert USUAL.last(b"fine\n") == ""


def test_of_a_line_that_was_cut_the_word_may_go_on_behind_the_cut() -> None:
    assert marked(USUAL, "it is an er", "ror, error") == ["error"]
    assert USUAL.count(b"it is an er", "ror") == 1
    assert USUAL.count(b"it is an", " error") == 0  # it begins behind the cut, and is counted there


words = st.sampled_from(
    ["error", "ERROR", "0", "no", "failed", "x", " ", "\n", "_", "ü", "=", "\u017f"]
)


@given(st.lists(words).map("".join))
def test_what_is_counted_is_what_is_marked(text: str) -> None:
    lines = text.split("\n")
    assert USUAL.count(text.encode()) == sum(bool(marked(USUAL, line)) for line in lines)


@pytest.mark.parametrize("words", [None, (), ("ERR", "Panik")])
def test_words_are_read_as_they_are_said(words: tuple[str, ...] | None) -> None:
    assert words_given(words_said(words)) == words
