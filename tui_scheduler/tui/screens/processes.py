"""The processes: what can be executed, and how."""

from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.run_list import RunFilter
from tui_scheduler.services.views import ProcessView
from tui_scheduler.tui.format import plural
from tui_scheduler.tui.screens.catalogue import CatalogueScreen
from tui_scheduler.tui.screens.doomed import Doomed
from tui_scheduler.tui.screens.list_screen import LIST_KEYS, Subject
from tui_scheduler.tui.screens.process_columns import process_columns
from tui_scheduler.tui.screens.process_details import details_text, load_details
from tui_scheduler.tui.screens.request_filling import fill_in_request
from tui_scheduler.tui.tabs import PROCESSES
from tui_scheduler.tui.toasts import say

_EMPTY = """\
No processes yet

A process is a command, or a Python callable, that can be executed.
Press n to define one, then s to say when it runs."""


def _key(key: str, action: str, label: str, tooltip: str, *, show: bool = True) -> Binding:
    return Binding(key, action, label, show=show, id=f"process.{action}", tooltip=tooltip)


PROCESS_KEYS: list[BindingType] = [
    _key("n,a", "new", "New", "Define a process"),
    _key("s", "schedule", "Schedule", "Make a request that says when it runs"),
    _key("e", "edit", "Edit", "Change the process"),
    _key("C", "clone", "Clone", "Define a process that begins as a copy of this one"),
    _key("D", "delete", "Delete", "Delete it with its requests, runs and logs; asks first"),
    _key("y", "copy", "Copy", "Copy its name, id or command", show=False),
]


class ProcessesScreen(CatalogueScreen[ProcessView]):
    """The catalogue of all processes."""

    MODE = PROCESSES
    BINDINGS: ClassVar[list[BindingType]] = [*PROCESS_KEYS, *LIST_KEYS]
    ROW_ACTIONS: ClassVar[frozenset[str]] = frozenset(
        {"schedule", "edit", "clone", "delete", "copy"}
    )

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime, _subject(runtime))

    def on_row_table_row_activated(self) -> None:
        """Edit the row on enter."""
        self.action_edit()

    @work
    async def action_new(self) -> None:
        """Define a process."""
        await self._fill_in()

    @work
    async def action_edit(self) -> None:
        """Change the process at the cursor."""
        if self.table.cursor_id is not None:
            await self._fill_in(self.table.cursor_id)

    @work
    async def action_clone(self) -> None:
        """Define a process that begins as a copy of the one at the cursor."""
        if self.table.cursor_id is not None:
            await self._fill_in(self.table.cursor_id, clone=True)

    @work
    async def action_schedule(self) -> None:
        """Make a request for the process at the cursor."""
        row = self.table.cursor_row
        if row is not None:
            await fill_in_request(self, process=row.name)

    @work
    async def action_delete(self) -> None:
        """Delete with requests, runs and logs."""
        rows = await self.targets()
        doomed = [
            Doomed(row.id, _doomed_name(row), await self.count_runs(RunFilter(process=row.name)))
            for row in rows
        ]
        await self.delete(doomed, self.runtime.services.processes.remove_step)

    @work
    async def action_copy(self) -> None:
        """Copy what the process is called, or what it executes."""
        row = self.table.cursor_row
        if row is not None:
            choices = [("y", "name", row.name), ("i", "id", str(row.id))]
            await self.copy([*choices, ("c", "command", row.command)])

    async def _fill_in(self, process_id: int | None = None, *, clone: bool = False) -> None:
        from tui_scheduler.tui.screens.process_form import ProcessForm

        saved = await self.app.push_screen_wait(ProcessForm(self.runtime, process_id, clone))
        if saved is None:
            return
        if process_id is None or clone:
            self.reveal(saved.id)
            say(self.app, "Saved the process. Press s to say when it runs.")
        else:
            say(self.app, "Saved the process.")


def possible(row: ProcessView) -> frozenset[str]:
    """What the state of a process allows."""
    actions = frozenset({"edit", "clone", "delete", "copy"})
    return actions | {"schedule"} if row.active else actions


def _doomed_name(row: ProcessView) -> str:
    return f"{row.name}, with {plural(row.request_count, 'request')}"


def _subject(runtime: Runtime) -> Subject[ProcessView]:
    processes = runtime.services.processes
    return Subject(
        noun="process",
        nouns="processes",
        empty_text=_EMPTY,
        columns=process_columns(runtime.clock),
        page=processes.page,
        one=processes.get,
        possible=possible,
        details=partial(load_details, runtime.services),
        details_text=lambda details: details_text(details, runtime.clock.now()),
    )
