"""What a table asks for, and where the cursor's row is in the answer."""

import pytest

from tests.tui.widgets.table.sample_rows import Fruit, fruits
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.tui.widgets.table.place import Place
from tui_scheduler.tui.widgets.table.rows import LEAST_MARGIN, Asked, Query, Rows, carry

QUERY = Query()


def at(cursor: int, top: int, total: int = 1_000, *, pinned: bool = False) -> Place:
    return Place(total=total, height=10, top=top, cursor=cursor, pinned=pinned)


def rows(first: int, count: int, *, anchor: int | None = None, total: int = 1_000) -> Rows[Fruit]:
    """Rows whose key is their place plus 5,000."""
    keys = range(first + 5_000, first + 5_000 + count)
    return Rows(Page(total, total, first, tuple(fruits(keys)), anchor), QUERY)


def asked(place: Place, key: int | None) -> Asked:
    return Asked(QUERY.window(place, key), QUERY, place.cursor)


class TestWindow:
    def test_it_has_a_margin_above_and_below(self) -> None:
        window = QUERY.window(at(500, 500), 7)
        assert window == Window(500 - LEAST_MARGIN, 10 + 2 * LEAST_MARGIN, 7, None, False, "")

    def test_it_does_not_begin_before_the_beginning(self) -> None:
        window = QUERY.window(at(3, 3), None)
        assert (window.offset, window.limit) == (0, 13 + LEAST_MARGIN)

    def test_it_carries_the_query(self) -> None:
        window = Query("name", True, "text").window(at(0, 0), None)
        assert (window.sort, window.reverse, window.text) == ("name", True, "text")


class TestRows:
    def test_a_row_is_found_by_its_place(self) -> None:
        part = rows(100, 50)
        assert part.row(99) is None
        assert part.row(100) == Fruit(5_100, "fruit 5100", 5_100 % 7)
        assert part.row(149) is not None
        assert part.row(150) is None

    def test_a_place_is_found_by_its_key(self) -> None:
        part = rows(100, 50)
        assert part.index_of(5_120) == 120
        assert part.index_of(1) is None
        assert part.index_of(None) is None

    @pytest.mark.parametrize(
        ("top", "covered"), [(99, False), (100, True), (140, True), (141, False)]
    )
    def test_it_knows_whether_the_view_is_in_hand(self, top: int, covered: bool) -> None:
        assert rows(100, 50).covers(at(top, top)) is covered

    def test_nothing_is_missing_behind_the_last_row(self) -> None:
        assert rows(0, 3, total=3).covers(at(0, 0, total=3))
        assert rows(0, 0, total=0).covers(at(0, 0, total=0))


class TestCarrying:
    def test_the_row_is_followed_when_it_is_in_the_page(self) -> None:
        before = at(120, 115)
        after = carry(before, 5_123, asked(before, 5_123), rows(100, 50), same=True)
        assert (after.cursor, after.top) == (123, 118)

    def test_the_row_is_followed_when_only_its_place_is_told(self) -> None:
        before = at(120, 115)
        page = rows(100, 50, anchor=700)
        after = carry(before, 1, asked(before, 1), page, same=True)
        assert (after.cursor, after.top) == (700, 695)

    def test_a_cursor_that_moved_meanwhile_is_moved_as_far(self) -> None:
        before = at(120, 115)
        request = asked(before, 1)
        moved = before.moved_by(3)
        after = carry(moved, 2, request, rows(0, 10, anchor=700), same=True)
        assert after.cursor == 703

    def test_a_row_that_is_gone_leaves_its_place(self) -> None:
        before = at(120, 115)
        after = carry(before, 1, asked(before, 1), rows(100, 50), same=True)
        assert (after.cursor, after.top) == (120, 115)

    def test_a_row_that_does_not_match_any_more_leaves_the_beginning(self) -> None:
        before = at(120, 115)
        after = carry(before, 1, asked(before, 1), rows(0, 50, total=50), same=False)
        assert (after.cursor, after.top, after.total) == (0, 0, 50)

    def test_a_row_that_was_never_seen_has_no_other_place(self) -> None:
        before = at(900, 895)
        after = carry(before, None, asked(before, None), rows(850, 100), same=True)
        assert after.cursor == 900

    @pytest.mark.parametrize("same", [True, False])
    def test_a_row_that_another_order_moved_is_not_left_out_of_sight(self, same: bool) -> None:
        turned = Query(reverse=True)
        before = at(0, 0, pinned=True)
        request = Asked(turned.window(before, 1), turned, 0)
        page = Rows(rows(0, 50, anchor=999).page, turned)
        after = carry(before, 1, request, page, same=same)
        assert (after.cursor, after.cursor_in_view) == (999, True)

    def test_fewer_rows_bring_the_cursor_to_the_last(self) -> None:
        before = at(900, 895)
        after = carry(before, 1, asked(before, 1), rows(0, 20, total=20), same=True)
        assert (after.cursor, after.top) == (19, 10)
