"""All that is known of one run, with its processes as long as it runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_scheduler.errors import NotFound, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views import RunView
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.runs.actions import DETAILS_VIEW_KEYS, ON_RUNS, RunScreen, possible
from tui_scheduler.tui.screens.runs.facts import run_facts
from tui_scheduler.tui.screens.runs.live import LiveProcesses
from tui_scheduler.tui.tabs import MONITOR
from tui_scheduler.tui.toasts import explain, say
from tui_scheduler.tui.widgets.details_pane import DetailsPane


class RunDetails(RunScreen):
    """Shows the run ``run_id``, up to date and with its processes; escape goes back."""

    MODE = MONITOR
    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = "DetailsPane"
    BINDINGS: ClassVar[list[BindingType]] = DETAILS_VIEW_KEYS

    def __init__(self, runtime: Runtime, run_id: int) -> None:
        super().__init__(runtime)
        self._run_id = run_id
        self._seen: RunView | None = None
        self._reading = Throttled(self, self._read)
        self._live = LiveProcesses(self, runtime, self._draw)

    def compose_body(self) -> ComposeResult:
        """Nothing but the pane."""
        yield DetailsPane(id="run-facts", classes="pane")

    async def begin(self) -> None:
        """Read the run at once: some keys need it."""
        await self._read()

    def data_changed(self, _event: UiEvent) -> None:
        """Read the run again, soon."""
        self._reading.soon()

    def tick(self) -> None:
        """Let its duration grow, and look at its processes again."""
        self._live.again()
        self._draw()

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

    async def _read(self) -> None:
        try:
            run = await self.runtime.read(self.runtime.services.runs.get, self._run_id)
        except NotFound as error:
            say(self.app, str(error), is_warning=True)
            self.dismiss()
        except SchedulerError as error:
            explain(self.app, "The run cannot be read", error)
        else:
            self._take(run)

    def _take(self, run: RunView) -> None:
        self._seen = run
        self._live.show(run)
        self._draw()
        self.refresh_bindings()

    def _draw(self) -> None:
        run = self._seen
        if run is None:
            return
        now, zone = self.runtime.clock.now(), self.runtime.zone
        grace = self.runtime.settings.kill_grace
        pane = self.query_one(DetailsPane)
        width = pane.scrollable_content_region.width
        blocks = run_facts(run, self._live.usage, now, zone, grace, width)
        pane.show(f"{run.process} · run {run.id}", blocks)
