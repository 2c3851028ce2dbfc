"""How many run at once, counted so seldom that it does not matter how long that takes."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from textual.timer import Timer

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.timeline.reading import AtOnce, ExpectedRuns, nothing_expected
from tui_scheduler.services.timeline.span import Span
from tui_scheduler.tui.refresh import Throttled
from tui_scheduler.tui.screens.main_screen import MainScreen

_REST = 30
"""How many times as long as it took to look ahead nobody does so again."""


_CALM = 0.3
"""Seconds after a zoom before anybody looks ahead: the lanes of the next one come first."""


class AtOnceCount:
    """Counts for ``screen``, and calls ``changed``; what is to come it works out only now and then.

    Another span is counted at once, with what is known of what is to come.
    """

    def __init__(self, screen: MainScreen, runtime: Runtime, changed: Callable[[], None]) -> None:
        self._screen = screen
        self._runtime = runtime
        self._changed = changed
        self._counting = Throttled(screen, self._count)
        self._wanted: Span | None = None
        self._known: tuple[Span, AtOnce] | None = None
        self._expected: dict[timedelta, ExpectedRuns] = {}  # by the length of a cell
        self._is_outdated = True
        self._rests_until = 0.0
        self._calm_from = 0.0
        self._timer: Timer | None = None

    def of(self, span: Span) -> AtOnce | None:
        """Returns what is known of a span."""
        return self._known[1] if self._known is not None and self._known[0] == span else None

    def count(self, span: Span, *, anew: bool = False) -> None:
        """Count in a span; ``anew`` if what is to come may be different."""
        if self._wanted is not None and self._wanted.cell != span.cell:
            self._calm_from = monotonic() + _CALM
        self._wanted = span
        self._is_outdated |= anew
        self._counting.soon()

    async def _count(self) -> None:
        span, timelines = self._wanted, self._runtime.services.timelines
        if span is None:
            return
        try:
            expected = await self._look_ahead(span)
            at_once = await self._runtime.read(timelines.at_once, span, expected)
        except SchedulerError:  # the list says why nothing can be read
            return
        self._known = (span, at_once)
        self._changed()

    async def _look_ahead(self, span: Span) -> ExpectedRuns:
        expected = self._expected.get(span.cell)
        if expected is not None and not expected.covers(span):
            expected = None
        if expected is not None and not self._is_outdated:
            return expected
        begun = monotonic()
        rest = (self._calm_from if expected is None else self._rests_until) - begun
        if rest > 0:
            self._count_again_in(rest)
            return expected or nothing_expected(span)
        if self._is_outdated:
            self._expected.clear()
        self._is_outdated = False
        expected = await self._runtime.read(self._runtime.services.timelines.expected_runs, span)
        self._expected[span.cell] = expected
        self._rests_until = monotonic() + _REST * (monotonic() - begun)
        return expected

    def _count_again_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(seconds, self._counting.soon)
