"""Keeps the screen at the end of a log that is being written, or where the reader wants to be."""

from pathlib import Path

from textual.message import Message
from textual.timer import Timer

from tui_scheduler.services.logs.log_file import Change, LogFile
from tui_scheduler.tui.widgets.log.reader import LogReader
from tui_scheduler.tui.widgets.log.window import LogWindow, Top

POLL_LIVE = 0.1
POLL_ENDED = 1.0
"""Seconds between two looks at a log that is being written, and at one that should not be."""


class LogFollower(LogReader):
    """Shows a log; sticks to its end while that is in view."""

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
        self.repaint()

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

    def on_mount(self) -> None:
        """Look at the log only while the screen is seen."""
        self._poll()
        self.watch(self.screen, "stack_updates", self._screen_changed)

    def on_resize(self) -> None:
        """Fit into the new size."""
        self.refit()

    def _opened(self, path: Path) -> LogWindow:
        window = LogWindow(LogFile(path))
        window.wrap = self.window is not None and self.window.wrap
        return window

    def _forget(self) -> None:
        self._painter.forget()
        if self.window is not None:
            self.window.forget()
            self.top = Top(self.window.log.start_of(self.top.start))

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
