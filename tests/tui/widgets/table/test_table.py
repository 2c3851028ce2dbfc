"""Marks, sorting, mouse and looks of the table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.widgets.table.sample_rows import (
    Fruit,
    ListSource,
    TableApp,
    cursor_line,
    fruits,
    reload,
    screen_lines,
    settle,
)
from tui_scheduler.tui.widgets.table.table import Column, RowTable


@asynccontextmanager
async def table_app(
    source: ListSource, width: int = 60
) -> AsyncIterator[tuple[TableApp, Pilot[None]]]:
    app = TableApp()
    async with app.run_test(size=(width, 12)) as pilot:
        app.table.set_source(source)
        app.table.focus()
        await settle(pilot)
        app.messages.clear()
        yield app, pilot


def message_names(app: TableApp) -> list[str]:
    return [type(message).__name__ for message in app.messages]


class TestMarks:
    async def test_space_marks_and_takes_the_mark_away(self) -> None:
        async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
            await pilot.press("space", "j", "space")
            assert app.table.marked == {0, 1}
            assert [line[1] for line in screen_lines(app)[1:4]] == ["◆", "◆", " "]
            await pilot.press("space")
            assert app.table.marked == {0}
            assert message_names(app).count("MarksChanged") == 3

    async def test_marks_stay_on_their_rows_when_these_move(self) -> None:
        source = ListSource(fruits(range(10)))
        async with table_app(source) as (app, pilot):
            await pilot.press("space")
            app.table.filter = "7"
            await settle(pilot)
            app.table.filter = ""
            await settle(pilot)
            source.rows.reverse()
            await reload(pilot, app.table)
            marked = [line for line in screen_lines(app) if line[1] == "◆"]
            assert ["fruit 0" in line for line in marked] == [True]

    async def test_all_marks_can_be_taken_away(self) -> None:
        async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
            await pilot.press("space", "j", "space")
            app.table.clear_marks()
            await pilot.pause()
            assert app.table.marked == frozenset()
            assert not any("◆" in line for line in screen_lines(app))


class TestSorting:
    async def test_o_goes_through_the_columns_and_back_to_the_own_order(self) -> None:
        source = ListSource(fruits(range(10)))
        async with table_app(source) as (app, pilot):
            for key in ("name", "price", None):
                await pilot.press("o")
                await settle(pilot)
                assert source.asked[-1].sort == key
            assert message_names(app).count("SortChanged") == 3

    async def test_shift_o_turns_the_order_round(self) -> None:
        source = ListSource(fruits(range(10)))
        async with table_app(source) as (app, pilot):
            await pilot.press("O")
            await settle(pilot)
            assert (source.asked[-1].sort, source.asked[-1].reverse) == (None, True)
            await pilot.press("o", "O")
            await settle(pilot)
            assert "Name ▼" in screen_lines(app)[0]

    async def test_a_click_on_a_title_sorts_and_another_one_turns_the_order_round(self) -> None:
        source = ListSource(fruits(range(10)))
        async with table_app(source) as (app, pilot):
            x = screen_lines(app)[0].index("Name")
            await pilot.click(RowTable, offset=(x, 0))
            await settle(pilot)
            assert (source.asked[-1].sort, source.asked[-1].reverse) == ("name", False)
            await pilot.click(RowTable, offset=(x, 0))
            await settle(pilot)
            assert (source.asked[-1].sort, source.asked[-1].reverse) == ("name", True)

    async def test_a_column_that_cannot_be_sorted_by_is_not(self) -> None:
        source = ListSource(fruits(range(10)))
        async with table_app(source) as (_, pilot):
            await pilot.click(RowTable, offset=(4, 0))
            await settle(pilot)
            assert source.asked[-1].sort is None


class TestMouse:
    async def test_a_click_takes_the_cursor_there(self) -> None:
        async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
            await pilot.click(RowTable, offset=(10, 4))
            assert app.table.cursor_id == 3
            assert message_names(app) == ["CursorMoved"]

    async def test_a_double_click_opens_the_row(self) -> None:
        async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
            await pilot.click(RowTable, offset=(10, 4), times=2)
            opened = [m for m in app.messages if isinstance(m, RowTable.RowActivated)]
            assert [message.row for message in opened] == [Fruit(3, "fruit 3", 3)]

    async def test_a_click_with_ctrl_marks(self) -> None:
        async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
            await pilot.click(RowTable, offset=(10, 4), control=True)
            assert app.table.marked == {3}

    async def test_a_click_below_the_rows_does_nothing(self) -> None:
        async with table_app(ListSource(fruits(range(3)))) as (app, pilot):
            await pilot.click(RowTable, offset=(10, 8))
            assert message_names(app) == []

    async def test_the_row_below_the_mouse_is_lit(self) -> None:
        async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
            before = app.table.line(4)
            await pilot.hover(RowTable, offset=(10, 4))
            assert app.table.line(4) != before
            await pilot.hover(RowTable, offset=(10, 6))
            assert app.table.line(4) == before


async def test_enter_opens_the_row() -> None:
    async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
        await pilot.press("j", "enter")
        assert message_names(app) == ["CursorMoved", "RowActivated"]


class TestDrawing:
    async def test_a_moved_cursor_draws_two_rows(self) -> None:
        async with table_app(ListSource(fruits(range(100)))) as (app, pilot):
            app.rendered.names.clear()
            await pilot.press("j")
            assert sorted(set(app.rendered.names)) == ["fruit 0", "fruit 1"]

    async def test_a_changed_row_is_the_only_one_that_is_drawn(self) -> None:
        source = ListSource(fruits(range(100)))
        async with table_app(source) as (app, pilot):
            app.rendered.names.clear()
            source.rows[5] = Fruit(5, "apple")
            await reload(pilot, app.table)
            assert set(app.rendered.names) == {"apple"}
            assert "apple" in screen_lines(app)[6]

    async def test_unchanged_rows_are_not_drawn_again(self) -> None:
        async with table_app(ListSource(fruits(range(100)))) as (app, pilot):
            app.rendered.names.clear()
            await reload(pilot, app.table)
            assert app.rendered.names == []

    async def test_a_tick_refreshes_only_lines_that_look_different(self) -> None:
        app = TableApp()
        seconds = 0
        ticking: Column[Fruit] = Column(
            "age", "Age", lambda row: Text(str(seconds if row.id == 2 else 0)), width=5
        )
        app.table = RowTable([ticking])
        async with app.run_test(size=(60, 12)) as pilot:
            app.table.set_source(ListSource(fruits(range(100))))
            await settle(pilot)
            before = [app.table.line(y) for y in range(12)]
            seconds = 77
            app.table.tick()
            after = [app.table.line(y) for y in range(12)]
            assert [y for y in range(12) if before[y] is not after[y]] == [3]
            await pilot.pause()
            assert "77" in screen_lines(app)[3]

    async def test_a_tick_while_rows_are_under_way_is_drawn_with_them(self) -> None:
        app = TableApp()
        seconds = 0
        app.table = RowTable([Column("age", "Age", lambda _row: Text(str(seconds)), width=5)])
        source = ListSource(fruits(range(3)))
        async with app.run_test(size=(60, 12)) as pilot:
            app.table.set_source(source)
            await settle(pilot)
            before = app.table.line(1)
            source.gate.clear()
            app.table.reload()
            await pilot.pause()
            seconds = 77
            app.table.tick()
            assert app.table.line(1) is before
            source.gate.set()
            await settle(pilot)
            assert "77" in screen_lines(app)[1]

    async def test_only_one_tick_waits_for_rows_that_do_not_come(self) -> None:
        app = TableApp()
        seconds = 0
        app.table = RowTable([Column("age", "Age", lambda _row: Text(str(seconds)), width=5)])
        source = ListSource(fruits(range(3)))
        async with app.run_test(size=(60, 12)) as pilot:
            app.table.set_source(source)
            await settle(pilot)
            source.gate.clear()
            app.table.reload()
            await pilot.pause()
            seconds = 78
            app.table.tick()
            app.table.tick()
            await pilot.pause()
            assert "78" in screen_lines(app)[1]
            source.gate.set()

    async def test_a_change_of_theme_draws_in_other_colours(self) -> None:
        async with table_app(ListSource(fruits(range(3)))) as (app, pilot):
            before = app.table.line(2)
            app.theme = "textual-light"
            await pilot.pause()
            assert app.table.line(2) != before

    async def test_the_cursor_shows_whether_the_table_has_the_keys(self) -> None:
        async with table_app(ListSource(fruits(range(3)))) as (app, pilot):
            before = app.table.line(1)
            app.set_focus(None)
            await pilot.pause()
            assert app.table.line(1) != before

    @pytest.mark.parametrize(
        "text",
        [
            "[/etc] [/ [@click=app.quit]x[/",
            "\x1b[31m\x1b]0;title\x07",
            "\x9b31m \x00 \ud800",
            "a\nb\r\tc",
            "x" * 1_000_000,
            "日本語" * 1000,
            "🚀" * 100,
        ],
        ids=["markup", "escapes", "controls", "line ends", "a megabyte", "wide", "emoji"],
    )
    async def test_a_hostile_text_is_only_text(self, text: str) -> None:
        async with table_app(ListSource([Fruit(1, text), Fruit(2, "next")])) as (app, _):
            first, second = app.table.line(1), app.table.line(2)
            assert first.cell_length == second.cell_length == 60
            assert "".join(c for c in first.text if not c.isprintable()) == ""
            assert first.text[-2:] == second.text[-2:]

    async def test_a_narrow_table_drops_what_matters_least(self) -> None:
        async with table_app(ListSource(fruits(range(3))), width=22) as (app, _):
            header = screen_lines(app)[0]
            assert "Id" in header
            assert "Price" not in header

    async def test_a_table_without_rows_says_what_to_do(self) -> None:
        async with table_app(ListSource([])) as (app, _):
            words = [line.strip() for line in screen_lines(app) if line.strip()][1:]
            assert words == ["No fruit", "Press n"]


class TestBindings:
    def test_every_key_has_a_name_and_an_explanation(self) -> None:
        bindings = [binding for binding in RowTable.BINDINGS if isinstance(binding, Binding)]
        assert len(bindings) == len(RowTable.BINDINGS)
        assert all((binding.id or "").startswith("table.") for binding in bindings)
        assert all(binding.tooltip and binding.description for binding in bindings)

    async def test_keys_can_be_changed_by_name(self) -> None:
        async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
            app.set_keymap({"table.down": "z"})
            await pilot.press("z", "z", "j")
            assert app.table.cursor_id == 2


async def test_printable_keys_belong_to_an_input_that_has_focus() -> None:
    class Both(App[None]):
        def compose(self) -> ComposeResult:
            yield Input()
            yield RowTable[Fruit]([])

    app = Both()
    async with app.run_test() as pilot:
        app.query_one(Input).focus()
        await pilot.press(*"jkgo")
        assert app.query_one(Input).value == "jkgo"


async def test_the_cursor_line_is_found_by_its_glyph_without_any_colour() -> None:
    async with table_app(ListSource(fruits(range(10)))) as (app, pilot):
        await pilot.press("j", "j")
        assert cursor_line(app) == 3
