"""Which stretch of time is looked at: it follows the time until somebody moves it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from tui_scheduler.services.timeline.picture import Picture, Stop
from tui_scheduler.services.timeline.reading import Lane
from tui_scheduler.services.timeline.span import USUAL_LENGTH, Span
from tui_scheduler.services.views.requests import RequestRow

_SHARE = 4
"""One in how many cells a key moves the time."""


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A lane, drawn for one span; ``state`` is that of its request as it is said."""

    id: int
    request: RequestRow
    state: str
    picture: Picture
    lane: Lane
    span: Span


class View:
    """The span on the screen, and the moment in it that the cursor is at.

    While it ``is_following``, now stays at its place.
    """

    def __init__(self, now: datetime) -> None:
        self.is_following = True
        self.at = now
        self.span = Span.around(now, USUAL_LENGTH, 1)

    def fit(self, cells: int, now: datetime) -> bool:
        """Take another width; returns whether it is another one."""
        if cells == self.span.width:
            return False
        length = self.span.length if self.span.width > 1 else USUAL_LENGTH
        middle = self.span.begin + length / 2
        if self.is_following:
            self.span = Span.around(now, length, cells)
        else:
            self.span = Span.around(middle, length, cells, 1 / 2)
        return True

    def follow(self, now: datetime) -> bool:
        """Go on with the time; returns whether another span is shown."""
        if not self.is_following:
            return False
        before, self.span = self.span, Span.around(now, self.span.length, self.span.width)
        return self.span != before

    def pan(self, steps: int) -> None:
        """Move by so many quarters of the width."""
        self.move(steps * max(1, self.span.width // _SHARE))

    def move(self, cells: int) -> None:
        """Move by so many cells; the cursor stays on the screen."""
        self.span = self.span.moved(cells)
        self.is_following = False
        last = self.span.until - timedelta(microseconds=1)
        self.at = min(max(self.at, self.span.begin), last)

    def zoom(self, steps: int, now: datetime, at: datetime | None = None) -> None:
        """Show less time, or with negative ``steps`` more; by default around the cursor or now."""
        if at is None and self.is_following:
            length = self.span.zoomed(steps, now).length
            self.span = Span.around(now, length, self.span.width)
            return
        self.span = self.span.zoomed(steps, at or self.at)
        self.is_following = False

    def go_to_now(self, now: datetime) -> None:
        """Follow the time again."""
        self.is_following, self.at = True, now
        self.follow(now)

    def stop(self, row: LaneRow) -> Stop | None:
        """Returns what of a lane is nearest to the cursor."""
        return min(row.picture.stops, key=partial(self._distance, row.span), default=None)

    def walk(self, row: LaneRow, step: int) -> bool:
        """Go to the next stop of a lane, or with -1 to the one before, if there is one."""
        stops, current = row.picture.stops, self.stop(row)
        index = stops.index(current) + step if current is not None else -1
        if not 0 <= index < len(stops):
            return False
        self.at = max(stops[index].at, row.span.begin)
        return True

    def point(self, cell: int) -> None:
        """Take the cursor to the middle of a cell, or of the nearest one that there is."""
        span = self.span
        self.at = span.edge(min(max(cell, 0), span.width - 1)) + span.cell / 2

    def _distance(self, span: Span, stop: Stop) -> tuple[int, timedelta]:
        return abs(stop.cell - span.cell_at(self.at)), abs(stop.at - self.at)
