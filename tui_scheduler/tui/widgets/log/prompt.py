"""The line under a log in which a search or a file name is entered."""

from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label


class Purpose(Enum):
    """What is being asked; the value stands before the input."""

    SEARCH = "/"
    SAVE = "Save as"


class LogPrompt(Horizontal):
    """One line of input; there is nothing to see of it while nothing is asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="log.cancel", tooltip="Ask no more"),
    ]

    class Event(Message):
        """Something was typed for a purpose."""

        def __init__(self, purpose: Purpose, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Typed(Event):
        """The text has changed."""

    class Entered(Event):
        """The text is complete."""

    class Cancelled(Event):
        """Nothing is to be done."""

    purpose = Purpose.SEARCH

    def compose(self) -> ComposeResult:
        """Put the question before the input."""
        yield Label(markup=False)
        yield Input(compact=True, select_on_focus=False)

    def ask(self, purpose: Purpose, text: str = "") -> None:
        """Show the line, and take the keys."""
        self.purpose = purpose
        self.query_one(Label).update(purpose.value)
        entry = self.query_one(Input)
        with entry.prevent(Input.Changed):
            entry.value = text
        entry.cursor_position = len(text)
        self.add_class("-asking")
        entry.focus()

    def action_cancel(self) -> None:
        """Hide the line; nothing was entered."""
        self._close(self.Cancelled)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what is being typed."""
        event.stop()
        self.post_message(self.Typed(self.purpose, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pass on what was entered."""
        event.stop()
        self._close(self.Entered)

    def _close(self, kind: type[Event]) -> None:
        self.remove_class("-asking")
        self.post_message(kind(self.purpose, self.query_one(Input).value))
