"""The line that is on every main screen while all scheduling is held."""

from textual.content import Content
from textual.widgets import Static

from tui_scheduler.services.views import Hold
from tui_scheduler.text import plain


class HoldBanner(Static):
    """Hidden unless scheduling is held."""

    DEFAULT_CSS = """
    HoldBanner {
        display: none;
        height: 1;
        padding: 0 1;
        text-align: center;
        background: $warning;
        color: $background;
        text-style: bold;
        &.-held { display: block; }
    }
    """

    def show(self, hold: Hold, since: str) -> None:
        """Say who held scheduling and ``since`` when; hide when nobody does."""
        self.set_class(hold.is_held, "-held")
        if hold.is_held:
            by = f" by {plain(hold.held_by)}" if hold.held_by else ""
            self.update(Content(f"■ On hold since {since}{by}: nothing starts until p releases it"))
