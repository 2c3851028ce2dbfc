"""What takes its time, with how far it has come in sight: deleting, and stopping runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ProgressBar, Static

from tui_scheduler.errors import NotFound, Refused, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.removal import STEP
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.text import plain
from tui_scheduler.tui.batch import Batch, on_each
from tui_scheduler.tui.dialog import Dialog
from tui_scheduler.tui.refresh import Subscription, Throttled
from tui_scheduler.tui.screens.dialogs.question import run_line
from tui_scheduler.tui.toasts import explain
from tui_scheduler.wording import plural


@dataclass(frozen=True, slots=True)
class Doomed:
    """What is to be deleted, how many runs go with it, and what else does."""

    id: int
    name: str
    runs: int
    along: str = ""

    @property
    def with_all(self) -> str:
        """It, and all that goes with it."""
        along = f", and {self.along}" if self.along else ""
        return f"{self.name}, with {plural(self.runs, 'run')}{along}"


class DeletingDialog(Dialog[Batch[None]]):
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

    def compose_body(self) -> ComposeResult:
        """Lay out the name and the bar."""
        with Vertical(id="question") as box:
            box.border_title = "Deleting"
            box.border_subtitle = "esc stops"
            yield Static(id="question-text")
            yield ProgressBar(total=max(1, self._runs), show_eta=False)

    async def begin(self) -> None:
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


class StoppingDialog(Dialog[bool]):
    """Asks ``runs`` to stop; dismissed with True when none is left, or when waiting is given up.

    Dismissed with False if the user would rather stay.
    """

    CSS_PATH = Path(__file__).with_name("question.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,s", "close(False)", "Stay", id="stopping.stay", tooltip="Do not quit"),
        Binding(
            "q",
            "close(True)",
            "Quit now",
            id="stopping.quit",
            tooltip="Quit without waiting; the runs are stopped all the same",
        ),
    ]

    def __init__(self, runtime: Runtime, runs: Sequence[RunView]) -> None:
        super().__init__()
        self._runtime = runtime
        self._ids = frozenset(run.id for run in runs)
        self._look = Throttled(self, self._look_again)
        self._listening = Subscription(self, runtime, lambda _event: self._look.soon())

    def compose_body(self) -> ComposeResult:
        """Lay out the list of what is still going."""
        with Vertical(id="question") as box:
            box.border_title = "Stopping"
            yield Static(id="question-text")
            yield Static(
                Content.assemble(
                    ("s", "bold underline"), " Stay   ", ("q", "bold underline"), " Quit now"
                ),
                id="stopping-keys",
            )

    async def begin(self) -> None:
        """Ask all of them, and watch."""
        self._listening.begin()
        self.set_interval(1, self._look.soon)
        self._ask()

    def on_unmount(self) -> None:
        """Stop watching."""
        self._listening.end()

    def action_close(self, is_leaving: bool) -> None:
        """Wait no longer."""
        self.dismiss(is_leaving)

    @work
    async def _ask(self) -> None:
        for run_id in sorted(self._ids):
            try:
                await self._runtime.write(self._runtime.services.runs.kill, run_id)
            except (Refused, NotFound):
                continue  # it ended meanwhile
            except SchedulerError as error:
                explain(self.app, f"Cannot stop run {run_id}", error)
        self._look.soon()

    async def _look_again(self) -> None:
        try:
            runs = await self._runtime.read(self._runtime.services.runs.open)
        except SchedulerError:
            return  # asked again in a second
        left = [run for run in runs if run.id in self._ids]
        if not left:
            self.dismiss(True)
            return
        now = self._runtime.clock.now()
        text = "\n".join(["Waiting for the end of", "", *(run_line(run, now) for run in left)])
        self.query_one("#question-text", Static).update(Content(plain(text, newlines=True)))
