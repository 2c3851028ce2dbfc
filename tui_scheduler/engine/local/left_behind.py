"""What of a run goes on when it has ended: the processes that it left behind."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from tui_scheduler.engine.local.children import Child
from tui_scheduler.engine.local.identity import has_ended
from tui_scheduler.engine.local.keeper import children_of
from tui_scheduler.engine.local.process_tree import marked_among

_SETTLE = 0.2  # seconds in which what only carries the last output away, as ``tee``, has ended
_PATIENCE = 5.0  # seconds, as to read an environment may take as long as a mount is dead


async def left_behind(child: Child) -> int:
    """How many processes of ``child``, which has ended, go on; 0 if that cannot be told.

    They are looked for among the orphans of its keeper, and what descends from those.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            left = await asyncio.to_thread(_family, child)
            if left:
                await asyncio.sleep(_SETTLE)
                return await asyncio.to_thread(_count_alive, left)
    return 0


def _family(child: Child) -> list[int]:
    family = marked_among(child.orphans, child.identity.pid, child.mark)
    for pid in family:  # it grows meanwhile
        family += children_of(pid)
    return family


def _count_alive(pids: Sequence[int]) -> int:
    return sum(not has_ended(pid) for pid in pids)
