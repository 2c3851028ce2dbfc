"""What every form does alike: validate while one types, save only what is right, lose nothing."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widget import AwaitMount
from textual.widgets import Button

from tui_scheduler.errors import InvalidInput, Problem, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.validation import refuse
from tui_scheduler.tui.dialog import Dialog
from tui_scheduler.tui.screens.dialogs.question import DiscardQuestion
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.fieldset import FormFields
from tui_scheduler.tui.widgets.form.secrets import SecretsButton
from tui_scheduler.tui.widgets.plain_text import Words

_PAUSE = 0.1  # seconds without a key before the form is validated
_WIDTHS = [(0, "-narrow"), (110, "-wide")]
_HEIGHTS = [(0, "-low"), (32, "-roomy")]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a form stored; ``schedule`` if the user wants it scheduled at once."""

    id: int
    schedule: bool = False


class Form(Dialog[Saved | None]):
    """A dialog that stores one object; gives what it stored, or None.

    Problems are shown at fields that were filled in already; those of untouched fields wait until
    one tries to save.
    """

    CSS_PATH = Path(__file__).with_name("form.tcss")
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    SAVE: ClassVar[str] = "Save"
    """What the button says that does what the form is for."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f3",
            "toggle_secrets",
            "Show or hide secrets",
            id="form.secrets",
            tooltip="Show or hide the values of variables that look secret",
        ),
        Binding("ctrl+s", "save", "Save", id="form.save", tooltip="Save and close the form"),
        Binding("escape", "leave", "Cancel", id="form.leave", tooltip="Close without saving"),
    ]

    def __init__(self, runtime: Runtime, title: str) -> None:
        super().__init__()
        self._title = title
        self.runtime = runtime
        self._first_values: dict[str, Any] | None = None

    # What each form says for itself.

    def fields(self) -> Iterable[Field]:
        """The fields, in their order on the screen."""
        raise NotImplementedError

    def aside(self) -> ComposeResult:
        """What stands beside the fields; nothing."""
        yield from ()

    def buttons(self) -> Iterable[Button]:
        """What can be done with the form, by mouse."""
        yield SecretsButton()
        yield Button(self.SAVE, id="form-save", action="screen.save", compact=True)
        yield Button("Cancel", id="form-cancel", action="screen.leave", compact=True)

    async def load(self) -> None:
        """Fill the fields with what is stored; raises NotFound."""

    async def validate(self) -> Sequence[Problem]:
        """Every problem of what the fields hold."""
        raise NotImplementedError

    async def store(self) -> int | None:
        """Store what the fields hold and give its id, or None if the user chose not to.

        Raises InvalidInput.
        """
        raise NotImplementedError

    def first_field(self) -> str | None:
        """The field where one begins to type, if it is not the first."""
        return None

    def update_fields(self) -> AwaitMount:
        """Show the fields and words that the choices made so far ask for; all of them."""
        return self.form.show_all()

    async def preview(self, problems: Sequence[Problem]) -> None:
        """Say what would happen; ``problems`` are those of all fields."""

    # What they do alike.

    def compose_body(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="form") as frame:
            frame.border_title = self._title
            frame.visible = False
            with Container(id="form-body"):
                yield FormFields(self.fields())
                yield from self.aside()
            yield Words(id="form-status")
            with Horizontal(id="form-buttons"):
                yield from self.buttons()

    @property
    def form(self) -> FormFields:
        """The fields."""
        return self.query_one(FormFields)

    async def begin(self) -> None:
        """Load, and remember the values so that changes can be told."""
        await self.update_fields()
        try:
            await self.load()
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
            self.dismiss(None)
            return
        if not self.is_whole:
            return
        self._first_values = self.form.values()
        await self.show_fields()
        self.query_one("#form").visible = True  # only now it has its shape
        self._focus_first()
        self.review()

    def _focus_first(self) -> None:
        """Focus where one begins to type; what Textual takes for the first, a layout decides."""
        name = self.first_field()
        controls = [field.control for field in self.form if field.display]
        self.set_focus(self.form[name].control if name else next(iter(controls), None))

    @property
    def is_changed(self) -> bool:
        """Whether the fields hold anything else than at first."""
        is_loaded = self.is_whole and self._first_values is not None
        return is_loaded and self.form.values() != self._first_values

    @on(Field.Changed)
    def follow_change(self) -> None:
        """Validate again, and show what the new value asks for."""
        if self._first_values is not None:
            self.show_fields()
            self.review()

    def show_fields(self) -> AwaitMount:
        """Show what the values ask for, whoever set them; those that are not the first are touched.

        Wait for what is returned before anything in a new field is used.
        """
        first_values = self._first_values or {}
        for name, value in self.form.values().items():
            first = first_values.get(name)
            if value != first and (value or first):
                self.form.touch([name])
        self.query_one(SecretsButton).offer(self.form.secretive())
        return self.update_fields()

    @work(exclusive=True, group="review")
    async def review(self) -> None:
        """Validate the form once nothing was typed for a moment, and say what would happen."""
        await asyncio.sleep(_PAUSE)
        try:
            problems = await self.validate()
            self.show_problems(problems)
            await self.preview(problems)
        except SchedulerError as error:
            self.say(str(error))

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem at its field; what has none is said above the buttons."""
        self.form.show_problems(problems)
        self.say("\n".join(self.form.unplaced(problems)[:1]))

    def say(self, text: str) -> None:
        """Say something about the whole form, above the buttons."""
        for words in self.query("#form-status").results(Words):  # none when it is just closing
            words.text = text

    @work(exclusive=True, group="save")
    async def action_save(self) -> None:
        """Store and close, or go to the first field that has a problem."""
        await self.save()

    async def save(self, *, schedule: bool = False) -> None:
        """Store and close, or go to the first field that has a problem."""
        try:
            refuse(list(await self.validate()))
            saved_id = await self.store()
        except InvalidInput as refused:
            self.show_all_problems(refused.problems)
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            if saved_id is not None:
                self.dismiss(Saved(saved_id, schedule))

    def show_all_problems(self, problems: Sequence[Problem]) -> None:
        """Show every problem and go to the first."""
        self.form.touch_all()
        self.show_problems(problems)
        self.form.go_to_problem()
        self.review()

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Close without saving; ask first if something would be lost."""
        if not self.is_changed or await self.app.push_screen_wait(DiscardQuestion()):
            self.dismiss(None)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave out secrets where there are none."""
        if action != "toggle_secrets" or not self.is_whole:
            return True
        return any(entry.has_secrets for entry in self.form.secretive())

    def action_toggle_secrets(self) -> None:
        """Show what is hidden, or hide it again; neither is a change."""
        for entry in self.form.secretive():
            entry.is_revealed = not entry.is_revealed
        self.query_one(SecretsButton).offer(self.form.secretive())
