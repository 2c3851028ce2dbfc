"""The monitor: every run there was, live, with the log of the selected one."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tui_scheduler.errors import Ambiguous, InvalidInput, NotFound, SchedulerError
from tui_scheduler.models import ProcessKind, RunStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.filter_completion import Completion, completion
from tui_scheduler.services.queries.filter_words import WORDS, At, parse_line
from tui_scheduler.services.queries.page import Page, Window, nothing
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.runs import Branch, RunRow
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.list_pane import ListPane, ListSpec
from tui_scheduler.tui.screens.list_screen import LIST_STYLES
from tui_scheduler.tui.screens.runs.actions import (
    MONITOR_KEYS,
    ON_MANY_RUNS,
    ON_RUNS,
    RunScreen,
    possible,
)
from tui_scheduler.tui.screens.runs.columns import RunColumns
from tui_scheduler.tui.screens.runs.details_view import RunDetails
from tui_scheduler.tui.screens.runs.filters import MonitorToggles, QuickFilter, QuickToggle
from tui_scheduler.tui.screens.runs.last_pruning import LastPruning
from tui_scheduler.tui.screens.runs.live import LiveProcesses, usage_words
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.screens.runs.logs_search import LogsSearch
from tui_scheduler.tui.screens.runs.pane import RunPane
from tui_scheduler.tui.tabs import MONITOR
from tui_scheduler.tui.toasts import explain, sentence
from tui_scheduler.tui.widgets.table.table import Order, RowTable

_NO_RUNS = """\
Nothing has run yet

Press 1 for the requests, and there s to schedule one or t to run it now."""
_NO_SUCH_RUNS = """\
No run is like this

Press escape to see all of them."""
_NOT_FOUND_YET = """\
No log has it so far

