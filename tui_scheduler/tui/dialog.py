"""What dialogs, forms and pickers have in common: keys of their own, in a line at the bottom."""

from typing import ClassVar, TypeVar

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from tui_scheduler.tui.keys import DIALOG_KEYS
from tui_scheduler.tui.whole_screen import WholeScreen
from tui_scheduler.tui.widgets.key_bar import KeyBar

T = TypeVar("T")


class Dialog(WholeScreen[T], ModalScreen[T]):
    """A screen over another one, which stays in sight and gets no keys meanwhile.

    Subclasses give ``compose_body``. Below it is a line of the keys that work in the dialog.
    """

    BINDINGS: ClassVar[list[BindingType]] = DIALOG_KEYS

    def compose(self) -> ComposeResult:
        """Put the keys below the body."""
        yield from self.compose_body()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """Yield what is the dialog's own."""
        yield from ()

    def action_copy_text(self) -> None:
        """Copy the selected text, or say that there is none."""
        try:
            super().action_copy_text()
        except SkipAction:
            self.notify("Nothing is selected that could be copied.", severity="warning")
