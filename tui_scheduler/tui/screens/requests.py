"""The requests: what runs when, what comes next, and how it went."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui_scheduler.tui.screens.base import MainScreen
from tui_scheduler.tui.tabs import REQUESTS


class RequestsScreen(MainScreen):
    """The list of all requests."""

    MODE = REQUESTS

    def compose_body(self) -> ComposeResult:
        yield Static("requests")
