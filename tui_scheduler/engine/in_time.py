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

    def tell(result: Any, error: BaseException | None) -> None:
        if done.done():
            if error is None:
                too_late(result)
        elif error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    def work() -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = function()
        except BaseException as raised:  # the caller's to handle
            error = raised
        try:
            loop.call_soon_threadsafe(tell, result, error)
        except RuntimeError:  # the loop is closed
            if error is None:
                too_late(result)

    threading.Thread(target=work, daemon=True, name="in time").start()
    async with asyncio.timeout(seconds):
        return await done
