"""The quick toggles of the monitor: which runs of the history are wanted, and a line of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_scheduler.models import OPEN_STATUSES
from tui_scheduler.services.queries.counts import FAILURES
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.tui.saying import say

LATELY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """Which toggles are on. Failed only and running only exclude each other."""

    failed: bool = False
    running: bool = False
    lately: bool = False

    @property
    def is_on(self) -> bool:
        """Whether any toggle hides runs."""
        return self.failed or self.running or self.lately

    @property
    def words(self) -> list[str]:
        """The toggles that are on, as they are called."""
        return [words for name, words in TOGGLES.items() if getattr(self, name)]

    def toggled(self, name: str) -> "QuickFilter":
        """Turn the toggle ``name`` over, and off the one that contradicts it."""
        if name == "failed":
            return replace(self, failed=not self.failed, running=False)
        if name == "running":
            return replace(self, running=not self.running, failed=False)
        return replace(self, lately=not self.lately)

    def wanted(self, now: datetime) -> RunFilter:
        """Return what the services are asked for at ``now``."""
        statuses = FAILURES if self.failed else OPEN_STATUSES if self.running else ()
        return RunFilter(statuses=frozenset(statuses), since=now - LATELY if self.lately else None)


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
        box = "[x]" if is_on else "[ ]"
        say(
            self,
            Content.assemble(
                (key, "$footer-key-foreground bold"), f" {box} {TOGGLES[self._toggle]}"
            ),
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
