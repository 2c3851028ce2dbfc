"""Every key of the screen beneath, by section."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Static

from tui_scheduler.tui.keys import EVERYWHERE, KeyLine
from tui_scheduler.tui.whole_screen import Dialog

_KEY_WIDTH = 8

Section = tuple[str, list[KeyLine]]


class HelpScreen(Dialog[None]):
    """Lists ``keys``, the sections in the order in which they first appear, Everywhere last."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
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
        """Lay out the sections in two columns, which stand below each other if need be."""
        with VerticalScroll(id="help") as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            with Container(id="help-columns"):
                for column in columns(sections(self._keys)):
                    with Vertical(classes="help-column"):
                        for section, keys in column:
                            yield Static(section, classes="help-heading")
                            yield Static(key_table(keys), classes="help-keys")


def sections(keys: Sequence[KeyLine]) -> list[Section]:
    """The keys under their headings, in the order in which these first appear."""
    by_section: dict[str, list[KeyLine]] = {}
    for key in sorted(keys, key=lambda key: key.section == EVERYWHERE):
        by_section.setdefault(key.section, []).append(key)
    return list(by_section.items())


def columns(all_sections: Sequence[Section]) -> tuple[list[Section], list[Section]]:
    """Two columns of about the same length."""
    lengths = [len(keys) + 2 for _, keys in all_sections]
    cuts = range(len(all_sections) + 1)
    cut = min(cuts, key=lambda cut: max(sum(lengths[:cut]), sum(lengths[cut:])))
    return list(all_sections[:cut]), list(all_sections[cut:])


def key_table(keys: Sequence[KeyLine]) -> Table:
    """A line a key; long explanations go on below their own beginning."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=_KEY_WIDTH, no_wrap=True)
    table.add_column()
    for key in keys:
        table.add_row(Text("  ".join(key.keys), style="bold"), Text(key.tooltip))
    return table
