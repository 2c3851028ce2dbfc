"""Lines of a log, decoded and cut."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size
from rich.style import Style

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.services.logs.log_file import Line, LogFile
from tui_scheduler.text import Span, coloured
from tui_scheduler.tui.widgets.log.rows import Highlight, Row, decoded

LINE = Line(0, 0, 0)
RED = Style(color="red")
TEXTS = st.text(st.sampled_from("ab日語é🚀 "), max_size=60)


def row_of(text: str) -> Row:
    return Row(LINE, tuple(coloured(text)))


def cells(text: str) -> int:
    return sum(map(get_character_cell_size, text))


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
        for index in range(len(row.text)):
            assert row.cells_before(index) == cells(row.text[:index])


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
        shown = "".join(segment.text for segment in row.segments(start, end, marks))
        assert shown == row.text[start : max(start, end)]


class TestDecoding:
    def log_of(self, folder: Path, data: bytes) -> LogFile:
        path = folder / "run.log"
        path.write_bytes(data)
        log = LogFile(path)
        log.refresh()
        return log

    def test_a_line_is_decoded_as_far_as_it_is_seen(self, tmp_path: Path) -> None:
        log = self.log_of(tmp_path, b"x" * 30_000)
        assert len(decoded(log, log.line_from(0), 80).text) < 1_000
        assert len(decoded(log, log.line_from(0), None).text) == 30_000

    def test_sequences_that_are_not_seen_do_not_count(self, tmp_path: Path) -> None:
        log = self.log_of(tmp_path, b"\x1b[31m\x1b[0m" * 3_000 + b"text at last")
        assert decoded(log, log.line_from(0), 5).text.startswith("text a")

    def test_a_progress_bar_shows_its_last_state(self, tmp_path: Path) -> None:
        log = self.log_of(tmp_path, b"10%\r" * 5_000 + b"done")
        assert decoded(log, log.line_from(0), 80).text == "done"

    def test_a_line_has_its_spans(self, tmp_path: Path) -> None:
        log = self.log_of(tmp_path, b"one\ntwo")
        assert decoded(log, log.line_from(4), 80).spans == (Span("two", UNSTYLED),)
