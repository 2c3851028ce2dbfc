"""What every form does alike: judge while one types, save only what is right, lose nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import AwaitMount

from tui_scheduler.errors import InvalidInput, Problem, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.validation import refuse
from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog
from tui_scheduler.tui.screens.forms.frame import FormFrame
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.secrets_button import SecretsButton

_PAUSE = 0.1  # seconds without a key before the form is judged


@dataclass(frozen=True, slots=True)
class Saved:
    """What a form stored; ``schedule`` if the user wants it scheduled at once."""

    id: int
    schedule: bool = False


class Form(FormFrame[Saved | None]):
    """A dialog that stores one object; gives what it stored, or None.

    Problems are shown at fields that were filled in already; those of untouched fields wait until
    one tries to save.
    """

    BEGINS_AT: ClassVar[str | None] = None
    """The field where one begins to type, if it is not the first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="form.save", tooltip="Save and close the form"),
        Binding("escape", "leave", "Cancel", id="form.leave", tooltip="Close without saving"),
    ]

    def __init__(self, runtime: Runtime, title: str) -> None:
        super().__init__(title)
        self.runtime = runtime
        self._first_values: dict[str, Any] | None = None

    # What each form says for itself.

    async def load(self) -> None:
        """Fill the fields with what is stored; raises NotFound."""

    async def validate(self) -> Sequence[Problem]:
        """Every problem of what the fields hold."""
        raise NotImplementedError

    async def store(self) -> int:
        """Store what the fields hold and give its id; raises InvalidInput."""
        raise NotImplementedError

    def update_fields(self) -> AwaitMount:
        """Show the fields and words that the choices made so far ask for; all of them."""
        return self.form.show_all()

    async def preview(self, problems: Sequence[Problem]) -> None:
        """Say what would happen; ``problems`` are those of all fields."""

    # What they do alike.

    async def on_mount(self) -> None:
        """Load, and remember the values so that changes can be told."""
        await self.update_fields()
        try:
            await self.load()
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
            self.close_with(None)
            return
        self._first_values = self.form.values()
        await self.update_fields()
        if self.BEGINS_AT is None:
            self.focus_next()
        else:
            self.form[self.BEGINS_AT].control.focus()
        self.review()

    @property
    def is_changed(self) -> bool:
        """Whether the fields hold anything else than at first."""
        return self.form.values() != self._first_values

    @on(Field.Changed)
    def follow_change(self, event: Field.Changed) -> None:
        """Judge again, and show what the new value asks for."""
        if self._first_values is None:
            return
        name, value = event.field.name or "", event.field.value
        first = self._first_values.get(name)
        if value != first and (value or first):
            self.form.touch([name])
        self.update_fields()
        self.query_one(SecretsButton).offer(self.form.secretive())
        self.review()

    @work(exclusive=True, group="review")
    async def review(self) -> None:
        """Judge the form once nothing was typed for a moment, and say what would happen."""
        await asyncio.sleep(_PAUSE)
        try:
            problems = await self.validate()
            self.show_problems(problems)
            await self.preview(problems)
        except SchedulerError as error:
            self.say(str(error))

    @work(exclusive=True, group="save")
    async def action_save(self) -> None:
        """Store and close, or go to the first field that has a problem."""
        await self.save()

    async def save(self, *, schedule: bool = False) -> None:
        """Store and close, or go to the first field that has a problem."""
        try:
            refuse(list(await self.validate()))
            saved = Saved(await self.store(), schedule)
        except InvalidInput as refused:
            self.show_all_problems(refused.problems)
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.close_with(saved)

    def show_all_problems(self, problems: Sequence[Problem]) -> None:
        """Show every problem and go to the first."""
        self.form.touch_all()
        self.show_problems(problems)
        self.form.go_to_problem()
        self.review()

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Close without saving; ask first if something would be lost."""
        if not self.is_changed or await self.app.push_screen_wait(_discard_dialog()):
            self.close_with(None)

    def close_with(self, saved: Saved | None) -> None:
        """Close; a review that is under way would look for fields that are gone."""
        self.workers.cancel_group(self, "review")
        self.dismiss(saved)


def _discard_dialog() -> ConfirmDialog:
    return ConfirmDialog(
        "Discard the changes?",
        "What you entered in this form is not saved yet.",
        yes="Discard",
        no="Keep editing",
    )
