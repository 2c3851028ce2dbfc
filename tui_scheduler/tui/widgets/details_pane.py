"""The pane beside or below a list that tells more of the row at the cursor."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_scheduler.text import plain


class DetailsPane(VerticalScroll, can_focus=True):
    """Shows the content it is given; scrolls with the keys of a list."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "j,down", "scroll_down", "Down", show=False, id="details.down", tooltip="Scroll down"
        ),
        Binding("k,up", "scroll_up", "Up", show=False, id="details.up", tooltip="Scroll up"),
        Binding(
            "g,home",
            "scroll_home",
            "Beginning",
            show=False,
            id="details.first",
            tooltip="Scroll to the beginning",
        ),
        Binding(
            "G,end", "scroll_end", "End", show=False, id="details.last", tooltip="Scroll to the end"
        ),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the one text."""
        yield Static(id="details-text")

    def show(self, title: str, content: Content) -> None:
        """Show something else, from where the pane is scrolled to."""
        self.border_title = Content(plain(title))
        self.query_one("#details-text", Static).update(content)
