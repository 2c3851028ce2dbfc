"""The line above the history: what is shown of it, and the keys that change that."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_scheduler.tui.format import plural
from tui_scheduler.tui.screens.monitor_filter import QuickFilter

TOGGLES: Mapping[str, str] = {
    "failed": "failed only",
    "running": "running only",
    "lately": "last 24 h",
}
"""Field of QuickFilter to its words."""


class QuickToggle(Static):
    """One toggle: its key, whether it is on, and its words."""

    class Pressed(Message):
        """The toggle of this name was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, toggle: str) -> None:
        super().__init__(id=f"toggle-{toggle}")
        self._toggle = toggle

    def show(self, key: str, is_on: bool) -> None:
        """Say which key turns it over, and whether it is on."""
        self.set_class(is_on, "-on")
        glyph = "●" if is_on else "○"
        self.update(
            Content.assemble(
                (key, "$footer-key-foreground bold"), f" {glyph} {TOGGLES[self._toggle]}"
            )
        )

    def on_click(self) -> None:
        """Turn over, as its key would."""
        self.post_message(self.Pressed(self._toggle))


class MonitorToggles(Horizontal):
    """All toggles in a line, and how many runs they leave."""

    DEFAULT_CLASSES: ClassVar[str] = "monitor-toggles"

    def compose(self) -> ComposeResult:
        """Lay out the toggles, the count at the right end."""
        yield from self._toggles()
        yield Static(id="run-count")

    def show(self, chosen: QuickFilter, keys: Mapping[str, str]) -> None:
        """Show which toggles are on; ``keys`` has the key of each."""
        for name in TOGGLES:
            toggle = self.query_one(f"#toggle-{name}", QuickToggle)
            toggle.show(keys.get(name, ""), bool(getattr(chosen, name)))

    def count(self, total: int, overall: int) -> None:
        """Show how many runs there are, and how many of them are left."""
        shown = plural(overall, "run") if total == overall else f"{total:,} of {overall:,} runs"
        self.query_one("#run-count", Static).update(Content(shown))

    def _toggles(self) -> Iterator[QuickToggle]:
        return map(QuickToggle, TOGGLES)
