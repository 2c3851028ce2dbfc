"""Deleting what may own a million runs, step by step, with the progress in sight."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import ProgressBar, Static

from tui_scheduler.errors import Refused
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.removal import STEP
from tui_scheduler.text import plain
from tui_scheduler.tui.batch import Batch, on_each
from tui_scheduler.tui.format import plural
from tui_scheduler.tui.screens.dialogs.doomed import Doomed


class DeletingDialog(ModalScreen[Batch[None]]):
    """Calls ``step`` for each in turn until nothing is left of it; escape stops between steps.

    ``step`` is a use case that deletes some and says whether more is left. Dismissed with what
    came of each.
    """

    CSS_PATH = Path(__file__).with_name("question.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "stop",
            "Stop",
            id="deleting.stop",
            tooltip="Delete no more; what is gone is gone",
        ),
    ]

    def __init__(
        self, runtime: Runtime, doomed: Sequence[Doomed], step: Callable[[int], bool]
    ) -> None:
        super().__init__()
        self._runtime = runtime
        self._doomed = tuple(doomed)
        self._step = step
        self._is_stopped = False

    def compose(self) -> ComposeResult:
        """Lay out the name and the bar."""
        with Vertical(id="question") as box:
            box.border_title = "Deleting"
            box.border_subtitle = "esc stops"
            yield Static(id="question-text")
            yield ProgressBar(total=max(1, self._runs), show_eta=False)

    def on_mount(self) -> None:
        """Begin."""
        self._delete_all()

    def action_stop(self) -> None:
        """Do no further step."""
        self._is_stopped = True

    @property
    def _runs(self) -> int:
        return sum(each.runs for each in self._doomed)

    @work
    async def _delete_all(self) -> None:
        self.dismiss(await on_each(self._doomed, lambda each: each.name, self._delete))

    async def _delete(self, each: Doomed) -> None:
        text = f"{each.name} with {plural(each.runs, 'run')}"
        self.query_one("#question-text", Static).update(Content(plain(text)))
        while not self._is_stopped:
            if not await self._runtime.write(self._step, each.id):
                return
            self.query_one(ProgressBar).advance(STEP)
        raise Refused("Stopped before the end. What is left of it is unscheduled.")
