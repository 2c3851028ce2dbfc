"""The log pane follows what is written."""

import re
from pathlib import Path

import pytest
from textual import events
from textual.screen import Screen

from tests.engine.kept import keep
from tests.tui.textual_inside import is_ticking
from tests.tui.widgets.log.logs import LogApp, append, log_app, numbered, put, settle, write

CAP = 100_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


def remove(path: Path) -> None:
    path.unlink()


def lines_in(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def wheel_up() -> events.MouseScrollUp:
    return events.MouseScrollUp(None, 5, 5, 0, 0, 0, shift=False, meta=False, ctrl=False)


def is_looking(app: LogApp) -> bool:
    timer = app.pane.view._timer
    return timer is not None and is_ticking(timer)


BAR = 39
"""The column of the scroll bar."""


class TestFollowing:
    async def test_a_log_is_shown_from_its_end(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, _):
            assert app.lines == [f"line {number}" for number in range(91, 101)]
            assert app.pane.status.following
            assert app.pane.status.lines == 100

    async def test_what_is_written_appears(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await write(pilot, app, path, b"more\nand mo")
            assert app.lines[-2:] == ["more", "and mo"]
            await write(pilot, app, path, b"re\n")
            assert app.lines[-1] == "and more"
            assert app.pane.status.lines == 102

    async def test_scrolling_up_stops_following_and_the_end_resumes(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press("k")
            assert not app.pane.status.following
            await write(pilot, app, path, b"more\n")
            assert app.lines[-1] == "line 99"
            await pilot.press("G")
            assert app.lines[-1] == "more"
            await write(pilot, app, path, b"and more\n")
            assert app.lines[-1] == "and more"

    async def test_scrolling_down_to_the_end_resumes_following(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press("k", "k", "j")
            assert not app.pane.status.following
            await pilot.press("j")
            assert app.pane.status.following

    async def test_shift_f_stops_and_resumes(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press("F")
            await write(pilot, app, path, b"more\n")
            assert app.lines[-1] == "line 100"
            await pilot.press("F")
            assert app.lines[-1] == "more"

    async def test_a_short_log_stands_at_the_top(self, path: Path) -> None:
        async with log_app(path, b"one\ntwo") as (app, _):
            assert app.lines == ["one", "two", *[""] * 8]


class TestChangingFiles:
    async def test_a_log_that_does_not_exist_yet_appears(self, path: Path) -> None:
        async with log_app(path) as (app, pilot):
            assert app.lines[0] == "No output yet"
            await write(pilot, app, path, b"first\n")
            assert app.lines[:2] == ["first", ""]

    async def test_a_truncated_log_is_shown_anew(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press("g")
            put(path, b"new\n")
            await write(pilot, app, path, b"")
            assert app.lines[:2] == ["new", ""]
            assert app.pane.status.lines == 1

    @pytest.mark.parametrize("following", [True, False])
    async def test_a_log_that_is_cut_is_followed_on(self, path: Path, following: bool) -> None:
        async with log_app(path, numbered(20_000)) as (app, pilot):
            if not following:
                await pilot.press("g", "j")
            keep(path, b"and on\n", CAP)
            await write(pilot, app, path, b"")
            assert app.pane.status.following is following
            if following:
                assert app.lines[-2:] == ["line 20000", "and on"]
            else:
                assert app.lines[:2] == ["line 2", "line 3"]
            assert app.pane.status.lines == lines_in(path)

    async def test_a_log_that_was_cut_says_so_where_it_was_cut(self, path: Path) -> None:
        async with log_app(path, numbered(20_000)) as (app, pilot):
            keep(path, b"and on\n", CAP)
            await write(pilot, app, path, b"")
            await pilot.press("g", "slash", *"dropped", "enter")
            await settle(pilot)
            assert any("bytes of output dropped" in line for line in app.lines)

    async def test_who_reads_what_is_cut_goes_on_with_whole_lines(self, path: Path) -> None:
        async with log_app(path, numbered(20_000)) as (app, pilot):
            await pilot.press("pageup")
            keep(path, b"and on\n", CAP)
            await write(pilot, app, path, numbered(20_000, first=20_001))
            assert app.pane.status.size > len(numbered(20_000))
            assert not app.pane.status.following
            assert all(re.fullmatch(r"line \d{5}", line) for line in app.lines)

    async def test_a_log_that_vanishes_leaves_the_placeholder(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            remove(path)
            app.pane.view.look()
            await settle(pilot)
            assert app.lines[0] == "No output yet"

    async def test_another_log_is_followed_from_its_end(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press("g")
            other = path.with_name("other.log")
            put(other, numbered(50, first=500))
            app.pane.show(other, live=False)
            await settle(pilot)
            assert app.lines[-1] == "line 549"
            assert app.pane.status.lines == 50
            assert not app.pane.status.live

    async def test_the_same_log_again_leaves_the_reader_where_he_is(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press("g", "j")
            app.pane.show(path, live=False)
            await settle(pilot)
            assert app.lines[0] == "line 2"
            assert not app.pane.status.live

    async def test_no_log_shows_the_words_given(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            app.pane.show(None, live=False, placeholder="It \x1b[31mwas skipped")
            await settle(pilot)
            assert app.lines[0] == "It ␛[31mwas skipped"
            await pilot.press(*"jkgGFwny", "slash", "x", "enter", "n", "ctrl+s", "v", "Y")

    async def test_the_words_for_an_empty_log_may_change(self, path: Path) -> None:
        async with log_app(path) as (app, pilot):
            app.pane.show(path, live=False, placeholder="It wrote nothing")
            await settle(pilot)
            assert app.lines[0] == "It wrote nothing"


class TestMovement:
    @pytest.mark.parametrize(
        ("keys", "first"),
        [
            ("g", 1),
            ("g j j", 3),
            ("g pagedown", 10),
            ("g pagedown pageup", 1),
            ("g ctrl+d", 5),
            ("g ctrl+d ctrl+u", 1),
            ("g k pageup ctrl+u up", 1),
            ("G", 91),
            ("G j pagedown ctrl+d down", 91),
            ("pageup", 82),
            ("home end", 91),
        ],
    )
    async def test_keys_move(self, path: Path, keys: str, first: int) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press(*keys.split())
            assert app.lines[0] == f"line {first}"

    async def test_the_wheel_moves_three_lines(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            app.pane.view.post_message(wheel_up())
            await pilot.pause()
            assert app.lines[0] == "line 88"

    async def test_the_scroll_bar_goes_where_it_is_dragged(self, path: Path) -> None:
        async with log_app(path, numbered(10_000)) as (app, pilot):
            view = app.pane.view
            await pilot.mouse_down(view, offset=(BAR, 9))
            await pilot.hover(view, offset=(BAR, 4))
            await pilot.mouse_up(view, offset=(BAR, 4))
            await pilot.pause()
            number = int(app.lines[0].removeprefix("line "))
            assert 3_000 < number < 7_000
            assert not app.pane.status.following

    async def test_the_place_stays_when_the_size_changes(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press("g", "j")
            await pilot.resize_terminal(30, 20)
            await pilot.pause()
            assert app.lines[0].startswith("line 2")
            await pilot.press("G")
            await pilot.resize_terminal(30, 5)
            await pilot.pause()
            assert app.lines[-1].startswith("line 100")


async def test_new_output_is_seen_without_being_asked_for(path: Path) -> None:
    put(path, b"first\n")
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.pane.show(path, live=True)
        append(path, b"second\n")
        while "second" not in app.lines:
            await pilot.pause(0.01)


async def test_nobody_looks_at_the_log_of_a_screen_that_is_not_seen(path: Path) -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.pane.show(path, live=True)
        await pilot.pause()
        assert is_looking(app)
        await app.push_screen(Screen())
        await pilot.pause()
        assert not is_looking(app)
        put(path, b"late\n")
        app.pop_screen()
        await settle(pilot)
        assert is_looking(app)
        assert app.lines[0] == "late"
