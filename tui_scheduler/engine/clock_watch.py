"""Noticing that somebody set the clock, or that the machine slept."""

import logging
from datetime import timedelta

from tui_scheduler.services.clock import Clock

_TOLERANCE = timedelta(seconds=1)
_log = logging.getLogger(__name__)


class ClockWatch:
    """Compares the wall clock with the one that only goes forward."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._now()

    def jump(self) -> timedelta:
        """How far the wall clock moved by itself since the last call; small drift counts as none.

        What is due is always judged anew by the wall clock. Only what was planned while it was
        ahead needs to be planned anew when it has come back.
        """
        offset = self._now()
        jump = offset - self._offset
        self._offset = offset
        if abs(jump) < _TOLERANCE:
            return timedelta()
        _log.warning("the clock jumped by %s", jump)
        return jump

    def _now(self) -> timedelta:
        return timedelta(seconds=self._clock.now().timestamp() - self._clock.monotonic())
