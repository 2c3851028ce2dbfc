"""Signs of life of the scheduler, for whoever wants to know whether it gets on.

They come from the event loop, so that a loop which hangs gives none, and they are written in a
thread, as no disk may hold up the loop.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.identity import file_identity
from tui_scheduler.lock_holder import Holder
from tui_scheduler.services.clock import rest_of
from tui_scheduler.signs_of_life import BEAT_PERIOD, Background, Beat, Trouble, Waiting

_TASK = "signs of life"


async def give_signs_of_life(
    lock: SchedulerLock,
    database: Path,
    waiting: Callable[[], Waiting | None],
    troubles: Troubles,
    background: Background | None = None,
) -> None:
    """Write down every second that we are there, what we are ``waiting`` for, and ``troubles``.

    What others read there and nobody has said yet is added to ``troubles``. Returns when others
    would look at another file than the one that we have locked: then anybody may schedule beside
    us.
    """
    opened = await asyncio.to_thread(file_identity, database)
    while True:
        beat = Beat.now(opened, waiting(), troubles.besides(_TASK), background)
        is_ours, trouble = await asyncio.to_thread(_give_one, lock, beat, database)
        if not is_ours:
            return
        troubles.say(_TASK, trouble)
        await asyncio.sleep(rest_of(BEAT_PERIOD))


def _give_one(lock: SchedulerLock, beat: Beat, database: Path) -> tuple[bool, Trouble | None]:
    """Whether the lock is ours, and what others read of us there that we do not say."""
    if not lock.beat(beat):
        return False, None
    return True, Holder(os.getpid(), replace(beat, trouble=None)).trouble(database)
