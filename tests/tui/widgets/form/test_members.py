"""The members of a group are put into their order by keys alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from tui_scheduler.tui.widgets.form.members import MembersEntry


class EntryApp(App[None]):
    """A list of members between two other fields."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.entry = MembersEntry(names)
        self.told: list[tuple[str, ...]] = []
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input(id="before")
        yield self.entry
        yield Input(id="after")

    def on_members_entry_changed(self) -> None:
        self.told.append(self.entry.value)

    def on_members_entry_asked(self, event: MembersEntry.Asked) -> None:
        self.asked.append(event.typed)


@asynccontextmanager
async def shown(*names: str) -> AsyncIterator[tuple[EntryApp, Pilot[None]]]:
    app = EntryApp(*names)
    async with app.run_test(size=(60, 20)) as pilot:
        app.entry.focus()
        await pilot.pause()
        yield app, pilot


def prompts(app: EntryApp) -> list[str]:
    return [str(option.prompt) for option in app.entry.options]


async def test_members_are_numbered_and_followed_by_what_adds_one() -> None:
    async with shown("a", "b") as (app, _):
        assert prompts(app) == ["1 a", "2 b", "+ add a member"]


async def test_numbers_are_aligned() -> None:
    async with shown(*"abcdefghij") as (app, _):
        assert prompts(app)[8:10] == [" 9 i", "10 j"]


async def test_a_member_is_moved_and_the_cursor_goes_with_it() -> None:
    async with shown("a", "b", "c") as (app, pilot):
        await pilot.press("shift+down", "shift+down")
        assert app.entry.value == ("b", "c", "a")
        await pilot.press("shift+up")
        assert app.entry.value == ("b", "a", "c")
        assert app.told == [("b", "a", "c"), ("b", "c", "a"), ("b", "a", "c")]


@pytest.mark.parametrize("keys", [["shift+up"], ["down", "down", "shift+down"]])
async def test_nobody_is_moved_beyond_an_end(keys: list[str]) -> None:
    async with shown("a", "b") as (app, pilot):
        await pilot.press(*keys)
        assert app.entry.value == ("a", "b")


@pytest.mark.parametrize("key", ["delete", "backspace"])
async def test_a_member_is_taken_out(key: str) -> None:
    async with shown("a", "b", "a") as (app, pilot):
        await pilot.press("down", key, key, key)
        assert app.told == [("a", "a"), ("a",)]


async def test_a_member_is_added_after_the_one_at_the_cursor() -> None:
    async with shown("a", "b") as (app, _):
        app.entry.insert("x")
        assert app.entry.value == ("a", "x", "b")
        assert app.entry.highlighted == 1


async def test_the_first_member_is_added_at_the_only_line() -> None:
    async with shown() as (app, _):
        app.entry.insert("a")
        app.entry.insert("b")
        assert app.entry.value == ("a", "b")


async def test_enter_or_typing_asks_for_another() -> None:
    async with shown("a") as (app, pilot):
        await pilot.press("enter", "x", "D")
        assert app.asked == ["", "x", "D"]
        assert app.entry.value == ("a",)


async def test_the_last_line_asks_when_it_is_clicked() -> None:
    async with shown("a") as (app, pilot):
        await pilot.click(MembersEntry, offset=(4, 1))
        assert len(app.asked) == 1


async def test_up_and_down_leave_at_the_ends() -> None:
    async with shown("a") as (app, pilot):
        await pilot.press("up")
        assert app.focused is app.query_one("#before")
        app.entry.focus()
        await pilot.press("down", "down")
        assert app.focused is app.query_one("#after")


async def test_names_are_text_and_never_markup() -> None:
    async with shown("[/b]\x1b[2J") as (app, _):
        assert "[/b]" in prompts(app)[0]
        assert "\x1b" not in prompts(app)[0]
        assert app.entry.value == ("[/b]\x1b[2J",)


async def test_only_what_has_the_focus_shows_a_cursor() -> None:
    async with shown("a", "b") as (app, pilot):
        await pilot.pause()
        assert len(_grounds(app)) == 2
        app.query_one("#before").focus()
        await pilot.pause()
        assert len(_grounds(app)) == 1


def _grounds(app: EntryApp) -> set[object]:
    """The grounds on which the names are drawn."""
    lines = [app.entry.render_line(y) for y in range(2)]
    return {segment.style.bgcolor for line in lines for segment in line if segment.style}
