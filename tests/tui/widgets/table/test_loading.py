"""How a table gets its rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen

from tests.tui.widgets.table.sample_rows import (
    Fruit,
    ListSource,
    TableApp,
    fruits,
    reload,
    screen_lines,
    settle,
)
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.tui.widgets.table.table import RowTable


@asynccontextmanager
async def table_app(source: ListSource) -> AsyncIterator[tuple[TableApp, Pilot[None]]]:
    app = TableApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.set_source(source)
        app.table.focus()
        await settle(pilot)
        yield app, pilot


async def test_a_window_around_the_view_is_asked_for_once() -> None:
    source = ListSource(fruits(range(1000)))
    async with table_app(source) as (_, pilot):
        await pilot.press(*"jjjjj")
        await settle(pilot)
        assert [(window.offset, window.limit) for window in source.asked] == [(0, 51)]


async def test_one_request_is_on_its_way_and_the_newest_wish_wins() -> None:
    source = ListSource(fruits(range(1000)))
    async with table_app(source) as (app, pilot):
        source.asked.clear()
        source.gate.clear()
        for text in ("1", "12", "123"):
            app.table.filter = text
            await pilot.pause()
        assert [window.text for window in source.asked] == ["1"]
        source.gate.set()
        await settle(pilot)
        assert [window.text for window in source.asked] == ["1", "123"]
        assert "fruit 123 " in screen_lines(app)[1]


async def test_while_rows_are_loading_the_old_ones_stay() -> None:
    source = ListSource(fruits(range(1000)))
    async with table_app(source) as (app, pilot):
        before = screen_lines(app)
        source.gate.clear()
        app.table.filter = "nothing like this"
        await pilot.pause()
        assert screen_lines(app) == before
        source.gate.set()
        await settle(pilot)
        assert any("Nothing matches “nothing like this”" in line for line in screen_lines(app))


async def test_the_cursor_may_move_while_rows_are_loading() -> None:
    source = ListSource(fruits(range(1000)))
    async with table_app(source) as (app, pilot):
        await pilot.press(*"jjj")
        source.gate.clear()
        await pilot.press("space")
        app.table._loaded_at = 0.0
        app.table.refresh_rows()
        await pilot.press(*"jj")
        source.rows[:0] = fruits(range(2000, 2040))
        source.gate.set()
        await settle(pilot)
        assert app.table.cursor_id == 5
        assert app.table.marked == {3}


async def test_rows_are_loaded_again_at_most_ten_times_a_second() -> None:
    source = ListSource(fruits(range(10)))
    async with table_app(source) as (app, pilot):
        source.asked.clear()
        for _ in range(50):
            app.table.refresh_rows()
        await settle(pilot)
        assert len(source.asked) <= 1
        while not source.asked:
            await pilot.pause(0.01)
        assert len(source.asked) == 1


async def test_nothing_is_loaded_for_a_screen_that_is_not_seen() -> None:
    source = ListSource(fruits(range(10)))
    async with table_app(source) as (app, pilot):
        await app.push_screen(Screen())
        source.asked.clear()
        source.rows.append(Fruit(77, "late"))
        await reload(pilot, app.table)
        assert source.asked == []
        app.pop_screen()
        await settle(pilot)
        assert any("late" in line for line in screen_lines(app))


async def test_rows_are_loaded_below_a_dialog() -> None:
    source = ListSource(fruits(range(10)))
    async with table_app(source) as (app, pilot):
        await app.push_screen(ModalScreen[None]())
        source.rows.append(Fruit(77, "late"))
        await reload(pilot, app.table)
        assert any("late" in line for line in screen_lines(app))


async def test_a_source_that_fails_is_told_of_and_asked_again_later() -> None:
    source = ListSource(fruits(range(10)))
    async with table_app(source) as (app, pilot):
        app.messages.clear()
        source.error = DatabaseUnusable("locked")
        await reload(pilot, app.table)
        assert [type(message) for message in app.messages] == [RowTable.LoadFailed]
        assert "fruit 0 " in screen_lines(app)[1]
        source.error = None
        source.rows.insert(0, Fruit(77, "late"))
        await reload(pilot, app.table)
        assert "late" in screen_lines(app)[1]


async def test_another_source_begins_at_its_beginning() -> None:
    async with table_app(ListSource(fruits(range(100)))) as (app, pilot):
        await pilot.press("G")
        app.table.set_source(ListSource(fruits(range(300, 400))))
        await settle(pilot)
        assert app.table.cursor_id == 300


async def test_counts_are_told_when_they_change() -> None:
    source = ListSource(fruits(range(100)))
    async with table_app(source) as (app, pilot):
        app.table.filter = "9"
        await settle(pilot)
        await reload(pilot, app.table)
        counts = [
            (message.total, message.overall)
            for message in app.messages
            if isinstance(message, RowTable.Counted)
        ]
        assert counts == [(100, 100), (19, 100)]


async def test_a_source_that_gives_too_little_is_not_asked_for_ever() -> None:
    source = ListSource(fruits(range(100)))
    async with table_app(source) as (app, pilot):
        source.asked.clear()
        app.table.place = app.table.place.carried(0, 5_000)
        app.table.go(app.table.place.moved_to(4_000))
        await settle(pilot)
        assert len(source.asked) <= 4
