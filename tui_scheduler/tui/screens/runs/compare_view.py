"""The log of a run beside that of the last good one, on the whole screen."""

import asyncio
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui_scheduler.errors import SchedulerError, Unexpected
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.logs.comparison import LogComparison, compare_logs
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.text import plain
from tui_scheduler.tui.breathing import go_on
from tui_scheduler.tui.saying import subtitle
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.screens.runs.titles import log_state
from tui_scheduler.tui.tabs import MONITOR
from tui_scheduler.tui.toasts import explain
from tui_scheduler.tui.widgets.log.pane import LogPane


class CompareView(MainScreen):
    """Shows what is new in the log of ``run``, and what is missing; escape goes back.

    The differences stand in a file of their own, which goes with the screen, so that all can be
    done with them that can be done with a log.
    """

    MODE = MONITOR
    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,c",
            "go_back",
            "Back",
            show=True,
            tooltip="Go back to where you came from",
            id="compare.back",
        ),
    ]

    def __init__(self, runtime: Runtime, run: RunView) -> None:
        super().__init__(runtime)
        self._run = run
        self._folder: Path | None = None

    @property
    def log_pane(self) -> LogPane:
        """What differs."""
        return self.query_one(LogPane)

    def compose_body(self) -> ComposeResult:
        """Nothing but what differs."""
        with Vertical(id="compared") as frame:
            frame.border_title = plain(f"Run {self._run.id} of {self._run.process}")
            yield LogPane()

    async def begin(self) -> None:
        """Give the keys to what differs, and begin to compare."""
        self.log_pane.focus()
        self._compare()

    def on_unmount(self) -> None:
        """Leave nothing behind."""
        if self._folder is not None:
            rmtree(self._folder, ignore_errors=True)

    def action_go_back(self) -> None:
        """Go back to where we came from."""
        self.dismiss()

    @on(LogPane.StatusChanged)
    def show_log_state(self, message: LogPane.StatusChanged) -> None:
        """Say what is searched for."""
        message.stop()
        subtitle(self.query_one("#compared"), log_state(message.status))

    @work
    async def _compare(self) -> None:
        try:
            good = await self.runtime.read(self.runtime.services.runs.last_good, self._run)
            comparison = await asyncio.to_thread(compare_logs, self._run, good)
            while await asyncio.to_thread(go_on, comparison.step):
                far = f"Comparing with run {good.id}: {comparison.progress:.0%}"
                self.log_pane.show(None, live=False, placeholder=far)
            comparison.refuse_too_different()
            self._folder = Path(mkdtemp(prefix="tui-scheduler-"))
            file = self._folder / f"{self._run.id}-{good.id}.log"
            await asyncio.to_thread(_write, comparison, file)
            summary = await asyncio.to_thread(comparison.summary, self._run, good)
        except SchedulerError as error:
            self._give_up(error)
        except OSError as error:
            self._give_up(Unexpected(error))
        else:
            self.query_one("#compared").border_title = plain(summary)
            self.log_pane.show(file, live=False, placeholder="No line differs.")

    def _give_up(self, error: SchedulerError) -> None:
        explain(self.app, f"Run {self._run.id} cannot be compared", error)
        self.dismiss()


def _write(comparison: LogComparison, file: Path) -> None:
    lines = (line.render(in_colour=True) for line in comparison.lines())
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="replace")
