"""How many more processes may run at once on this machine, and what is said while none may.

The run of a group is no process; what runs on another machine takes no room here.
"""

import sys

from tui_scheduler.models.prepared import Prepared
from tui_scheduler.services.context import Context
from tui_scheduler.services.running.prepared_queries import PROCESSING, TAKEN, TO_BEGIN
from tui_scheduler.wording import plural


class Room:
    """What the one scheduler counts before it takes more.

    It remembers what it has taken, as looking for that among all that waits would take too long.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._taken: set[int] = set()

    def take(self, run_id: int) -> None:
        """Note that a run was taken, here or by an earlier scheduler."""
        if self._context.max_running:
            self._taken.add(run_id)

    def left(self) -> int:
        """Returns how many more runs may be taken; call it in the transaction that takes them."""
        if not self._context.max_running:
            return sys.maxsize
        self._taken = {run_id for run_id in self._taken if TAKEN.rows(run_id=run_id)}
        used = len(self._taken) + _of_this_machine(self._context, PROCESSING)
        return max(self._context.max_running - used, 0)


def room_wait(context: Context) -> str:
    """Returns what a run waits for that has no room here; empty while there is some."""
    most = context.max_running
    if not most or sum(_of_this_machine(context, each) for each in (PROCESSING, TO_BEGIN)) < most:
        return ""
    return f"room: no more than {plural(most, 'run')} at once (max_running)"


def _of_this_machine(context: Context, places: Prepared) -> int:
    """Returns how many of some runs are processes of this machine, or are to be."""
    return sum(not context.is_elsewhere(host, host_id) for host, host_id in places.rows())
