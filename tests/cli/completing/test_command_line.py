"""A line that is still being typed, read as a shell would."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_scheduler.cli.completing.command_line import TypedLine, quoted


@pytest.mark.parametrize(
    ("line", "words", "word"),
    [
        ("", [], ""),
        ("run show", ["run"], "show"),
        ("run  show ", ["run", "show"], ""),
        (r"my\ job", [], "my job"),
        ("'my job' x", ["my job"], "x"),
        ("'my jo", [], "my jo"),
        ('"say \\"hi', [], 'say "hi'),
        (r'"a\b', [], r"a\b"),
        ("it\\'s", [], "it's"),
        ("'' ", [""], ""),
        ("end\\", [], "end"),
    ],
)
def test_words_and_the_one_that_is_typed(line: str, words: list[str], word: str) -> None:
    typed = TypedLine().type(line)
    assert (typed.words, typed.word) == (words, word)


@pytest.mark.parametrize(
    ("line", "begun", "quote"),
    [
        ("x a:b:c", 4, ""),
        (r"x a\:b", 0, ""),
        ("x --process=ba", 10, ""),
        ('x "a:b', 0, '"'),
        ("x 'it", 0, "'"),
        ('x a"b"c', 2, ""),
    ],
)
def test_where_the_word_begins_for_a_shell_that_breaks_words(
    line: str, begun: int, quote: str
) -> None:
    typed = TypedLine(breaks=" \t\n:=").type(line)
    assert (typed.begun, typed.quote) == (begun, quote)


PRINTABLE = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1
)


@given(PRINTABLE)
def test_what_is_quoted_is_read_back_as_it_was(text: str) -> None:
    assert TypedLine().type(quoted(text, "")).word == text
    assert TypedLine().type('"' + quoted(text, '"')).word == text
    assert TypedLine().type("'" + quoted(text, "'")).word == text
    assert shlex.split(quoted(text, "")) == [text]
