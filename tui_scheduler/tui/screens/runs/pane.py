"""The log of one run, with how the run stands in its frame and what is special about it above."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui_scheduler.services.clock import Clock
from tui_scheduler.services.logs.error_lines import ErrorLines
from tui_scheduler.services.views.runs import RunRow, RunView
from tui_scheduler.tui.saying import entitle, say, subtitle
from tui_scheduler.tui.screens.runs.reasons import no_log, reason
from tui_scheduler.tui.screens.runs.titles import details, further_facts, log_state, title
from tui_scheduler.tui.widgets.log.pane import LogPane


class RunPane(Vertical):
    """Shows the run it is given, and follows its log while it runs."""

    DEFAULT_CSS: ClassVar[str] = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")

    def __init__(self, clock: Clock, zone: str, kill_grace: timedelta) -> None:
        super().__init__()
        self._clock = clock
        self._zone = zone
        self._kill_grace = kill_grace
        self._run: RunRow | None = None
        self._more: tuple[str, ...] = ()
        self._usage = ""

    @property
    def log_pane(self) -> LogPane:
        """The log itself."""
        return self.query_one(LogPane)

    def compose(self) -> ComposeResult:
        """Lay out details and log."""
        yield Static(id="run-details")
        yield LogPane()

    def show(self, run: RunRow | None) -> None:
        """Show another run, or the same one in another state; None for no run.

        What only a view knows stays when the same run comes as a row.
        """
        if run is None or self._run is None or run.id != self._run.id:
            self._more, self._usage = (), ""
        if isinstance(run, RunView):
            self._more = tuple(further_facts(run))
        if run is not None and not run.is_open:
            self._usage = ""
        self._run = run
        if run is None or not run.was_taken:
            self.log_pane.show(None, live=False, placeholder="" if run is None else no_log(run))
        else:
            self.log_pane.show(
                run.log_path,
                live=run.is_open,
                placeholder=no_log(run),
                errors=ErrorLines(run.error_words),
            )
        self.tick()

    def show_usage(self, usage: str) -> None:
        """Say what the processes of the run use now."""
        self._usage = usage
        self.tick()

    def tick(self) -> None:
        """Say how the run stands at this moment."""
        run, now = self._run, self._clock.now()
        entitle(self, None if run is None else title(run, now, self._usage))
        line = self.query_one("#run-details", Static)
        zone, grace = self._zone, self._kill_grace
        say(line, Content() if run is None else details(run, now, zone, grace, self._more))
        line.set_class(run is not None and bool(reason(run, now, grace)), "-special")

    @on(LogPane.StatusChanged)
    def show_log_state(self, message: LogPane.StatusChanged) -> None:
        """Say whether the log is followed, how long it is, and what was found in it."""
        message.stop()
        subtitle(self, log_state(message.status))
