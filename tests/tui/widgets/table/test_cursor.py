"""The cursor stays on its row."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.tui.widgets.table.sample_rows import (
    Fruit,
    ListSource,
    Million,
    TableApp,
    cursor_line,
    fruits,
    reload,
    screen_lines,
    settle,
)
from tui_scheduler.tui.widgets.table.table import RowTable

KEYS = ["down", "j", "up", "k", "G", "g", "ctrl+d", "ctrl+u", "pagedown", "pageup", "end", "home"]


@asynccontextmanager
async def table_app(source: ListSource | Million) -> AsyncIterator[tuple[TableApp, Pilot[None]]]:
    app = TableApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.set_source(source)
        app.table.focus()
        await settle(pilot)
        yield app, pilot


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


class TestMovement:
    async def test_it_begins_on_the_first_row(self) -> None:
        async with table_app(ListSource(fruits(range(100)))) as (app, _):
            assert app.table.cursor_row == Fruit(0, "fruit 0", 0)
            assert cursor_line(app) == 1

    @pytest.mark.parametrize(
        ("keys", "row"),
        [
            ("j down", 2),
            ("j j k", 1),
            ("up", 0),
            ("G", 99),
            ("end j", 99),
            ("G g", 0),
            ("end home", 0),
            ("pagedown", 11),
            ("pagedown pagedown pageup", 11),
            ("ctrl+d", 5),
            ("ctrl+d ctrl+d ctrl+u", 5),
        ],
    )
    async def test_keys_move_it(self, keys: str, row: int) -> None:
        async with table_app(ListSource(fruits(range(100)))) as (app, pilot):
            await press(pilot, *keys.split())
            assert app.table.cursor_id == row
            assert f"fruit {row} " in screen_lines(app)[cursor_line(app)]

    async def test_every_key_is_harmless_in_an_empty_table(self) -> None:
        async with table_app(ListSource([])) as (app, pilot):
            await press(pilot, *KEYS, "space", "enter", "o", "O")
            assert app.table.cursor_row is None
            assert app.table.marked == frozenset()

    async def test_a_million_rows_are_like_a_hundred(self) -> None:
        async with table_app(Million()) as (app, pilot):
            await press(pilot, "G")
            assert app.table.cursor_id == 999_999
            await press(pilot, "k", "pageup")
            assert app.table.cursor_id == 999_987
            app.table.scroll_to(y=500_000, animate=False)
            await settle(pilot)
            assert "fruit 500000 " in screen_lines(app)[1]
            assert app.table.cursor_id == 500_010
            assert len(app.rendered.names) < 300


class TestChangingRows:
    async def test_rows_that_come_above_move_neither_row_nor_cursor(self) -> None:
        source = ListSource(fruits(range(100)))
        async with table_app(source) as (app, pilot):
            await press(pilot, *"jjjjj")
            before = [line[:59] for line in screen_lines(app)]
            source.rows[:0] = fruits(range(200, 230))
            await reload(pilot, app.table)
            assert app.table.cursor_id == 5
            assert [line[:59] for line in screen_lines(app)] == before

    async def test_at_the_top_new_rows_appear_and_the_cursor_goes_down_with_its_row(self) -> None:
        source = ListSource(fruits(range(100)))
        async with table_app(source) as (app, pilot):
            source.rows[:0] = fruits([200, 201, 202])
            await reload(pilot, app.table)
            assert app.table.cursor_id == 0
            assert cursor_line(app) == 4
            assert "fruit 200 " in screen_lines(app)[1]

    async def test_at_the_top_the_cursor_may_leave_the_screen_with_its_row(self) -> None:
        source = ListSource(fruits(range(100)))
        async with table_app(source) as (app, pilot):
            source.rows[:0] = fruits(range(200, 300))
            await reload(pilot, app.table)
            assert app.table.cursor_id == 0
            assert "fruit 200 " in screen_lines(app)[1]
            await press(pilot, "j")
            assert app.table.cursor_id == 201
            assert cursor_line(app) == 2

    async def test_when_its_row_vanishes_the_next_one_is_taken(self) -> None:
        source = ListSource(fruits(range(100)))
        async with table_app(source) as (app, pilot):
            await press(pilot, *"jjj")
            del source.rows[3]
            await reload(pilot, app.table)
            assert app.table.cursor_id == 4
            assert cursor_line(app) == 4

    async def test_when_the_last_row_vanishes_the_one_before_is_taken(self) -> None:
        source = ListSource(fruits(range(100)))
        async with table_app(source) as (app, pilot):
            await press(pilot, "G")
            del source.rows[-1]
            await reload(pilot, app.table)
            assert app.table.cursor_id == 98

    async def test_when_all_rows_vanish_and_come_back_it_is_on_the_first(self) -> None:
        source = ListSource(fruits(range(100)))
        async with table_app(source) as (app, pilot):
            await press(pilot, *"jjj")
            rows, source.rows = source.rows, []
            await reload(pilot, app.table)
            assert app.table.cursor_row is None
            assert any("No fruit" in line for line in screen_lines(app))
            source.rows = rows
            await reload(pilot, app.table)
            assert app.table.cursor_id == 0

    async def test_it_stays_on_its_row_and_line_when_rows_are_sorted(self) -> None:
        source = ListSource(fruits(range(500)))
        async with table_app(source) as (app, pilot):
            await press(pilot, *["ctrl+d"] * 6)
            line = cursor_line(app)
            app.table.sort_by("name", reverse=True)
            await settle(pilot)
            assert app.table.cursor_id == 30
            assert cursor_line(app) == line
            assert "Name ▼" in screen_lines(app)[0]

    async def test_it_stays_on_its_row_when_a_filter_keeps_it(self) -> None:
        source = ListSource(fruits(range(500)))
        async with table_app(source) as (app, pilot):
            await press(pilot, *["pagedown"] * 3)
            app.table.filter = "3"
            await settle(pilot)
            assert app.table.cursor_id == 33
            app.table.filter = ""
            await settle(pilot)
            assert app.table.cursor_id == 33

    async def test_a_filter_that_drops_its_row_puts_it_on_the_first_match(self) -> None:
        source = ListSource(fruits(range(500)))
        async with table_app(source) as (app, pilot):
            await press(pilot, "G")
            app.table.filter = "44"
            await settle(pilot)
            assert app.table.cursor_id == 44
            assert cursor_line(app) == 1

    async def test_a_changed_row_is_the_same_row(self) -> None:
        source = ListSource(fruits(range(10)))
        async with table_app(source) as (app, pilot):
            await press(pilot, "j")
            app.messages.clear()
            source.rows[1] = Fruit(1, "apple", 9)
            await reload(pilot, app.table)
            assert app.table.cursor_row == Fruit(1, "apple", 9)
            assert [type(message) for message in app.messages] == [RowTable.RowUpdated]


class TestResizing:
    @pytest.mark.parametrize("height", [4, 8, 30])
    async def test_the_cursor_stays_in_view(self, height: int) -> None:
        async with table_app(ListSource(fruits(range(100)))) as (app, pilot):
            await press(pilot, *["j"] * 9)
            await pilot.resize_terminal(60, height)
            await settle(pilot)
            assert app.table.cursor_id == 9
            assert "fruit 9 " in screen_lines(app)[cursor_line(app)]

    async def test_the_end_stays_at_the_bottom(self) -> None:
        async with table_app(ListSource(fruits(range(100)))) as (app, pilot):
            await press(pilot, "G")
            await pilot.resize_terminal(60, 30)
            await settle(pilot)
            assert "fruit 99 " in screen_lines(app)[-1]

    @pytest.mark.parametrize("rows", [18, 100])
    @pytest.mark.parametrize("heights", [(16, 12), (30, 12), (30, 5, 30)])
    async def test_the_cursor_stays_on_its_row_when_there_is_more_room_than_rows(
        self, rows: int, heights: tuple[int, ...]
    ) -> None:
        async with table_app(ListSource(fruits(range(rows)))) as (app, pilot):
            await press(pilot, "G", "k", "k", "k")
            for height in heights:
                await pilot.resize_terminal(60, height)
                await settle(pilot)
                assert app.table.cursor_id == rows - 4
                assert f"fruit {rows - 4} " in screen_lines(app)[cursor_line(app)]
