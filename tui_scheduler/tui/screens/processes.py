"""The processes: what runs when, what comes next, and how it went."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui_scheduler.tui.screens.base import MainScreen
from tui_scheduler.tui.tabs import PROCESSES


class ProcessesScreen(MainScreen):
    """The list of all processes."""

    MODE = PROCESSES

    def compose_body(self) -> ComposeResult:
        yield Static("processes")
