"""One log on the whole screen."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.screens.runs.actions import LOG_VIEW_KEYS
from tui_scheduler.tui.screens.runs.details_view import RunDetails
from tui_scheduler.tui.screens.runs.live import usage_words
from tui_scheduler.tui.screens.runs.one_run import OneRunScreen
from tui_scheduler.tui.screens.runs.pane import RunPane


class LogView(OneRunScreen):
    """Shows the run ``run_id`` with its log, followed while it runs; escape goes back.

    It begins at what is ``searched`` for in it, if anything is.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = LOG_VIEW_KEYS

    def __init__(self, runtime: Runtime, run_id: int, searched: str = "") -> None:
        super().__init__(runtime, run_id)
        self._searched = searched

    @property
    def pane(self) -> RunPane:
        """The run and its log."""
        return self.query_one(RunPane)

    def compose_body(self) -> ComposeResult:
        """Nothing but the run and its log."""
        runtime = self.runtime
        yield RunPane(runtime.clock, runtime.zone, runtime.settings.kill_grace)

    async def begin(self) -> None:
        """Give the keys to the log, and show it at what is searched for."""
        self.pane.log_pane.focus()
        await super().begin()
        if self._searched:
            self.pane.log_pane.search(self._searched)
            self.pane.log_pane.action_find(0)

    def tick(self) -> None:
        """Let the duration grow, and look at its processes again."""
        self.pane.tick()
        super().tick()

    def show_run(self, run: RunView) -> None:
        """Show the run over its log."""
        self.pane.show(run)

    def show_usage(self) -> None:
        """Say it over the log."""
        self.pane.show_usage(usage_words(self.live.usage))

    async def action_details(self) -> None:
        """Show all of the run, with its processes."""
        await self.app.push_screen(RunDetails(self.runtime, self._run_id))
