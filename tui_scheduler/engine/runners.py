"""The runners of this machine and of all clusters, as the scheduler sees them: as one."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tui_scheduler.clusters import cluster_at
from tui_scheduler.engine.runner import (
    Adopted,
    Begun,
    CannotStart,
    Gone,
    Lost,
    NeverStarted,
    OutOfSight,
    Runner,
    Started,
    Stopped,
    Submitted,
    Waits,
)
from tui_scheduler.services.running.taken_runs import Claim, OpenRun


class Runners:
    """Gives each run to whoever it is for: the runner ``here``, or that of its cluster.

    What names a cluster that is not known is never run elsewhere.
    """

    def __init__(self, here: Runner, clusters: Mapping[str, Runner]) -> None:
        self._here = here
        self._clusters = clusters
        self._by_run: dict[int, Runner] = {}
        self._by_handle: dict[str, Runner] = {}

    def prepare(self) -> None:
        """Get ready to start runs on this machine: a cluster need not be."""
        self._here.prepare()

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Begun | Lost | NeverStarted:
        """Start ``claim`` where it is to run; raises CannotStart."""
        runner = self._here if claim.runs_on is None else self._clusters.get(claim.runs_on)
        if runner is None:
            raise CannotStart(f"There is no cluster {claim.runs_on!r} in the configuration")
        self._by_run[claim.run_id] = runner
        begun = await runner.start(claim, waits, unwanted)
        if isinstance(begun, Started | Submitted):
            self._by_handle[begun.handle] = runner
        return begun

    async def watch(self, handle: str, tell: Callable[[Started | Waits], None]) -> Gone:
        """Wait until it has ended; raises CannotStart."""
        runner = self._by_handle[handle]
        handles = {handle}

        def hear(event: Started | Waits) -> None:
            if isinstance(event, Started):
                handles.add(event.handle)
                self._by_handle[event.handle] = runner
            tell(event)

        try:
            return await runner.watch(handle, hear)
        finally:
            for each in handles:
                self._by_handle.pop(each, None)

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        """End it, wherever it is; None if it had ended."""
        runner = self._by_handle.get(handle)
        return None if runner is None else await runner.stop(handle, force=force)

    async def adopt(self, run: OpenRun) -> Adopted:
        """Have whoever it was given to find out what became of it."""
        name = cluster_at(run.place)
        runner = self._clusters.get(name) if name else self._here
        if runner is None:
            return OutOfSight(f"the cluster {name!r}, which is not in the configuration")
        self._by_run[run.run_id] = runner
        adopted = await runner.adopt(run)
        if isinstance(adopted, Started | Submitted):
            self._by_handle[adopted.handle] = runner
        return adopted

    async def finish_log(self, run_id: int, log: Path, text: str) -> int | None:
        """Add a line of ours to its log, if it is known where that is."""
        runner = self._by_run.get(run_id)
        return None if runner is None else await runner.finish_log(run_id, log, text)

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Forget how these runs ended: it is known for good."""
        ended = defaultdict(list)
        for run_id in run_ids:
            ended[self._by_run.pop(run_id, self._here)].append(run_id)
        for runner, ids in ended.items():
            runner.recorded(ids)

    async def let_go(self) -> None:
        """Begin and watch nothing any more; what runs goes on."""
        await asyncio.gather(*(each.let_go() for each in (self._here, *self._clusters.values())))