Press escape to stop the search."""
_ODD_WORDS = (InvalidInput, NotFound, Ambiguous)
_NO_MATCH = f"""\
Words that narrow it down: {", ".join(f"{name}:" for name in WORDS)}.
For example: status:error since:2d backup
Text in quotes is searched for as it is."""


class MonitorScreen(RunScreen):
    """The history of runs, newest first; below it the log of the run at the cursor."""

    MODE = MONITOR
    CSS_PATH = LIST_STYLES
    CSS = """
    MonitorScreen.-tiny RunPane { display: none; }
    MonitorScreen ToastRack { offset-y: -45%; }  /* above the log, whose last lines tell most */
    """
    AUTO_FOCUS = "RowTable"
    BINDINGS: ClassVar[list[BindingType]] = MONITOR_KEYS

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self._chosen = QuickFilter()
        self._toggles = MonitorToggles()
        self._logs_search = LogsSearch(runtime)
        above = [self._toggles, self._logs_search]
        self.list_pane = ListPane(runtime, self._spec(runtime), above=above)
        self.run_pane = RunPane(runtime.clock, runtime.zone, runtime.settings.kill_grace)
        self._groups = OpenGroups(self.list_pane.table)
        self._current: tuple[int, RunStatus] | None = None
        self._reading = Throttled(self, self._read_run)
        self._live = LiveProcesses(self, runtime, self._show_usage)
        self._last_pruning = LastPruning(self, runtime, self._show_pruning)

    def compose_body(self) -> ComposeResult:
        """Put the history over the log of one run."""
        yield self.list_pane
        yield self.run_pane

    async def begin(self) -> None:
        """Show which toggles are on."""
        self._toggles.show(self._chosen)

    @property
    def is_ready(self) -> bool:
        """Whether the list shows what was asked for."""
        return not self.list_pane.table.is_behind

    async def reveal(self, row_id: int) -> None:
        """Take the cursor to a run, without filters; that of a member is beneath its group."""
        try:
            run = await self.runtime.read(self.runtime.services.runs.get, row_id)
        except SchedulerError as error:
            explain(self.app, "Cannot go there", error)
            return
        if run.parent_id is not None:
            self._groups.opened |= {run.parent_id}
        self._end_search()
        self._choose(QuickFilter())
        self.list_pane.go_to(row_id)

    def data_changed(self, event: UiEvent) -> None:
        """Load the rows again, and when old ones were removed."""
        self.list_pane.table.refresh_rows()
        self._last_pruning.hear(event)

    def tick(self) -> None:
        """Let running durations grow."""
        table = self.list_pane.table
        table.tick()
        if any(map(_reports_progress, table.rows_at_hand)):
            table.refresh_rows()
        self.run_pane.tick()
        self._live.again()
        self._show_pruning()

    def target_ids(self) -> Sequence[int]:
        """Return the marked runs, or else the one at the cursor."""
        return self.list_pane.target_ids

    def looked_at(self) -> Sequence[int]:
        """Return the run at the cursor."""
        at_cursor = self.list_pane.table.cursor_id
        return [] if at_cursor is None else [at_cursor]

    def acted(self) -> None:
        """Take the marks away, so that the next key means the run at the cursor again."""
        self.list_pane.table.clear_marks()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave out what the run at the cursor does not allow; with marks, each run decides."""
        has_focus = self.list_pane.table.has_focus
        if action == "leave_log":
            return not has_focus
        if action in {"clear", "unmark"} and not has_focus:
            return False
        if action in {"clear", "unmark"} and (self._chosen.is_on or self._logs_search.text):
            return action == "clear"
        return self.list_pane.allows(action)

    @on(RowTable.CursorMoved)
    @on(RowTable.RowUpdated)
    def show_run(self, message: RowTable.CursorMoved) -> None:
        """Show the log of the run that the cursor is on now, and soon all that is known of it."""
        run = message.row
        self.run_pane.show(run)
        current = None if run is None else (run.id, run.status)
        if current != self._current:
            self._live.show(None)
            if run is not None:
                self._reading.soon()
        self._current = current

    @on(RowTable.CellClicked)
    def open_or_close(self, message: RowTable.CellClicked) -> None:
        """Open or close a group whose glyph was clicked."""
        if message.key == "process" and message.x == 0:
            self._groups.turn_over(message.row)

    @on(QuickToggle.Pressed)
    def pressed(self, message: QuickToggle.Pressed) -> None:
        """Turn the clicked toggle over."""
        self.action_turn_over(message.name)

    def action_turn_over(self, name: str) -> None:
        """Turn a quick toggle over."""
        self._choose(self._chosen.toggled(name))

    def action_open_group(self) -> None:
        """Show what was run for the group at the cursor."""
        self._groups.open()

    def action_close_group(self) -> None:
        """Hide what was run for the group at the cursor, from there or from one of its members."""
        self._groups.close()

    @on(RowTable.RowActivated)
    def action_full_log(self) -> None:
        """Show the log of the run at the cursor on the whole screen."""
        if self.list_pane.table.cursor_id is not None:
            run_id, text = self.list_pane.table.cursor_id, self._logs_search.text
            self.app.push_screen(LogView(self.runtime, run_id, text))

    def action_details(self) -> None:
        """Show all of the run at the cursor, with its processes."""
        if self.list_pane.table.cursor_id is not None:
            self.app.push_screen(RunDetails(self.runtime, self.list_pane.table.cursor_id))

    def action_log_pane(self) -> None:
        """Go to the log of the run."""
        self.run_pane.log_pane.focus()

    def action_filter(self) -> None:
        """Type a filter."""
        self.list_pane.filter()

    def action_search_logs(self) -> None:
        """Ask what to search for in the logs of all runs that the list has."""
        self._logs_search.ask()

    @on(LogsSearch.Left)
    def action_leave_search(self) -> None:
        """Go back to the history."""
        self.list_pane.table.focus()

    @on(LogsSearch.Wanted)
    def search_logs(self, message: LogsSearch.Wanted) -> None:
        """Search, and mark it in the log below, too."""
        wanted = self._chosen.wanted(self.runtime.clock.now())
        self._logs_search.begin(
            message.text, partial(self._meant, wanted, self.list_pane.table.filter)
        )
        self.run_pane.log_pane.search(message.text)

    @on(LogsSearch.Found)
    def show_found(self) -> None:
        """Show the runs whose logs have it, so far."""
        self._say_nothing()
        self.refresh_bindings()
        self.list_pane.table.refresh_rows()

    def action_leave_log(self) -> None:
        """Go back to the history."""
        self.list_pane.table.focus()

    def action_clear(self) -> None:
        """Stop the search; then take it away, or the filter, or at last the toggles."""
        if self._logs_search.is_going_on:
            self._logs_search.stop()
        elif self._logs_search.text:
            self._end_search()
        elif self.list_pane.is_filtered:
            self.list_pane.clear()
        else:
            self._choose(QuickFilter())

    def _end_search(self) -> None:
        self._logs_search.clear()
        self.run_pane.log_pane.search("")

    def action_unmark(self) -> None:
        """Take the marks away."""
        self.list_pane.unmark()

    async def _read_run(self) -> None:
        current = self._current
        if current is None:
            return
        with suppress(SchedulerError):  # the list says why nothing can be read
            run = await self.runtime.read(self.runtime.services.runs.get, current[0])
            if current == self._current:
                self.run_pane.show(run)
                self._live.show(run)

    def _show_usage(self) -> None:
        self.run_pane.show_usage(usage_words(self._live.usage))

    def _choose(self, chosen: QuickFilter) -> None:
        self._chosen = chosen
        self._toggles.show(chosen)
        self.refresh_bindings()
        self._say_nothing()
        self.list_pane.start_anew()

    def _say_nothing(self) -> None:
        """Have the list say why it is empty, if it is."""
        among = [*self._chosen.words, *(["found in logs"] if self._logs_search.text else [])]
        nothing = _NOT_FOUND_YET if self._logs_search.is_going_on else _NO_SUCH_RUNS
        table = self.list_pane.table
        table.empty_text = nothing if among else _NO_RUNS
        table.no_match = f"Only looked at: {', '.join(among)}.\n{_NO_MATCH}" if among else _NO_MATCH

    def _show_pruning(self) -> None:
        self.list_pane.remark(*self._last_pruning.words(self.runtime.clock.now()))

    def _page(self, window: Window) -> Page[RunRow]:
        """Read for the table, where ▲ means ascending; the services begin with the newest."""
        if window.sort is not None:
            window = replace(window, reverse=not window.reverse)
        runs = self.runtime.services.runs
        wanted = replace(
            self._chosen.wanted(self.runtime.clock.now()),
            among=self._logs_search.found_ids,
            is_tree=True,
            opened=self._groups.opened,
        )
        try:
            wanted = self._meant(wanted, window.text)
        except _ODD_WORDS as error:  # nothing is like what nobody understands
            return nothing(window, runs.count(RunFilter()), sentence(error))
        return runs.page(replace(window, text=""), wanted)

    def _meant(self, wanted: RunFilter, text: str) -> RunFilter:
        """Those of the ``wanted`` runs that the words of the filter mean; raises ``_ODD_WORDS``."""
        if not text:
            return wanted
        meant = parse_line(text, At(self.runtime.clock.now(), self.runtime.zone))
        return replace(wanted, also=meant.resolve(self.runtime.settings.clusters))

    def _complete(self, text: str) -> Completion:
        return completion(text, self.runtime.settings.clusters)

    def _spec(self, runtime: Runtime) -> ListSpec[RunRow]:
        clock, zone, grace = runtime.clock, runtime.zone, runtime.settings.kill_grace
        return ListSpec(
            noun="run",
            nouns="runs",
            empty_text=_NO_RUNS,
            columns=RunColumns(clock, zone, grace).all(),
            own_order=Order("id", reverse=True),
            page=self._page,
            one=runtime.services.runs.get,
            filter_words=self._complete,
            no_match=_NO_MATCH,
            row_actions=ON_RUNS,
            many_actions=ON_MANY_RUNS,
            looks=ON_RUNS - ON_MANY_RUNS - {"run_with"},
            possible=possible,
        )


