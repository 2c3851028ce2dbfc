"""When what is read and drawn for a screen keeps no run waiting that is due meanwhile.

Python runs one thread at a time: what looks for runs that are due, and begins them, takes some
milliseconds, and twice as many beside other work. A screen can wait for so long. So what it shows
unasked is read and drawn in pieces, each while nothing else is to be done.
"""

import asyncio
from collections.abc import Callable
from math import inf
from time import monotonic

_PIECE = 0.008  # seconds that a piece of work for a screen takes
_LOOK = 0.003  # seconds that a look of the scheduler takes, with what it begins
_PATIENCE = 0.03  # seconds that a piece waits: nobody sees that
_HURRY = 0.25  # seconds after a key in which nothing waits: what it leads to is waited for

SpareTime = Callable[[], float]
"""For how many seconds nothing is to be done, as far as is known."""


class Calm:
    """Says when nothing is about to begin here; that is always so while nobody schedules here."""

    def __init__(self) -> None:
        self._spare_time: SpareTime = _always
        self._turn = asyncio.Lock()
        self._hurries_until = -inf

    def ask(self, spare_time: SpareTime | None) -> None:
        """Ask whoever schedules here from now on; None for nobody."""
        self._spare_time = spare_time or _always

    def hurry(self) -> None:
        """Let nothing wait for a moment, as somebody has asked for something."""
        self._hurries_until = monotonic() + _HURRY

    @property
    def is_now(self) -> bool:
        """Whether there is time for a piece of work, or it is not to wait for that."""
        return self._spare_time() >= _PIECE or monotonic() < self._hurries_until

    def call(self, task: Callable[[], object], patience: float = _PATIENCE) -> None:
        """Call ``task`` as soon as there is time for it, or in ``patience`` seconds at the most."""
        if self.is_now or patience <= 0:
            task()
        else:
            pause = min(self._spare_time() + _LOOK, patience)
            asyncio.get_running_loop().call_later(pause, self.call, task, patience - pause)

    async def wait(self) -> None:
        """Wait until there is time for a piece of work; not for long."""
        has_come = asyncio.Event()
        self.call(has_come.set)
        await has_come.wait()

    async def __aenter__(self) -> None:
        """Wait for that, and for those who wait already: the block is a piece of work."""
        await self._turn.acquire()
        try:
            await self.wait()
        except BaseException:
            self._turn.release()
            raise

    async def __aexit__(self, *_: object) -> None:
        """Let the next one work."""
        self._turn.release()


def _always() -> float:
    return inf
