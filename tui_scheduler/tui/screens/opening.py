"""What is seen while the database is opened: the frame of the first screen."""

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.screen import Screen

from tui_scheduler.tui.tabs import REQUESTS, TABS
from tui_scheduler.tui.widgets.details_pane import DetailsPane
from tui_scheduler.tui.widgets.header_bar import HeaderBar
from tui_scheduler.tui.widgets.key_bar import KeyBar


class OpeningScreen(Screen[None]):
    """Looks like the requests before they are there; imports nothing of the core."""

    CSS_PATH = "list_screen.tcss"
    AUTO_FOCUS = ""

    def compose(self) -> ComposeResult:
        """Lay out the empty frames."""
        yield HeaderBar(TABS, REQUESTS)
        with Container(id="panes"):
            with Vertical(id="list-pane", classes="pane") as pane:
                pane.border_title = "Requests"
            yield DetailsPane(classes="pane")
        yield KeyBar()

    def on_mount(self) -> None:
        """Set the clock."""
        self.query_one(HeaderBar).tick(datetime.now().astimezone())
