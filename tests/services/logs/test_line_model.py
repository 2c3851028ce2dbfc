"""What a terminal shows of a line."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_text import HOSTILE, is_harmless
from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.services.logs.line_cursor import Span
from tui_scheduler.services.logs.line_model import (
    latest_state,
    shown_bytes,
    shown_line,
    whole_from,
)
from tui_scheduler.text import decode

TOO_SLOW = 5.0
"""Seconds of the processor, whatever else it does; a tenth of that is what is needed here."""
RED, GREEN = AnsiStyle(foreground=1), AnsiStyle(foreground=2)


def text_of(line: str) -> str:
    return shown_line(line).text


@pytest.mark.parametrize(
    ("line", "visible"),
    [
        ("10%\r50%\r100%", "100%"),
        ("Downloading\rdone", "doneloading"),
        ("Downloading\r\x1b[Kdone", "done"),
        ("Downloading\x1b[2K\rdone", "done"),
        ("Downloading\x1b[2K\x1b[1Gdone", "done"),
        ("Downloading\x1b[1G\x1b[0Jdone", "done"),
        ("50%\r", "50%"),
        ("dos\r", "dos"),
        ("a\r\r", "a"),
        ("|\b/\b-\b\\\b", "\\"),
        ("Working |\b/\b-\bdone", "Working done"),
        ("99%\b\b\b100%", "100%"),
        ("_\bu_\bn", "un"),
        ("\b\bx", "x"),
        ("abc\x1b[2DX", "aXc"),
        ("abc\x1b[99DX", "Xbc"),
        ("abc\x1b[2GX", "aXc"),
        ("abc\x1b[2`X", "aXc"),
        ("ab\x1b[3Cc", "ab   c"),
        ("abcdef\r\x1b[2P", "cdef"),
        ("abc\r\x1b[2@", "  abc"),
        ("abcdef\r\x1b[3X", "   def"),
        ("abcdef\x1b[3G\x1b[1K", "   def"),
        ("a\tb", "a       b"),
        ("abcdefghi\rX\tY", "Xbcdefgh" + "Y"),
        ("日本\tx", "日本    x"),
        ("\x1b[32mOK\x1b[0m\tx", "OK      x"),
    ],
)
def test_what_is_written_over_is_gone(line: str, visible: str) -> None:
    assert text_of(line) == visible


@pytest.mark.parametrize(
    ("line", "visible"),
    [
        ("日本\bX", "日 X"),
        ("日本\rX", "X 本"),
        ("日本\b\b語", "日語"),
        ("ab日\x1b[2GX", "aX日"),
        ("日本\x1b[4G\x1b[K", "日 "),
        ("日本\x1b[2G\x1b[P", " 本"),
        ("e\u0301a\ro", "oa"),
        ("e\b\u0301", "e\u0301"),
        ("e\x1b[0m\u0301", "e\u0301"),
        ("日\x1b[0m\u0301x", "日\u0301x"),
        ("👨\u200d👩\u200d👧x\rab", "abx"),
        ("🇪🇸x\r日", "日x"),
    ],
)
def test_wide_letters_and_marks_are_written_over_by_cells(line: str, visible: str) -> None:
    assert text_of(line) == visible


class TestColours:
    def test_colours_become_values(self) -> None:
        assert shown_line("a\x1b[1;31mred\x1b[0mb").spans == (
            Span("a", UNSTYLED),
            Span("red", AnsiStyle(foreground=1, bold=True)),
            Span("b", UNSTYLED),
        )

    @pytest.mark.parametrize("sequence", ["38;5;208", "38:5:208"])
    def test_a_palette_of_256(self, sequence: str) -> None:
        assert shown_line(f"\x1b[{sequence}mx").spans[0].style == AnsiStyle(foreground=208)

    @pytest.mark.parametrize("sequence", ["48;2;1;2;3", "48:2:1:2:3", "48:2::1:2:3"])
    def test_true_colour(self, sequence: str) -> None:
        assert shown_line(f"\x1b[{sequence}mx").spans[0].style == AnsiStyle(background=(1, 2, 3))

    def test_the_style_at_the_end_is_carried_on(self) -> None:
        first = shown_line("a\x1b[32m")
        assert first.style_after == GREEN
        assert shown_line("b", first.style_after).spans == (Span("b", GREEN),)

    def test_what_is_written_over_something_has_its_own_colour(self) -> None:
        assert shown_line("\x1b[31mabc\r\x1b[32mX").spans == (Span("X", GREEN), Span("bc", RED))

    def test_colours_of_an_overwritten_state_still_hold(self) -> None:
        assert shown_line("\x1b[31m50%\r100%").spans == (Span("100%", RED),)

    def test_one_in_a_single_character_is_understood(self) -> None:
        assert shown_line("\x9b31mx").spans == (Span("x", RED),)

    @pytest.mark.parametrize("sequence", ["\x1b[?31m", "\x1b[>4;2m", "\x1b[31 m"])
    def test_what_only_looks_like_one_is_dropped(self, sequence: str) -> None:
        assert shown_line(f"{sequence}x").spans == (Span("x", UNSTYLED),)


class TestDropped:
    @pytest.mark.parametrize(
        "sequence",
        [
            "\x1b[2J",
            "\x1b[H",
            "\x1b[10;10H",
            "\x1b[3A",
            "\x1b[?25l",
            "\x1b]0;a title\x07",
            "\x1b]0;25°C\x07",
            "\x1b]8;;http://example.com\x1b\\",
            "\x1bPq#0\x1b\\",
            "\x1b_application\x1b\\",
            "\x1b^private\x1b\\",
            "\x1b(B",
            "\x1b7",
            "\x1bc",
            "\x9b2J",
            "\x9d0;a title\x9c",
        ],
    )
    def test_other_sequences_leave_nothing(self, sequence: str) -> None:
        assert text_of(f"a{sequence}b") == "ab"
        assert shown_bytes(f"a{sequence}b".encode()) == b"ab"

    @pytest.mark.parametrize(
        ("line", "visible"),
        [
            ("\x1b]0;title", "␛]0;title"),
            ("x\x1b[3", "x␛[3"),
            ("x\x1b", "x␛"),
            ("\x1b\x1b[31m\x1b", "␛␛"),
            ("\x9b31", "␛[31"),
        ],
    )
    def test_a_sequence_without_an_end_is_shown(self, line: str, visible: str) -> None:
        assert text_of(line) == visible

    def test_several_repainted_lines_stay_where_they_were_written(self) -> None:
        data = b"one 1%\ntwo 1%\n\x1b[2A\x1b[2K\rone 9%\x1b[1B\x1b[2K\rtwo 9%\x1b[1B\n"
        assert shown_bytes(data) == b"one 1%\ntwo 1%\ntwo 9%\n"


@pytest.mark.parametrize(
    ("data", "visible"),
    [
        (b"dos\r\nlines\r\n", b"dos\nlines\n"),
        (b"a\rb\nc\rd", b"b\nd"),
        (b"caf\xc3\xa9 \xff\x00", "café \ufffd␀".encode()),
        (b"\xc2\x9b31mx \xc2\x85", "x \ufffd".encode()),
        ("日\tx\n\x1b[1mb\t\x1b[0my".encode(), "日      x\nb       y".encode()),
    ],
)
def test_lines_are_shown_at_once(data: bytes, visible: bytes) -> None:
    assert shown_bytes(data) == visible


PIECES = [
    *("a", "bcd", " ", "\t", "\r", "\b", "\r\n", "\n", "\x00", "\x0b", "\x85", "\u202e", "\u2028"),
    *(
        "\x1b[K",
        "\x1b[1K",
        "\x1b[2K",
        "\x1b[G",
        "\x1b[5G",
        "\x1b[2D",
        "\x1b[3C",
        "\x1b[P",
        "\x1b[2@",
    ),
    *(
        "\x1b[2X",
        "\x1b[J",
        "\x1b[2J",
        "\x1b[31m",
        "\x1b[0m",
        "\x1b]8;;x\x07",
        "\x9b31m",
        "\x9d0;x\x9c",
    ),
    *("\x1b]0;t", "\x1b\\", "\x1b", "\x1b[", "\x9b"),
    *("日", "e\u0301", "\u0301", "👨\u200d👩", "\u200d", "🇪🇸", "⚠\ufe0f"),
]
LINES = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(LINES)
def test_many_lines_are_shown_as_each_alone(text: str) -> None:
    data = text.encode()
    alone = [shown_line(decode(line)).text for line in data.split(b"\n")]
    assert decode(shown_bytes(data)) == "\n".join(alone)


@given(HOSTILE | LINES)
def test_nothing_harmful_is_left_of_any_text(text: str) -> None:
    assert is_harmless(text_of(text.replace("\n", "")))


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
        "\r" * 300_000,
        "x\r" * 150_000,
        "|\b/\b" * 75_000,
        "\x1b[32m|\x1b[0m\b" * 30_000,
        "99%\b\b\b" * 50_000,
        "\x1b[999C" * 50_000,
        "\x1b[999@x\r" * 30_000,
        "a" + "\u0301" * 150_000,
        "日\b" * 100_000,
        "\t" * 100_000,
    ],
)
def test_a_long_text_made_to_be_slow_is_not(text: str) -> None:
    began = process_time()
    shown_line(text)
    shown_bytes(text.encode())
    assert process_time() - began < TOO_SLOW


class TestLatestState:
    def test_the_last_return_decides(self) -> None:
        assert text_of(latest_state("label 1%\r", "9%\r10%\r11%")) == "11%"

    def test_what_returned_last_is_still_there(self) -> None:
        assert text_of(latest_state("1%\r", "%\r10%\r11%\r")) == "11%"

    def test_a_spinner_keeps_its_label(self) -> None:
        assert text_of(latest_state("Working |\b/\b-", "|\b/\b-\b\\")) == "Working …\\"

    def test_a_long_progress_in_one_line_is_its_last_state(self) -> None:
        line = "".join(f"frame={number:6d} size={40 * number:8d}kB\r" for number in range(30_000))
        assert text_of(line) == "frame= 29999 size= 1199960kB"

    def test_a_long_line_of_text_is_whole(self) -> None:
        line = "x" * 100_000 + "\by"
        assert text_of(line) == "x" * 99_999 + "y"


@pytest.mark.parametrize(
    ("data", "place", "whole"),
    [
        (b"plain", 2, 2),
        ("a€b".encode(), 1, 1),
        ("a€b".encode(), 2, 4),
        ("a€b".encode(), 3, 4),
        (b"a\x1b[31mb", 1, 1),
        (b"a\x1b[31mb", 2, 6),
        (b"a\x1b[31mb", 5, 6),
        (b"a\x1b]8;;x\x1b\\b", 8, 9),
        (b"\x80" * 9, 2, 5),
        (b"a\xe2\x82", 2, 3),
        (b"ab", 2, 2),
    ],
)
def test_a_place_that_cuts_nothing_is_found(data: bytes, place: int, whole: int) -> None:
    assert whole_from(data, place) == whole
