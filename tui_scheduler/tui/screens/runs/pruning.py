"""When old runs were last removed, told quietly in the frame of the history."""

from collections.abc import Callable
from datetime import datetime

from textual.widget import Widget

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.events import ForeignCommit, HistoryPruned
from tui_scheduler.services.views import Pruning
from tui_scheduler.tui.format import ago
from tui_scheduler.tui.refresh import Throttled
from tui_scheduler.tui.subscription import UiEvent


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
