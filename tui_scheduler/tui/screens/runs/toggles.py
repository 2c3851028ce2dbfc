"""The line above the history: what is shown of it, and the keys that change that."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_scheduler.tui.screens.runs.filters import QuickFilter

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

    def show(self, key: str, *, is_on: bool) -> None:
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
    """All toggles in a line."""

    DEFAULT_CSS: ClassVar[str] = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")

    def compose(self) -> ComposeResult:
        """Lay out the toggles."""
        yield from map(QuickToggle, TOGGLES)

    def show(self, chosen: QuickFilter) -> None:
        """Show which toggles are on, each with the key that it has now."""
        keys = {
            active.binding.id: self.app.get_key_display(active.binding)
            for active in self.screen.active_bindings.values()
        }
        for name in TOGGLES:
            toggle = self.query_one(f"#toggle-{name}", QuickToggle)
            toggle.show(keys.get(f"monitor.{name}", ""), is_on=bool(getattr(chosen, name)))
