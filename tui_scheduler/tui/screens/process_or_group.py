"""What the lists of processes and of groups do alike: define, change, copy, ask for, delete."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rich.text import Text
from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content

from tui_scheduler.receivers import EVERYBODY
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.codecs import write_limit
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.groups import GroupView
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.tui.content import named
from tui_scheduler.tui.format import RUN_LOOKS, cell
from tui_scheduler.tui.screens.forms.filling import NewForm, fill_in_request
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.list_screen import DetailedListSpec, ListScreen
from tui_scheduler.tui.screens.row_actions import Removal
from tui_scheduler.tui.toasts import say
from tui_scheduler.tui.widgets.table.table import Column, RowTable
from tui_scheduler.wording import OVERLAPS, ago

if TYPE_CHECKING:  # a list shows before any form is needed
    from tui_scheduler.tui.screens.forms.many import ManySpec

D = TypeVar("D", bound=ProcessView | GroupView)

DEFINITION_ACTIONS = frozenset({"schedule", "edit", "clone", "delete", "copy"})
"""The actions that need a process or a group."""

MANY_DEFINITION_ACTIONS = frozenset({"edit", "delete", "copy"})
"""Those that are done to all marked ones."""


class FormOpener(Protocol):
    """Makes the form of a new row, of one that is there, or of a copy of it."""

    def __call__(self, row_id: int | None, *, clone: bool) -> Form:
        """Returns the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionSpec(DetailedListSpec[D]):
    """What a list of processes, or of groups, says for itself."""

    form: FormOpener
    many: Callable[[], "ManySpec[Any]"]
    """Returns what the form for many must know."""
    deleted: Callable[[D], str]
    """How the question before a deletion names a row and what goes along."""
    removal: Removal
    """How a row is deleted."""
    copied: Callable[[D], tuple[str, str, str]]
    """What else than name and id can be copied: letter, label and text."""


class ProcessOrGroupScreen(ListScreen[D]):
    """A catalogue of what can be executed; ``new_request`` makes the form that schedules it."""

    def __init__(self, runtime: Runtime, spec: DefinitionSpec[D], new_request: NewForm) -> None:
        super().__init__(runtime, spec)
        self.spec = spec
        self._new_request = new_request

    @work
    async def action_new(self) -> None:
        """Define one."""
        await self._fill_in()

    @on(RowTable.RowActivated)
    @work
    async def action_edit(self) -> None:
        """Change the one at the cursor, or all that are marked."""
        match self.list_pane.target_ids:
            case []:
                return
            case [row_id]:
                await self._fill_in(row_id)
                self.list_pane.unmark()
            case _:
                await self.row_actions.edit_many(self.spec.many())

    @work
    async def action_clone(self) -> None:
        """Define one that begins as a copy of the one at the cursor."""
        if self.list_pane.table.cursor_id is not None:
            await self._fill_in(self.list_pane.table.cursor_id, clone=True)

    @work
    async def action_schedule(self) -> None:
        """Make a request for the one at the cursor."""
        row = self.list_pane.table.cursor_row
        if row is not None:
            await fill_in_request(self.app, self.runtime, self._new_request(row.name))

    @work
    async def action_delete(self) -> None:
        """Delete with requests, runs and logs."""
        spec = self.spec
        await self.row_actions.delete(spec.deleted, _runs_of, spec.removal)

    @work
    async def action_copy(self) -> None:
        """Copy what it is called, or what it runs."""
        spec = self.spec
        await self.row_actions.copy(
            lambda row: [("y", "name", row.name), ("i", "id", str(row.id)), spec.copied(row)]
        )

    async def _fill_in(self, row_id: int | None = None, *, clone: bool = False) -> None:
        saved = await self.app.push_screen_wait(self.spec.form(row_id, clone=clone))
        if saved is None:
            return
        if row_id is None or clone:
            self.list_pane.reveal(saved.id)
            say(self.app, f"Saved the {self.spec.noun}. Press s to say when it runs.")
        else:
            say(self.app, f"Saved the {self.spec.noun}.")


def definition_keys(noun: str) -> list[BindingType]:
    """Returns the keys of a list of processes or groups."""

    def key(keys: str, action: str, label: str, tooltip: str, *, show: bool = True) -> Binding:
        return Binding(keys, action, label, show=show, id=f"{noun}.{action}", tooltip=tooltip)

    return [
        key("n,a", "new", "New", f"Define a {noun}"),
        key("s", "schedule", "Schedule", "Make a request that says when it runs"),
        key("e", "edit", "Edit", f"Change the {noun}, or all that are marked"),
        key("C", "clone", "Clone", f"Define a {noun} that begins as a copy of this one"),
        key("D", "delete", "Delete", "Delete it with its requests, runs and logs; asks first"),
        key("y", "copy", "Copy", "Copy its name, id or what it runs", show=False),
    ]


def possible(*, can_run: bool) -> frozenset[str]:
    """Returns what one can do with a process or a group that can be run now, or cannot."""
    return DEFINITION_ACTIONS if can_run else DEFINITION_ACTIONS - {"schedule"}


def notifying_facts(row: ProcessView | GroupView) -> Iterator[Content]:
    """Returns who is told of its runs and when, as far as that is out of the ordinary."""
    recipients = EVERYBODY if row.notify is None else ", ".join(row.notify) or "nobody"
    if row.notify_after > 1 and row.notify != ():
        recipients += f", after {row.notify_after:,} failures in a row"
    if recipients != EVERYBODY:
        yield named("Notify", recipients)
    if row.slow_after is not None and row.notify != ():
        yield named("Slow after", write_limit(row.slow_after))


# The columns that both lists have.


def requests_column(priority: int) -> Column[Any]:
    """Returns how many requests there are for it."""
    return Column(
        "requests", "Requests", _requests, width=8, align="right", sortable=False,
        priority=priority,
    )  # fmt: skip


def last_column(clock: Clock, priority: int) -> Column[Any]:
    """Returns how its latest run ended, and how long ago that is."""

    def render(row: ProcessView | GroupView) -> Text:
        return _last(row, clock.now())

    return Column("last", "Last", render, width=13, priority=priority, sortable=False)


def overlap_column(priority: int) -> Column[Any]:
    """Returns what happens if it is due while it runs."""
    return Column("overlap", "Overlap", _overlap, width=9, priority=priority)


def description_column(priority: int) -> Column[Any]:
    """Returns what its user wrote about it."""
    return Column(
        "description", "Description", _description, min_width=20, priority=priority,
        sortable=False, is_searched=True,
    )  # fmt: skip


def _requests(row: ProcessView | GroupView) -> Text:
    return Text(f"{row.request_count:,}", style="" if row.request_count else "muted")


def _last(row: ProcessView | GroupView, now: datetime) -> Text:
    if row.last_status is None:
        return Text("never ran", style="muted")
    look = RUN_LOOKS[row.last_status]
    since = ago(row.last_end, now) if row.last_end else look.word
    return cell(f"{look.glyph} {since}", look.tone)


def _overlap(row: ProcessView | GroupView) -> Text:
    return cell(OVERLAPS[row.overlap].short, "muted")


def _description(row: ProcessView | GroupView) -> Text:
    return cell(row.description, "muted")


def _runs_of(row: ProcessView | GroupView) -> RunFilter:
    return RunFilter(process=row.name)
