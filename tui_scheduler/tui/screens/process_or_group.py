"""What the lists of processes and of groups do alike: define, change, copy, ask for, delete."""

from abc import abstractmethod
from typing import ClassVar, Protocol, TypeVar

from textual import work
from textual.binding import Binding, BindingType

from tui_scheduler.services.queries.run_list import RunFilter
from tui_scheduler.tui.screens.action_list import ActionListScreen
from tui_scheduler.tui.screens.dialogs.progress import Doomed
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.requests.filling import fill_in_request
from tui_scheduler.tui.toasts import say


class Definition(Protocol):
    """A process or a group."""

    @property
    def id(self) -> int:
        """Its key."""
        ...

    @property
    def name(self) -> str:
        """Its unique name."""
        ...


def definition_keys(noun: str) -> list[BindingType]:
    """The keys of a list of processes or groups."""

    def key(keys: str, action: str, label: str, tooltip: str, *, show: bool = True) -> Binding:
        return Binding(keys, action, label, show=show, id=f"{noun}.{action}", tooltip=tooltip)

    return [
        key("n,a", "new", "New", f"Define a {noun}"),
        key("s", "schedule", "Schedule", "Make a request that says when it runs"),
        key("e", "edit", "Edit", f"Change the {noun}"),
        key("C", "clone", "Clone", f"Define a {noun} that begins as a copy of this one"),
        key("D", "delete", "Delete", "Delete it with its requests, runs and logs; asks first"),
        key("y", "copy", "Copy", "Copy its name, id or what it runs", show=False),
    ]


D = TypeVar("D", bound=Definition)


class ProcessOrGroupScreen(ActionListScreen[D]):
    """A catalogue of what can be executed; subclasses say which form and which step of deletion."""

    ROW_ACTIONS: ClassVar[frozenset[str]] = frozenset(
        {"schedule", "edit", "clone", "delete", "copy"}
    )

    # What each list says for itself.

    @abstractmethod
    def form(self, row_id: int | None, *, clone: bool) -> Form:
        """The form of a new row, of one that is there, or of a copy of it."""

    @abstractmethod
    def doomed_name(self, row: D) -> str:
        """How the question before a deletion names ``row`` and what goes along."""

    @abstractmethod
    def remove_step(self, row_id: int) -> bool:
        """Delete some of a row; called on the writing thread."""

    @abstractmethod
    def copied(self, row: D) -> tuple[str, str, str]:
        """What else than name and id can be copied: letter, label and text."""

    # What they do alike.

    def on_row_table_row_activated(self) -> None:
        """Edit the row on enter."""
        self.action_edit()

    @work
    async def action_new(self) -> None:
        """Define one."""
        await self._fill_in()

    @work
    async def action_edit(self) -> None:
        """Change the one at the cursor."""
        if self.table.cursor_id is not None:
            await self._fill_in(self.table.cursor_id)

    @work
    async def action_clone(self) -> None:
        """Define one that begins as a copy of the one at the cursor."""
        if self.table.cursor_id is not None:
            await self._fill_in(self.table.cursor_id, clone=True)

    @work
    async def action_schedule(self) -> None:
        """Make a request for the one at the cursor."""
        row = self.table.cursor_row
        if row is not None:
            await fill_in_request(self, process=row.name)

    @work
    async def action_delete(self) -> None:
        """Delete with requests, runs and logs."""
        rows = await self.targets()
        doomed = [
            Doomed(
                row.id, self.doomed_name(row), await self.count_runs(RunFilter(process=row.name))
            )
            for row in rows
        ]
        await self.delete(doomed, self.remove_step)

    @work
    async def action_copy(self) -> None:
        """Copy what it is called, or what it runs."""
        row = self.table.cursor_row
        if row is not None:
            await self.copy([("y", "name", row.name), ("i", "id", str(row.id)), self.copied(row)])

    async def _fill_in(self, row_id: int | None = None, *, clone: bool = False) -> None:
        saved = await self.app.push_screen_wait(self.form(row_id, clone=clone))
        if saved is None:
            return
        noun = self.subject.noun
        if row_id is None or clone:
            self.reveal(saved.id)
            say(self.app, f"Saved the {noun}. Press s to say when it runs.")
        else:
            say(self.app, f"Saved the {noun}.")
