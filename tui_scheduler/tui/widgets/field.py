"""One field of a form: label, control, and below it what is wrong with it or what it means."""

from pathlib import Path
from typing import Any, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Click
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui_scheduler.tui.widgets.choice import Choice
from tui_scheduler.tui.widgets.entry import PickEntry
from tui_scheduler.tui.widgets.words import Words

_WRONG = "✗ "


class Control(Protocol):
    """Any widget that holds a value."""

    value: Any


class Field(Horizontal):
    """A labelled control; ``name`` is that of the value it holds, as problems name it."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")

    class Changed(Message):
        """The value is another one."""

        def __init__(self, field: "Field") -> None:
            self.field = field
            super().__init__()

    def __init__(
        self, name: str, label: str, control: Widget, *, unit: str = "", classes: str = ""
    ) -> None:
        super().__init__(name=name, id=name, classes=classes)
        self.control = control
        self.label = label
        self._unit = Words(unit, classes="field--unit")
        self._note = Words(classes="field--note")
        self._problem = Words(classes="field--problem")

    @property
    def value(self) -> Any:
        """What the control holds."""
        return cast("Control", self.control).value

    @value.setter
    def value(self, value: Any) -> None:
        cast("Control", self.control).value = value

    @property
    def problem(self) -> str:
        """What is shown to be wrong; empty if nothing is."""
        return self._problem.text.removeprefix(_WRONG)

    @problem.setter
    def problem(self, text: str) -> None:
        self._problem.text = f"{_WRONG}{text}" if text else ""
        self.set_class(bool(text), "-invalid")

    def say(self, note: str) -> None:
        """Explain, below the control, what its value means."""
        self._note.text = note

    def measure(self, unit: str) -> None:
        """Name, after the control, what its number counts."""
        self._unit.text = unit

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Words(self.label, classes="field--label")
        with Vertical(classes="field--body"):
            with Horizontal(classes="field--line"):
                yield self.control
                yield self._unit
            yield self._note
            yield self._problem

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    @on(PickEntry.Changed)
    def tell_change(self, event: Message) -> None:
        """Say whose value changed, instead of which widget."""
        event.stop()
        self.post_message(self.Changed(self))

    @on(Click, ".field--label")
    def enter(self) -> None:
        """A click on the label goes to the control."""
        self.control.focus()
