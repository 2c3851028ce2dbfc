"""Options are chosen with arrows, space and the mouse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui_scheduler.tui.widgets.form.choice import AnyOf, Choice, OneOf

SIZES = {"s": "Small", "m": "Medium", "l": "Large"}


class ChoiceApp(App[None]):
    """Shows one choice and remembers what it told."""

    def __init__(self, choice: Choice[str]) -> None:
        super().__init__()
        self.choice = choice
        self.told: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.choice

    def on_choice_changed(self, event: Choice.Changed) -> None:
        assert event.control is self.choice
        self.told.append(event.control.value)  # type: ignore[attr-defined]


@asynccontextmanager
async def shown(choice: Choice[str], width: int = 60) -> AsyncIterator[Pilot[None]]:
    async with ChoiceApp(choice).run_test(size=(width, 6)) as pilot:
        choice.focus()
        await pilot.pause()
        yield pilot


def told(pilot: Pilot[None]) -> list[object]:
    assert isinstance(pilot.app, ChoiceApp)
    return pilot.app.told


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
    async with shown(choice) as pilot:
        await pilot.press(*keys)
        assert choice.value == value
        assert told(pilot) == ([value] if value != "m" else [])


async def test_setting_one_moves_the_cursor_there() -> None:
    choice = OneOf(SIZES, "s")
    async with shown(choice) as pilot:
        choice.value = "m"
        await pilot.press("right")
        assert choice.value == "l"


async def test_space_puts_in_and_takes_out() -> None:
    choice = AnyOf(SIZES, {"l"})
    async with shown(choice) as pilot:
        await pilot.press("space", "end", "space")
        assert choice.value == {"s"}
        assert told(pilot) == [{"s", "l"}, {"s"}]


async def test_arrows_alone_choose_nothing_among_any() -> None:
    choice = AnyOf(SIZES)
    async with shown(choice) as pilot:
        await pilot.press("right", "right")
        assert choice.value == frozenset()
        assert told(pilot) == []


@pytest.mark.parametrize(
    ("choice", "picture"),
    [
        (OneOf(SIZES, "m"), "○ Small  ● Medium  ○ Large"),
        (AnyOf(SIZES, {"s", "l"}), "■ Small  □ Medium  ■ Large"),
    ],
    ids=["one", "any"],
)
async def test_marks_say_what_is_chosen_without_colour(choice: Choice[str], picture: str) -> None:
    async with shown(choice):
        assert str(choice.render()) == picture


async def test_a_click_chooses_on_whatever_line() -> None:
    choice = OneOf(SIZES, "s")
    async with shown(choice, width=20) as pilot:
        assert str(choice.render()) == "○ Small  ○ Medium\n○ Large".replace("○", "●", 1)
        assert choice.size.height == 2
        await pilot.click(choice, offset=(choice.gutter.left + 3, 1))
        assert choice.value == "l"


async def test_a_click_beside_the_options_chooses_nothing() -> None:
    choice = OneOf(SIZES, "m")
    async with shown(choice) as pilot:
        await pilot.click(choice, offset=(50, 0))
        assert choice.value == "m"
