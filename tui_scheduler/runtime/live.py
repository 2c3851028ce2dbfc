"""What the processes of a run that goes on use, for whoever looks at it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from tui_scheduler.services.live_usage import LiveUsage
from tui_scheduler.services.secret_values import without_secrets
from tui_scheduler.services.views.runs import RunView

if TYPE_CHECKING:
    from tui_scheduler.engine.local.live_tree import LiveTree

_LONGEST_COMMAND = 2_000  # characters
_REST = 30.0  # times as long as a look took nobody looks again


def why_unseen(run: RunView) -> str:
    """Returns why the processes of a run cannot be seen from here; empty if they can."""
    if not run.is_open or run.start_time is None:
        return "It does not run, so it has no processes."
    if run.place:
        return f"Its processes are on {run.place}, and cannot be seen from here."
    if run.is_elsewhere:
        return f"Its processes are on {run.host}, and cannot be seen from here."
    if run.is_group:
        return "The processes are those of its members."
    return ""


class ProcessWatch:
    """Looks at the processes of ``run``, which are not ``why_unseen``, as often as is reasonable.

    The values of ``secrets`` are not shown in what they were called with.
    """

    def __init__(self, run: RunView, secrets: Sequence[str]) -> None:
        self._run = run
        self._secrets = secrets
        self._tree: LiveTree | None = None
        self._not_before = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it is time for another look: they take long where there are many processes."""
        return monotonic() >= self._not_before

    async def look(self) -> LiveUsage:
        """Returns what there is now; asked of the system in a thread."""
        begun = monotonic()
        usage = await asyncio.to_thread(self.look_at_once)
        self._not_before = begun + (monotonic() - begun) * _REST
        return usage

    def look_at_once(self) -> LiveUsage:
        """Returns what there is now, for whoever has nothing else to do meanwhile."""
        from tui_scheduler.engine.local.live_tree import LiveTree  # psutil is slow to import

        if self._tree is None:
            self._tree = LiveTree(self._run.log_path.stem, self._run.handle)
        usage = self._tree.look()
        return replace(
            usage,
            processes=tuple(
                replace(each, command=self._readable(each.command)) for each in usage.processes
            ),
        )

    def _readable(self, command: str) -> str:
        return without_secrets(command, self._secrets)[:_LONGEST_COMMAND]
