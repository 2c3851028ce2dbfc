"""Calls that may never return, in threads of their own that keep nobody from ending."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


async def in_time(
    function: Callable[[], T], seconds: float, too_late: Callable[[T], object] = lambda _: None
) -> T:
    """Call ``function`` in a thread that keeps nobody from ending; raises TimeoutError.

    ``too_late`` is given what it returns when nobody waits for it any more, in the event loop, or
    in that thread once there is none.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def work() -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = function()
        except BaseException as raised:  # the caller's to handle
            error = raised
        try:
            loop.call_soon_threadsafe(_settle, done, result, error, too_late)
        except RuntimeError:  # the loop is closed
            if error is None:
                too_late(result)

    threading.Thread(target=work, daemon=True, name="in time").start()
    try:
        async with asyncio.timeout(seconds):
            return await done
    except (asyncio.CancelledError, TimeoutError):
        if done.done() and not done.cancelled() and done.exception() is None:
            too_late(done.result())  # who was to have it is cancelled at this very moment
        raise


def _settle(
    done: "asyncio.Future[T]",
    result: Any,
    error: BaseException | None,
    too_late: Callable[[T], object],
) -> None:
    if done.done():
        if error is None:
            too_late(result)
    elif error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)