class OpenGroups:
    """The groups in ``table`` whose members are shown; ``opened`` are the keys of their runs."""

    def __init__(self, table: RowTable[RunRow]) -> None:
        self.opened: frozenset[int] = frozenset()
        self._table = table

    def open(self) -> None:
        """Show what was run for the group at the cursor."""
        run = self._table.cursor_row
        if run is not None and run.branch is Branch.CLOSED:
            self._show(self.opened | {run.id})

    def close(self) -> None:
        """Hide what was run for the group at the cursor, from there or from one of its members."""
        run = self._table.cursor_row
        if run is None or run.branch not in (Branch.OPENED, Branch.BENEATH):
            return
        group_id = run.parent_id or run.id
        self._table.go_to(group_id)
        self._show(self.opened - {group_id})

    def turn_over(self, run: RunRow) -> None:
        """Open or close the group at the cursor, if ``run`` is one."""
        if run.branch is Branch.CLOSED:
            self.open()
        elif run.branch is Branch.OPENED:
            self.close()

    def _show(self, opened: frozenset[int]) -> None:
        self.opened = opened
        self._table.refresh_rows()


def _reports_progress(run: RunRow) -> bool:
    """Whether it may say, without a word to the database, that it has come further."""
    return run.kind is ProcessKind.PYTHON and run.status is RunStatus.PROCESSING
