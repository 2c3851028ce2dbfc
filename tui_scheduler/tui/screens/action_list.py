"""Lists whose rows one acts on: keys follow the row at the cursor, actions apply to all marked."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import on

from tui_scheduler.errors import NotFound, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.run_list import RunFilter
from tui_scheduler.tui.batch import Batch, summary
from tui_scheduler.tui.refresh import Throttled, UiEvent
from tui_scheduler.tui.screens.dialogs.progress import Doomed, deletion_text
from tui_scheduler.tui.screens.list_screen import ListScreen, ListSpec
from tui_scheduler.tui.toasts import explain, say
from tui_scheduler.tui.widgets.details_pane import DetailsPane
from tui_scheduler.tui.widgets.table.columns import R
from tui_scheduler.tui.widgets.table.table import RowTable


class ActionListScreen(ListScreen[R]):
    """A list with details of the row at its cursor; ``ROW_ACTIONS`` need a row that allows them."""

    ROW_ACTIONS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, runtime: Runtime, subject: ListSpec[R]) -> None:
        super().__init__(runtime, subject)
        self._details: Any = None
        self._possible: frozenset[str] = frozenset()
        self._awaited_id: int | None = None
        self._details_refresh = Throttled(self, self._refresh_details)

    def data_changed(self, event: UiEvent) -> None:
        """Load rows and details again."""
        super().data_changed(event)
        self._details_refresh.soon()

    def tick(self) -> None:
        """Count down in the list and in the details."""
        super().tick()
        self._show_details()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what the row at the cursor does not allow; with marks, each row decides."""
        if action not in self.ROW_ACTIONS:
            return super().check_action(action, parameters)
        if self.is_mounted and self.table.marked:
            return True
        return action in self._possible

    async def targets(self) -> list[R]:
        """The marked rows, or the one at the cursor."""
        if not self.table.marked:
            return [] if self.table.cursor_row is None else [self.table.cursor_row]
        rows = []
        for row_id in sorted(self.table.marked):
            try:
                rows.append(await self.runtime.read(self.subject.one, row_id))
            except NotFound:
                continue
        return rows

    def tell(self, verb: str, participle: str, batch: Batch[Any], note: str = "") -> None:
        """Sum up in one message what came of ``verb`` for one row or many; marks are used up."""
        self.table.clear_marks()
        if not batch.done and len(batch.refused) == 1:
            name, error = batch.refused[0]
            explain(self.app, f"Cannot {verb} {name}", error)
        elif batch.refused:
            say(self.app, f"{participle} {summary(batch, self.subject.nouns)}", is_warning=True)
        elif len(batch.done) == 1:
            say(self.app, f"{participle} {batch.done[0][0]}. {note}".strip())
        elif batch.done:
            say(self.app, f"{participle} {len(batch.done)} {self.subject.nouns}.")

    async def delete(self, doomed: Sequence[Doomed], step: Callable[[int], bool]) -> None:
        """Ask, then delete with all runs; shows the progress."""
        from tui_scheduler.tui.screens.dialogs.progress import DeletingDialog
        from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog

        if not doomed:
            return
        question = ConfirmDialog("Delete", deletion_text(doomed), yes="Delete", no="Keep")
        if await self.app.push_screen_wait(question):
            dialog = DeletingDialog(self.runtime, doomed, step)
            self.tell("delete", "Deleted", await self.app.push_screen_wait(dialog))

    async def count_runs(self, wanted: RunFilter) -> int:
        """How many runs there are."""
        nothing = Window(0, 0, None, None, False, "")
        return (await self.runtime.read(self.runtime.services.runs.page, nothing, wanted)).total

    async def copy(self, choices: Sequence[tuple[str, str, str]]) -> None:
        """Ask which of ``choices`` (letter, label, text) is wanted, and copy it."""
        from tui_scheduler.tui.screens.dialogs.question import CopyQuestion

        text = await self.app.push_screen_wait(CopyQuestion([c for c in choices if c[2]]))
        if text is not None:
            self.app.copy_to_clipboard(text)
            say(self.app, f"Copied {text}")

    def reveal(self, row_id: int) -> None:
        """Take the cursor to a row that was just added, once it is in the list."""
        self._awaited_id = row_id
        self.table.refresh_rows()

    def on_row_table_cursor_moved(self) -> None:
        """Show the details and the keys of the other row."""
        self._row_changed()

    def on_row_table_row_updated(self) -> None:
        """Show what the row allows now."""
        self._row_changed()

    @on(RowTable.Counted)
    async def find_awaited(self) -> None:
        """Find the row that was just added."""
        row_id, self._awaited_id = self._awaited_id, None
        if row_id is None:
            return
        shown = self.table.query_shown
        window = Window(0, 0, row_id, shown.sort, shown.reverse, shown.text)
        page = await self.runtime.read(self.subject.page, window)
        if page.anchor_index is not None and self.is_whole:
            self.table.go(self.table.place.moved_to(page.anchor_index))

    def _row_changed(self) -> None:
        row = self.table.cursor_row
        possible = frozenset() if row is None else self.subject.possible(row)
        if possible != self._possible:
            self._possible = possible
            self.refresh_bindings()
        self._details_refresh.soon()

    async def _refresh_details(self) -> None:
        row_id = self.table.cursor_id
        try:
            found = None if row_id is None else await self._load_details(row_id)
        except SchedulerError as error:
            explain(self.app, f"The {self.subject.noun} cannot be read", error)
            return
        self._details = found
        if self.is_whole:
            self._show_details()

    async def _load_details(self, row_id: int) -> Any:
        try:
            return await self.runtime.read(self.subject.details, row_id)
        except NotFound:
            return None

    def _show_details(self) -> None:
        pane = self.query_one(DetailsPane)
        if self._details is None:
            pane.show("Details", ())
        else:
            pane.show(self._details.title, self.subject.details_text(self._details))
