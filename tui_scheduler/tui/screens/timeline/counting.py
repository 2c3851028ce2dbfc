"""How many run at once, counted so seldom that it does not matter how long that takes."""

from collections.abc import Callable
from time import monotonic

from textual.timer import Timer

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.timeline.reading import AtOnce, Foretold
from tui_scheduler.services.timeline.span import Span
from tui_scheduler.tui.refresh import Throttled
from tui_scheduler.tui.screens.main_screen import MainScreen

_REST = 30
"""How many times as long as it took to look ahead nobody does so again."""


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
        self._foretold: Foretold | None = None
        self._is_outdated = True
        self._rests_until = 0.0
        self._timer: Timer | None = None

    def of(self, span: Span) -> AtOnce | None:
        """Returns what is known of a span."""
        return self._known[1] if self._known is not None and self._known[0] == span else None

    def count(self, span: Span, *, anew: bool = False) -> None:
        """Count in a span; ``anew`` if what is to come may be different."""
        self._wanted = span
        self._is_outdated |= anew
        self._counting.soon()

    async def _count(self) -> None:
        span, timelines = self._wanted, self._runtime.services.timelines
        if span is None:
            return
        try:
            foretold = await self._look_ahead(span)
            at_once = await self._runtime.read(timelines.at_once, span, foretold)
        except SchedulerError:  # the list says why nothing can be read
            return
        self._known = (span, at_once)
        self._changed()

    async def _look_ahead(self, span: Span) -> Foretold:
        foretold = self._foretold
        if foretold is not None and foretold.covers(span):
            if not self._is_outdated:
                return foretold
            if (rest := self._rests_until - monotonic()) > 0:
                if self._timer is None:
                    self._timer = self._screen.set_timer(rest, self._count_again)
                return foretold
        begun, self._is_outdated = monotonic(), False
        timelines = self._runtime.services.timelines
        self._foretold = await self._runtime.read(timelines.foretell, span)
        self._rests_until = monotonic() + _REST * (monotonic() - begun)
        return self._foretold

    def _count_again(self) -> None:
        self._timer = None
        if self._screen.is_whole:
            self._counting.soon()
