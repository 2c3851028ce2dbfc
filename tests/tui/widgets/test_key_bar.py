"""Which keys of the bottom line fit."""

from tui_scheduler.tui.widgets.key_bar import ShownKey, place


def _keys(*labels: str) -> list[ShownKey]:
    return [ShownKey(label[0], label[0], label, "") for label in labels]


def test_keys_stand_side_by_side_and_the_shared_ones_at_the_right_end() -> None:
    placed = place(_keys("New", "Edit"), _keys("Help"), 40)
    assert [(key.label, key.x) for key in placed] == [("New", 1), ("Edit", 8), ("Help", 32)]


def test_what_does_not_fit_gives_way_to_the_shared_keys() -> None:
    placed = place(_keys("New", "Edit", "Schedule"), _keys("Help"), 26)
    assert [key.label for key in placed] == ["New", "Edit", "Help"]


def test_the_shared_keys_are_there_even_where_nothing_fits() -> None:
    assert [key.label for key in place(_keys("New"), _keys("Help"), 3)] == ["Help"]


def test_wide_glyphs_take_two_cells() -> None:
    (key,) = _keys("日本")
    assert key.width == 2 + 1 + 4
