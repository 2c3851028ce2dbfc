"""One log on the whole screen."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_scheduler.errors import NotFound, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views import RunView
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.runs.actions import LOG_VIEW_KEYS, ON_RUNS, RunScreen, possible
from tui_scheduler.tui.screens.runs.details_view import RunDetails
from tui_scheduler.tui.screens.runs.live import LiveProcesses, usage_words
from tui_scheduler.tui.screens.runs.pane import RunPane
from tui_scheduler.tui.tabs import MONITOR
from tui_scheduler.tui.toasts import explain, say


class LogView(RunScreen):
    """Shows the run ``run_id`` with its log, followed while it runs; escape goes back.

    It begins at what is ``searched`` for in it, if anything is.
    """

    MODE = MONITOR
    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = LOG_VIEW_KEYS

    def __init__(self, runtime: Runtime, run_id: int, searched: str = "") -> None:
        super().__init__(runtime)
        self._run_id = run_id
        self._searched = searched
        self._run_refresh = Throttled(self, self._refresh_run)
        self._live = LiveProcesses(self, runtime, self._show_usage)
        self._seen: RunView | None = None

    @property
    def pane(self) -> RunPane:
        """The run and its log."""
        return self.query_one(RunPane)

    def compose_body(self) -> ComposeResult:
        """Nothing but the run and its log."""
        runtime = self.runtime
        yield RunPane(runtime.clock, runtime.zone, runtime.settings.kill_grace)

    async def begin(self) -> None:
        """Give the keys to the log, and show it: some keys need it at once."""
        self.pane.log_pane.focus()
        await self._refresh_run()
        if self._searched:
            self.pane.log_pane.search(self._searched)
            self.pane.log_pane.action_find(0)

    def data_changed(self, _event: UiEvent) -> None:
        """Look at the run again, soon."""
        self._run_refresh.soon()

    def tick(self) -> None:
        """Let the duration grow, and look at its processes again."""
        self.pane.tick()
        self._live.again()

    def target_ids(self) -> Sequence[int]:
        """Return the one run."""
        return [self._run_id]

    def created(self, runs: Sequence[RunView]) -> None:
        """Go on with the run that was made, unless it does not run."""
        for run in runs:
            if run.is_open:
                self._run_id = run.id
                self._take(run)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave out what the run does not allow."""
        return action not in ON_RUNS or self._seen is None or action in possible(self._seen)

    def action_go_back(self) -> None:
        """Go back to where we came from."""
        self.dismiss()

    async def action_details(self) -> None:
        """Show all of the run, with its processes."""
        await self.app.push_screen(RunDetails(self.runtime, self._run_id))

    async def _refresh_run(self) -> None:
        try:
            run = await self.runtime.read(self.runtime.services.runs.get, self._run_id)
        except NotFound as error:
            say(self.app, str(error), is_warning=True)
            self.dismiss()
        except SchedulerError as error:
            explain(self.app, "The run cannot be read", error)
        else:
            if run != self._seen:
                self._take(run)

    def _take(self, run: RunView) -> None:
        self._seen = run
        self.pane.show(run)
        self._live.show(run)
        self.refresh_bindings()

    def _show_usage(self) -> None:
        self.pane.show_usage(usage_words(self._live.usage))
