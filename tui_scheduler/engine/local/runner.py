"""Runs as processes of this machine, which a keeper of their own starts and sees to the end."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.local.adoption import Adoption
from tui_scheduler.engine.local.children import Children
from tui_scheduler.engine.local.identity import current_boot, refuse_unknown
from tui_scheduler.engine.local.journal_folder import JournalFolder
from tui_scheduler.engine.local.journals import Usage, ended
from tui_scheduler.engine.local.keeper import Message, Settings
from tui_scheduler.engine.local.keepers import Keepers
from tui_scheduler.engine.local.last_words import Asked
from tui_scheduler.engine.local.launch import Launcher
from tui_scheduler.engine.local.left_behind import left_behind
from tui_scheduler.engine.local.orphans import hear_of_ends
from tui_scheduler.engine.local.process_tree import strangers
from tui_scheduler.engine.local.shebang import COULD_NOT_EXECUTE, carriage_return_hint
from tui_scheduler.engine.local.starting import Starts
from tui_scheduler.engine.run_variables import MARK_VARIABLE
from tui_scheduler.engine.runner import (
    Adopted,
    Ended,
    Lost,
    NeverStarted,
    Started,
    Stopped,
    Waits,
)
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.running.taken_runs import Claim, OpenRun
from tui_scheduler.signs_of_life import Trouble
from tui_scheduler.sizes import size_text

JOURNALS = "keepers"
"""The folder of the keepers' journals, in the folder of the logs."""

_PATIENCE = 5.0  # seconds until a script is given up that does not answer
_MEANT_FOR_ALL = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


class LocalRunner:
    """Runs are processes on this machine; they outlive us.

    Their logs in ``log_folder`` have ``log_cap`` bytes at most, and leave ``disk_reserve`` percent
    of the disk alone; 0 is no limit. They are ``given`` these variables, beneath their own.
    ``trouble`` is told when runs cannot be kept as they should, and None when they can again.
    """

    def __init__(
        self,
        clock: Clock,
        kill_grace: timedelta,
        log_folder: Path,
        *,
        log_cap: int = 0,
        disk_reserve: float = 0,
        given: Mapping[str, str] = MappingProxyType({}),
        trouble: Callable[[Trouble | None], None] = lambda _: None,
    ) -> None:
        hear_of_ends()
        refuse_unknown()
        launcher = Launcher(given)
        folder = log_folder.absolute() / JOURNALS
        settings = Settings(
            journals=os.fsencode(folder),
            boot=current_boot(),
            environment=launcher.environment,
            umask=launcher.umask,
            descriptor_limit=launcher.descriptor_limit,
            log_cap=log_cap,
            disk_reserve=disk_reserve,
        )
        asked: dict[int, Asked] = {}
        self._clock = clock
        self._kill_grace = kill_grace
        self._journals = JournalFolder(folder)
        self._children = children = Children(clock)
        self._keepers = Keepers(settings, self._journals, children, self._hear, asked, trouble)
        self._starts = Starts(clock, launcher, self._keepers, children, asked)
        self._adoption = Adoption(clock, self._journals, children, self._keepers.keep)

    def prepare(self) -> None:
        """Have a keeper begun, if there is none."""
        self._keepers.prepare()

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Started | Lost | NeverStarted:
        """Start the command of ``claim`` in a session of its own; raises CannotStart."""
        self._journals.need(claim.run_id)
        started = await self._starts.begin(claim, waits, unwanted)
        if isinstance(started, NeverStarted):
            self._journals.recorded([claim.run_id])
        return started

    async def watch(
        self,
        handle: str,
        tell: Callable[[Started | Waits], None] = lambda _: None,  # noqa: ARG002  it has begun
    ) -> Ended | Lost:
        """Wait for the end of a child that was started or adopted."""
        child = self._children.get(handle)
        if child is None:
            raise LookupError(handle)
        end = await child.ended
        if isinstance(end, Ended) and not child.is_stopping:
            if end.signal in _MEANT_FOR_ALL:
                await child.tree.end(grace=None)  # whoever killed its first process meant the run
            elif child.orphans:
                end = replace(end, left=await left_behind(child))
        self._children.forget(handle)
        if isinstance(end, Ended) and end.exit_code in COULD_NOT_EXECUTE:
            return await _explained(end, child.claim)
        return end

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        """TERM, grace and KILL to the whole tree, or KILL at once; None if it had ended."""
        child = self._children.get(handle)
        if child is None or child.has_ended:
            return None
        child.is_stopping = True
        stopped = await child.tree.end(None if force else self._kill_grace)
        if child.heir is None:
            return stopped
        # The sessions of which it is known whose they are.
        others = self._children.pids() | self._keepers.pids | {os.getsid(0)}
        began = child.identity.began
        left = await asyncio.to_thread(strangers, child.heir, MARK_VARIABLE, began, others)
        return replace(stopped, strangers=left)

    async def adopt(self, run: OpenRun) -> Adopted:
        """Find the process again, or how it ended, or say what is known of that."""
        return await self._adoption.adopt(run)

    async def finish_log(self, run_id: int, log: Path, text: str) -> None:
        """Add a line of ours to a log, after all that has come through the pipe of the run."""
        if text:
            await self._keepers.note(run_id, log, text)

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Let the keeper forget these runs, and remove the journals of older ones."""
        if self._keepers.current is not None:
            self._keepers.current.tell("recorded", list(run_ids))
        self._journals.recorded(run_ids)
        self._journals.tidy()

    async def let_go(self) -> None:
        """Ask what was not begun, and forget all children; they go on."""
        await self._keepers.let_go()
        await self._children.let_go()
        self._journals.tidy()

    def _hear(self, message: Message) -> None:
        """Take in what the keeper tells."""
        match message:
            case ("began", run_id, pid, start, _):
                self._starts.began(run_id, pid, start)
            case ("no" | "wait", run_id, *_):
                self._starts.refused(run_id)
            case ("ended", run_id, status, moment, cpu, memory, losses, size, orphans):
                usage = Usage(timedelta(seconds=cpu), memory)
                note = _lost(losses) if losses else ""
                end = ended(status, self._clock.at(moment), usage, note, size)
                self._children.finish(run_id, end, orphans)
            case ("taken", run_id):
                self._children.taken(run_id)
            case ("drained", run_id, _):
                self._keepers.drained(run_id)
                self._starts.make_room()


def _lost(losses: dict[str, int]) -> str:
    return "; ".join(
        f"{size_text(size)} of its output not kept: {why}" for why, size in losses.items()
    )


async def _explained(end: Ended, claim: Claim | None) -> Ended:
    """Add why nothing could be executed, where that can be told."""
    if claim is None:
        return end
    hint = ""
    with suppress(TimeoutError):
        hint = await in_time(lambda: carriage_return_hint(claim), _PATIENCE)
    return replace(end, note="; ".join(filter(None, (end.note, hint))))
