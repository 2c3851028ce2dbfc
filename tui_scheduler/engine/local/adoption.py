"""Runs that an earlier scheduler left: found again by what their keepers wrote down."""

import asyncio
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tui_scheduler.engine.local import wrapped
from tui_scheduler.engine.local.children import (
    KEEPER_SILENT,
    PATIENCE,
    Child,
    Children,
    end_unkept,
    waited_for,
)
from tui_scheduler.engine.local.exit_watch import exit_of
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.journal_folder import JournalFolder
from tui_scheduler.engine.local.journals import CannotLook, Journal, Trace, read_journals, trace_of
from tui_scheduler.engine.local.launch import run_mark
from tui_scheduler.engine.local.process_tree import marked
from tui_scheduler.engine.runner import Adopted, Lost, NeverStarted, OutOfSight, Started
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.running.taken_runs import OpenRun

BEGUN_AND_GONE = (
    "The process that starts the runs was killed while it began this one; it is not known what"
    " became of it"
)
_NO_WORD = "Nobody has written down that it began, nor how it ended"
_FIRST_LOOK = 0.01  # seconds until the journal of an older keeper is read again
_LONGEST_LOOK = 0.5

KeepPipe = Callable[[int, int, Path], None]


class Adoption:
    """Makes ``children`` of the runs that an earlier scheduler left and that go on.

    ``keep_pipe`` is given the number of a run, the pipe that it writes to and nobody reads, and
    its log.
    """

    def __init__(
        self, clock: Clock, journals: JournalFolder, children: Children, keep_pipe: KeepPipe
    ) -> None:
        self._clock = clock
        self._journals = journals
        self._children = children
        self._keep_pipe = keep_pipe
        self._wards: dict[Path, list[tuple[Child, Trace]]] = {}

    async def adopt(self, run: OpenRun) -> Adopted:
        """Find the process again, or how it ended, or say what is known of that."""
        self._journals.need(run.run_id)
        if run.elsewhere is not None:  # its journal is not ours to remove
            return OutOfSight(run.elsewhere)
        if run.token is None:
            return await self._adopt_wrapped(run)
        pause = _FIRST_LOOK
        adopted = None
        while adopted is None:
            with suppress(CannotLook):
                adopted = await self._adopted(run, run.token)
            if adopted is None:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_LOOK)
        if isinstance(adopted, NeverStarted):
            self._journals.recorded([run.run_id])
        return adopted

    async def _adopted(self, run: OpenRun, token: str) -> Adopted | None:
        """Returns what has become of ``run``; None while a living keeper has yet to say it."""
        look = await self._journals.look()
        journals = [journal for journal, _ in look]
        entry = trace_of(journals, run.run_id, token)
        if entry is None:
            if any(is_kept and not journal.is_closed for journal, is_kept in look):
                return None
            return NeverStarted() if run.handle is None else self._by_handle(run, token)
        journal, trace = entry
        is_kept = next(kept for each, kept in look if each is journal)
        return await self._traced(run, journal, trace, is_kept=is_kept)

    def _by_handle(self, run: OpenRun, token: str) -> Started | Lost:
        """What has become of a run that had begun, and whose journal is gone."""
        identity = Identity.parse(run.handle or "")
        if not identity.is_running():
            return Lost(_NO_WORD)
        child = self._children.add(Child.of(run, token, identity))
        self._children.spawn(self._children.watch_unkept(child, None))
        return Started(str(identity), run.start_time or self._clock.now(), identity.pid)

    async def _traced(
        self, run: OpenRun, journal: Journal, trace: Trace, *, is_kept: bool
    ) -> Adopted | None:
        """What has become of a run of which ``journal`` knows."""
        if (end := trace.ended()) is not None:
            return replace(end, start_time=run.start_time or trace.start_time)
        if trace.was_refused:
            return NeverStarted()
        pid = trace.pid
        if pid is None:
            mark = run_mark(run.run_id, trace.token)
            pid = None if is_kept else await asyncio.to_thread(marked, mark)
            if pid is None:
                return None if is_kept else Lost(BEGUN_AND_GONE)
        identity = Identity(pid, trace.start, journal.boot)
        if not is_kept and not identity.is_running():
            child = Child.of(run, trace.token, identity, is_unread=True)
            return end_unkept(await asyncio.to_thread(waited_for, child, journal), identity)
        heir = journal.keeper_pid() if is_kept else None
        child = Child.of(run, trace.token, identity, heir=heir, is_unread=not is_kept)
        self._children.add(child)
        self._children.spawn(self._watch(child, journal.path))
        if is_kept:
            self._follow(journal, child, trace)
        else:
            self._read_anew(child, trace)
        return Started(str(identity), run.start_time or trace.start_time or self._clock.now(), pid)

    def _follow(self, journal: Journal, child: Child, trace: Trace) -> None:
        if journal.path not in self._wards:
            self._wards[journal.path] = []
            self._children.spawn(self._take_in(journal))
        self._wards[journal.path].append((child, trace))

    async def _take_in(self, journal: Journal) -> None:
        """Hold the pipes of the runs of an older keeper as soon as it is dead."""
        with suppress(ProcessLookupError):
            await exit_of(Identity.of(journal.keeper_pid() or 0))
        for child, trace in self._wards.pop(journal.path):
            child.heir, child.is_unread = None, True
            if not child.has_ended:
                self._read_anew(child, trace)

    def _read_anew(self, child: Child, trace: Trace) -> None:
        """Have the pipe of a run read on that nobody reads."""
        if (pipe := _reopened(trace)) is not None:
            self._keep_pipe(child.run_id, pipe, child.log)

    async def _watch(self, child: Child, path: Path) -> None:
        """Wait for the end of a process that another keeper began, and for what that says of it."""
        await exit_of(child.identity)
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + PATIENCE, _FIRST_LOOK
        number, identity = child.run_id, child.identity
        while not child.has_ended:
            with suppress(CannotLook):
                is_kept = Journal(path).is_kept()
                journals = await asyncio.to_thread(read_journals, [path])
                entry = trace_of(journals, number, child.token)
                end = None if entry is None else entry[1].ended()
                if end is not None:
                    child.finish(end)
                elif not is_kept:
                    child.is_unread |= child.heir is not None  # who died just now
                    known = entry and entry[0]
                    end = await asyncio.to_thread(waited_for, child, known)
                    self._children.finish_unkept(child, end_unkept(end, identity))
                elif loop.time() > deadline:  # its journal is not ours to write
                    end = await asyncio.to_thread(waited_for, child, None)
                    self._children.finish_unkept(child, end or Lost(KEEPER_SILENT))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_LOOK)

    async def _adopt_wrapped(self, run: OpenRun) -> Adopted:
        adopted = await wrapped.adopt(run)
        if isinstance(adopted, Started):
            files = RunFiles.of(run.log_path)
            identity = Identity.parse(adopted.handle)
            mark = await asyncio.to_thread(wrapped.mark_of, files, identity.pid)
            child = Child(run.run_id, identity, run.log_path, mark)
            self._children.spawn(_watch_wrapped(self._children.add(child), files))
        return adopted


async def _watch_wrapped(child: Child, files: RunFiles) -> None:
    await exit_of(child.identity)
    child.finish(wrapped.end_of(files) or wrapped.loss())


def _reopened(trace: Trace) -> int | None:
    """The reading end of the pipe that a run writes to, whose keeper and scheduler are gone."""
    for number in (1, 2):
        with suppress(OSError):
            path = f"/proc/{trace.pid}/fd/{number}"
            status = os.stat(path)  # noqa: PTH116  the pipe behind it, by its number
            if stat.S_ISFIFO(status.st_mode) and status.st_ino == trace.pipe:
                return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    return None
