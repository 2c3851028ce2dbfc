"""What a form looks like: its fields, what stands beside them, and the buttons below."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button

from tui_scheduler.errors import Problem
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.fieldset import FormFields
from tui_scheduler.tui.widgets.form.secrets_button import SecretsButton
from tui_scheduler.tui.widgets.plain_text import Words

Given = TypeVar("Given")

_WIDTHS = [(0, "-narrow"), (110, "-wide")]
_HEIGHTS = [(0, "-low"), (32, "-roomy")]


class FormFrame(ModalScreen[Given]):
    """A dialog of fields; subclasses say which, and what is done with what they hold."""

    CSS_PATH = Path(__file__).with_name("form.tcss")
    AUTO_FOCUS = ""
    SAVE: ClassVar[str] = "Save"
    """What the button says that does what the form is for."""

    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f3",
            "toggle_secrets",
            "Show or hide secrets",
            id="form.secrets",
            tooltip="Show or hide the values of variables that look secret",
        ),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def fields(self) -> Iterable[Field]:
        """The fields, in their order on the screen."""
        raise NotImplementedError

    def aside(self) -> ComposeResult:
        """What stands beside the fields; nothing."""
        yield from ()

    def buttons(self) -> Iterable[Button]:
        """What can be done with the form, by mouse."""
        yield SecretsButton()
        yield Button(f"{self.SAVE}  ^s", id="form-save", action="screen.save", compact=True)
        yield Button("Cancel  esc", id="form-cancel", action="screen.leave", compact=True)

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="form") as frame:
            frame.border_title = self._title
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

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem at its field; what has none is said above the buttons."""
        self.form.show_problems(problems)
        self.say("\n".join(self.form.unplaced(problems)[:1]))

    def say(self, text: str) -> None:
        """Say something about the whole form, above the buttons."""
        for words in self.query("#form-status").results(Words):  # none when it is just closing
            words.text = text

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave out secrets where there are none."""
        if action != "toggle_secrets" or not self.is_mounted:
            return True
        return any(entry.has_secrets for entry in self.form.secretive())

    def action_toggle_secrets(self) -> None:
        """Show what is hidden, or hide it again; neither is a change."""
        for entry in self.form.secretive():
            entry.is_revealed = not entry.is_revealed
