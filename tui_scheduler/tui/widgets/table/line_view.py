"""What the table and the log pane share: lines on Textual's line API, redrawn when they differ."""

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_scheduler.tui.whole_screen import is_in_sight


class LineView(ScrollView, can_focus=True):
    """A widget of lines; a subclass says how each line of the screen looks at this moment."""

    _strips: dict[int, Strip]

    @property
    def is_seen(self) -> bool:
        """Whether its screen is in front, or has only dialogs before it."""
        return is_in_sight(self.screen)

    def line(self, y: int) -> Strip:
        """Return how a line of the widget should look now; must be cheap to ask again."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw one line for Textual, which draws border, padding and opacity around it."""
        strip = self.line(y)
        self._strips[y] = strip
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines for Textual.

        Without border, padding and opacity nothing is to be added to a line. Then the strips are
        given as they are: they remember how they were cut, filtered and written to the terminal,
        which makes drawing a screen of known lines three times as fast.
        """
        if self.styles.gutter or self.opacity != 1 or self.styles.tint.a:
            return super().render_lines(crop)
        style, (_, background) = self.rich_style, self.background_colors
        filters, width = self.get_line_filters(), self.size.width
        strips: list[Strip] = []
        for y in crop.line_range:
            strip = self.render_line(y).adjust_cell_length(width, style)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip)
        if crop.column_span == (0, width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def set_height(self, lines: int) -> None:
        """Set the lines there are to scroll through.

        The screen is laid out again only if the scroll bar comes or goes: that costs as much as
        drawing everything, and a list may grow ten times a second.
        """
        before, height = self.virtual_size.height, self.container_size.height
        if lines == before:
            return
        size = Size(0, lines)
        if (lines > height) != (before > height):
            self.virtual_size = size
        else:
            self.set_reactive(LineView.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = lines

    def repaint(self) -> None:
        """Refresh the lines that no longer look as they were drawn."""
        width, height = self.size
        if not self.is_mounted or not width:
            return
        changed = [y for y in range(height) if self._strips.get(y) != self.line(y)]
        if 2 * len(changed) > height:
            self.refresh()
        elif changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))
