"""The processes that are runs, ours and inherited, from when they began until their end is told.

Their keepers tell how they end. Those whose keeper is gone are seen to here: whoever inherited
them reaps them, with their true wait status, and writes it down before.
"""

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui_scheduler.engine.local.exit_watch import exit_of, peek, reap
from tui_scheduler.engine.local.identity import Identity, current_boot
from tui_scheduler.engine.local.journals import MAY_BE_MISSING, Journal, Trace, ended
from tui_scheduler.engine.local.keeping import Keeping
from tui_scheduler.engine.local.launch import run_mark
from tui_scheduler.engine.local.process_tree import Mark, ProcessTree
from tui_scheduler.engine.runner import Ended, Lost
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.running.taken_runs import Claim, OpenRun

KEEPER_KILLED = "The scheduler and the process that kept it were gone, and nobody saw how it ended"
NOBODY_READ = (
    "It outlived the scheduler and the process that kept it, and ended when it had something to"
    " say that nobody read"
)
KEEPER_SILENT = "It has ended, and the process that kept it did not say how"
PATIENCE = 10.0
"""Seconds that a keeper has to say how a run ended that is gone."""

_RESTARTED = "The machine was restarted while it ran"


@dataclass(slots=True)
class Child:
    """A process that runs, or ended a moment ago; ``keeper`` is who will tell of its end.

    ``heir`` is who becomes the parent of what it leaves behind, if that is known; ``orphans`` are
    the processes that its keeper had inherited when it ended, from whichever run. ``is_unread``:
    its keeper is gone, and no other one has taken its pipe yet and said so in its log. ``claim``
    is what it was begun with, if by us.
    """

    run_id: int
    identity: Identity
    log: Path
    mark: Mark
    token: str = ""
    keeper: Keeping | None = None
    heir: int | None = None
    is_stopping: bool = False
    is_unread: bool = False
    orphans: Sequence[int] = ()
    claim: Claim | None = None
    ended: "asyncio.Future[Ended | Lost]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @classmethod
    def of(cls, run: Claim | OpenRun, token: str, identity: Identity, **known: Any) -> "Child":
        """The process that ``run`` is, which its token tells from all others."""
        mark = run_mark(run.run_id, token)
        claim = run if isinstance(run, Claim) else None
        return cls(run.run_id, identity, run.log_path, mark, token, claim=claim, **known)

    @property
    def tree(self) -> ProcessTree:
        """It and all that came of it."""
        return ProcessTree(self.identity.pid, self.mark)

    @property
    def has_ended(self) -> bool:
        """Whether it is known how it ended, or that this cannot be known."""
        return self.ended.done()

    def finish(self, end: Ended | Lost) -> None:
        """Tell whoever watches it, once."""
        if not self.ended.done():
            self.ended.set_result(end)


class Children:
    """All of them, by their handles; ``clock`` tells when those ended that nobody kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._children: dict[str, Child] = {}
        self._of_run: dict[int, Child] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, child: Child) -> Child:
        """Know ``child`` from now on."""
        self._children[str(child.identity)] = self._of_run[child.run_id] = child
        return child

    def __len__(self) -> int:
        return len(self._children)

    def get(self, handle: str) -> Child | None:
        """The one with this handle; None if it is not known any more."""
        return self._children.get(handle)

    def forget(self, handle: str) -> None:
        """Its end was told."""
        child = self._children.pop(handle, None)
        if child is not None and self._of_run.get(child.run_id) is child:
            del self._of_run[child.run_id]

    def alive(self) -> list[Child]:
        """Those whose ends are not known yet."""
        return [child for child in self._children.values() if not child.has_ended]

    def pids(self) -> set[int]:
        """Their first processes, each of which leads a session."""
        return {child.identity.pid for child in self._children.values()}

    def finish(self, run_id: int, end: Ended, orphans: Sequence[int]) -> None:
        """Tell how a run has ended, and who had been left to its keeper then, as that says."""
        if (child := self._of_run.get(run_id)) is not None:
            child.orphans = orphans
            child.finish(end)

    def taken(self, run_id: int) -> None:
        """A keeper reads what a run prints that had lost its own, and its log says so."""
        if (child := self._of_run.get(run_id)) is not None:
            child.is_unread = False

    def see_to(
        self,
        child: Child,
        trace: Trace | None,
        journal: Journal | None,
        keeper: Keeping | None = None,
    ) -> None:
        """Find out how a child ends whose keeper was given up; ``keeper`` is not yet gone."""
        end = None if trace is None else trace.ended()
        if end is None:
            self.spawn(self.watch_unkept(child, journal, keeper))
            return
        if child.identity.is_present():  # the keeper had no time to reap it
            usage = reap(child.identity.pid)
            if usage is not None:
                end = replace(end, cpu_time=usage.cpu_time, peak_memory=usage.peak_memory)
        child.finish(end)

    async def watch_unkept(
        self, child: Child, journal: Journal | None, keeper: Keeping | None = None
    ) -> None:
        """Wait for the end of a child that nobody keeps, and write it into ``journal``.

        As long as ``keeper`` is there, it alone could say more than that it has ended.
        """
        identity, otherwise = child.identity, KEEPER_KILLED
        try:
            await exit_of(identity)
        except asyncio.CancelledError:  # we leave, and nobody else could tell how it has ended
            if (end := waited_for(child, journal)) is not None:
                self.finish_unkept(child, end)
            raise
        if keeper is not None and not await keeper.buried(PATIENCE):
            journal, otherwise = None, KEEPER_SILENT
        end = await asyncio.to_thread(waited_for, child, journal)
        self.finish_unkept(child, end or Lost(otherwise))

    def finish_unkept(self, child: Child, end: Ended | Lost) -> None:
        """Tell how a child has ended whose keeper did not say it, by the clock of the runner."""
        if isinstance(end, Ended):
            end = replace(end, end_time=self._clock.at(end.end_time.timestamp()))
        child.finish(end)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do ``work`` until they are let go."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def let_go(self) -> None:
        """Watch them no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for child in self._children.values():
            child.ended.cancel()


def waited_for(child: Child, journal: Journal | None) -> Ended | None:
    """How a process has ended, which is reaped if it is a child of ours; None if nobody knows.

    Its end is written down before, unless its keeper may write too: we may be the next to be
    killed. But that nobody read what it had to say is no end of its own.
    """
    run_id, identity, is_unread = child.run_id, child.identity, child.is_unread
    status = peek(identity)
    if status is None:
        return None
    moment = datetime.now(UTC)
    if journal is not None and status != signal.SIGPIPE:
        with suppress(OSError):
            journal.write_end(run_id, status, moment, is_unread=is_unread)
    return ended(status, moment, reap(identity.pid), MAY_BE_MISSING if is_unread else "")


def end_unkept(end: Ended | None, identity: Identity) -> Ended | Lost:
    """What can be said of a run that nobody kept, whose ``end`` was seen, or was not."""
    if end is None:
        return Lost(_RESTARTED if identity.boot != current_boot() else KEEPER_KILLED)
    if end.signal == signal.SIGPIPE:
        return Lost(NOBODY_READ)
    return end


def identity_of(pid: int, start: str) -> Identity:
    """Who the child is; where the keeper cannot tell when it began, whoever has its pid."""
    if start == "-":
        with suppress(ProcessLookupError):
            return Identity.of(pid)
    return Identity(pid, start, current_boot())
