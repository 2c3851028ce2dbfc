"""Signs of life of the scheduler, for whoever wants to know whether it gets on.

They come from the event loop, so that a loop which hangs gives none, and they are written in a
thread, as no disk may hold up the loop.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.identity import file_identity
from tui_scheduler.lock_file import BEAT_PERIOD, Beat, Waiting


async def give_signs_of_life(
    lock: SchedulerLock, database: Path, waiting: Callable[[], Waiting | None]
) -> None:
    """Write down every second that we are there, and what we are ``waiting`` for.

    Returns when others would look at another file than the one that we have locked: then anybody
    may schedule beside us.
    """
    opened = await asyncio.to_thread(file_identity, database)
    while await asyncio.to_thread(lock.beat, Beat.now(opened, waiting())):  # noqa: ASYNC110
        await asyncio.sleep(BEAT_PERIOD)
