"""A main screen that is a list, with details of the row at its cursor beside or below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from tui_scheduler.errors import NotFound, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.text import plain
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.list_pane import ListPane, ListSpec
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.screens.row_actions import RowActions
from tui_scheduler.tui.widgets.details_pane import DetailsPane
from tui_scheduler.tui.widgets.table.columns import R
from tui_scheduler.tui.widgets.table.table import RowTable

_SELDOM = 5.0  # seconds

LIST_STYLES = Path(__file__).with_suffix(".tcss")

LIST_KEYS: list[BindingType] = [
    Binding("/", "filter", "Filter", id="list.filter", tooltip="Show only rows with a text"),
    Binding(
        "escape",
        "clear",
        "Clear",
        id="list.clear",
        tooltip="Take the filter away",
    ),
    Binding("escape", "unmark", "Unmark", id="list.unmark", tooltip="Take the marks away"),
]
"""For the end of the keys of each list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailedListSpec(ListSpec[R]):
    """What a list is about, and the details of a row; these are read on the reading thread."""

    details: Callable[[int], Any]
    details_text: Callable[[Any], Sequence[Content]]
    """The blocks of text to show of what ``details`` gave."""
    details_phase: Callable[[Any], object] = lambda _details: object()
    """What these change with while the details do not."""
    is_in_row: Callable[[Any, UiEvent], bool] = lambda _details, _event: False
    """Whether an event that makes these details others changes the row as well, nearly always."""


class ListScreen(MainScreen, Generic[R]):
    """Has a list, the details of one of its rows, and what can be done with its rows."""

    CSS_PATH = LIST_STYLES
    AUTO_FOCUS = "RowTable"

    def __init__(self, runtime: Runtime, spec: DetailedListSpec[R]) -> None:
        super().__init__(runtime)
        self.list_pane = ListPane(runtime, spec)
        self.row_details = RowDetails(self, spec)
        self.row_actions = RowActions(self.list_pane, runtime)

    def compose_body(self) -> ComposeResult:
        """Put the list beside or above the details."""
        with Container(id="panes"):
            yield self.list_pane
            yield self.row_details.pane

    @property
    def is_ready(self) -> bool:
        """Whether the list shows what was asked for."""
        return not self.list_pane.table.is_behind

    def data_changed(self, event: UiEvent) -> None:
        """Load rows and details again, together, so that they are drawn together."""
        self.list_pane.table.refresh_rows()
        if self.list_pane.table.has_cursor_row and self.row_details.is_in_row(event):
            self.row_details.refresh_seldom()
        else:
            self.row_details.refresh()

    async def reveal(self, row_id: int) -> None:
        """Take the cursor to a row, without a filter."""
        self.list_pane.go_to(row_id)

    def tick(self) -> None:
        """Count down in the list and in the details."""
        self.list_pane.table.tick()
        self.row_details.tick()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave out what the row at the cursor does not allow, and the filter of an empty list."""
        return self.list_pane.can_filter if action == "filter" else self.list_pane.allows(action)

    def action_filter(self) -> None:
        """Type a filter."""
        self.list_pane.filter()

    def action_clear(self) -> None:
        """Take the filter away."""
        self.list_pane.clear()

    def action_unmark(self) -> None:
        """Take the marks away."""
        self.list_pane.unmark()

    @on(RowTable.CursorMoved)
    def show_details(self) -> None:
        """Show the details of the row that the cursor is on now."""
        self.row_details.show(self.list_pane.table.cursor_id)

    @on(RowTable.RowUpdated)
    def refresh_details(self) -> None:
        """Show what is new of the row that the cursor is on, if only that tells of it."""
        self.row_details.refresh_with_row()

    @on(RowTable.Counted)
    def make_room(self, message: RowTable.Counted) -> None:
        """Show no details where there is no row."""
        self.row_details.pane.set_class(message.overall == 0, "-nothing")


class RowDetails(Generic[R]):
    """What is told of one row of a list, in a pane of ``screen``."""

    def __init__(self, screen: MainScreen, spec: DetailedListSpec[R]) -> None:
        self.pane = DetailsPane(classes="pane")
        self._screen = screen
        self._spec = spec
        self._row_id: int | None = None
        self._details: Any = None
        self._failure = ""
        self._ticks_when_read = False
        self._phase: object = None
        self._follows_row = False
        self._reading = Throttled(screen, self._read)
        self._reading_seldom = Throttled(screen, self._read, interval=_SELDOM)

    def show(self, row_id: int | None) -> None:
        """Show another row; None for no row."""
        if row_id != self._row_id:
            self._row_id = row_id
            self.refresh()

    def refresh(self) -> None:
        """Read them again, soon."""
        self._follows_row = False
        self._reading.soon()

    def refresh_seldom(self) -> None:
        """Read them again with their row, and every few seconds, so that nothing stays old."""
        self._follows_row = True
        self._reading_seldom.soon()

    def refresh_with_row(self) -> None:
        """Read them again, as the row is another one, unless that was asked for anyhow."""
        if self._follows_row:
            self.refresh()

    def is_in_row(self, event: UiEvent) -> bool:
        """Whether an event that makes them others changes their row as well."""
        is_known = self._details is not None and not self._reading.is_under_way
        return is_known and self._spec.is_in_row(self._details, event)

    def tick(self) -> None:
        """Show them as they are at this moment, or as they are read, if that is soon."""
        if self._reading.is_under_way and not self._ticks_when_read:
            self._ticks_when_read = True
        elif self._details is None or self._spec.details_phase(self._details) != self._phase:
            self.draw()

    def draw(self) -> None:
        """Show them as they are at this moment."""
        self._ticks_when_read = False
        if self._failure:
            self.pane.show("Details", [Content(plain(self._failure))])
        elif self._details is None:
            self.pane.show("Details", ())
        else:
            self._phase = self._spec.details_phase(self._details)
            self.pane.show(self._details.title, self._spec.details_text(self._details))

    async def _read(self) -> None:
        row_id = self._row_id
        try:
            self._details = None if row_id is None else await self._read_row(row_id)
            self._failure = ""
        except SchedulerError as error:
            self._failure = f"The {self._spec.noun} cannot be read: {error}"
        self.draw()

    async def _read_row(self, row_id: int) -> Any:
        try:
            return await self._screen.runtime.read_calmly(self._spec.details, row_id)
        except NotFound:
            return None
