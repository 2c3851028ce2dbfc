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
from tui_scheduler.signs_of_life import BEAT_PERIOD, Background, Beat, Waiting

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
        if not await asyncio.to_thread(lock.beat, beat):
            return
        holder = Holder(os.getpid(), replace(beat, trouble=None))
        troubles.say(_TASK, await asyncio.to_thread(holder.trouble, database))
        await asyncio.sleep(BEAT_PERIOD)
