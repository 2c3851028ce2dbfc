"""The processes: what can be executed, and how."""

from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views import ProcessView
from tui_scheduler.tui.format import plural
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.list_screen import LIST_KEYS, ListSpec
from tui_scheduler.tui.screens.process_or_group import ProcessOrGroupScreen, definition_keys
from tui_scheduler.tui.screens.processes.columns import process_columns
from tui_scheduler.tui.screens.processes.details import details_text, load_details
from tui_scheduler.tui.tabs import PROCESSES

_EMPTY = """\
No processes yet

A process is a command, or a Python callable, that can be executed.
Press n to define one, then s to say when it runs."""


class ProcessesScreen(ProcessOrGroupScreen[ProcessView]):
    """The catalogue of all processes."""

    MODE = PROCESSES
    BINDINGS: ClassVar[list[BindingType]] = [*definition_keys("process"), *LIST_KEYS]

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime, _spec(runtime))

    def form(self, row_id: int | None, *, clone: bool) -> Form:
        """The form of a process."""
        from tui_scheduler.tui.screens.processes.form import ProcessForm

        return ProcessForm(self.runtime, row_id, clone)

    def doomed_name(self, row: ProcessView) -> str:
        """Its name, with what goes along; groups lose it as a member."""
        return f"{row.name}, with {plural(row.request_count, 'request')}"

    def remove_step(self, row_id: int) -> bool:
        """Delete some of a process."""
        return self.runtime.services.processes.remove_step(row_id)

    def copied(self, row: ProcessView) -> tuple[str, str, str]:
        """The command."""
        return ("c", "command", row.command)


def possible(row: ProcessView) -> frozenset[str]:
    """What the state of a process allows."""
    actions = frozenset({"edit", "clone", "delete", "copy"})
    return actions | {"schedule"} if row.active else actions


def _spec(runtime: Runtime) -> ListSpec[ProcessView]:
    processes = runtime.services.processes
    return ListSpec(
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
