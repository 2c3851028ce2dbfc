"""Options are chosen with arrows, space and the mouse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui_scheduler.tui.widgets.form.choice import GAP, AnyOf, Choice, OneOf, Segment, placed


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


SIZES = {"s": "Small", "m": "Medium", "l": "Large"}


class ChoiceApp(App[None]):
    """Shows one choice and remembers what it told."""

    def __init__(self, choice: Choice[str]) -> None:
        super().__init__()
        self.choice = choice
        self.changes: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.choice

    def on_choice_changed(self, event: Choice.Changed) -> None:
        assert event.control is self.choice
        self.changes.append(event.control.value)  # type: ignore[attr-defined]


@asynccontextmanager
async def choice_app(choice: Choice[str], width: int = 60) -> AsyncIterator[Pilot[None]]:
    async with ChoiceApp(choice).run_test(size=(width, 6)) as pilot:
        choice.focus()
        await pilot.pause()
        yield pilot


def changes_of(pilot: Pilot[None]) -> list[object]:
    assert isinstance(pilot.app, ChoiceApp)
    return pilot.app.changes


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["right"], "l"),
        (["left"], "s"),
        (["left", "left"], "s"),
        (["end"], "l"),
        (["end", "right"], "l"),
        (["home"], "s"),
        (["space"], "m"),
    ],
)
async def test_arrows_choose_one_at_once(keys: list[str], value: str) -> None:
    choice = OneOf(SIZES, "m")
    async with choice_app(choice) as pilot:
        await pilot.press(*keys)
        assert choice.value == value
        assert changes_of(pilot) == ([value] if value != "m" else [])


async def test_setting_one_moves_the_cursor_there() -> None:
    choice = OneOf(SIZES, "s")
    async with choice_app(choice) as pilot:
        choice.value = "m"
        await pilot.press("right")
        assert choice.value == "l"


async def test_space_puts_in_and_takes_out() -> None:
    choice = AnyOf(SIZES, {"l"})
    async with choice_app(choice) as pilot:
        await pilot.press("space", "end", "space")
        assert choice.value == {"s"}
        assert changes_of(pilot) == [{"s", "l"}, {"s"}]


async def test_arrows_alone_choose_nothing_among_any() -> None:
    choice = AnyOf(SIZES)
    async with choice_app(choice) as pilot:
        await pilot.press("right", "right")
        assert choice.value == frozenset()
        assert changes_of(pilot) == []


@pytest.mark.parametrize(
    ("choice", "picture"),
    [
        (OneOf(SIZES, "m"), "○ Small  ● Medium  ○ Large"),
        (AnyOf(SIZES, {"s", "l"}), "■ Small  □ Medium  ■ Large"),
    ],
    ids=["one", "any"],
)
async def test_marks_say_what_is_chosen_without_colour(choice: Choice[str], picture: str) -> None:
    async with choice_app(choice):
        assert str(choice.render()) == picture


async def test_a_click_chooses_on_whatever_line() -> None:
    choice = OneOf(SIZES, "s")
    async with choice_app(choice, width=20) as pilot:
        assert str(choice.render()) == "○ Small  ○ Medium\n○ Large".replace("○", "●", 1)
        assert choice.size.height == 2
        await pilot.click(choice, offset=(choice.gutter.left + 3, 1))
        assert choice.value == "l"


async def test_a_click_beside_the_options_chooses_nothing() -> None:
    choice = OneOf(SIZES, "m")
    async with choice_app(choice) as pilot:
        await pilot.click(choice, offset=(50, 0))
        assert choice.value == "m"


async def test_where_the_cursor_is_stands_out_from_what_has_the_focus() -> None:
    async with choice_app(OneOf(SIZES, "m")) as pilot:
        assert isinstance(pilot.app, ChoiceApp)
        choice = pilot.app.choice
        focused = _grounds(choice)
        assert focused["● Medium"] not in {focused["○ Small"], None}
        choice.blur()
        await pilot.pause()
        plain = _grounds(choice)
        assert plain["● Medium"] == plain["○ Small"] != focused["○ Small"]


def _grounds(choice: Choice[str]) -> dict[str, object]:
    """The ground on which each option is drawn."""
    return {
        segment.text.strip(): segment.style.bgcolor
        for segment in choice.render_line(0)
        if segment.style is not None
    }
