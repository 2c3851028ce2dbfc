"""The lines of a log on the screen, with keys and mouse; follows the log's end."""

from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer

from tui_scheduler.services.log_file import Change, LogFile
from tui_scheduler.tui.widgets.log_pane_keys import READING
from tui_scheduler.tui.widgets.log_pane_reader import LogReader
from tui_scheduler.tui.widgets.log_pane_window import LogWindow, Top

POLL_LIVE = 0.1
POLL_ENDED = 1.0
"""Seconds between two looks at a log that is being written, and at one that should not be."""
WHEEL = 3


class LogView(LogReader):
    """Shows a log; sticks to its end while that is in view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"log-view--{part}" for part in ("text", "placeholder", "edge", "match", "current-match")
    }
    BINDINGS: ClassVar[list[BindingType]] = READING

    class Changed(Message):
        """The log itself, the place in it, or how it is shown has changed."""

        def __init__(self, change: Change = Change.NONE) -> None:
            super().__init__()
            self.change = change

    following = True
    live = False
    _timer: Timer | None = None

    def show(self, path: Path | None, *, live: bool, placeholder: str) -> None:
        """Show a log from its end; ``live`` says that somebody is writing it."""
        self.live, self.placeholder = live, placeholder
        known = None if self.window is None else self.window.log.path
        is_other = path != known or path is None
        if is_other:
            self.window = None if path is None else self._opened(path)
            self.left, self.following = 0, True
            self._painter.forget()
        if self.is_mounted:
            self._poll()
        self.look(Change.REPLACED if is_other else Change.NONE)

    def look(self, change: Change = Change.NONE) -> None:
        """See whether the log has changed (one ``stat``), and show that."""
        if self.window is not None:
            seen = self.window.log.refresh()
            change = change if seen is Change.NONE else seen
        if change is Change.NONE:
            return
        if change is not Change.GROWN:
            self._forget()
        self.refit()
        self.post_message(self.Changed(change))

    def refit(self) -> None:
        """Find the end anew, and stay there or stay here."""
        self.measure()
        self.go(self.end if self.following else self.top)

    def move_to(self, top: Top) -> None:
        """Go where the user wants; at the end the log is followed, anywhere else it is not."""
        self.following = top >= self.end
        if self.text_selection is not None:
            self.screen.clear_selection()
        self.go(top)
        self.post_message(self.Changed())

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

    def on_mount(self) -> None:
        """Look at the log only while the screen is seen."""
        self._poll()
        self.watch(self.screen, "stack_updates", self._screen_changed)

    def on_enter(self) -> None:
        """Make the lines ready to be selected."""
        self.repaint()

    def on_resize(self) -> None:
        """Fit into the new size."""
        self.refit()

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

    def _opened(self, path: Path) -> LogWindow:
        window = LogWindow(LogFile(path))
        window.wrap = self.window is not None and self.window.wrap
        return window

    def _forget(self) -> None:
        self._painter.forget()
        if self.window is not None:
            self.window.forget()

    def _poll(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(POLL_LIVE if self.live else POLL_ENDED, self.look)

    def _screen_changed(self) -> None:
        if self._timer is None:
            return
        if self.is_seen:
            self._timer.resume()
            self.look()
        else:
            self._timer.pause()
