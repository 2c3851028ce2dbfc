"""Being asked by a signal to leave: once is enough, and what comes after it is no failure."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def calling_at_signals(leave: Callable[[], object], *numbers: signal.Signals) -> Iterator[None]:
    """Call ``leave`` in the running event loop at each signal of ``numbers`` inside the block.

    After the block they are ignored, until the program has ended: the event loop would give them
    back their default, and who presses ctrl+c twice would turn an orderly end into a failure.
    """
    loop = asyncio.get_running_loop()

    def ask(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(leave)

    for number in numbers:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
