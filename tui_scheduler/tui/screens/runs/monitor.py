"""The monitor: every run there was, live, with the log of the selected one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from tui_scheduler.errors import SchedulerError
from tui_scheduler.models import ProcessKind, RunStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.events import ForeignCommit, HistoryPruned
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.views import Branch, Pruning, RunView
from tui_scheduler.tui.format import ago
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.list_screen import ListScreen, ListSpec
from tui_scheduler.tui.screens.runs.actions import MONITOR_KEYS, ON_RUNS, RunScreen, possible
from tui_scheduler.tui.screens.runs.columns import RunColumns
from tui_scheduler.tui.screens.runs.filters import MonitorToggles, QuickFilter, QuickToggle
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.screens.runs.pane import RunPane
from tui_scheduler.tui.screens.runs.titles import details
from tui_scheduler.tui.tabs import MONITOR
from tui_scheduler.tui.widgets.filter_line import FilterLine
from tui_scheduler.tui.widgets.table.table import RowTable

_NO_RUNS = """\
Nothing has run yet

Press 1 for the requests, and there s to schedule one or t to run it now."""
_NO_SUCH_RUNS = """\
No run is like this

Press escape to see all of them."""


class TreeScreen(ListScreen[RunView]):
    """A list of runs in which those of groups can be opened; ``opened`` are their numbers."""

    opened: frozenset[int] = frozenset()

    @on(RowTable.CellClicked)
    def clicked(self, message: RowTable.CellClicked) -> None:
        """Open or close a group whose glyph was clicked."""
        if message.key == "process" and message.x == 0:
            if message.row.branch is Branch.CLOSED:
                self.action_open_group()
            elif message.row.branch is Branch.OPENED:
                self.action_close_group()

    def action_open_group(self) -> None:
        """Show what was run for the group at the cursor."""
        run = self.table.cursor_row
        if run is not None and run.branch is Branch.CLOSED:
            self._open(self.opened | {run.id})

    def action_close_group(self) -> None:
        """Hide what was run for the group at the cursor, from there or from one of its members."""
        run = self.table.cursor_row
        if run is None or run.branch not in (Branch.OPENED, Branch.BENEATH):
            return
        group_id = run.parent_id or run.id
        self.table.go_to(group_id)
        self._open(self.opened - {group_id})

    def _open(self, opened: frozenset[int]) -> None:
        self.opened = opened
        self.table.refresh_rows()


class LastPruning:
    """Knows the last pruning of ``runtime``; calls ``changed`` when it is another one."""

    def __init__(self, widget: Widget, runtime: Runtime, changed: Callable[[], None]) -> None:
        self._runtime = runtime
        self._changed = changed
        self._pruning: Pruning | None = None
        self._reading = Throttled(widget, self._read)

    def hear(self, event: UiEvent) -> None:
        """Look again if ``event`` may be about it."""
        if isinstance(event, HistoryPruned | ForeignCommit):
            self._reading.soon()

    def words(self, now: datetime) -> list[str]:
        """What is told of it; nothing before the first time."""
        return [] if self._pruning is None else [pruning_text(self._pruning, now)]

    async def _read(self) -> None:
        try:
            pruning = await self._runtime.read(self._runtime.services.retention.last)
        except SchedulerError:  # the list says why nothing can be read
            return
        if pruning != self._pruning:
            self._pruning = pruning
            self._changed()


def pruning_text(pruning: Pruning, now: datetime) -> str:
    """How many runs were removed, if any, and how long ago."""
    number = f"{pruning.removed:,} " if pruning.removed else ""
    return f"{number}pruned {ago(pruning.at, now)}"


class MonitorScreen(RunScreen, TreeScreen):
    """The history of runs, newest first; below it the log of the run at the cursor."""

    MODE = MONITOR
    CSS = "MonitorScreen.-tiny RunPane { display: none; }"
    BINDINGS: ClassVar[list[BindingType]] = MONITOR_KEYS

    def __init__(self, runtime: Runtime) -> None:
        self._chosen = QuickFilter()
        super().__init__(runtime, self._spec(runtime))
        self._last_pruning = LastPruning(self, runtime, self.show_frame)

    @property
    def pane(self) -> RunPane:
        """The log of the run at the cursor."""
        return self.query_one(RunPane)

    def compose_body(self) -> ComposeResult:
        """Put the history over the log of one run."""
        runtime = self.runtime
        with Vertical(id="list-pane", classes="pane") as pane:
            pane.border_title = self.subject.nouns.capitalize()
            yield MonitorToggles()
            yield RowTable(self.subject.columns, empty_text=self.subject.empty_text)
            yield FilterLine()
        yield RunPane(runtime.clock, runtime.zone, runtime.settings.kill_grace)

    def on_mount(self) -> None:
        """Show which toggles are on."""
        self.query_one(MonitorToggles).show(self._chosen)

    def data_changed(self, event: UiEvent) -> None:
        """Load the rows again, and when old ones were removed."""
        super().data_changed(event)
        self._last_pruning.hear(event)

    def tick(self) -> None:
        """Let running durations grow."""
        super().tick()
        if any(map(_reports_progress, self.table.rows_at_hand)):
            self.table.refresh_rows()
        self.pane.tick()
        self.show_frame()

    def remarks(self) -> list[str]:
        """Tell when old runs were removed."""
        return self._last_pruning.words(self.runtime.clock.now())

    def target_ids(self) -> Sequence[int]:
        """Return the marked runs, or else the one at the cursor."""
        at_cursor = self.table.cursor_id
        return sorted(self.table.marked) or ([] if at_cursor is None else [at_cursor])

    def acted(self) -> None:
        """Take the marks away, so that the next key means the run at the cursor again."""
        self.table.clear_marks()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave out what the run at the cursor does not allow; with marks, each run decides."""
        if action not in ON_RUNS or not self.is_mounted or self.table.marked:
            return True
        run = self.table.cursor_row
        return run is not None and action in possible(run)

    @on(RowTable.CursorMoved)
    @on(RowTable.RowUpdated)
    def show_run(self, message: RowTable.CursorMoved) -> None:
        """Show the log of the run that the cursor is on now, and its keys."""
        self.pane.show(message.row)
        self.refresh_bindings()

    @on(QuickToggle.Pressed)
    def pressed(self, message: QuickToggle.Pressed) -> None:
        """Turn the clicked toggle over."""
        self.action_turn_over(message.name)

    def action_turn_over(self, name: str) -> None:
        """Turn a quick toggle over."""
        self._choose(self._chosen.toggled(name))

    @on(RowTable.RowActivated)
    def action_full_log(self) -> None:
        """Show the log of the run at the cursor on the whole screen."""
        if self.table.cursor_id is not None:
            self.app.push_screen(LogView(self.runtime, self.table.cursor_id))

    def action_log_pane(self) -> None:
        """Go to the log of the run."""
        self.pane.log_pane.focus()

    def action_clear(self) -> None:
        """Go back to the history; from there take away filter, toggles or marks."""
        if not self.table.has_focus:
            self.table.focus()
        elif self._chosen.is_on and not self.table.filter:
            self._choose(QuickFilter())
        else:
            super().action_clear()

    def _choose(self, chosen: QuickFilter) -> None:
        self._chosen = chosen
        self.query_one(MonitorToggles).show(chosen)
        self.table.empty_text = _NO_SUCH_RUNS if chosen.is_on else _NO_RUNS
        self.table.set_source(self._source)

    def _page(self, window: Window) -> Page[RunView]:
        """Read for the table, where ▲ means ascending; the services begin with the newest."""
        if window.sort is not None:
            window = replace(window, reverse=not window.reverse)
        wanted = self._chosen.wanted(self.runtime.clock.now())
        wanted = replace(wanted, is_tree=True, opened=self.opened)
        return self.runtime.services.runs.page(window, wanted)

    def _spec(self, runtime: Runtime) -> ListSpec[RunView]:
        clock, zone, grace = runtime.clock, runtime.zone, runtime.settings.kill_grace
        return ListSpec(
            noun="run",
            nouns="runs",
            empty_text=_NO_RUNS,
            columns=RunColumns(clock, zone, grace).all(),
            page=self._page,
            one=runtime.services.runs.get,
            possible=possible,
            details=runtime.services.runs.get,
            details_text=lambda run: [details(run, clock.now(), zone, grace)],
        )


def _reports_progress(run: RunView) -> bool:
    """Whether it may say, without a word to the database, that it has come further."""
    return run.kind is ProcessKind.PYTHON and run.status is RunStatus.PROCESSING
