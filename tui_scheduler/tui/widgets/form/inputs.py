"""Text entry that shows any character harmlessly and gives back what it was given.

Textual's own fields send control characters of a stored text on to the terminal, and a text area
loses unusual line ends.
"""

from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui_scheduler.text import plain


def visible(text: str) -> str:
    """``text`` made printable, character by character, so that places in it stay the same."""
    return plain(text.replace("\t", " "))


class _Visible(Highlighter):
    def highlight(self, text: Text) -> None:
        text.plain = visible(text.plain)


class LineEntry(Input):
    """One line of text."""

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(
            value, placeholder=placeholder, highlighter=_Visible(), compact=True,
            select_on_focus=False,
        )  # fmt: skip


class LinesEntry(TextArea):
    """Lines of text; tab leaves it, and so do up and down at its ends."""

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(value, placeholder=placeholder, compact=True, highlight_cursor_line=False)
        self._given = value
        self._loaded = self.text

    @property
    def value(self) -> str:
        """The text; exactly as it was given as long as nobody edited it."""
        return self._given if self.text == self._loaded else self.text

    @value.setter
    def value(self, text: str) -> None:
        self.show(text)

    def show(self, text: str) -> None:
        """Begin anew with ``text``."""
        self.load_text(text)
        self._given = text
        self._loaded = self.text

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up; from the first line to the field above."""
        if self.cursor_at_first_line and not select:
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down; from the last line to the field below."""
        if self.cursor_at_last_line and not select:
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)

    def get_line(self, line_index: int) -> Text:
        """A line as it is drawn."""
        line = self.document.get_line(line_index)
        tabs_kept = "\t".join(map(plain, line.split("\t")))
        return Text(tabs_kept, end="", no_wrap=True)


class PickEntry(Widget, can_focus=True):
    """A value that is chosen in a dialog, which opens with enter or as soon as one types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space",
            "pick",
            "Choose",
            show=False,
            id="entry.pick",
            tooltip="Choose from a list",
        ),
    ]

    value = reactive("")

    class Changed(Message):
        """Another value was chosen."""

        def __init__(self, entry: "PickEntry") -> None:
            self.entry = entry
            super().__init__()

        @property
        def control(self) -> "PickEntry":
            """The widget that sent this."""
            return self.entry

    class Asked(Message):
        """The dialog is wanted; ``typed`` is what was typed already."""

        def __init__(self, entry: "PickEntry", typed: str) -> None:
            self.entry = entry
            self.typed = typed
            super().__init__()

        @property
        def control(self) -> "PickEntry":
            """The widget that sent this."""
            return self.entry

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        super().__init__()
        self.set_reactive(PickEntry.value, value)
        self.set_class(not value, "-empty")
        self._placeholder = placeholder

    def render(self) -> Content:
        """The value, or what to do while there is none."""
        return Content(f"{visible(self.value) or self._placeholder} ▾")

    def watch_value(self) -> None:
        """Tell that there is another value."""
        self.set_class(not self.value, "-empty")
        self.post_message(self.Changed(self))

    def action_pick(self) -> None:
        """Ask for the dialog."""
        self.post_message(self.Asked(self, ""))

    def on_click(self, event: Click) -> None:
        """Ask for the dialog."""
        event.stop()
        self.action_pick()

    def on_key(self, event: Key) -> None:
        """Ask for the dialog with the first character typed."""
        if event.character is not None and event.is_printable and event.character != " ":
            event.stop()
            event.prevent_default()
            self.post_message(self.Asked(self, event.character))
