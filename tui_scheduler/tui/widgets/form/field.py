"""One field of a form: label, control, and below it what is wrong with it or what it means."""

from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, DescendantBlur, DescendantFocus
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui_scheduler.tui.widgets.form.choice import Choice
from tui_scheduler.tui.widgets.form.inputs import PickEntry
from tui_scheduler.tui.widgets.form.members import MembersEntry
from tui_scheduler.tui.widgets.plain_text import Words

_LABEL = 14  # cells; the style sheet leaves as much free
_SHORT = 12  # cells of a short control


_VERBS = frozenset({"is", "are", "has", "holds", "must", "cannot", "may", "needs", "begins"})
"""How a problem begins that says something of its field without naming it."""


def whole_sentence(label: str, problem: str) -> str:
    """Returns a problem with its subject, the field that is called ``label``."""
    return f"{label} {problem}" if problem.partition(" ")[0] in _VERBS else problem


class Control(Protocol):
    """Any widget that holds a value."""

    value: Any


class Field(Widget):
    """A labelled control; ``name`` is that of the value it holds, as problems name it.

    Label and unit are drawn by the field itself: a form of many fields opens three times faster
    than with a widget for each.
    """

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"field--label", "field--unit"}

    unit = reactive("")
    """What the number counts, said after a short control."""

    class Changed(Message):
        """The value is another one by the user's hand; not because the program set it."""

        def __init__(self, field: "Field") -> None:
            self.field = field
            super().__init__()

    def __init__(
        self,
        name: str,
        label: str,
        control: Widget,
        *,
        unit: str = "",
        about: str = "",
        classes: str = "",
    ) -> None:
        # what is named by users has a dot in its name, and no style sheet knows it
        super().__init__(name=name, id=name if name.isidentifier() else None, classes=classes)
        self.control = control
        self.label = label
        self.set_reactive(Field.unit, unit)
        self._known_value = self.value
        self.about = about
        """What the field is for, said below it where there is room and nothing else to say."""
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
        self._known_value = self.value

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

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield self.control

    def on_mount(self) -> None:
        """Show what was said before there was a place for it; there is one after this event."""
        self.call_later(self._show_below)

    def render(self) -> Content:
        """The label before the control, and the unit after it."""
        label = self.get_visual_style("field--label", partial=True)
        unit = self.get_visual_style("field--unit", partial=True)
        gap = " " * (_SHORT + 2)
        return Content.assemble((self.label.rjust(_LABEL - 1), label), gap, (self.unit, unit))

    def _show_below(self) -> None:
        text = f"✗ {whole_sentence(self.label, self._wrong)}" if self._wrong else self._note
        self._below.set_class(not text, "-about")
        text = text or self.about
        self._below.text = text
        if text and self.is_mounted and not self._below.is_attached:
            self.mount(self._below)

    @on(DescendantFocus)
    def point_out(self) -> None:
        """Let the label stand out; restyling the field alone is cheaper than ``:focus-within``."""
        self._stand_out(True)

    @on(DescendantBlur)
    def pull_back(self) -> None:
        """Let the label be one of many again."""
        self._stand_out(False)

    def _stand_out(self, is_current: bool) -> None:
        self.set_class(is_current, "-current", update=False)
        self.app.stylesheet.apply(self)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    @on(PickEntry.Changed)
    @on(MembersEntry.Changed)
    def tell_change(self, event: Message) -> None:
        """Say whose value changed, instead of which widget.

        A control also tells what the program set, and what it begins with: that is known.
        """
        event.stop()
        value = self.value
        if value != self._known_value:
            self._known_value = value
            self.post_message(self.Changed(self))

    def on_click(self, event: Click) -> None:
        """A click on the label goes to the control."""
        if event.widget is self:
            self.control.focus()
