"""The groups: processes that are run step by step."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tui_scheduler.members import listed
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views.groups import GroupView
from tui_scheduler.tui.screens.forms.filling import NewForm, NewProcess
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.groups.columns import group_columns
from tui_scheduler.tui.screens.groups.details import details_text, load_details
from tui_scheduler.tui.screens.list_screen import LIST_KEYS
from tui_scheduler.tui.screens.process_or_group import (
    DEFINITION_ACTIONS,
    MANY_DEFINITION_ACTIONS,
    DefinitionSpec,
    ProcessOrGroupScreen,
    definition_keys,
    possible,
)
from tui_scheduler.tui.screens.row_actions import Removal
from tui_scheduler.tui.tabs import GROUPS
from tui_scheduler.tui.widgets.table.table import Order
from tui_scheduler.wording import plural

if TYPE_CHECKING:  # a list shows before any form is needed
    from tui_scheduler.services.drafts import GroupDraft
    from tui_scheduler.tui.screens.forms.many import ManySpec

_EMPTY = """\
No groups yet

A group runs processes one after the other, or some of them together.
Press n to define one, then s to say when it runs."""


class GroupsScreen(ProcessOrGroupScreen[GroupView]):
    """The catalogue of all groups; ``new_process`` makes the form of a member that is missing."""

    MODE = GROUPS
    BINDINGS: ClassVar[list[BindingType]] = [*definition_keys("group"), *LIST_KEYS]

    def __init__(self, runtime: Runtime, new_request: NewForm, new_process: NewProcess) -> None:
        super().__init__(runtime, _spec(runtime, new_process), new_request)


def _spec(runtime: Runtime, new_process: NewProcess) -> DefinitionSpec[GroupView]:
    groups = runtime.services.groups
    return DefinitionSpec(
        noun="group",
        nouns="groups",
        empty_text=_EMPTY,
        columns=group_columns(runtime.clock),
        own_order=Order("name"),
        page=groups.page,
        one=groups.get,
        row_actions=DEFINITION_ACTIONS,
        many_actions=MANY_DEFINITION_ACTIONS,
        possible=lambda row: possible(can_run=bool(row.members)),
        details=partial(load_details, runtime.services),
        details_text=lambda details: details_text(details, runtime.clock.now()),
        form=partial(_form, runtime, new_process),
        many=partial(_many, runtime),
        deleted=_deleted,
        removal=Removal(groups.check_removal, groups.remove_step),
        copied=lambda row: ("m", "members", listed(row.members)),
    )


def _many(runtime: Runtime) -> "ManySpec[GroupDraft]":
    from tui_scheduler.tui.screens.groups.many import many_groups

    return many_groups(runtime)


def _form(runtime: Runtime, new_process: NewProcess, row_id: int | None, *, clone: bool) -> Form:
    from tui_scheduler.tui.screens.groups.form import GroupForm

    return GroupForm(runtime, row_id, clone, new_process=new_process)


def _deleted(row: GroupView) -> str:
    """Returns its name, with what goes along and what stays."""
    return f"{row.name} (its members stay), with {plural(row.request_count, 'request')}"
