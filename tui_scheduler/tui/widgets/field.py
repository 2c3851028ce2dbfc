"""One field of a form: label, control, and below it what is wrong with it or what it means."""

from pathlib import Path
from typing import Any, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Click, DescendantBlur, DescendantFocus
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui_scheduler.tui.widgets.choice import Choice
from tui_scheduler.tui.widgets.entry import PickEntry
from tui_scheduler.tui.widgets.words import Words


class Control(Protocol):
    """Any widget that holds a value."""

    value: Any


class Field(Vertical):
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
        self._label = Words(label, classes="field--label")
        self._unit = Words(unit, classes="field--unit")
        self._below = Words(classes="field--below")
        self._note = ""
        self._wrong = ""

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
        return self._wrong

    @problem.setter
    def problem(self, text: str) -> None:
        self._wrong = text
        self.set_class(bool(text), "-invalid")
        self._show_below()

    @property
    def note(self) -> str:
        """What the value means, said below the control as long as there is no problem."""
        return self._note

    @note.setter
    def note(self, text: str) -> None:
        self._note = text
        self._show_below()

    @property
    def unit(self) -> str:
        """What the number counts, said after the control."""
        return self._unit.text

    @unit.setter
    def unit(self, text: str) -> None:
        self._unit.text = text

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Horizontal():
            yield self._label
            yield self.control
            yield self._unit
        yield self._below

    def _show_below(self) -> None:
        self._below.text = f"✗ {self._wrong}" if self._wrong else self._note

    @on(DescendantFocus)
    def point_out(self) -> None:
        """Let the label stand out; restyling it alone is cheaper than ``:focus-within``."""
        self._label.add_class("-current")

    @on(DescendantBlur)
    def pull_back(self) -> None:
        """Let the label be one of many again."""
        self._label.remove_class("-current")

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
