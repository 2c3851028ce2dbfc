"""What one does to rows of a list: act on all marked, delete, copy, and tell what came of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.tui.batch import Batch, on_each, summary
from tui_scheduler.tui.screens.list_pane import ListPane
from tui_scheduler.tui.toasts import explain, say
from tui_scheduler.tui.widgets.table.columns import R
from tui_scheduler.wording import plural

if TYPE_CHECKING:  # a list shows before any form is needed
    from tui_scheduler.tui.screens.forms.many import ManySpec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Removal:
    """How a row is deleted: ``check`` reads whether it can be, and raises Refused if not.

    ``step`` deletes some of it on the writing thread, and says whether more is left. ``along``
    reads what goes with it besides requests and runs.
    """

    check: Callable[[int], None]
    step: Callable[[int], bool]
    along: Callable[[int], str] = lambda _: ""


class RowActions(Generic[R]):
    """Asks, does and tells, for the rows of ``pane`` that are marked or else at its cursor."""

    def __init__(self, pane: ListPane[R], runtime: Runtime) -> None:
        self._pane = pane
        self._runtime = runtime

    async def write_each(self, name: Callable[[R], str], use_case: Callable[[int], T]) -> Batch[T]:
        """Do ``use_case`` to each row; ``name`` is what messages call a row."""

        def write(row: R) -> Awaitable[T]:
            return self._runtime.write(use_case, row.id)

        return await on_each(await self._pane.targets(), name, write)

    def tell(self, verb: str, participle: str, batch: Batch[Any], note: str = "") -> None:
        """Sum up in one message what came of ``verb`` for one row or many; marks are used up."""
        app, nouns = self._pane.app, self._pane.spec.nouns
        self._pane.table.clear_marks()
        if not batch.done and len(batch.refused) == 1:
            name, error = batch.refused[0]
            explain(app, f"Cannot {verb} {name}", error)
        elif batch.refused:
            say(app, f"{participle} {summary(batch, nouns)}", is_warning=True)
        elif len(batch.done) == 1:
            say(app, f"{participle} {batch.done[0][0]}. {note}".strip())
        elif batch.done:
            say(app, f"{participle} {len(batch.done)} {nouns}. {note}".strip())

    async def delete(
        self,
        name: Callable[[R], str],
        runs_of: Callable[[R], RunFilter],
        removal: Removal,
    ) -> None:
        """Ask, then delete the rows with all runs; shows the progress.

        ``name`` says what goes with a row besides the runs. What cannot be deleted now is not
        asked for.
        """
        from tui_scheduler.tui.screens.dialogs.delete_question import DeleteQuestion
        from tui_scheduler.tui.screens.dialogs.progress import DeletingDialog, Doomed

        async def look_at(row: R) -> Doomed:
            await self._runtime.read(removal.check, row.id)
            along = await self._runtime.read(removal.along, row.id)
            return Doomed(row.id, name(row), await self._count_runs(runs_of(row)), along)

        looked = await on_each(await self._pane.targets(), name, look_at)
        doomed = [each for _, each in looked.done]
        if not doomed:
            self.tell("delete", "Deleted", looked)
            return
        what = doomed[0].name if len(doomed) == 1 else f"{len(doomed)} {self._pane.spec.nouns}"
        listed = [each.with_all for each in doomed]
        if await self._pane.app.push_screen_wait(DeleteQuestion(what, listed)):
            dialog = DeletingDialog(self._runtime, doomed, removal.step)
            batch = await self._pane.app.push_screen_wait(dialog)
            refused = (*looked.refused, *batch.refused)
            self.tell("delete", "Deleted", Batch(batch.done, refused))

    async def edit_many(self, spec: "ManySpec[Any]") -> None:
        """Show the form for all marked rows, and tell what came of it; marks are used up."""
        from tui_scheduler.tui.screens.forms.many import ManyForm

        app = self._pane.app
        views = await self._pane.targets()
        if not views:
            return
        form = ManyForm(self._runtime, spec, views)
        if await app.push_screen_wait(form) is None:
            return
        self._pane.table.clear_marks()
        count = form.saved_count
        say(app, f"Saved {plural(count, self._pane.spec.noun)}." if count else "Nothing changed.")

    async def copy(self, choices_of: Callable[[R], Sequence[tuple[str, str, str]]]) -> None:
        """Ask which of the choices (letter, label, text) of a row is wanted, and copy it.

        Of several rows it is a line each.
        """
        from tui_scheduler.tui.screens.dialogs.question import CopyQuestion

        app = self._pane.app
        of_each = [choices_of(row) for row in await self._pane.targets()]
        choices = [
            (letter, label, "\n".join(filter(None, (text for _, _, text in same))))
            for same in zip(*of_each, strict=True)
            for letter, label, _ in same[:1]
        ]
        if not choices:
            return
        text = await app.push_screen_wait(CopyQuestion([c for c in choices if c[2]]))
        if text is not None:
            app.copy_to_clipboard(text)
            say(app, f"Copied {text}")

    async def _count_runs(self, wanted: RunFilter) -> int:
        return await self._runtime.read(self._runtime.services.runs.count, wanted)
