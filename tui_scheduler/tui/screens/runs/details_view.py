"""All that is known of one run, with its processes as long as it runs."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.screens.runs.actions import DETAILS_VIEW_KEYS
from tui_scheduler.tui.screens.runs.facts import run_facts
from tui_scheduler.tui.screens.runs.one_run import OneRunScreen
from tui_scheduler.tui.widgets.details_pane import DetailsPane


class RunDetails(OneRunScreen):
    """Shows all of the run ``run_id``, up to date and with its processes; escape goes back."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = "DetailsPane"
    BINDINGS: ClassVar[list[BindingType]] = DETAILS_VIEW_KEYS

    def compose_body(self) -> ComposeResult:
        """Nothing but the pane."""
        yield DetailsPane(id="run-facts", classes="pane")

    def tick(self) -> None:
        """Let its duration grow, and look at its processes again."""
        super().tick()
        self.show_usage()

    def show_usage(self) -> None:
        """Show it among all the rest."""
        if self.seen is not None:
            self.show_run(self.seen)

    def show_run(self, run: RunView) -> None:
        """Show all that is known of it."""
        now, zone = self.runtime.clock.now(), self.runtime.zone
        grace = self.runtime.settings.kill_grace
        pane = self.query_one(DetailsPane)
        width = pane.scrollable_content_region.width
        blocks = run_facts(run, self.live.usage, now, zone, grace, width)
        pane.show(f"{run.process} · run {run.id}", blocks)
