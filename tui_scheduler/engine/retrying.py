"""Writing down what happened, however busy the database is: an end must never be forgotten."""

import asyncio
import logging
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from tui_scheduler.errors import DatabaseUnusable

P = ParamSpec("P")
T = TypeVar("T")

_FIRST_PAUSE = 0.1  # seconds
_LONGEST_PAUSE = 5.0
_log = logging.getLogger(__name__)


class Write(Protocol):
    """Calls a use case on the writing thread; raises what it raises, and DatabaseUnusable."""

    async def __call__(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The value of the use case, once its changes are durable."""
        ...


Read = Write
"""The same on the reading thread, where slow questions delay nobody."""


async def retrying(write: Write, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call ``use_case`` again and again until the database takes it."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return await write(use_case, *args, **kwargs)
        except DatabaseUnusable as error:
            _log.warning("%s will be tried again in %.1f s: %s", use_case, pause, error)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
