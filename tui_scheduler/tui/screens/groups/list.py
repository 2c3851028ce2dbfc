"""The groups: processes that are run one after the other."""

from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views import GroupView
from tui_scheduler.tui.format import plural
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.groups.columns import group_columns
from tui_scheduler.tui.screens.groups.details import details_text, load_details
from tui_scheduler.tui.screens.list_screen import LIST_KEYS, ListSpec
from tui_scheduler.tui.screens.process_or_group import ProcessOrGroupScreen, definition_keys
from tui_scheduler.tui.tabs import GROUPS

_EMPTY = """\
No groups yet

A group runs processes one after the other.
Press n to define one, then s to say when it runs."""


class GroupsScreen(ProcessOrGroupScreen[GroupView]):
    """The catalogue of all groups."""

    MODE = GROUPS
    BINDINGS: ClassVar[list[BindingType]] = [*definition_keys("group"), *LIST_KEYS]

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime, _spec(runtime))

    def form(self, row_id: int | None, *, clone: bool) -> Form:
        """The form of a group."""
        from tui_scheduler.tui.screens.groups.form import GroupForm

        return GroupForm(self.runtime, row_id, clone)

    def doomed_name(self, row: GroupView) -> str:
        """Its name, with what goes along and what stays."""
        return f"{row.name} (its members stay), with {plural(row.request_count, 'request')}"

    def remove_step(self, row_id: int) -> bool:
        """Delete some of a group."""
        return self.runtime.services.groups.remove_step(row_id)

    def copied(self, row: GroupView) -> tuple[str, str, str]:
        """The members, in their order."""
        return ("m", "members", ", ".join(row.members))


def possible(row: GroupView) -> frozenset[str]:
    """What the state of a group allows."""
    actions = frozenset({"edit", "clone", "delete", "copy"})
    return actions | {"schedule"} if row.members else actions


def _spec(runtime: Runtime) -> ListSpec[GroupView]:
    groups = runtime.services.groups
    return ListSpec(
        noun="group",
        nouns="groups",
        empty_text=_EMPTY,
        columns=group_columns(runtime.clock),
        page=groups.page,
        one=groups.get,
        possible=possible,
        details=partial(load_details, runtime.services),
        details_text=lambda details: details_text(details, runtime.clock.now()),
    )
