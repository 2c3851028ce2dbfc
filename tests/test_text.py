"""Outside text, made harmless."""

import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.text import (
    Span,
    coloured,
    decode,
    plain,
    settled,
    without_sequences,
)

TOO_SLOW = 5.0
"""Seconds of the processor, whatever else it does; a tenth of that is what is needed here."""

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
        ("text", "shown"),
        [
            ("\x1b[31m", "␛[31m"),
            ("a\x00b\x07", "a␀b␇"),
            ("\x7f", "␡"),
            ("\x9b31m", "\ufffd31m"),
            ("\u202egpj.exe", "\ufffdgpj.exe"),
            ("\ud800", "\ufffd"),
            ("a\tb", "a       b"),
            ("a\nb\r\n", "a␊b␍␊"),
            ("a\u2028b", "a␤b"),
        ],
    )
    def test_what_is_not_printable_is_made_visible(self, text: str, shown: str) -> None:
        assert plain(text) == shown

    def test_line_ends_stay_when_they_are_wanted(self) -> None:
        assert plain("a\nb\x1b", newlines=True) == "a\nb␛"

    @given(st.text())
    def test_nothing_harmful_is_left_of_any_text(self, text: str) -> None:
        assert is_harmless(plain(text))


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert decode(b"caf\xc3\xa9 \xff\xfe") == "café \ufffd\ufffd"


class TestColoured:
    def test_colours_become_values(self) -> None:
        assert coloured("a\x1b[1;31mred\x1b[0mb") == [
            Span("a", UNSTYLED),
            Span("red", AnsiStyle(foreground=1, bold=True)),
            Span("b", UNSTYLED),
        ]

    @pytest.mark.parametrize(
        "sequence",
        [
            "\x1b[2J",
            "\x1b[?25l",
            "\x1b]0;a title\x07",
            "\x1b]8;;http://example.com\x1b\\",
            "\x1bPq#0\x1b\\",
            "\x1b_application\x1b\\",
            "\x1b(B",
            "\x1b7",
            "\x1bc",
            "\x9b2J",
            "\x9d0;a title\x9c",
        ],
    )
    def test_other_sequences_are_dropped(self, sequence: str) -> None:
        assert coloured(f"a{sequence}b") == [Span("ab", UNSTYLED)]

    def test_an_unterminated_sequence_is_shown(self) -> None:
        assert coloured("\x1b]0;title")[0].text == "␛]0;title"

    def test_the_style_at_the_end_can_be_carried_on(self) -> None:
        *_, last = coloured("a\x1b[32m")
        assert last == Span("", AnsiStyle(foreground=2))
        assert coloured("b", last.style) == [Span("b", AnsiStyle(foreground=2))]

    def test_line_ends_stay(self) -> None:
        assert coloured("a\nb")[0].text == "a\nb"

    @given(HOSTILE)
    def test_nothing_harmful_is_left_of_any_text(self, text: str) -> None:
        assert all(is_harmless(span.text.replace("\n", "")) for span in coloured(text))

    @pytest.mark.parametrize(
        "text",
        [
            "\x1b[" + "1" * 1_000_000,
            "\x1b[" * 150_000,
            "\x1b]" + "x" * 300_000,
            "\x1b]a" * 100_000,
            "\x9d" * 300_000,
            "\x1b[1m" * 75_000,
            "\x1b[31" + " " * 300_000,
        ],
    )
    def test_a_long_text_made_to_be_slow_is_not(self, text: str) -> None:
        began = process_time()
        coloured(text)
        assert process_time() - began < TOO_SLOW


class TestBytes:
    @pytest.mark.parametrize(
        ("data", "left"),
        [
            (b"10%\r50%\r100%\n", b"100%\n"),
            (b"dos\r\nlines\r\n", b"dos\r\nlines\r\n"),
            (b"50%\r", b"50%\r"),
            (b"a\rb\nc\rd", b"b\nd"),
            (b"none\n", b"none\n"),
        ],
    )
    def test_a_progress_bar_settles_to_its_last_state(self, data: bytes, left: bytes) -> None:
        assert settled(data) == left

    def test_sequences_are_dropped(self) -> None:
        data = b"\x1b[32mok\x1b[0m \x1b]0;t\x07done \xc2\x9b1mx"
        assert without_sequences(data) == b"ok done x"

    def test_other_bytes_stay(self) -> None:
        assert (
            without_sequences(b"caf\xc3\xa9 \xc2\xa3 \xff\x00") == b"caf\xc3\xa9 \xc2\xa3 \xff\x00"
        )

    @pytest.mark.parametrize("data", [b"x" * 300_000, b"\r" * 300_000, b"x\r" * 150_000])
    def test_a_long_line_settles_in_linear_time(self, data: bytes) -> None:
        began = process_time()
        settled(data)
        assert process_time() - began < TOO_SLOW
