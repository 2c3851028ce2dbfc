"""Search in the logs of the runs that a list has: a line to type into, and the work behind it.

It is done in a thread that gives way again and again, for as long as somebody wants it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.logs.log_search import pattern
from tui_scheduler.services.logs.many_logs import ManyLogs
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.text import plain
from tui_scheduler.tui.breathing import breathing
from tui_scheduler.tui.saying import say
from tui_scheduler.tui.toasts import explain

MOST_FOUND = 1000
_TELL = 0.2  # seconds


class LogsSearch(Horizontal):
    """Hidden while nothing is searched for; ``begin`` searches, and ``Found`` says what for."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            "Cancel",
            id="logs_search.cancel",
            tooltip="Search for nothing else, and go back to the list",
        ),
    ]

    class Wanted(Message):
        """A text was entered to search for."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Found(Message):
        """More was found, or the search has begun, come to its end or was taken away."""

    class Left(Message):
        """The line gives the focus back to the list."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self._runtime = runtime
        self._typed = Input(placeholder="text, and enter", compact=True, id="logs-search-text")
        self._logs: ManyLogs | None = None
        self._total = 0
        self._is_going_on = False
        self._reported: tuple[int, bool] = (-1, False)
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Only the words; what is typed into is mounted when it is first asked for."""
        yield Static(id="logs-search-state")

    def on_unmount(self) -> None:
        """Search no more."""
        self._is_going_on = False

    @property
    def text(self) -> str:
        """What is searched for; empty if nothing is."""
        return "" if self._logs is None else self._logs.wanted.text

    @property
    def is_going_on(self) -> bool:
        """Whether there is more to search."""
        return self._is_going_on

    @property
    def found_ids(self) -> frozenset[int] | None:
        """The runs whose logs have it, so far; None if nothing is searched for."""
        logs = self._logs
        return None if logs is None else frozenset(match.run_id for match in logs.matches[:])

    def ask(self) -> None:
        """Have a text typed."""
        if not self._typed.is_attached:
            self.mount(Static("In logs:", id="logs-search-sign"), self._typed)
        self._typed.value = self.text
        self.add_class("-open", "-asking")
        self._typed.focus()

    def begin(self, text: str, wanted: Callable[[], RunFilter]) -> None:
        """Search for ``text`` in the logs of the runs that are ``wanted``, the newest first.

        That is asked where the database may be read; what it raises is told.
        """
        self.stop()
        logs = self._logs = ManyLogs(pattern(text), MOST_FOUND)
        self._total, self._is_going_on = 0, True
        self.add_class("-open")
        self._timer = self._timer or self.set_interval(_TELL, self._tell)
        self._tell()
        self.run_worker(self._search(logs, wanted), group="logs-search")

    def stop(self) -> None:
        """Search no further; what was found stays."""
        self._is_going_on = False
        self._tell()

    def clear(self) -> None:
        """Search for nothing any more."""
        self._logs = None
        self.remove_class("-open")
        self.stop()

    def action_cancel(self) -> None:
        """Go back to the list."""
        self._leave()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search for what was typed."""
        event.stop()
        self._leave()
        if event.value.strip():
            self.post_message(self.Wanted(event.value))

    def _leave(self) -> None:
        self.remove_class("-asking")
        self.set_class(self._logs is not None, "-open")
        self.post_message(self.Left())

    async def _search(self, logs: ManyLogs, wanted: Callable[[], RunFilter]) -> None:
        runs, read = self._runtime.services.runs, self._runtime.read
        try:
            meant = await read(wanted)
            self._total = await read(runs.count, meant)
            before: int | None = None
            while self._wants(logs) and not logs.is_full:
                batch = await read(runs.logs, meant, before=before)
                if not batch:
                    break
                await asyncio.to_thread(logs.go_on, batch, breathing(lambda: not self._wants(logs)))
                before = batch[-1].run_id
        except SchedulerError as error:
            explain(self.app, "The logs cannot be searched", error)
        if self._wants(logs):
            self.stop()

    def _wants(self, logs: ManyLogs) -> bool:
        return self._is_going_on and self._logs is logs

    def _tell(self) -> None:
        """Show how far the search is, and tell the screen of what it does not know yet."""
        logs = self._logs
        if logs is not None:
            say(self.query_one("#logs-search-state", Static), self._state(logs))
        known = (-1 if logs is None else len(logs.matches), self._is_going_on)
        if known != self._reported:
            self._reported = known
            self.post_message(self.Found())
        if self._timer is not None and not self._is_going_on:
            self._timer.stop()
            self._timer = None

    def _state(self, logs: ManyLogs) -> Content:
        more = ""
        if self._is_going_on:
            more = " · esc stops"
        elif logs.is_full:
            more = " · no more are looked for"
        elif logs.searched < self._total:
            more = " · esc clears"
        return Content(plain(logs.summary(self._total) + more))
