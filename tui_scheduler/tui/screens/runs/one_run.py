"""What screens of a single run share: it is kept up to date, and acted on."""

from collections.abc import Sequence

from tui_scheduler.errors import NotFound, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.runs.actions import ON_RUNS, RunScreen, possible
from tui_scheduler.tui.screens.runs.live import LiveProcesses
from tui_scheduler.tui.tabs import MONITOR
from tui_scheduler.tui.toasts import explain, say


class OneRunScreen(RunScreen):
    """Shows the run ``run_id``, and what its processes use, until it is left or deleted.

    ``seen`` is the run as it was read last; None before that.
    """

    MODE = MONITOR

    def __init__(self, runtime: Runtime, run_id: int) -> None:
        super().__init__(runtime)
        self._run_id = run_id
        self.seen: RunView | None = None
        self.live = LiveProcesses(self, runtime, self.show_usage)
        self._reading = Throttled(self, self._read)

    def show_run(self, run: RunView) -> None:
        """Show the run as it is now."""
        raise NotImplementedError

    def show_usage(self) -> None:
        """Show what its processes use now."""
        raise NotImplementedError

    async def begin(self) -> None:
        """Read the run at once: some keys need it."""
        await self._read()

    def data_changed(self, _event: UiEvent) -> None:
        """Read the run again, soon."""
        self._reading.soon()

    def tick(self) -> None:
        """Look at its processes again."""
        self.live.again()

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
        return action not in ON_RUNS or self.seen is None or action in possible(self.seen)

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
            if run != self.seen:
                self._take(run)

    def _take(self, run: RunView) -> None:
        self.seen = run
        self.live.show(run)
        self.show_run(run)
        self.refresh_bindings()
