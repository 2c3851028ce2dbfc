"""How columns share the width, and how cells fill theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tests.tui.widgets.table.sample_rows import Fruit
from tui_scheduler.tui.widgets.table.cells import cell
from tui_scheduler.tui.widgets.table.columns import Align, Column, fit


def column(key: str, **needs: int | None) -> Column[Fruit]:
    known: dict[str, int | None] = {"width": None, "min_width": 6, "max_width": None}
    known |= needs
    return Column(
        key,
        key,
        lambda row: Text(row.name),
        width=known["width"],
        min_width=known["min_width"] or 0,
        max_width=known["max_width"],
        share=known.get("share") or 1,
        priority=known.get("priority") or 0,
    )


def widths(columns: list[Column[Fruit]], width: int) -> dict[str, int]:
    return {placed.column.key: placed.width for placed in fit(columns, width, gap=1)}


class TestFit:
    def test_fixed_columns_keep_their_width_and_the_others_share_the_rest(self) -> None:
        columns = [column("a", width=10), column("b", share=1), column("c", share=3)]
        assert widths(columns, 52) == {"a": 10, "b": 13, "c": 27}

    def test_a_column_takes_no_more_than_its_most(self) -> None:
        columns = [column("a", max_width=8), column("b")]
        assert widths(columns, 41) == {"a": 8, "b": 32}

    def test_what_nobody_wants_stays_free(self) -> None:
        assert widths([column("a", max_width=8)], 100) == {"a": 8}

    def test_the_highest_priority_number_is_dropped_first(self) -> None:
        columns = [column("a", width=10), column("b", width=10, priority=2), column("c", width=10)]
        assert widths(columns, 32) == {"a": 10, "b": 10, "c": 10}
        assert widths(columns, 31) == {"a": 10, "c": 10}
        assert widths(columns, 20) == {"a": 10}

    def test_one_column_always_stays(self) -> None:
        assert widths([column("a", width=10), column("b", width=10)], 4) == {"a": 4}

    def test_places_follow_from_widths(self) -> None:
        placed = fit([column("a", width=3), column("b", width=4)], 20, gap=2)
        assert [(one.x, one.width) for one in placed] == [(0, 3), (5, 4)]

    @given(
        st.lists(
            st.builds(
                column,
                st.text("abc", min_size=1),
                width=st.none() | st.integers(1, 40),
                min_width=st.integers(1, 20),
                max_width=st.none() | st.integers(20, 50),
                share=st.integers(1, 5),
                priority=st.integers(0, 3),
            ),
            min_size=1,
            max_size=8,
        ),
        st.integers(1, 250),
    )
    def test_no_set_of_columns_is_wider_than_the_screen(
        self, columns: list[Column[Fruit]], width: int
    ) -> None:
        placed = fit(columns, width, gap=1)
        assert placed
        assert placed[-1].x + placed[-1].width <= width


def drawn(text: Text, width: int, align: Align = "left") -> str:
    segments = cell(text, width, align, Style(), lambda style: Style.parse(str(style)))
    return "".join(segment.text for segment in segments)


class TestCell:
    @pytest.mark.parametrize(
        ("text", "align", "shown"),
        [
            ("abc", "left", "abc   "),
            ("abc", "right", "   abc"),
            ("abc", "center", " abc  "),
            ("abcdef", "left", "abcdef"),
            ("abcdefg", "left", "abcde…"),
            ("日本", "right", "  日本"),
            ("日本語文", "left", "日本 …"),
            ("", "left", "      "),
        ],
    )
    def test_text_is_padded_or_cut(self, text: str, align: Align, shown: str) -> None:
        assert drawn(Text(text), 6, align) == shown

    def test_styles_stay_with_their_characters(self) -> None:
        text = Text.assemble(("red", "red"), " and ", ("bold", "bold"))
        segments = cell(text, 20, "left", Style(), lambda style: Style.parse(str(style)))
        assert [(segment.text, str(segment.style)) for segment in segments][:3] == [
            ("red", "red"),
            (" and ", "none"),
            ("bold", "bold"),
        ]

    @given(st.text(max_size=30), st.integers(0, 40), st.sampled_from(["left", "right", "center"]))
    def test_every_text_fills_exactly_its_cells(self, text: str, width: int, align: Align) -> None:
        assert cell_len(drawn(Text(text), width, align)) == width
