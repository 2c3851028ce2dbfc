"""Draws lines of a log as strips: colours, matches, and marks where a line goes on."""

from collections.abc import Callable
from itertools import islice

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_scheduler.services.logs.error_lines import USUAL, ErrorLines
from tui_scheduler.services.logs.log_search import Match, Wanted
from tui_scheduler.tui.widgets.log.rows import Highlight, Row, row_of
from tui_scheduler.tui.widgets.log.window import LogWindow, Part
from tui_scheduler.wording import ELLIPSIS

_MOST_REMEMBERED = 512


class LogPainter:
    """Draws one log; remembers what it has drawn until colours, search or width change."""

    def __init__(self, styles: Callable[[str], Style]) -> None:
        self._styles = styles
        self._pattern: Wanted | None = None
        self._errors = USUAL
        self._match: Match | None = None
        self._strips: dict[tuple[Part, int, int, bool], Strip] = {}
        self._words: dict[tuple[str, int], Strip] = {}

    def forget(self) -> None:
        """Drop what is remembered."""
        self._strips.clear()
        self._words.clear()

    def highlight(self, pattern: Wanted | None, match: Match | None) -> None:
        """Mark everything that matches, and one match among them more."""
        self._pattern, self._match = pattern, match
        self.forget()

    def mark_errors(self, errors: ErrorLines) -> None:
        """Mark the words by which ``errors`` finds lines."""
        self._errors = errors
        self.forget()

    def strip(self, window: LogWindow, part: Part, left: int) -> Strip:
        """Return the strip for what one line of the screen shows."""
        key = (part, left, window.width, window.wrap)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._wrapped(window, part) if window.wrap else self._cut(window, part, left)
            if len(self._strips) >= _MOST_REMEMBERED:
                self.forget()
            self._strips[key] = strip
        return strip

    def place_of(self, row: Row, match: Match) -> int:
        """Return at which character of a whole row a match begins."""
        if self._pattern is None:
            return 0
        starts = (start for start, _ in row.matches(self._pattern))
        return next(islice(starts, match.nth, None), 0)

    def words(self, text: str, width: int) -> Strip:
        """Return a strip with words of ours instead of a log's."""
        key = (text, width)
        if key not in self._words:
            style = self._styles("placeholder")
            self._words[key] = Strip([Segment(text, style)]).adjust_cell_length(width, style)
        return self._words[key]

    def _wrapped(self, window: LogWindow, part: Part) -> Strip:
        row, starts = window.wrapped(part.line)
        start, *rest = [*starts[part.part : part.part + 2], len(row.text)]
        return self._strip(row.segments(start, rest[0], self._marks(row)), window.width)

    def _cut(self, window: LogWindow, part: Part, left: int) -> Strip:
        row = row_of(window.log, part.line, left + window.width + 1)
        start, end = row.slice_from(left, window.width)
        strip = self._strip(row.segments(start, end, self._marks(row)), window.width)
        edge = self._styles("edge")
        if len(row.text) > end:
            strip = Strip([*strip.crop(0, window.width - 1), Segment(ELLIPSIS, edge)], window.width)
        if left and row.text:
            strip = Strip([Segment(ELLIPSIS, edge), *strip.crop(1)], window.width)
        return strip

    def _strip(self, segments: list[Segment], width: int) -> Strip:
        base = self._styles("text")
        coloured = Segment.apply_style(segments, base)
        return Strip(coloured).adjust_cell_length(width, base)

    def _marks(self, row: Row) -> list[Highlight]:
        """Returns what is marked, what counts most first."""
        error = self._styles("error")
        errors = [Highlight(*span, error) for span in row.matches(self._errors)]
        if self._pattern is None:
            return errors
        match, current = self._styles("match"), self._styles("current-match")
        nth = self._match.nth if self._match and self._match.start == row.line.start else -1
        return [
            *(
                Highlight(*span, current if index == nth else match)
                for index, span in enumerate(row.matches(self._pattern))
            ),
            *errors,
        ]
