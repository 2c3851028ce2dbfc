"""The lines of a log on the screen, with keys, mouse and selection."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.selection import Selection
from textual.strip import Strip

from tui_scheduler.tui.widgets.log.follower import LogFollower
from tui_scheduler.tui.widgets.log.window import Top

WHEEL = 3


def log_key(
    keys: str, action: str, name: str, tooltip: str, *, label: str = "", show: bool = False
) -> Binding:
    """Returns the binding of a key of the log pane, called ``log.NAME`` in settings.

    It has the name as its label, unless that takes too much of the line of keys.
    """
    label = label or name.replace("_", " ").capitalize()
    return Binding(keys, action, label, show=show, tooltip=tooltip, id=f"log.{name}")


class LogLines(LogFollower):
    """Shows a log and takes keys and mouse."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"log-lines--{part}"
        for part in ("text", "placeholder", "edge", "error", "match", "current-match")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        log_key("j,down", "move('down')", "down", "Go a line down"),
        log_key("k,up", "move('up')", "up", "Go a line up"),
        log_key("ctrl+d", "move('half_down')", "half_down", "Go half a screen down"),
        log_key("ctrl+u", "move('half_up')", "half_up", "Go half a screen up"),
        log_key("pagedown", "move('page_down')", "page_down", "Go a screen down"),
        log_key("pageup", "move('page_up')", "page_up", "Go a screen up"),
        log_key("g,home", "move('top')", "top", "Go to the beginning of the log"),
        log_key("G,end", "move('end')", "end", "Go to the end of the log and follow it"),
        log_key("left", "shift(-1)", "left", "Go left in long lines"),
        log_key("right", "shift(1)", "right", "Go right in long lines"),
        log_key("F", "follow", "follow", "Follow the end of the log, or stay here", show=True),
        log_key("w", "wrap", "wrap", "Wrap long lines, or cut them", show=True),
    ]

    def line(self, y: int) -> Strip:
        """Draw what stands on a line of the screen, with the selected part of it.

        Only below the mouse do lines need to know where they are: there selecting begins.
        """
        strip = super().line(y)
        selection = self.text_selection
        span = None if selection is None else selection.get_span(y)
        if span is not None:
            start, end = span[0], strip.cell_length if span[1] == -1 else span[1]
            style = self.screen.get_component_rich_style("screen--selection")
            before, inside, after = strip.crop(0, start), strip.crop(start, end), strip.crop(end)
            strip = Strip.join([before, inside.apply_style(style), after])
        return strip.apply_offsets(0, y) if self.mouse_hover else strip

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that is selected on the screen."""
        text = "\n".join(self.text_at(y) for y in range(len(self.parts)))
        return selection.extract(text), "\n"

    def text_at(self, y: int) -> str:
        """Return the text on a line of the screen."""
        return super().line(y).text.rstrip()

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is selected, and what is not any more."""
        del selection
        self.repaint()

    def on_enter(self) -> None:
        """Make the lines ready to be selected."""
        self.repaint()

    def action_move(self, where: str) -> None:
        """Move: down, up, half_down, half_up, page_down, page_up, top or end."""
        page = max(1, self.height - 1)
        steps = {"down": 1, "half_down": max(1, page // 2), "page_down": page}
        steps |= {"up": -1, "half_up": -max(1, page // 2), "page_up": -page}
        if where in steps:
            self.scroll_lines(steps[where])
        else:
            self.move_to(Top() if where == "top" else self.end)

    def scroll_lines(self, lines: int) -> None:
        """Go some lines towards the end, or (below 0) towards the beginning."""
        if self.window is None:
            return
        if lines < 0:
            self.move_to(self.window.up(self.top, -lines))
        else:
            self.move_to(self.window.down(self.top, lines, self.height))

    def action_shift(self, direction: int) -> None:
        """Go half a screen to the right or to the left."""
        if self.window is not None and not self.window.wrap:
            self.left = max(0, self.left + direction * max(8, self.size.width // 2))
            self.repaint()

    def action_wrap(self) -> None:
        """Wrap long lines, or cut them at the edge."""
        if self.window is not None:
            self.window.wrap = not self.window.wrap
            self.left, self.top = 0, Top(self.top.start)
            self.refit()
            self.post_message(self.Changed())

    def action_follow(self) -> None:
        """Follow the end of the log, or stay here."""
        if self.following:
            self.following = False
            self.post_message(self.Changed())
        else:
            self.move_to(self.end)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn the wheel towards the end."""
        self._wheel(event, WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn the wheel towards the beginning."""
        self._wheel(event, -WHEEL)

    def on_scroll_to(self, event: ScrollTo) -> None:
        """Go where the scroll bar has been dragged to."""
        event.stop()
        event.prevent_default()
        if self.window is not None and event.y is not None and self.max_scroll_y:
            self.move_to(self.window.at_fraction(event.y / self.max_scroll_y, self.height))

    def on_scroll_down(self, event: ScrollDown) -> None:
        """Go a screen down when the scroll bar is clicked below its handle."""
        event.stop()
        event.prevent_default()
        self.action_move("page_down")

    def on_scroll_up(self, event: ScrollUp) -> None:
        """Go a screen up when the scroll bar is clicked above its handle."""
        event.stop()
        event.prevent_default()
        self.action_move("page_up")

    def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        event.stop()
        event.prevent_default()
        if event.shift:
            self.action_shift(1 if lines > 0 else -1)
        else:
            self.scroll_lines(lines)
