"""The line that is on every main screen while all scheduling is held, or runs have trouble."""

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_scheduler.services.views.overview import Hold
from tui_scheduler.text import plain
from tui_scheduler.tui.saying import say
from tui_scheduler.wording import NOBODY_TOLD


class Banner(Static):
    """Hidden unless there is something to say; a hold is more important than trouble."""

    DEFAULT_CSS = """
    Banner {
        display: none;
        height: auto;
        max-height: 3;
        padding: 0 1;
        text-align: center;
        text-style: bold;
        &.-held { display: block; background: $warning; color: $background; }
        &.-troubled { display: block; background: $panel; color: $text-warning; }
    }
    """

    class NoticesWanted(Message):
        """The line was clicked, and says that somebody is not told."""

    _is_of_notices = False

    def show(self, hold: Hold, since: str, trouble: str) -> None:
        """Say who held scheduling and ``since`` when, or else what ``trouble`` there is."""
        is_troubled = bool(trouble) and not hold.is_held
        self._is_of_notices = is_troubled and trouble.startswith(NOBODY_TOLD)
        self.set_class(hold.is_held, "-held")
        self.set_class(is_troubled, "-troubled")
        if hold.is_held:
            by = f" by {plain(hold.held_by)}" if hold.held_by else ""
            say(self, Content(f"■ On hold since {since}{by}: nothing starts until p releases it"))
        elif is_troubled:
            remedy = ". M tells more." if self._is_of_notices else ""
            say(self, Content(f"! {plain(trouble)}{remedy}"))

    def on_click(self) -> None:
        """Ask for what the line is about."""
        if self._is_of_notices:
            self.post_message(self.NoticesWanted())
