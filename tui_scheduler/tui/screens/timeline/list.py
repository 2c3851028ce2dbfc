"""The timeline: what ran, what runs and what is to come, lane by lane, and how many at once."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import ScreenResume

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.timeline.picture import Stop
from tui_scheduler.services.timeline.span import Axis, Span, axis
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.forms.filling import fill_in_request
from tui_scheduler.tui.screens.list_pane import ListPane, ListSpec, ListState
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.screens.timeline.at_once import AtOnceLines
from tui_scheduler.tui.screens.timeline.counting import AtOnceCount
from tui_scheduler.tui.screens.timeline.details import Selected, load_selected, selected_text
from tui_scheduler.tui.screens.timeline.keys import TIMELINE_KEYS
from tui_scheduler.tui.screens.timeline.lanes import ORDERS, LaneTable, lane_rows
from tui_scheduler.tui.screens.timeline.view import LaneRow, View
from tui_scheduler.tui.tabs import TIMELINE
from tui_scheduler.tui.widgets.details_pane import DetailsPane
from tui_scheduler.tui.widgets.table.table import Order, RowTable
from tui_scheduler.wording import rounded_duration

if TYPE_CHECKING:  # a list shows before any form is needed
    from tui_scheduler.tui.screens.forms.form import Form

_EMPTY = """\
No requests yet, so nothing ran and nothing is to come

