"""The members of a group are put into their order by keys alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from tui_scheduler.members import Members
from tui_scheduler.tui.widgets.form.members import MembersEntry


class EntryApp(App[None]):
    """A list of members between two other fields."""

    def __init__(self, *names: str | tuple[str, ...]) -> None:
        super().__init__()
        self.entry = MembersEntry(names)
        self.changes: list[Members] = []
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input(id="before")
        yield self.entry
        yield Input(id="after")

    def on_members_entry_changed(self) -> None:
        self.changes.append(self.entry.value)

    def on_members_entry_asked(self, event: MembersEntry.Asked) -> None:
        self.asked.append(event.typed)


@asynccontextmanager
async def entry_app(*names: str | tuple[str, ...]) -> AsyncIterator[tuple[EntryApp, Pilot[None]]]:
    app = EntryApp(*names)
    async with app.run_test(size=(60, 20)) as pilot:
        app.entry.focus()
        await pilot.pause()
        yield app, pilot


def prompts(app: EntryApp) -> list[str]:
    return [str(option.prompt) for option in app.entry.options]


async def test_members_are_numbered_and_followed_by_what_adds_one() -> None:
    async with entry_app("a", "b") as (app, _):
        assert prompts(app) == ["1 a", "2 b", "+ add a member"]


async def test_numbers_are_aligned() -> None:
    async with entry_app(*"abcdefghij") as (app, _):
        assert prompts(app)[8:10] == [" 9 i", "10 j"]


async def test_a_member_is_moved_and_the_cursor_goes_with_it() -> None:
    async with entry_app("a", "b", "c") as (app, pilot):
        await pilot.press("shift+down", "shift+down")
        assert app.entry.value == ("b", "c", "a")
        await pilot.press("shift+up")
        assert app.entry.value == ("b", "a", "c")
        assert app.changes == [("b", "a", "c"), ("b", "c", "a"), ("b", "a", "c")]


@pytest.mark.parametrize("keys", [["shift+up"], ["down", "down", "shift+down"]])
async def test_nobody_is_moved_beyond_an_end(keys: list[str]) -> None:
    async with entry_app("a", "b") as (app, pilot):
        await pilot.press(*keys)
        assert app.entry.value == ("a", "b")


@pytest.mark.parametrize("key", ["delete", "backspace"])
async def test_a_member_is_taken_out(key: str) -> None:
    async with entry_app("a", "b", "a") as (app, pilot):
        await pilot.press("down", key, key, key)
        assert app.changes == [("a", "a"), ("a",)]


async def test_a_member_is_added_after_the_one_at_the_cursor() -> None:
    async with entry_app("a", "b") as (app, _):
        app.entry.insert("x")
        assert app.entry.value == ("a", "x", "b")
        assert app.entry.highlighted == 1


async def test_the_first_member_is_added_at_the_only_line() -> None:
    async with entry_app() as (app, _):
        app.entry.insert("a")
        app.entry.insert("b")
        assert app.entry.value == ("a", "b")


async def test_enter_or_typing_asks_for_another() -> None:
    async with entry_app("a") as (app, pilot):
        await pilot.press("enter", "x", "D")
        assert app.asked == ["", "x", "D"]
        assert app.entry.value == ("a",)


async def test_the_last_line_asks_when_it_is_clicked() -> None:
    async with entry_app("a") as (app, pilot):
        await pilot.click(MembersEntry, offset=(4, 1))
        assert len(app.asked) == 1


async def test_up_and_down_leave_at_the_ends() -> None:
    async with entry_app("a") as (app, pilot):
        await pilot.press("up")
        assert app.focused is app.query_one("#before")
        app.entry.focus()
        await pilot.press("down", "down")
        assert app.focused is app.query_one("#after")


async def test_names_are_text_and_never_markup() -> None:
    async with entry_app("[/b]\x1b[2J") as (app, _):
        assert "[/b]" in prompts(app)[0]
        assert "\x1b" not in prompts(app)[0]
        assert app.entry.value == ("[/b]\x1b[2J",)


async def test_only_what_has_the_focus_shows_a_cursor() -> None:
    async with entry_app("a", "b") as (app, pilot):
        await pilot.pause()
        assert len(_grounds(app)) == 2
        app.query_one("#before").focus()
        await pilot.pause()
        assert len(_grounds(app)) == 1


def _grounds(app: EntryApp) -> set[object]:
    """The grounds on which the names are drawn."""
    lines = [app.entry.render_line(y) for y in range(2)]
    return {segment.style.bgcolor for line in lines for segment in line if segment.style}


class TestSteps:
    """A member is joined to the one above, and keeps its step while others move."""

    async def test_members_of_a_step_are_numbered_together(self) -> None:
        async with entry_app("a", ("b", "c"), "d") as (app, _):
            assert prompts(app)[:-1] == ["1   a", "2.1 b", "2.2 c", "3   d"]

    async def test_a_key_joins_a_member_to_the_one_above_and_parts_it_again(self) -> None:
        async with entry_app("a", "b", "c") as (app, pilot):
            await pilot.press("down", "space", "down", "space", "space", "up", "space")
            assert app.changes == [
                (("a", "b"), "c"),
                (("a", "b", "c"),),
                (("a", "b"), "c"),
                ("a", "b", "c"),
            ]
            assert app.entry.highlighted == 1

    async def test_whole_steps_are_joined_and_parted(self) -> None:
        async with entry_app("a", ("b", "c")) as (app, pilot):
            await pilot.press("down", "space", "space", "down", "space")
            assert app.changes == [(("a", "b", "c"),), ("a", ("b", "c")), ("a", "b", "c")]

    @pytest.mark.parametrize("keys", [["space"], ["down", "down", "space"]])
    async def test_there_is_nobody_above_the_first_and_nobody_at_the_last_line(
        self, keys: list[str]
    ) -> None:
        async with entry_app("a", "b") as (app, pilot):
            await pilot.press(*keys)
            assert app.changes == []

    async def test_a_member_of_its_own_moves_past_a_whole_step(self) -> None:
        async with entry_app("a", ("b", "c"), "d") as (app, pilot):
            await pilot.press("down", "down", "down", "shift+up")
            assert (app.entry.value, app.entry.highlighted) == (("a", "d", ("b", "c")), 1)
            await pilot.press("shift+down")
            assert (app.entry.value, app.entry.highlighted) == (("a", ("b", "c"), "d"), 3)

    async def test_one_of_several_moves_within_its_step_and_then_out_of_it(self) -> None:
        async with entry_app("a", ("b", "c"), "d") as (app, pilot):
            await pilot.press("down", "down", *["shift+up"] * 4)
            assert app.changes == [
                ("a", ("c", "b"), "d"),
                ("a", "c", "b", "d"),
                ("c", "a", "b", "d"),
            ]
            assert app.entry.highlighted == 0

    async def test_downwards_too(self) -> None:
        async with entry_app(("a", "b", "c"), "d") as (app, pilot):
            await pilot.press("down", *["shift+down"] * 4)
            assert app.changes == [
                (("a", "c", "b"), "d"),
                (("a", "c"), "b", "d"),
                (("a", "c"), "d", "b"),
            ]
            assert app.entry.highlighted == 3

    async def test_a_member_is_added_after_the_step_at_the_cursor(self) -> None:
        async with entry_app(("a", "b"), "c") as (app, _):
            app.entry.insert("x")
            assert (app.entry.value, app.entry.highlighted) == ((("a", "b"), "x", "c"), 2)

    async def test_what_is_left_of_a_step_stays(self) -> None:
        async with entry_app("a", ("b", "c", "d")) as (app, pilot):
            await pilot.press("down", *["delete"] * 3)
            assert app.changes == [("a", ("c", "d")), ("a", "d"), ("a",)]
