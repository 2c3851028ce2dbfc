"""Waiting until an application has nothing left to do, however busy the machine is.

A pilot asks whether the *process* is idle, which on a busy machine says nothing about whether the
application is. It is when each of its parts waits for a message and nothing is left to draw.
"""

import asyncio
import time
from typing import Any

from textual.app import App

from tests.support.patience import PATIENCE
from tests.tui.textual_inside import draws, is_busy, lays_out, press_key
from tui_scheduler.tui.type_ahead import TypeAheadApp

_CALM_LOOKS = 5  # one after the other: between two, whatever is ready to run has run
_TURNS = 3  # of the loop, between two looks at what is at work
_MANY_LOOKS = 60  # after which it waits for something else than its turn
_NAP = 0.001  # seconds; what a part waits for may need the processor, in a thread


async def quiet(app: App[Any], *, is_seen: bool = True) -> None:
    """Wait until ``app`` has done what it can; not for its workers, which may wait for a person.

    It need not be drawn where nobody looks, because more is done to it at once.
    """
    deadline = time.monotonic() + PATIENCE
    looks = calm = 0
    while calm < _CALM_LOOKS:
        # Nothing tells that all queues are empty, so this is a look at them, not a wait.
        if looks % 20 and looks < _MANY_LOOKS:
            for _ in range(1 if calm else _TURNS):
                await asyncio.sleep(0)
        else:
            await asyncio.sleep(_NAP)
        looks += 1
        goes_on = is_busy(app) or lays_out(app) or _is_typing(app) or (is_seen and draws(app))
        calm = 0 if goes_on else calm + 1
        if time.monotonic() > deadline:
            raise AssertionError("the application does not come to rest")


def _is_typing(app: App[Any]) -> bool:
    return isinstance(app, TypeAheadApp) and app.is_typing


async def press_keys(app: App[Any], *keys: str, is_seen: bool = True) -> None:
    """Press keys one after the other, each when what follows from the one before is done."""
    for key in keys:
        await press_key(app, key)
        await quiet(app, is_seen=False)
    if is_seen:
        await quiet(app)