Press 1 for the requests, and there n to make one."""

_LEAST_INTERVAL = 0.5
"""Seconds between two looks at what has changed: a cell of a lane is several of them."""
_ON_ROWS = frozenset({"walk", "log", "edit"})


class TimelineScreen(MainScreen):
    """A lane for each request; ``edit_request`` makes the form of one.

    ``state`` is what the list of requests has in common with it.
    """

    MODE = TIMELINE
    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = "RowTable"
    BINDINGS: ClassVar[list[BindingType]] = TIMELINE_KEYS

    def __init__(
        self,
        runtime: Runtime,
        edit_request: "Callable[[int], Form]",
        state: ListState | None = None,
    ) -> None:
        super().__init__(runtime)
        self._edit_request = edit_request
        self.view = View(runtime.clock.now())
        self._lines = AtOnceLines()
        self._table = LaneTable(self.view, Order("process"), _EMPTY)
        self.list_pane = ListPane(
            runtime, self._spec(state or ListState()), [self._lines], self._table
        )
        self.list_pane.border_title = "Timeline"
        self._details = SelectedDetails(self)
        self._at_once = AtOnceCount(self, runtime, self._show_numbers)
        self._looking = Throttled(self, self._look_again, interval=_LEAST_INTERVAL)
        self._axis: tuple[Span, Axis] | None = None
        self._clicked: tuple[int, Stop | None] | None = None
        self._drawn_now = -1

    def compose_body(self) -> ComposeResult:
        """Put the lanes above the details."""
        with Container(id="panes"):
            yield self.list_pane
            yield self._details.pane

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Show what was filtered, sorted or marked in the list of requests."""
        self.list_pane.take_over()

    @property
    def is_ready(self) -> bool:
        """Whether the lanes are those of the time that was asked for."""
        return not self._table.is_behind

    def data_changed(self, _event: UiEvent) -> None:
        """Read again what is in sight."""
        self._looking.soon()

    async def _look_again(self) -> None:
        self._table.refresh_rows()
        self._at_once.count(self.view.span, anew=True)

    def tick(self) -> None:
        """Go on with the time, as far as that is to be seen."""
        now = self.runtime.clock.now()
        if self.view.follow(now) or self._now_cell(self.view.span) != self._drawn_now:
            self._show_time()
        self._details.draw()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave out what there is nothing for."""
        if action == "filter":
            return self.list_pane.can_filter
        return self.list_pane.allows(action)

    # What keys and mouse do.

    def action_walk(self, step: int) -> None:
        """Go to the run or fire beside; where there is none, to another time."""
        row = self._table.cursor_row
        if row is None:
            return
        if row.span == self.view.span and self.view.walk(row, step):
            self._select()
        else:
            self.view.pan(step)
            self._show_time()

    def action_zoom(self, steps: int) -> None:
        """Show less time or more, around the cursor."""
        self.view.zoom(steps, self.runtime.clock.now())
        self._show_time()

    def action_pan(self, step: int) -> None:
        """Show what was earlier, or comes later."""
        self.view.pan(step)
        self._show_time()

    def action_now(self) -> None:
        """Go to now, and on with it."""
        self.view.go_to_now(self.runtime.clock.now())
        self._show_time()

    def action_log(self) -> None:
        """Show the log of the run at the cursor, or of the latest one."""
        row = self._table.cursor_row
        stop = None if row is None else self.view.stop(row)
        run_id = None if stop is None else stop.run_id
        if row is not None and run_id is None:
            run_id = row.request.last_run_id
        if run_id is not None:
            self._open_log(run_id)

    @on(RowTable.RowActivated)
    def open(self) -> None:
        """Show the log of the run at the cursor, or the request whose fire it is."""
        row = self._table.cursor_row
        if row is None:
            return
        stop = self.view.stop(row)
        if stop is not None and stop.run_id is not None:
            self._open_log(stop.run_id)
        else:
            self.action_edit()

    @work
    async def action_edit(self) -> None:
        """Change the request at the cursor."""
        if self._table.cursor_id is not None:
            form = self._edit_request(self._table.cursor_id)
            await fill_in_request(self.app, self.runtime, form)

    def action_filter(self) -> None:
        """Type a filter."""
        self.list_pane.filter()

    def action_clear(self) -> None:
        """Take the filter away."""
        self.list_pane.clear()

    def action_unmark(self) -> None:
        """Take the marks away."""
        self.list_pane.unmark()

    def _open_log(self, run_id: int) -> None:
        from tui_scheduler.tui.screens.runs.log_view import LogView

        self.app.push_screen(LogView(self.runtime, run_id))

    @on(RowTable.CellClicked)
    def go_to_cell(self, message: RowTable.CellClicked) -> None:
        """Take the cursor to what was clicked, or open that if it was there already."""
        row = self._table.cursor_row
        if message.key != "lane" or row is None:
            return
        self.view.point(message.x)
        clicked = self.view.stop(row)
        is_hit = clicked is not None and clicked.cell == message.x
        if is_hit and (row.id, clicked) == self._clicked:
            self.open()
        self._clicked = (row.id, clicked)
        self._select()

    @on(AtOnceLines.Clicked)
    def go_to_moment(self, message: AtOnceLines.Clicked) -> None:
        """Take the cursor to the moment that was clicked."""
        self.view.point(message.cell)
        self._select()

    @on(LaneTable.Wheeled)
    def wheel(self, message: LaneTable.Wheeled) -> None:
        """Zoom at the pointer, or move."""
        if message.is_zoom:
            self.view.point(message.cell)
            self.view.zoom(message.steps, self.runtime.clock.now(), self.view.at)
        else:
            self.view.move(message.steps * max(1, self.view.span.width // 20))
        self._show_time()

    # What is shown.

    @on(LaneTable.Fitted)
    def fit(self, message: LaneTable.Fitted) -> None:
        """Show as many cells as there is room for."""
        self._axis = None
        if self.view.fit(message.layout.cells, self.runtime.clock.now()):
            self._show_time()
        else:
            self._show_axis()

    @on(RowTable.CursorMoved)
    @on(RowTable.RowUpdated)
    def show_details(self) -> None:
        """Tell of what is under the cursor now."""
        self._details.show()

    @on(RowTable.Loaded)
    def show_axis(self) -> None:
        """Show the dates of the lanes that are there now."""
        if all(row.span == self.view.span for row in self._table.rows_at_hand):
            self._show_axis()

    @on(RowTable.SortChanged)
    def show_order(self) -> None:
        """Say what the lanes are sorted by."""
        self._remark()

    @on(RowTable.Counted)
    def make_room(self, message: RowTable.Counted) -> None:
        """Show no details where there is no row."""
        self._details.pane.set_class(message.overall == 0, "-nothing")

    def _select(self) -> None:
        """Show what is under the cursor now."""
        self._table.tick()
        self._details.show()

    def _show_time(self) -> None:
        """Read the lanes of another time; its dates are shown with them."""
        self._table.reload()
        self._at_once.count(self.view.span)

    def _now_cell(self, span: Span) -> int:
        return span.cell_at(self.runtime.clock.now())

    def _show_axis(self) -> None:
        span, now = self.view.span, self.runtime.clock.now()
        self._drawn_now = self._now_cell(span)
        drawn = axis(span, self.runtime.zone, now)
        if self._axis is None or self._axis[1].times != drawn.times:
            self._table.fit_lanes(drawn.times)
        self._axis = (span, drawn)
        self._show_lines()
        self._remark()

    def _remark(self) -> None:
        """Say in the frame how much time is shown, and what of it is not as usual."""
        query = self._table.wanted
        order = [f"by {ORDERS[query.sort]} {'▼' if query.reverse else '▲'}"] if query.sort else []
        moved = [] if self.view.is_following else ["moved: . goes to now"]
        length = f"{rounded_duration(self.view.span.length)} a screen"
        self.list_pane.remark(*order, length, *moved)

    def at_once_at(self, selected: Selected) -> int:
        """Returns how many run at once where something is selected; 0 if that is not known."""
        at_once = self._at_once.of(selected.row.span)
        if at_once is None or selected.stop is None:
            return 0
        numbers = at_once.numbers
        return numbers[selected.stop.cell] if selected.stop.cell < len(numbers) else 0

    def _show_numbers(self) -> None:
        """Show how many run at once, over the lanes and of what is selected."""
        self._show_lines()
        self._details.draw()

    def _show_lines(self) -> None:
        if self._axis is None:
            return
        span, drawn = self._axis
        at_once = self._at_once.of(span)
        layout = self._table.layout_of_lanes
        self._lines.show(layout, drawn.dates, at_once, self._now_cell(span))

    def _page(self, window: Window) -> Page[LaneRow]:
        services, span = self.runtime.services, self.view.span
        page = services.requests.page(window)
        rows = tuple(lane_rows(services, page.rows, span, self.runtime.zone))
        return Page(page.total, page.overall, page.offset, rows, page.anchor_index, page.vanished)

    def _one(self, request_id: int) -> LaneRow:
        services = self.runtime.services
        request = services.requests.get(request_id)
        return lane_rows(services, [request], self.view.span, self.runtime.zone)[0]

    def _spec(self, state: ListState) -> ListSpec[LaneRow]:
        return ListSpec(
            noun="request",
            nouns="requests",
            empty_text=_EMPTY,
            columns=(),
            own_order=Order("process"),
            page=self._page,
            one=self._one,
            row_actions=_ON_ROWS,
            many_actions=frozenset(),
            looks=_ON_ROWS - {"edit"},
            state=state,
            possible=lambda _row: _ON_ROWS,
        )


class SelectedDetails:
    """Tells of what is under the cursor of a timeline."""

    def __init__(self, screen: TimelineScreen) -> None:
        self.pane = DetailsPane(classes="pane")
        self._screen = screen
        self._selected: Selected | None = None
        self._reading = Throttled(screen, self._read)

    def show(self) -> None:
        """Read what is under the cursor now."""
        self._reading.soon()

    def draw(self) -> None:
        """Show it as it is at this moment."""
        selected, runtime = self._selected, self._screen.runtime
        if selected is None:
            self.pane.show("Details", ())
        else:
            text = selected_text(
                selected,
                runtime.clock.now(),
                runtime.zone,
                self._screen.at_once_at(selected),
                is_held=self._screen.is_held,
            )
            self.pane.show(selected.title, text)

    async def _read(self) -> None:
        row = self._screen.list_pane.table.cursor_row
        if row is None:
            self._selected = None
        else:
            stop = self._screen.view.stop(row)
            runtime = self._screen.runtime
            try:
                self._selected = await runtime.read(load_selected, runtime.services, row, stop)
            except SchedulerError:  # the list says why nothing can be read
                self._selected = Selected(row, stop)
        self.draw()
