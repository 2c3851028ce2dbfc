"""What the table and the log pane share: lines on Textual's line API, redrawn when they differ."""

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineView(ScrollView, can_focus=True):
    """A widget of lines; a subclass says how each line of the screen looks at this moment."""

    _shown: dict[int, Strip]

    @property
    def is_seen(self) -> bool:
        """Whether the screen is in front, or has only dialogs before it."""
        screens = self.app.screen_stack
        if self.screen not in screens:
            return False
        return all(screen.is_modal for screen in screens[screens.index(self.screen) + 1 :])

    def line(self, y: int) -> Strip:
        """Return how a line of the widget should look now; must be cheap to ask again."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw one line, as Textual asks for it."""
        strip = self.line(y)
        self._shown[y] = strip
        return strip

    def repaint(self) -> None:
        """Refresh the lines that do not look as they should."""
        width, height = self.size
        if not self.is_mounted or not width:
            return
        changed = [y for y in range(height) if self._shown.get(y) != self.line(y)]
        if 2 * len(changed) > height:
            self.refresh()
        elif changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))
