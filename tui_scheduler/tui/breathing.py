"""Work in a thread beside the loop of the application, which is to notice nothing of it.

Python runs one thread at a time, and one that gives way only when it is asked to makes the others
wait five milliseconds. So a thread sleeps a little after each millisecond of work: the loop must
stay free for what it starts and shows. How much work a step is does not matter then.
"""

from collections.abc import Callable
from time import monotonic, sleep, thread_time

SLICE = 0.1
"""Seconds of work until progress is told."""
_AT_A_STRETCH = 0.001  # seconds of CPU
_BREATH = 0.000_1  # seconds: the loop, once it has begun, goes on until it has nothing to do


def breathing(stop: Callable[[], bool]) -> Callable[[], bool]:
    """Returns what asks ``stop``, and after a millisecond of work sleeps a little first.

    It belongs to the thread that asks.
    """
    worked = 0.0

    def asked() -> bool:
        nonlocal worked
        if thread_time() - worked > _AT_A_STRETCH:
            sleep(_BREATH)
            worked = thread_time()
        return stop()

    return asked


def go_on(step: Callable[[], bool]) -> bool:
    """Do one ``step`` after the other for a slice; False as soon as one says that none is left."""
    deadline = monotonic() + SLICE
    is_over = breathing(lambda: monotonic() > deadline)
    while step():
        if is_over():
            return True
    return False
