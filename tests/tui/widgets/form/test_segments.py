"""Options stand side by side and go on in the next line where the width ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_scheduler.tui.widgets.form.segments import GAP, Segment, placed


@pytest.mark.parametrize(
    ("widths", "available", "places"),
    [
        ([3, 4], 9, [(0, 0), (0, 5)]),
        ([3, 4], 8, [(0, 0), (1, 0)]),
        ([30, 2], 8, [(0, 0), (1, 0)]),
        ([1, 1, 1], 4, [(0, 0), (0, 3), (1, 0)]),
        ([], 4, []),
    ],
)
def test_as_many_in_a_line_as_fit(
    widths: list[int], available: int, places: list[tuple[int, int]]
) -> None:
    assert [(place.line, place.column) for place in placed(widths, available)] == places


@given(st.lists(st.integers(1, 20)), st.integers(0, 80))
def test_none_overlaps_another_or_leaves_the_width(widths: list[int], available: int) -> None:
    places = placed(widths, available)
    for place in places:
        assert place.column == 0 or place.column + place.width <= available
    for one, next_one in pairwise(places):
        beside = next_one.line == one.line and next_one.column == one.column + one.width + GAP
        assert beside or (next_one.line, next_one.column) == (one.line + 1, 0)


def test_a_segment_knows_its_cells() -> None:
    segment = Segment(1, 4, 3)
    inside = [(x, y) for x in range(10) for y in range(3) if segment.contains(x, y)]
    assert inside == [(4, 1), (5, 1), (6, 1)]
