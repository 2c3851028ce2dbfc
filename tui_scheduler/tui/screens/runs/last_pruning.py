"""What is told of the runs that were last removed for their age or number."""

from collections.abc import Callable
from datetime import datetime

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.events import ForeignCommit, HistoryPruned
from tui_scheduler.services.views.overview import Pruning
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.wording import ago, plural


class LastPruning:
    """Knows the last pruning of ``runtime``; calls ``changed`` when it is another one."""

    def __init__(self, screen: MainScreen, runtime: Runtime, changed: Callable[[], None]) -> None:
        self._runtime = runtime
        self._changed = changed
        self._pruning: Pruning | None = None
        self._reading = Throttled(screen, self._read)

    def hear(self, event: UiEvent) -> None:
        """Look again if ``event`` may be about it."""
        if isinstance(event, HistoryPruned | ForeignCommit):
            self._reading.soon()

    def words(self, now: datetime) -> list[str]:
        """What is told of it; nothing before the first time, nor if there was nothing to remove."""
        pruning = self._pruning
        return [pruning_text(pruning, now)] if pruning and pruning.removed else []

    async def _read(self) -> None:
        try:
            pruning = await self._runtime.read(self._runtime.services.retention.last)
        except SchedulerError:  # the list says why nothing can be read
            return
        if pruning != self._pruning:
            self._pruning = pruning
            self._changed()


def pruning_text(pruning: Pruning, now: datetime) -> str:
    """How many runs were removed, and how long ago."""
    return f"{plural(pruning.removed, 'old run')} removed {ago(pruning.at, now)}"
