"""What the log pane shows of a line."""

from pathlib import Path

import pytest
from rich.color import Color
from rich.segment import Segment

from tests.tui.widgets.log.logs import WIDTH, LogApp, log_app, numbered, write
from tui_scheduler.tui.widgets.log.rows import Row

INSIDE = WIDTH - 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


def segments(app: LogApp, y: int) -> list[Segment]:
    return [segment for segment in app.pane.view.line(y) if segment.text.strip()]


class TestText:
    @pytest.mark.parametrize(
        ("data", "shown_as"),
        [
            (b"[/etc] [/ [@click=app.quit]x[/", "[/etc] [/ [@click=app.quit]x[/"),
            (b"\x1b]0;title\x07text\x1b[2J", "text"),
            (b"\x1bP secret \x1b\\text", "text"),
            (b"nul \x00 bell \x07", "nul ␀ bell ␇"),
            (b"\xff\xfe caf\xc3\xa9", "\ufffd\ufffd café"),
            (b"c1 \x9b31m \xc2\x9b31mx", "c1 \ufffd31m x"),
            ("日本語 テスト".encode(), "日本語 テスト"),
            (b"a\tb", "a       b"),
            (b"10%\r50%\r100%", "100%"),
            (b"dos\r", "dos"),
            (b"Downloading\rdone", "doneloading"),
            (b"Downloading\r\x1b[Kdone", "done"),
            (b"Working |\x08/\x08-\x08done", "Working done"),
            ("日本\tx".encode(), "日本    x"),
            ("\u202egnp.exe".encode(), "\ufffdgnp.exe"),
        ],
    )
    async def test_a_line_is_shown_harmlessly(self, path: Path, data: bytes, shown_as: str) -> None:
        async with log_app(path, data) as (app, _):
            assert app.lines[0] == shown_as

    async def test_colours_of_the_process_are_kept(self, path: Path) -> None:
        async with log_app(path, b"plain \x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3mblue") as (app, _):
            styles = {segment.text.strip(): segment.style for segment in segments(app, 0)}
            red, blue = styles["red"], styles["blue"]
            assert red is not None
            assert red.bold
            assert red.color is not None
            assert red.color.number == 1
            assert blue is not None
            assert blue.color is not None
            assert blue.color.triplet == (1, 2, 3)

    async def test_a_colour_holds_until_it_is_changed(self, path: Path) -> None:
        async with log_app(path, b"\x1b[31mred\nred, too\x1b[0m\nplain") as (app, _):
            styles = [segments(app, y)[0].style for y in range(3)]
            assert styles[0] == styles[1] != styles[2]

    async def test_a_colour_is_known_that_was_chosen_above_the_screen(self, path: Path) -> None:
        async with log_app(path, b"\x1b[31m" + numbered(100) + b"\x1b[0mplain") as (app, _):
            red = segments(app, 0)[0].style
            assert red is not None
            assert red.color == Color.from_ansi(1)
            assert segments(app, 9)[0].style != red


