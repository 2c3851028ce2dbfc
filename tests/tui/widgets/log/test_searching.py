"""Search in the log pane."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.widgets.log.logs import LogApp, log_app, numbered, put, settle, write
from tui_scheduler.services.logs.log_file import BLOCK


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


async def search(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash", *text)
    await settle(pilot)


def marked(app: LogApp, part: str) -> list[str]:
    """Return the characters on the screen that have the background of a part."""
    wanted = app.pane.view._style(part).bgcolor
    return [
        segment.text
        for y in range(len(app.pane.view.parts))
        for segment in app.pane.view.line(y)
        if segment.style is not None and segment.style.bgcolor == wanted
    ]


async def test_the_nearest_match_is_shown_while_typing(path: Path) -> None:
    async with log_app(path, numbered(500)) as (app, pilot):
        await search(pilot, "line 12")
        assert "line 129" in app.lines
        assert not app.pane.status.following
        assert (app.pane.status.match, app.pane.status.matches) == (11, 11)
        await pilot.press("3")
        await settle(pilot)
        assert (app.pane.status.match, app.pane.status.matches) == (1, 1)


async def test_matches_are_highlighted_and_the_current_one_more(path: Path) -> None:
    async with log_app(path, b"an error, an ERROR\nno error\nfine\n") as (app, pilot):
        await search(pilot, "error")
        await pilot.press("enter")
        assert marked(app, "current-match") == ["error"]
        assert marked(app, "match") == ["ERROR", "error"]


async def test_two_keys_go_through_the_matches_and_round(path: Path) -> None:
    async with log_app(path, b"one two one\nthree\none\n") as (app, pilot):
        await search(pilot, "one")
        await pilot.press("enter")
        numbers = [app.pane.status.match]
        for key in "nnnNN":
            await pilot.press(key)
            await settle(pilot)
            numbers.append(app.pane.status.match)
        assert numbers == [1, 2, 3, 1, 3, 2]
        assert app.pane.status.matches == 3


async def test_what_is_hidden_is_not_found(path: Path) -> None:
    data = b"\x1b]0;hidden\x07shown\nhidden\rshown!\nhidden\x1b[2K\rdone\n"
    async with log_app(path, data) as (app, pilot):
        await search(pilot, "hidden")
        assert (app.pane.status.match, app.pane.status.matches) == (None, 0)


async def test_a_match_in_text_that_was_written_over_is_marked(path: Path) -> None:
    async with log_app(path, b"Downloading\rdone\n") as (app, pilot):
        await search(pilot, "eload")
        assert app.lines[0] == "doneloading"
        assert marked(app, "current-match") == ["eload"]


async def test_a_match_over_the_cut_of_a_long_line_is_reached(path: Path) -> None:
    data = b"x" * (BLOCK - 3) + b"needle" + b"x" * BLOCK
    async with log_app(path, data) as (app, pilot):
        await search(pilot, "needle")
        assert (app.pane.status.match, app.pane.status.matches) == (1, 1)
        assert marked(app, "current-match") == ["nee"]


async def test_every_match_that_is_counted_is_shown(path: Path) -> None:
    bar = b"needle\r" * 50_000
    data = b"needle\n" + bar + b"\n\x1b[31mnee\x1b[0mdle\tneedle\n"
    async with log_app(path, data) as (app, pilot):
        await search(pilot, "needle")
        await pilot.press("enter")
        assert app.pane.status.matches == 4
        numbers = []
        for _ in range(4):
            assert "".join(marked(app, "current-match")) == "needle"
            numbers.append(app.pane.status.match)
            await pilot.press("n")
            await settle(pilot)
        assert numbers == [1, 2, 3, 4]


async def test_a_match_far_away_is_brought_into_view(path: Path) -> None:
    data = numbered(20_000) + b"needle\n" + numbered(20_000)
    async with log_app(path, data) as (app, pilot):
        await search(pilot, "needle")
        assert "needle" in app.lines
        assert marked(app, "current-match") == ["needle"]


async def test_a_match_far_to_the_right_is_brought_into_view(path: Path) -> None:
    async with log_app(path, b"x" * 5_000 + b" needle " + b"y" * 5_000) as (app, pilot):
        await search(pilot, "needle")
        assert "needle" in app.lines[0]
        await pilot.press("enter", "w")
        await search(pilot, "needle")
        assert any("needle" in line for line in app.lines)


async def test_escape_leads_back_to_where_the_search_began(path: Path) -> None:
    async with log_app(path, numbered(500)) as (app, pilot):
        await pilot.press("g", "j")
        await search(pilot, "line 400")
        assert "line 400" in app.lines
        await pilot.press("escape")
        await settle(pilot)
        assert app.lines[0] == "line 2"
        assert app.pane.status.search == ""
        assert app.focused is app.pane.view


async def test_escape_forgets_a_search_and_then_belongs_to_the_screen(path: Path) -> None:
    class Escaped(LogApp):
        escaped = 0

        def key_escape(self) -> None:
            self.escaped += 1

    put(path, b"error\n")
    app = Escaped()
    async with app.run_test() as pilot:
        app.pane.show(path, live=False)
        app.pane.focus()
        await search(pilot, "error")
        await pilot.press("enter")
        await pilot.press("escape")
        await settle(pilot)
        assert app.pane.status.search == ""
        assert marked(app, "match") == []
        before = app.escaped
        await pilot.press("escape")
        await pilot.pause()
        assert app.escaped == before + 1


async def test_nothing_found_is_said_and_moves_nothing(path: Path) -> None:
    async with log_app(path, numbered(500)) as (app, pilot):
        await pilot.press("g")
        before = app.lines[:9]
        await search(pilot, "needle")
        assert app.lines[:9] == before
        assert (app.pane.status.match, app.pane.status.matches) == (None, 0)
        assert not app.pane.status.is_searching


async def test_what_is_written_meanwhile_is_counted(path: Path) -> None:
    async with log_app(path, b"error\n") as (app, pilot):
        await search(pilot, "error")
        await pilot.press("enter")
        await write(pilot, app, path, b"error\nfine\n")
        assert (app.pane.status.match, app.pane.status.matches) == (1, 2)


async def test_a_search_goes_on_in_another_log(path: Path) -> None:
    async with log_app(path, b"error\n") as (app, pilot):
        await search(pilot, "error")
        await pilot.press("enter")
        other = path.with_name("other.log")
        put(other, b"error error\nfine\n")
        app.pane.show(other, live=False)
        await settle(pilot)
        assert app.pane.status.matches == 2
        assert marked(app, "match") == ["error", "error"]


async def test_keys_of_the_log_are_letters_in_the_prompt(path: Path) -> None:
    async with log_app(path, numbered(100)) as (app, pilot):
        await search(pilot, "nNgGwFjk")
        assert app.query_one(Input).value == "nNgGwFjk"
        assert not app.pane.status.wrap


def offers_matches(app: LogApp) -> bool:
    """Return whether the keys from match to match are offered."""
    return {"n", "N"} <= set(app.screen.active_bindings)


async def test_keys_from_match_to_match_are_offered_where_there_are_any(path: Path) -> None:
    async with log_app(path, b"one\n") as (app, pilot):
        assert not offers_matches(app)
        await search(pilot, "on")
        await pilot.press("enter")
        assert offers_matches(app)
        app.pane.search("two")
        await settle(pilot)
        assert not offers_matches(app)
        await write(pilot, app, path, b"three\n")
        assert not offers_matches(app)
        await write(pilot, app, path, b"two\n")
        assert offers_matches(app)
        put(path, b"another\n")
        app.pane.view.look()
        await settle(pilot)
        assert not offers_matches(app)
        put(path, b"now it has two\n")
        app.pane.view.look()
        await settle(pilot)
        assert offers_matches(app)
        app.pane.search("")
        await settle(pilot)
        assert not offers_matches(app)
