"""The line under a list into which a filter is typed, with the count of what matches."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static


class FilterLine(Horizontal):
    """Hidden while there is no filter; ``open`` shows it and takes the focus."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,down",
            "leave",
            "To the list",
            id="filter.leave",
            tooltip="Keep the filter and go back to the list",
        ),
        Binding(
            "escape",
            "clear",
            "Clear",
            id="filter.clear",
            tooltip="Take the filter away and go back to the list",
        ),
    ]

    class Changed(Message):
        """Another text is to be filtered by; empty for none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The line gives the focus back to the list."""

    def compose(self) -> ComposeResult:
        """Lay out the sign, the text and the count."""
        yield Static("/", id="filter-sign")
        yield Input(placeholder="type to filter", compact=True, id="filter-text")
        yield Static(id="filter-count")

    @property
    def text(self) -> str:
        """What is filtered by at the moment."""
        return self.query_one(Input).value

    def open(self) -> None:
        """Show the line and type into it."""
        self.add_class("-open")
        self.query_one(Input).focus()

    def clear(self) -> None:
        """Take the filter away and hide the line."""
        self.query_one(Input).value = ""
        self.remove_class("-open")

    def show_count(self, total: int, overall: int) -> None:
        """Say how many of all rows match."""
        self.query_one("#filter-count", Static).update(Content(f"{total:,}/{overall:,}"))
        self.set_class(total == 0, "-nothing")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Leave with enter."""
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        """Go back to the list; an empty line hides."""
        if not self.text:
            self.remove_class("-open")
        self.post_message(self.Left())

    def action_clear(self) -> None:
        """Take the filter away and go back to the list."""
        self.clear()
        self.post_message(self.Left())
