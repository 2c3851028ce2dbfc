"""Signs of life of the scheduler, for whoever wants to know whether it gets on.

They come from the event loop, so that a loop which hangs gives none, and they are written in a
thread, as no disk may hold up the loop.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.identity import file_identity
from tui_scheduler.lock_file import BEAT_PERIOD, Beat, Holder, Waiting


async def give_signs_of_life(
    lock: SchedulerLock,
    database: Path,
    waiting: Callable[[], Waiting | None],
    trouble: Callable[[str], None],
) -> None:
    """Write down every second that we are there, and what we are ``waiting`` for.

    ``trouble`` is told what others read there, and the empty text when that is over. Returns when
    others would look at another file than the one that we have locked: then anybody may schedule
    beside us.
    """
    opened = await asyncio.to_thread(file_identity, database)
    told = ""
    while True:
        beat = Beat.now(opened, waiting())
        if not await asyncio.to_thread(lock.beat, beat):
            return
        holder = Holder(os.getpid(), beat)
        text = str(await asyncio.to_thread(holder.trouble, database) or "")
        if text != told:
            trouble(text)
            told = text
        await asyncio.sleep(BEAT_PERIOD)