class TestLongLines:
    async def test_a_line_is_cut_at_the_edge(self, path: Path) -> None:
        async with log_app(path, b"0123456789" * 10) as (app, pilot):
            assert app.lines[0] == "01234567890123456789012345678901234567…"
            await pilot.press("right")
            assert app.lines[0] == "…1234567890123456789012345678901234567…"
            await pilot.press("right", "right", "right", "left", "left", "left")
            assert app.lines[0].startswith("…1234")
            await pilot.press("left")
            assert app.lines[0].startswith("0123")

    async def test_wide_characters_are_cut_by_their_cells(self, path: Path) -> None:
        async with log_app(path, "日本語".encode() * 30) as (app, pilot):
            assert app.pane.view.line(0).cell_length == INSIDE
            await pilot.press("w")
            assert app.lines[0] == "日本語" * 6 + "日"
            assert app.pane.view.line(0).cell_length == INSIDE

    async def test_wrapping_shows_all_of_a_line(self, path: Path) -> None:
        async with log_app(path, b"start\n" + b"0123456789" * 10) as (app, pilot):
            await pilot.press("w")
            assert app.pane.status.wrap
            assert "".join(app.lines[1:4]) == "0123456789" * 10
            await pilot.press("w")
            assert app.lines[2] == ""

    async def test_wrapped_lines_are_scrolled_part_by_part(self, path: Path) -> None:
        data = b"".join(b"%02d" % number * INSIDE + b"\n" for number in range(10, 30))
        async with log_app(path, data) as (app, pilot):
            await pilot.press("w")
            assert [line[:2] for line in app.lines] == ["25", "52"] + [
                part for number in range(26, 30) for part in (str(number), str(number)[::-1])
            ]
            await pilot.press("k")
            assert app.lines[0][:2] == "42"
            await pilot.press("g", "j")
            assert app.lines[0][:2] == "01"

    async def test_a_megabyte_without_a_line_end_is_read_like_other_lines(self, path: Path) -> None:
        data = b"start\n" + b"x" * 1_000_000 + b"\nend\n"
        async with log_app(path, data) as (app, pilot):
            assert app.lines[-1] == "end"
            assert app.lines[-2] == "x" * (INSIDE - 1) + "…"
            await pilot.press("w", "G", "k", "g")
            assert app.lines[0] == "start"
            assert app.lines[1] == "x" * INSIDE

    async def test_a_long_progress_bar_is_one_line(self, path: Path) -> None:
        bar = b"".join(b"frame=%6d speed=1x\r" % number for number in range(20_000))
        async with log_app(path, b"start\n" + bar) as (app, pilot):
            assert app.lines[:3] == ["start", "frame= 19999 speed=1x", ""]
            await write(pilot, app, path, b"frame= 20000 speed=1x\r")
            assert app.lines[:3] == ["start", "frame= 20000 speed=1x", ""]
            await write(pilot, app, path, b"\nend\n")
            assert app.lines[:4] == ["start", "frame= 20000 speed=1x", "end", ""]
            assert app.pane.status.lines == 3

    async def test_no_character_is_broken_in_a_long_line(self, path: Path) -> None:
        async with log_app(path, "€".encode() * 60_000) as (app, pilot):
            await pilot.press("w")
            assert "\ufffd" not in "".join(app.lines)
            await pilot.press("k", "g")
            assert "\ufffd" not in "".join(app.lines)

    async def test_only_what_is_seen_is_decoded(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        decoded: list[int] = []

        def counting(row: Row) -> str:
            decoded.append(len(row.content.text))
            return row.content.text

        async with log_app(path, numbered(5_000) + b"y" * 30_000) as (app, pilot):
            monkeypatch.setattr(Row, "text", property(counting))
            await pilot.press("k", "k", "k")
            assert app.lines[-1] == "line 4998"
            assert max(decoded) < 2_000
            assert len(decoded) < 300


class TestRedrawing:
    async def test_following_draws_only_new_lines(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            known = set(app.pane.view._painter._strips)
            await write(pilot, app, path, b"more\n")
            drawn = set(app.pane.view._painter._strips)
            assert len(drawn - known) == 1
            await pilot.press("k")
            assert set(app.pane.view._painter._strips) == drawn

    async def test_a_change_of_theme_draws_in_other_colours(self, path: Path) -> None:
        async with log_app(path, b"text\n") as (app, pilot):
            before = segments(app, 0)
            app.theme = "textual-light"
            await pilot.pause()
            assert segments(app, 0) != before


class TestSelecting:
    async def test_text_is_selected_with_the_mouse_and_copied(self, path: Path) -> None:
        async with log_app(path, b"one two three\nfour five\n") as (app, pilot):
            await pilot.hover(app.pane.view, offset=(4, 0))
            await pilot.pause()
            await pilot.mouse_down(app.pane.view, offset=(4, 0))
            await pilot.hover(app.pane.view, offset=(4, 1))
            await pilot.mouse_up(app.pane.view, offset=(4, 1))
            await pilot.press("y")
            assert app.clipboard.startswith("two three\nfour")

    async def test_scrolling_forgets_the_selection(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.hover(app.pane.view, offset=(0, 0))
            await pilot.pause()
            await pilot.mouse_down(app.pane.view, offset=(0, 0))
            await pilot.hover(app.pane.view, offset=(3, 2))
            await pilot.mouse_up(app.pane.view, offset=(3, 2))
            assert app.screen.get_selected_text()
            await pilot.press("k")
            await pilot.pause()
            assert not app.screen.get_selected_text()
