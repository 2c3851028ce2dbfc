"""Puts a place of a log on the screen, with a scroll bar that knows how far into it that is."""

from bisect import bisect_right
from itertools import islice

from rich.style import Style
from textual.strip import Strip

from tui_scheduler.services.logs.error_lines import ErrorLines
from tui_scheduler.services.logs.log_search import Match, Wanted
from tui_scheduler.tui.widgets.log.painter import LogPainter
from tui_scheduler.tui.widgets.log.window import LogWindow, Part, Top
from tui_scheduler.tui.widgets.table.line_view import LineView

_MOST_LINES = 10_000_000
"""The scroll bar counts in lines; more of them it could not show anyway."""


class LogReader(LineView):
    """Draws a log from a place on; moves only when it is told to.

    The scroll bar's lines are an estimate: counting them would mean to read all of the log.
    """

    def __init__(self) -> None:
        super().__init__()
        self.window: LogWindow | None = None
        self.top = Top()
        self.end = Top()
        self.left = 0
        self.placeholder = ""
        self._strips: dict[int, Strip] = {}
        self._parts: list[Part] = []
        self._painter = LogPainter(self._style)

    @property
    def height(self) -> int:
        """Lines of the log that fit on the screen."""
        return self.scrollable_content_region.height

    @property
    def parts(self) -> list[Part]:
        """What is on the screen, from top to bottom."""
        return self._parts

    def line(self, y: int) -> Strip:
        """Draw what stands on a line of the screen."""
        width = self.scrollable_content_region.width
        if self.window is None or y >= len(self._parts):
            words = self.placeholder if y == 0 and not self._parts else ""
            return self._painter.words(words, width)
        return self._painter.strip(self.window, self._parts[y], self.left)

    def go(self, top: Top) -> None:
        """Show the log from a place on, but not further than the screen can be filled."""
        window = self.window
        self.top = min(top, self.end)
        self._parts = (
            [] if window is None else list(islice(window.parts_from(self.top), self.height))
        )
        self._place_bar()
        self.repaint()

    def measure(self) -> None:
        """Find anew where the end of the log is, after log, size or wrapping have changed."""
        if self.window is None:
            self.end = Top()
            self._measure_bar(0)
            return
        self.window.width = max(1, self.scrollable_content_region.width)
        self.end = self.window.end(self.height)
        self._measure_bar(self.window.log.size)

    def reveal(self, match: Match) -> None:
        """Bring a match into view, a third down the screen if it was not on it."""
        if self.window is None or match.start >= self.window.log.size:
            return
        row, starts = self.window.wrapped(self.window.log.line_from(match.start))
        at = self._painter.place_of(row, match)
        part = bisect_right(starts, at) - 1 if self.window.wrap else 0
        if not self.window.wrap:
            self._shift_to(row.cells_before(at))
        wanted = Top(match.start, part)
        if all((seen.line.start, seen.part) != (match.start, part) for seen in self._parts):
            self.go(self.window.up(wanted, self.height // 3))
        self.repaint()

    def highlight(self, pattern: Wanted | None, match: Match | None) -> None:
        """Mark everything that matches, and one match among them more."""
        self._painter.highlight(pattern, match)
        self.repaint()

    def mark_errors(self, errors: ErrorLines) -> None:
        """Mark the words by which ``errors`` finds lines."""
        self._painter.mark_errors(errors)
        self.repaint()

    @property
    def bottom(self) -> int:
        """The offset behind what is on the screen."""
        return self._parts[-1].line.next if self._parts else 0

    def notify_style_update(self) -> None:
        """Forget lines that were drawn in other colours."""
        self._painter.forget()
        super().notify_style_update()

    def watch_scroll_y(self, _old_value: float, new_value: float) -> None:
        """Let the scroll bar show the place; what stands where is not its business."""
        self.vertical_scrollbar.position = new_value

    def _shift_to(self, cells: int) -> None:
        width = self.scrollable_content_region.width
        if not self.left <= cells < self.left + width - 1:
            self.left = 0 if cells < width - 1 else cells - width // 2

    def _measure_bar(self, size: int) -> None:
        """Estimate the lines of the log by those of its end; ignore small differences."""
        height, lines = self.height, self.height
        if self.end.start:
            seen = (size - self.end.start) / max(1, height)
            lines = max(height + 1, min(_MOST_LINES, round(size / max(1.0, seen))))
        elif self.end.part:
            lines += self.end.part
        now = self.virtual_size.height
        if abs(lines - now) > now // 50 or (lines <= height) != (now <= height):
            self.set_height(lines)

    def _place_bar(self) -> None:
        fraction = 0.0
        if self.end.start:
            fraction = self.top.start / self.end.start
        elif self.end.part:
            fraction = self.top.part / self.end.part
        y = round(fraction * self.max_scroll_y)
        if y != round(self.scroll_y):
            self.scroll_to(y=y, animate=False, force=True)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"log-lines--{name}")
