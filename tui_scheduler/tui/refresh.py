"""When a screen does something again: after what the core tells, and only so often.

The runtime calls its listeners outside of any screen's context, where timers and workers of
Textual cannot be started: a Subscription brings what is told into the screen's own message loop. A
Throttled task runs only so often, however many reasons there are to run it. None of them does
anything while the screen is not whole.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from math import inf
from time import monotonic
from typing import Any

from textual.events import Callback
from textual.worker import Worker

from tui_scheduler.runtime import Runtime, RuntimeEvent
from tui_scheduler.services.clock import BEHIND, Clock
from tui_scheduler.tui.whole_screen import WholeScreen

LEAST_INTERVAL = 0.1  # seconds: ten times a second looks immediate and costs little
BUSY_INTERVAL = 1.0  # seconds, while much happens for long: within a second all is shown
_BEHIND = 0.25  # seconds after the clock's second that is: what began with it is written down
_AHEAD = 2 * BUSY_INTERVAL  # what may come earlier than that: a run that begins and ends
_LEEWAY = 0.05  # seconds by which events may come later than that
_SECOND = 1_000_000  # microseconds


class Throttled:
    """A task of ``screen`` that runs soon after it is asked for, at most ten times a second.

    Or with ``interval`` seconds from its end to its next beginning. It never runs twice at a time;
    being asked for while it runs makes it run once more.
    """

    def __init__(
        self,
        screen: WholeScreen[Any],
        task: Callable[[], Awaitable[None]],
        *,
        interval: float = LEAST_INTERVAL,
    ) -> None:
        self._screen = screen
        self._task = task
        self._interval = interval
        self._is_wanted = False
        self.is_under_way = False
        """Whether it runs, or is about to."""
        self._ended_at = -interval

    def soon(self) -> None:
        """Run the task, at once if it has not run for a while."""
        self._is_wanted = True
        if not self.is_under_way:
            self.is_under_way = True
            delay = self._ended_at + self._interval - monotonic()
            if delay <= 0:
                self._begin()
            else:
                self._screen.set_timer(delay, self._begin)

    def _begin(self) -> None:
        self._worker: Worker[None] = self._screen.run_worker(self._run, group="throttled")

    async def _run(self) -> None:
        self._is_wanted = False
        try:
            if self._screen.is_whole:
                await self._task()
        finally:
            self._ended_at = monotonic()
            self.is_under_way = False
        if self._is_wanted and self._screen.is_whole:
            self.soon()


UiEvent = RuntimeEvent


class Pace:
    """When something may be done again: some times in quick succession, but not so for long.

    Then it is done once in each second of the clock, a little after that begins.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest = self._settled = -inf

    @property
    def behind(self) -> float:
        """Seconds from the beginning of a second until it is done; none at the quick pace."""
        return _BEHIND if self._settled - _AHEAD > monotonic() else 0.0

    def delay(self) -> float:
        """Seconds until it may be done; counts as done then."""
        now = monotonic()
        at = max(now, self._latest + LEAST_INTERVAL)
        if at < self._settled - _AHEAD:
            phase = self._clock.now().microsecond / _SECOND + at - now - _BEHIND
            at += -phase % BUSY_INTERVAL
        settled = min(max(self._settled, at), at + _AHEAD) + BUSY_INTERVAL
        self._latest, self._settled = at, settled
        return at - now


class Subscription:
    """Calls ``listener`` in the message loop of ``screen``, while it is on, for every event.

    Those that come together are told together, and at a slower pace while they do not end: each
    time all is read and drawn again.
    """

    def __init__(
        self, screen: WholeScreen[Any], runtime: Runtime, listener: Callable[[UiEvent], None]
    ) -> None:
        self._screen = screen
        self._runtime = runtime
        self._listener = listener
        self._pending: dict[UiEvent, None] = {}
        self._pace = Pace(runtime.clock)
        self._in_step: Callable[[], None] | None = None
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether events are being listened to."""
        return self._unsubscribe is not None

    def begin(self) -> None:
        """Listen from now on."""
        if self._unsubscribe is None:
            self._unsubscribe = self._runtime.subscribe(self._gather)

    def end(self) -> None:
        """Listen no more; what was not delivered yet never is."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._pending.clear()

    def in_step(self, task: Callable[[], None]) -> None:
        """Call ``task``, which is to be done each second: with the events while there are many."""
        if behind := self._pace.behind:
            self._in_step = task
            self._after(behind + _LEEWAY, self._do)
        else:
            task()

    def _do(self) -> None:
        task, self._in_step = self._in_step, None
        if task is not None and self.is_on and self._screen.is_whole:
            task()

    def _gather(self, event: UiEvent) -> None:
        self._pending[event] = None
        if len(self._pending) == 1:
            self._after(self._pace.delay(), self._deliver)

    def _after(self, seconds: float, task: Callable[[], None]) -> None:
        loop, post = asyncio.get_running_loop(), partial(self._screen.call_later, task)
        loop.call_later(seconds, self._runtime.calm.call, post)

    def _deliver(self) -> None:
        events, self._pending = self._pending, {}
        if self._screen.is_whole:
            for event in events:
                self._listener(event)
        self._do()


class EachSecond:
    """Calls ``task`` of ``screen`` at once and whenever the clock's next second has begun."""

    def __init__(self, screen: WholeScreen[Any], clock: Clock, task: Callable[[], None]) -> None:
        self._screen = screen
        self._clock = clock
        self._task = task
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Call it from now on."""
        self._next()

    def end(self) -> None:
        """Call it no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _again(self) -> None:
        """Go on, unless it was ended while this was on its way."""
        if self._timer is not None:
            self._timer.cancel()  # of another beginning meanwhile
            self._next()

    def _next(self) -> None:
        """Call it, and again as soon as the second is over, so that none is left out."""
        rest = 1 - self._clock.now().microsecond / _SECOND
        loop, again = asyncio.get_running_loop(), Callback(self._again)
        self._timer = loop.call_later(rest + BEHIND, self._screen.post_message, again)
        if self._screen.is_whole:
            self._task()  # which may end it
