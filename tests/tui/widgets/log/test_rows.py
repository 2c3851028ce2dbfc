"""Lines of a log, decoded and cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.cells import cell_width as cells
from tui_scheduler.cells import cell_widths
from tui_scheduler.services.logs.line_cursor import Span
from tui_scheduler.services.logs.line_model import ShownLine, shown_line
from tui_scheduler.services.logs.log_file import Line
from tui_scheduler.services.logs.log_search import pattern
from tui_scheduler.tui.widgets.log.rows import Highlight, Row

LINE = Line(0, 0, 0)
RED = Style(color="red")
LETTERS = [*"ab日語é🚀 ", "e\u0301", "🇪🇸", "👩🏽\u200d🚀", "⚠\ufe0f"]
TEXTS = st.lists(st.sampled_from(LETTERS), max_size=60).map("".join)


def row_of(text: str) -> Row:
    return Row(LINE, shown_line(text))


def parts(row: Row, width: int) -> list[str]:
    starts = row.starts(width)
    return [row.text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


class TestWrapping:
    @pytest.mark.parametrize(
        ("text", "width", "lines"),
        [
            ("", 5, [""]),
            ("abc", 5, ["abc"]),
            ("abcde", 5, ["abcde"]),
            ("abcdef", 5, ["abcde", "f"]),
            ("日本語", 5, ["日本", "語"]),
            ("a日本語", 4, ["a日", "本語"]),
            ("日本", 1, ["日", "本"]),
            ("e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),
            ("🇪🇸🇫🇷", 3, ["🇪🇸", "🇫🇷"]),
            ("👩🏽\u200d🚀👩🏽\u200d🚀", 3, ["👩🏽\u200d🚀", "👩🏽\u200d🚀"]),
        ],
    )
    def test_a_text_is_broken_by_its_cells(self, text: str, width: int, lines: list[str]) -> None:
        assert parts(row_of(text), width) == lines

    @given(TEXTS, st.integers(2, 20))
    def test_nothing_is_lost_and_nothing_too_wide(self, text: str, width: int) -> None:
        row = row_of(text)
        assert "".join(parts(row, width)) == row.text
        assert all(cells(part) <= width for part in parts(row, width))


class TestSlicing:
    @given(TEXTS, st.integers(0, 80), st.integers(2, 40))
    def test_a_slice_is_never_wider_than_the_screen(self, text: str, left: int, width: int) -> None:
        row = row_of(text)
        start, end = row.slice_from(left, width)
        assert cells(row.text[start:end]) <= width + 1
        assert cells(row.text[:start]) <= left

    @given(TEXTS)
    def test_cells_before_a_character_are_those_of_the_text_before(self, text: str) -> None:
        row = row_of(text)
        for index, width in enumerate(cell_widths(row.text)):
            assert not width or row.cells_before(index) == cells(row.text[:index])


class TestSegments:
    def test_colours_and_highlights_lie_over_each_other(self) -> None:
        row = row_of("plain \x1b[1mbold\x1b[0m end")
        segments = row.segments(0, 14, [Highlight(4, 8, RED)])
        assert [segment.text for segment in segments] == ["plai", "n ", "bo", "ld", " end"]
        styles = [segment.style for segment in segments]
        assert [style is not None and style.color == RED.color for style in styles] == [
            False,
            True,
            True,
            False,
            False,
        ]
        assert [bool(style and style.bold) for style in styles] == [False, False, True, True, False]

    @given(TEXTS, st.integers(0, 60), st.integers(0, 60))
    def test_segments_are_the_characters_asked_for(self, text: str, start: int, end: int) -> None:
        row = row_of(text)
        marks = [Highlight(2, 5, RED), Highlight(9, 10, RED)]
        drawn = "".join(segment.text for segment in row.segments(start, end, marks))
        assert drawn == row.text[start : max(start, end)]


class TestMatches:
    def test_they_are_where_they_are_seen(self) -> None:
        row = row_of("an \x1b[31mer\x1b[0mror\r\x1b[9Gerror")
        assert row.text == "an errorerror"
        assert list(row.matches(pattern("error"))) == [(3, 8), (8, 13)]

    def test_one_that_goes_on_behind_a_cut_belongs_to_where_it_begins(self) -> None:
        row = Row(LINE, ShownLine((Span("a nee", UNSTYLED),), ahead="dle needle"))
        assert list(row.matches(pattern("needle"))) == [(2, 8)]
        assert [part.text for part in row.segments(0, 5, [Highlight(2, 8, RED)])] == ["a ", "nee"]
