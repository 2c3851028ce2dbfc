"""The processes: what can be executed, and how."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.processes import Processes
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.tui.screens.forms.filling import NewForm
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.list_screen import LIST_KEYS
from tui_scheduler.tui.screens.process_or_group import (
    DEFINITION_ACTIONS,
    MANY_DEFINITION_ACTIONS,
    DefinitionSpec,
    ProcessOrGroupScreen,
    definition_keys,
    possible,
)
from tui_scheduler.tui.screens.processes.columns import process_columns
from tui_scheduler.tui.screens.processes.details import details_text, load_details
from tui_scheduler.tui.screens.row_actions import Removal
from tui_scheduler.tui.tabs import PROCESSES
from tui_scheduler.tui.widgets.table.table import Order
from tui_scheduler.wording import places_in, plural

if TYPE_CHECKING:  # a list shows before any form is needed
    from tui_scheduler.services.drafts import ProcessDraft
    from tui_scheduler.tui.screens.forms.many import ManySpec

_EMPTY = """\
No processes yet

A process is a command, or a Python callable, that can be run.
Press n to define one, then s to say when it runs."""


class ProcessesScreen(ProcessOrGroupScreen[ProcessView]):
    """The catalogue of all processes."""

    MODE = PROCESSES
    BINDINGS: ClassVar[list[BindingType]] = [*definition_keys("process"), *LIST_KEYS]

    def __init__(self, runtime: Runtime, new_request: NewForm) -> None:
        super().__init__(runtime, _spec(runtime), new_request)


def _spec(runtime: Runtime) -> DefinitionSpec[ProcessView]:
    processes = runtime.services.processes
    check, step = processes.check_removal, processes.remove_step
    return DefinitionSpec(
        noun="process",
        nouns="processes",
        empty_text=_EMPTY,
        columns=process_columns(runtime.clock),
        own_order=Order("name"),
        page=processes.page,
        one=processes.get,
        row_actions=DEFINITION_ACTIONS,
        many_actions=MANY_DEFINITION_ACTIONS,
        possible=lambda row: possible(can_run=row.active),
        details=partial(load_details, runtime.services),
        details_text=lambda details: details_text(details, runtime.clock.now()),
        form=partial(_form, runtime),
        many=partial(_many, runtime),
        deleted=lambda row: f"{row.name}, with {plural(row.request_count, 'request')}",
        removal=Removal(check, step, partial(_places, processes)),
        copied=lambda row: ("c", "command", row.command),
    )


def _places(processes: Processes, process_id: int) -> str:
    groups = processes.groups_of(process_id)
    return places_in(groups) if groups else ""


def _many(runtime: Runtime) -> "ManySpec[ProcessDraft]":
    from tui_scheduler.tui.screens.processes.many import many_processes

    return many_processes(runtime)


def _form(runtime: Runtime, row_id: int | None, *, clone: bool) -> Form:
    from tui_scheduler.tui.screens.processes.form import ProcessForm

    return ProcessForm(runtime, row_id, clone)
