"""Tables and records as lines of text."""

import pytest

from tests.test_cells import SEQUENCES
from tui_scheduler.cells import cell_width
from tui_scheduler.cli.printing.layout import Cell, Column, clipped, fields, table

COLUMNS = [Column("NAME", is_flexible=True), Column("N", is_number=True)]


def lines(
    *rows: tuple[str, str], width: int | None = None, colour: bool = False, paint: str = ""
) -> list[str]:
    cells = [[Cell(name, paint), Cell(number)] for name, number in rows]
    return list(table(COLUMNS, cells, width=width, colour=colour))


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert lines(("a", "1"), ("longer", "20")) == ["NAME     N", "a        1", "longer  20"]


def test_a_table_without_rows_is_its_header() -> None:
    assert lines() == ["NAME  N"]


def test_wide_and_combining_characters_keep_the_columns_straight() -> None:
    assert lines(("日本", "1"), ("e\u0301", "2")) == ["NAME  N", "日本  1", "e\u0301     2"]


@pytest.mark.parametrize("name", [text for text in SEQUENCES if text and text.isprintable()])
def test_sequences_of_emoji_keep_the_columns_straight(name: str) -> None:
    header, row, other = lines((name, "1"), ("a longer name", "2"))
    assert cell_width(row) == cell_width(header) == cell_width(other)


@pytest.mark.parametrize("text", ["👩🏽\u200d🚀👩🏽\u200d🚀", "🇪🇸🇫🇷", "1\ufe0f\u20e32\ufe0f\u20e3"])
def test_a_sequence_is_cut_before_it_or_not_at_all(text: str) -> None:
    half = text[: len(text) // 2]
    assert [clipped(text, width) for width in (4, 3, 2)] == [text, f"{half}…", "…"]


@pytest.mark.parametrize("width", [15, 20, 24])
def test_a_flexible_column_gives_way(width: int) -> None:
    header, row = lines(("a name that is rather long", "12345"), width=width)
    assert cell_width(row) == cell_width(header) == width
    assert row.endswith("…  12345")


def test_a_flexible_column_keeps_something_on_the_narrowest_terminal() -> None:
    assert lines(("a name that is rather long", "1"), width=3)[1] == "a name …  1"


def test_a_table_that_fits_is_not_touched() -> None:
    assert lines(("a", "1"), width=80) == lines(("a", "1"))


def test_colour_is_not_counted_as_width() -> None:
    header, row = lines(("a", "1"), colour=True, paint="31")
    assert header == "\x1b[1mNAME\x1b[0m  \x1b[1mN\x1b[0m"
    assert row == "\x1b[31ma\x1b[0m     1"


def test_text_from_outside_stays_in_its_line_and_its_cell() -> None:
    assert lines(("a\n\x1b[2Jb", "1"))[1] == "a␊␛[2Jb  1"


@pytest.mark.parametrize(
    ("text", "width", "left"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("", 1, ""),
    ],
)
def test_text_is_clipped_between_characters(text: str, width: int, left: str) -> None:
    assert clipped(text, width) == left


def test_a_record_aligns_its_values() -> None:
    pairs = [("Id", Cell("1")), ("Name", Cell("backup"))]
    assert list(fields(pairs, colour=False)) == ["Id    1", "Name  backup"]


def test_a_value_of_several_lines_is_indented() -> None:
    pairs = [("Command", Cell("one\ntwo\x1b\n"))]
    assert list(fields(pairs, colour=False)) == ["Command  one", "         two␛", ""]


def test_a_record_has_colours_on_a_terminal() -> None:
    pairs = [("Status", Cell("error", "31"))]
    assert list(fields(pairs, colour=True)) == ["\x1b[1mStatus\x1b[0m  \x1b[31merror\x1b[0m"]


def test_an_extra_column_is_left_out_before_others_are_cut() -> None:
    columns = [Column("NAME", is_flexible=True), Column("CPU", is_extra=True), Column("NOTE")]
    rows = [[Cell("a long name"), Cell("1m07s"), Cell("late")]]
    assert list(table(columns, rows, width=24, colour=False))[1] == "a long name  1m07s  late"
    assert list(table(columns, rows, width=23, colour=False))[1] == "a long name  late"
    assert list(table(columns, rows, width=None, colour=False))[1] == "a long name  1m07s  late"
