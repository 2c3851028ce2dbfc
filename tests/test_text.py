"""Outside text, made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.texts import ANY_CHARACTER
from tui_scheduler.text import decode, is_visible, plain

HOSTILE = st.text(
    st.sampled_from([*"ab;0123456789m[]()\\P_^X\x1b\x07\x00\r\n\t\x9b\x9c\x9d\u202e\ud800é日"]),
    max_size=60,
)


def is_harmless(text: str) -> bool:
    return not any(
        unicodedata.category(char) in ("Cc", "Cs") or char in "\u202a\u202e\u2066\u2069"
        for char in text
    )


class TestPlain:
    def test_printable_text_stays_as_it_is(self) -> None:
        text = "grep [/etc] é 日本語 🚀 👩‍🚀"
        assert plain(text) == text

    @pytest.mark.parametrize(
        ("text", "visible"),
        [
            ("\x1b[31m", "␛[31m"),
            ("a\x00b\x07", "a␀b␇"),
            ("\x7f", "␡"),
            ("\x9b31m", "\ufffd31m"),
            ("\u202egpj.exe", "\ufffdgpj.exe"),
            ("\ud800", "\ufffd"),
            ("a\tb", "a       b"),
            ("日本\tb", "日本    b"),
            ("\x1b\tb", "␛       b"),
            ("a\nb\r\n", "a␊b␍␊"),
            ("a\u2028b", "a␤b"),
        ],
    )
    def test_what_is_not_printable_is_made_visible(self, text: str, visible: str) -> None:
        assert plain(text) == visible

    def test_tabs_go_by_cells_in_each_line(self) -> None:
        assert plain("é\t1\n日\t2\ne\u0301\t3", newlines=True) == (
            "é       1\n日      2\ne\u0301       3"
        )

    def test_line_ends_stay_when_they_are_wanted(self) -> None:
        assert plain("a\nb\x1b", newlines=True) == "a\nb␛"

    @given(st.text(ANY_CHARACTER))
    def test_nothing_harmful_is_left_of_any_text(self, text: str) -> None:
        assert is_harmless(plain(text))


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert decode(b"caf\xc3\xa9 \xff\xfe") == "café \ufffd\ufffd"


@pytest.mark.parametrize("text", ["a", " - ", "日", "\u200ba", "🚀", "\ue0b0", "é"])
def test_what_can_be_seen(text: str) -> None:
    assert is_visible(text)


@pytest.mark.parametrize(
    "text", ["", " \t", "\u200b\u2060", "\xad", "\u0301", "\u3164", "\u2800", "\x1b"]
)
def test_what_cannot_be_seen(text: str) -> None:
    assert not is_visible(text)
