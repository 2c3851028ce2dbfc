"""How columns share the width, and how cells fill theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tests.support.texts import ANY_CHARACTER
from tests.tui.widgets.table.sample_rows import Fruit
from tui_scheduler.tui.widgets.table.cells import cell
from tui_scheduler.tui.widgets.table.columns import EXTRA, Align, Column, fit


def column(key: str, **needs: int | None) -> Column[Fruit]:
    known: dict[str, int | None] = {"width": None, "min_width": 6, "priority": 0}
    known |= needs
    return Column(
        key,
        key,
        lambda row: Text(row.name),
        width=known["width"],
        min_width=known["min_width"] or 0,
        priority=known["priority"] or 0,
        sortable=False,
    )


def widths(columns: list[Column[Fruit]], width: int, **taken: int) -> dict[str, int]:
    placed = fit(columns, width, gap=1, taken=taken)
    return {one.column.key: one.width for one in placed}


class TestFit:
    def test_a_column_is_as_wide_as_its_rows(self) -> None:
        columns = [column("a"), column("b", width=10), column("c")]
        assert widths(columns, 60, a=20, c=28) == {"a": 20, "b": 10, "c": 28}

    def test_what_nobody_can_use_goes_to_the_last_that_is_not_fixed(self) -> None:
        columns = [column("a"), column("b"), column("c", width=10)]
        assert widths(columns, 60, a=8, b=8) == {"a": 8, "b": 40, "c": 10}

    def test_what_is_over_goes_to_the_narrowest(self) -> None:
        columns = [column("a", priority=1), column("b", priority=1)]
        assert widths(columns, 41, a=10, b=99) == {"a": 10, "b": 30}
        assert widths(columns, 41, a=99, b=99) == {"a": 20, "b": 20}

    def test_the_most_important_comes_first(self) -> None:
        columns = [column("name", min_width=10), column("note", priority=1)]
        assert widths(columns, 41, name=30, note=99) == {"name": 30, "note": 10}

    def test_the_highest_priority_number_is_dropped_first(self) -> None:
        columns = [column("a", width=10), column("b", width=10, priority=2), column("c", width=10)]
        assert widths(columns, 32) == {"a": 10, "b": 10, "c": 10}
        assert widths(columns, 31) == {"a": 10, "c": 10}
        assert widths(columns, 20) == {"a": 10}

    def test_a_name_is_not_cut_before_others_are_dropped(self) -> None:
        columns = [column("name", min_width=30), column("overlap", width=9, priority=1)]
        assert widths(columns, 40, name=30) == {"name": 30, "overlap": 9}
        assert widths(columns, 39, name=30) == {"name": 39}
        assert widths(columns, 29, name=30) == {"name": 29}
        assert widths(columns, 39, name=12) == {"name": 29, "overlap": 9}

    def test_a_sentence_is_cut_down_to_what_is_vital_but_not_for_extras(self) -> None:
        columns = [column("plan", min_width=30), column("last", width=9, priority=EXTRA - 1)]
        placed = fit(columns, 30, gap=1, taken={"plan": 30}, vital={"plan": 20})
        assert [one.width for one in placed] == [20, 9]
        extra = [columns[0], column("at", width=9, priority=EXTRA)]
        placed = fit(extra, 30, gap=1, taken={"plan": 30}, vital={"plan": 20})
        assert [one.width for one in placed] == [30]

    def test_what_is_empty_in_all_rows_goes_unless_it_is_vital(self) -> None:
        columns = [column("a", width=10), column("b", width=10, priority=2), column("c", width=10)]
        assert widths(columns, 50, a=0, b=0, c=3) == {"a": 10, "c": 10}

    def test_what_the_rows_are_sorted_by_stays(self) -> None:
        columns = [column("a", width=10), column("b", width=10, priority=2)]
        placed = fit(columns, 15, gap=1, taken={"b": 0}, sort="b")
        assert [one.column.key for one in placed] == ["b"]

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
                priority=st.integers(0, 3),
            ),
            min_size=1,
            max_size=8,
        ),
        st.integers(1, 250),
        st.dictionaries(st.text("abc", min_size=1), st.integers(0, 60)),
    )
    def test_no_set_of_columns_is_wider_than_the_screen(
        self, columns: list[Column[Fruit]], width: int, taken: dict[str, int]
    ) -> None:
        placed = fit(columns, width, gap=1, taken=taken)
        assert placed
        assert placed[-1].x + placed[-1].width <= width

    @given(
        st.lists(st.tuples(st.integers(1, 30), st.integers(0, 3)), min_size=1, max_size=8),
        st.integers(1, 250),
    )
    def test_no_column_is_narrower_on_a_wider_screen(
        self, needs: list[tuple[int, int]], width: int
    ) -> None:
        columns = [
            column(str(number), min_width=cells, priority=priority)
            for number, (cells, priority) in enumerate(needs)
        ]
        taken = {str(number): cells for number, (cells, _) in enumerate(needs)}
        narrow, wide = (
            {one.column.key: min(one.width, taken[one.column.key]) for one in placed}
            for placed in (fit(columns, size, gap=1, taken=taken) for size in (width, width + 7))
        )
        assert all(wide[key] >= cells for key, cells in narrow.items())


def drawn(text: Text, width: int, align: Align = "left") -> str:
    segments = cell(text, width, align, Style(), lambda style: Style.parse(str(style)))
    return "".join(segment.text for segment in segments)


class TestCell:
    @pytest.mark.parametrize(
        ("text", "align", "padded"),
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
    def test_text_is_padded_or_cut(self, text: str, align: Align, padded: str) -> None:
        assert drawn(Text(text), 6, align) == padded

    def test_styles_stay_with_their_characters(self) -> None:
        text = Text.assemble(("red", "red"), " and ", ("bold", "bold"))
        segments = cell(text, 20, "left", Style(), lambda style: Style.parse(str(style)))
        assert [(segment.text, str(segment.style)) for segment in segments][:3] == [
            ("red", "red"),
            (" and ", "none"),
            ("bold", "bold"),
        ]

    @given(
        st.text(ANY_CHARACTER, max_size=30),
        st.integers(0, 40),
        st.sampled_from(["left", "right", "center"]),
    )
    def test_every_text_fills_exactly_its_cells(self, text: str, width: int, align: Align) -> None:
        assert cell_len(drawn(Text(text), width, align)) == width
