"""A main screen that is a list: table, filter line and counts, with details beside or below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.tui.refresh import UiEvent
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.toasts import explain
from tui_scheduler.tui.widgets.details_pane import DetailsPane
from tui_scheduler.tui.widgets.filter_line import FilterLine
from tui_scheduler.tui.widgets.table.columns import R
from tui_scheduler.tui.widgets.table.table import Column, RowTable

LIST_KEYS: list[BindingType] = [
    Binding("/", "filter", "Filter", id="list.filter", tooltip="Show only rows with a text"),
    Binding(
        "escape",
        "clear",
        "Clear",
        show=False,
        id="list.clear",
        tooltip="Take the filter away, or the marks",
    ),
]
"""For the end of the keys of each list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSpec(Generic[R]):
    """What a list is about; ``page``, ``one`` and ``details`` are called on the reading thread."""

    noun: str
    nouns: str
    empty_text: str
    columns: Sequence[Column[R]]
    page: Callable[[Window], Page[R]]
    one: Callable[[int], R]
    possible: Callable[[R], frozenset[str]]
    """The actions that the state of a row allows."""
    details: Callable[[int], Any]
    details_text: Callable[[Any], Sequence[Content]]
    """The blocks of text to show of what ``details`` gave."""


class ListScreen(MainScreen, Generic[R]):
    """Shows the rows of a subject, and filters them."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = "RowTable"

    def __init__(self, runtime: Runtime, subject: ListSpec[R]) -> None:
        super().__init__(runtime)
        self.subject = subject
        self._counts: tuple[int, int] | None = None

    def compose_body(self) -> ComposeResult:
        """Put the list beside or above the details."""
        with Container(id="panes"):
            with Vertical(id="list-pane", classes="pane") as pane:
                pane.border_title = self.subject.nouns.capitalize()
                yield RowTable(self.subject.columns, empty_text=self.subject.empty_text)
                yield FilterLine()
            yield DetailsPane(classes="pane")

    def on_mount(self) -> None:
        """Begin to load."""
        self.table.set_source(self._source)

    @property
    def table(self) -> RowTable[R]:
        """The table."""
        return self.query_one(RowTable)

    @property
    def filter_line(self) -> FilterLine:
        """The line into which a filter is typed."""
        return self.query_one(FilterLine)

    def data_changed(self, _event: UiEvent) -> None:
        """Load the rows again."""
        if self.is_whole:
            self.table.refresh_rows()

    def tick(self) -> None:
        """Count down."""
        self.table.tick()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave out the filter where there is nothing to filter."""
        if action != "filter" or not self.is_mounted:
            return True
        return bool(self._counts and self._counts[1]) and not self.filter_line.has_focus_within

    def action_filter(self) -> None:
        """Type a filter."""
        self.filter_line.open()

    def action_clear(self) -> None:
        """Take the filter away; if there is none, the marks."""
        if self.table.filter or self.filter_line.has_class("-open"):
            self.filter_line.clear()
        else:
            self.table.clear_marks()

    def remarks(self) -> list[str]:
        """What the frame of the list tells after the counts."""
        return []

    def show_frame(self) -> None:
        """Tell in the frame how many rows there are, once that is known."""
        if self._counts is None or not self.is_whole:
            return
        total, overall = self._counts
        told = [f"{overall:,}" if total == overall else f"{total:,}/{overall:,}"]
        if self.table.marked:
            told.append(f"{len(self.table.marked):,} marked")
        subtitle = " · ".join([*told, *self.remarks()])
        pane = self.query_one("#list-pane")
        if pane.border_subtitle != subtitle:  # or it would be painted again each time
            pane.border_subtitle = subtitle

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Filter while typing."""
        self.table.filter = message.text

    def on_filter_line_left(self) -> None:
        """Go back to the list."""
        self.table.focus()

    def on_row_table_marks_changed(self) -> None:
        """Count the marks."""
        self.show_frame()
        self.refresh_bindings()

    def on_row_table_counted(self, message: RowTable.Counted) -> None:
        """Show the counts."""
        self._counts = (message.total, message.overall)
        self.query(DetailsPane).set_class(message.overall == 0, "-nothing")
        self.filter_line.show_count(message.total, message.overall)
        self.show_frame()
        self.refresh_bindings()

    def on_row_table_load_failed(self, message: RowTable.LoadFailed) -> None:
        """Say why there are no new rows."""
        explain(self.app, f"The {self.subject.nouns} cannot be read", message.error)

    async def _source(self, window: Window) -> Page[R]:
        return await self.runtime.read(self.subject.page, window)
