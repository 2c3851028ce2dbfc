"""Every key of the screen beneath, by section."""

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_scheduler.tui.keys import KeyLine

_KEY_WIDTH = 16


class HelpScreen(ModalScreen[None]):
    """Lists ``keys``, the sections in the order in which they first appear, Everywhere last."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,?,f1,enter",
            "dismiss",
            "Close",
            id="help.close",
            tooltip="Go back to the screen",
        ),
    ]

    def __init__(self, keys: Sequence[KeyLine]) -> None:
        super().__init__()
        self._keys = tuple(keys)

    def compose(self) -> ComposeResult:
        """Lay out a block for each section."""
        with VerticalScroll(id="help") as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            with Grid(id="help-sections"):
                for section, keys in self._sections():
                    yield Static(section_text(section, keys), classes="help-section")

    def _sections(self) -> list[tuple[str, list[KeyLine]]]:
        order = list(dict.fromkeys(key.section for key in self._keys))
        order.sort(key=lambda section: section == "Everywhere")
        keys = sorted(self._keys, key=lambda key: order.index(key.section))
        return [(section, list(group)) for section, group in groupby(keys, lambda key: key.section)]


def section_text(section: str, keys: Sequence[KeyLine]) -> Content:
    """A heading and a line a key."""
    lines = [Content.styled(section, "bold $text-primary")]
    for key in keys:
        shown = "  ".join(key.keys)
        lines.append(Content.assemble((f"{shown:<{_KEY_WIDTH}}", "bold"), key.tooltip))
    return Content("\n").join(lines)
