"""Waiting until an application has nothing left to do, however busy the machine is.

A pilot asks whether the *process* is idle, which on a busy machine says nothing about whether the
application is. It is when each of its parts waits for a message and nothing is left to draw.
"""

import asyncio
import time
from typing import Any

from textual.app import App
from textual.message_pump import MessagePump

_LONGEST = 30.0  # seconds
_CALM_LOOKS = 5  # one after the other: between two, whatever is ready to run has run
_NAP = 0.001  # seconds; what a part waits for may need the processor, in a thread


async def quiet(app: App[Any]) -> None:
    """Wait until ``app`` has done what it can; not for its workers, which may wait for a person."""
    deadline = time.monotonic() + _LONGEST
    looks = calm = 0
    while calm < _CALM_LOOKS:
        # Nothing tells that all queues are empty, so this is a look at them, not a wait.
        await asyncio.sleep(0 if looks % 20 else _NAP)
        looks += 1
        calm = 0 if _draws(app) or _is_busy(app) else calm + 1
        if time.monotonic() > deadline:
            raise AssertionError("the application does not come to rest")


async def press_keys(app: App[Any], *keys: str) -> None:
    """Press keys one after the other, each when what follows from the one before is done."""
    for key in keys:
        await app._press_keys([key])
        await quiet(app)


def _is_busy(app: App[Any]) -> bool:
    if app._resize_event or app.animator._animations or app.animator._scheduled:
        return True
    return any(_works(pump) for pump in (app, *app._registry))


def _works(pump: MessagePump) -> bool:
    """Whether ``pump`` has something in hand or before it."""
    if pump._closed or not pump._running:
        return False
    bell: Any = pump._message_queue.ready_event
    waits = any(not waiter.done() for waiter in bell._waiters)
    return bool(not waits or pump._pending_message or pump._next_callbacks)


def _draws(app: App[Any]) -> bool:
    """Draw now what would be drawn within a sixtieth of a second; whether there was anything."""
    if not app._screen_stack or app._batch_count:
        return False
    screen = app.screen
    is_due = bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._dirty_widgets
        or screen._recompose_required
        or screen._callbacks
    )
    if is_due and screen.is_current:
        screen._on_timer_update()
    return is_due
