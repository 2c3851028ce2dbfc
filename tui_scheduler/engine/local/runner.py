"""Runs as child processes on this machine, which outlive the program that started them."""

import asyncio
import os
import signal
from dataclasses import dataclass
from datetime import timedelta

from tui_scheduler.engine.local.exit_watch import Exit, watch_exit
from tui_scheduler.engine.local.identity import Identity, current_boot
from tui_scheduler.engine.local.log_limits import LogLimits
from tui_scheduler.engine.local.process_tree import ProcessTree, find_leaders
from tui_scheduler.engine.local.spawning import Spawner
from tui_scheduler.engine.runner import (
    Adopted,
    CannotStart,
    Ended,
    Lost,
    NeverStarted,
    Started,
    Stopped,
)
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.running.dispatch import Claim, OpenRun


@dataclass(frozen=True, slots=True)
class _Child:
    identity: Identity
    files: RunFiles
    exited: "asyncio.Future[Exit]"
    is_adopted: bool

    @property
    def tree(self) -> ProcessTree:
        return ProcessTree(self.identity.pid, str(self.files.log))


class LocalRunner:
    """Runs are child processes on this machine; they outlive us. Their logs stay in ``limits``."""

    def __init__(
        self, clock: Clock, kill_grace: timedelta, limits: LogLimits | None = None
    ) -> None:
        self._clock = clock
        self._kill_grace = kill_grace
        self._limits = limits or LogLimits()
        self._spawner = Spawner.for_this_process()
        self._children: dict[str, _Child] = {}
        self._leaders: dict[str, int] | None = None

    async def start(self, claim: Claim) -> Started:
        """Start the command of ``claim`` in a session of its own; raises CannotStart."""
        pid, note = self._spawner.spawn(claim)
        start_time = self._clock.now()
        identity = _identified(pid)
        self._remember(identity, RunFiles.of(claim.log_path), is_adopted=False)
        return Started(str(identity), start_time, pid, note)

    async def watch(self, handle: str) -> Ended | Lost:
        """Wait for the end of a child of ours, or of one that was adopted."""
        child = self._children[handle]
        gone = await child.exited
        self._children.pop(handle, None)
        end = await self._end(child, gone)
        await self._limits.settle(child.files.log)
        return end

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        """TERM, grace and KILL to the whole tree, or KILL at once; None if it had ended."""
        child = self._children.get(handle)
        if child is None or child.exited.done():
            return None
        return await child.tree.end(None if force else self._kill_grace)

    async def adopt(self, run: OpenRun) -> Adopted:
        """Find the process again, or the exit status it left, or say what is known of its end."""
        files = RunFiles.of(run.log_path)
        identity = await self._identity(run, files)
        if identity is not None and identity.is_present():
            self._remember(identity, files, is_adopted=True)
            start_time = run.start_time or files.began_at()
            return Started(str(identity), start_time, identity.pid)
        await self._limits.settle(files.log)
        if (written := files.exit_status()) is not None:
            return Ended(written.end_time, written.code, run.start_time or files.began_at())
        if not files.status.exists() and run.handle is None:
            return NeverStarted()
        return Lost(_loss(identity))

    def let_go(self) -> None:
        """Forget all children; they go on."""
        self._limits.let_go()
        for child in self._children.values():
            child.exited.cancel()
        self._children.clear()

    def _remember(self, identity: Identity, files: RunFiles, *, is_adopted: bool) -> None:
        exited = watch_exit(identity, self._clock.now)
        self._children[str(identity)] = _Child(identity, files, exited, is_adopted)
        self._limits.watch(files.log, is_new=not is_adopted)

    async def _end(self, child: _Child, gone: Exit) -> Ended | Lost:
        written = child.files.exit_status() if child.is_adopted or gone.code is None else None
        if written is not None:  # it knows the true end, we only saw that it is over
            return Ended(written.end_time, written.code)
        if gone.code is not None:
            return Ended(gone.seen_at, gone.code)
        if gone.signal_number is not None:
            await child.tree.end(grace=None)  # whoever killed the wrapper meant the run
            return Ended(gone.seen_at, 128 + gone.signal_number)
        return Lost("Its process ended without leaving an exit status: it was killed from outside")

    async def _identity(self, run: OpenRun, files: RunFiles) -> Identity | None:
        """Which process stands for ``run``, also if there was no time to record that."""
        if run.handle is not None:
            return Identity.parse(run.handle)
        if self._leaders is None:
            self._leaders = await asyncio.to_thread(find_leaders)
        pid = self._leaders.get(str(files.status))
        try:
            return None if pid is None else Identity.of(pid)
        except ProcessLookupError:
            return None


def _identified(pid: int) -> Identity:
    """Who the child is that was just started; raises CannotStart if that cannot be seen."""
    try:
        return Identity.of(pid)
    except OSError as error:  # better no run than one that nobody watches
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise CannotStart(f"It was stopped at once, as it cannot be watched: {error}") from error


def _loss(identity: Identity | None) -> str:
    if identity is None:
        return "The scheduler ended while it started this run; it is not known what became of it"
    if identity.boot != current_boot():
        return "The machine was restarted while it ran"
    return "It ended while nobody watched, and left no exit status: it was killed from outside"
