"""Rows, a source that a test can change and hold back, and an application with one table."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.text import Text
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from tests.tui.textual_inside import strips
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.tui.widgets.table.table import Column, RowTable


@dataclass(frozen=True, slots=True)
class Fruit:
    id: int
    name: str
    price: int = 0


def fruits(ids: Iterable[int]) -> list[Fruit]:
    return [Fruit(key, f"fruit {key}", key % 7) for key in ids]


class ListSource:
    """A list as a source; while ``gate`` is not set nothing is answered."""

    def __init__(self, rows: Iterable[Fruit]) -> None:
        self.rows = list(rows)
        self.asked: list[Window] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: DatabaseUnusable | None = None

    async def __call__(self, window: Window) -> Page[Fruit]:
        self.asked.append(window)
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        rows = [row for row in self.rows if window.text in row.name]
        if window.sort == "name":
            rows.sort(key=lambda row: row.name, reverse=window.reverse)
        elif window.sort == "price":
            rows.sort(key=lambda row: row.price, reverse=window.reverse)
        elif window.reverse:
            rows.reverse()
        places = {row.id: place for place, row in enumerate(rows)}
        window_rows = tuple(rows[window.offset : window.offset + window.limit])
        anchor = None if window.anchor is None else places.get(window.anchor)
        return Page(len(rows), len(self.rows), window.offset, window_rows, anchor)


class Million:
    """A million rows that exist only while they are looked at."""

    total = 1_000_000

    async def __call__(self, window: Window) -> Page[Fruit]:
        end = min(self.total, window.offset + window.limit)
        rows = tuple(fruits(range(window.offset, end)))
        return Page(self.total, self.total, window.offset, rows, window.anchor)


class Rendered:
    """Counts which rows were drawn."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, row: Fruit) -> Text:
        self.names.append(row.name)
        return Text(row.name)


def columns(name: Callable[[Fruit], Text]) -> list[Column[Fruit]]:
    return [
        Column("id", "Id", lambda row: Text(str(row.id)), width=8, align="right", sortable=False),
        Column("name", "Name", name, min_width=10),
        Column("price", "Price", lambda row: Text(str(row.price)), width=7, align="right"),
    ]


class TableApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.rendered = Rendered()
        self.table = RowTable(columns(self.rendered), empty_text="No fruit\nPress n")
        self.messages: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_row_table_cursor_moved(self, message: RowTable.CursorMoved) -> None:
        self.messages.append(message)

    on_row_table_row_updated = on_row_table_cursor_moved
    on_row_table_row_activated = on_row_table_cursor_moved
    on_row_table_marks_changed = on_row_table_cursor_moved
    on_row_table_counted = on_row_table_cursor_moved
    on_row_table_sort_changed = on_row_table_cursor_moved
    on_row_table_load_failed = on_row_table_cursor_moved


async def settle(pilot: Pilot[None]) -> None:
    """Wait until everything that was asked for is on the screen."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def reload(pilot: Pilot[None], table: RowTable[Fruit]) -> None:
    """Let the table see changed rows, without the least interval between two loads."""
    table._loaded_at = 0.0
    table.refresh_rows()
    await settle(pilot)


def screen_lines(app: App[None]) -> list[str]:
    """Return what is on the screen, line by line."""
    return [strips(app.screen)[y].text for y in range(app.size.height)]


def cursor_line(app: TableApp) -> int:
    """Return the line of the screen that the cursor bar is on."""
    return next(y for y, line in enumerate(screen_lines(app)) if line.startswith("▌"))
