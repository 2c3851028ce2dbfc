"""The arithmetic of place and cursor."""

from hypothesis import given
from hypothesis import strategies as st

from tui_scheduler.tui.widgets.table.place import Place


def place(**fields: int) -> Place:
    return Place(total=fields.pop("total", 100), height=fields.pop("height", 10)).moved_to(
        fields.pop("cursor", 0)
    )


def test_a_movement_scrolls_no_more_than_it_must() -> None:
    assert place().moved_by(9).top == 0
    assert place().moved_by(10).top == 1
    assert place(cursor=50).moved_by(-5).top == 41


def test_scrolling_takes_the_cursor_along_at_the_edge() -> None:
    assert place(cursor=5).scrolled_to(3).cursor == 5
    assert place(cursor=5).scrolled_to(20).cursor == 20
    assert place(cursor=50).scrolled_to(0).cursor == 9


def test_a_carried_row_stays_on_its_line() -> None:
    carried = place(cursor=5).carried(500, 1000)
    assert (carried.cursor, carried.top) == (500, 495)


def test_a_carried_row_near_the_beginning_takes_the_line_there_is() -> None:
    carried = place(cursor=50).carried(3, 100)
    assert (carried.cursor, carried.top) == (3, 0)


def test_a_pinned_place_goes_on_showing_the_beginning() -> None:
    carried = place().carried(30, 130)
    assert (carried.cursor, carried.top, carried.cursor_in_view) == (30, 0, False)
    assert carried.moved_by(1).cursor == 1


def test_scrolling_away_unpins() -> None:
    away = place().carried(30, 130).scrolled_to(1)
    assert not away.pinned
    assert away.cursor_in_view


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("moved_by"), st.integers(-200, 200)),
        st.tuples(st.just("moved_to"), st.integers(-5, 500)),
        st.tuples(st.just("scrolled_to"), st.integers(-5, 500)),
        st.tuples(st.just("resized"), st.integers(-1, 60)),
        st.tuples(st.just("carried"), st.integers(-1, 500)),
    ),
    max_size=12,
)


@given(STEPS, st.integers(0, 300))
def test_no_sequence_of_steps_leads_out_of_the_list(
    steps: list[tuple[str, int]], total: int
) -> None:
    now = Place(total=total, height=10)
    for step, number in steps:
        if step == "carried":
            now = now.carried(number, total)
        elif step == "moved_by":
            now = now.moved_by(number)
        elif step == "moved_to":
            now = now.moved_to(number)
        elif step == "scrolled_to":
            now = now.scrolled_to(number)
        else:
            now = now.resized(number)
        assert 0 <= now.cursor <= max(0, total - 1)
        assert 0 <= now.top <= max(0, total - 1)
        assert now.pinned or now.cursor_in_view or total == 0
