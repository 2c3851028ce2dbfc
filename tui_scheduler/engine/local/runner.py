"""Runs as processes of this machine, which a keeper of their own starts and sees to the end."""

import asyncio
import errno
import logging
import os
import resource
import signal
import stat
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui_scheduler.engine.local import wrapped
from tui_scheduler.engine.local.exit_watch import exit_of, peek, reap
from tui_scheduler.engine.local.identity import Identity, current_boot
from tui_scheduler.engine.local.journals import (
    Journal,
    Trace,
    Usage,
    ended,
    read_journal,
    trace_of,
)
from tui_scheduler.engine.local.keeper import JOURNAL_SUFFIX, Message, Settings, adopt_orphans
from tui_scheduler.engine.local.keeping import KeeperDied, Keeping
from tui_scheduler.engine.local.launch import MARK_VARIABLE, Launch, Launcher, mark_of
from tui_scheduler.engine.local.orphans import Orphans, hear_of_ends, unnamed_zombie
from tui_scheduler.engine.local.process_tree import Mark, ProcessTree, marked, strangers
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
from tui_scheduler.sizes import size_text

JOURNALS = "keepers"
"""The folder of the keepers' journals, in the folder of the logs."""

_PER_RUN = 3  # descriptors that a keeper needs for each run
_SPARE = 64  # descriptors that we, and the keeper, need for ourselves
_FIRST_PAUSE = 0.1  # seconds until what cannot be begun is tried again
_LONGEST_PAUSE = 10.0
_MOST_DEATHS = 2
_FIRST_LOOK = 0.01  # seconds until the journal of an older keeper is read again
_LONGEST_LOOK = 0.5
_LOOKS = 5  # for a run that was begun a moment before its keeper died
_BETWEEN_LOOKS = 0.05  # seconds
_FRESH = 0.05  # seconds for which one look at all journals serves everybody
_LAST_WORDS = 2.0  # seconds that a keeper that is being begun may still take when we leave
_PATIENCE = 10.0  # seconds that a keeper has to say how a run ended that is gone
_MEANT_FOR_ALL = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
_DIED_TWICE = "The process that starts the runs died each time that it was to begin this one"
_BEGUN_AND_GONE = (
    "The process that starts the runs was killed while it began this one; it is not known what"
    " became of it"
)
_NO_WORD = "Nobody has written down that it began, nor how it ended"
_KEEPER_KILLED = (
    "It outlived the scheduler and the process that kept it, and nobody saw how it ended"
)
_KEEPER_SILENT = "It has ended, and the process that kept it did not say how"
_MAY_BE_MISSING = (
    "The process that kept this output was killed: the last of what it had read may be missing"
)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Starting:
    """A run that the keeper was asked to begin, and our end of its pipe."""

    claim: Claim
    pipe: int
    keeper: Keeping


class _KeeperDied(Exception):
    """A keeper died before it began this run; perhaps because of this one."""

    def __init__(self, *, is_suspect: bool) -> None:
        super().__init__()
        self.is_suspect = is_suspect


@dataclass(frozen=True, slots=True)
class _Estate:
    """What a dead keeper had written down, and which run it was to begin when it died."""

    journals: list[Journal]
    suspect: int | None


@dataclass(slots=True)
class _Child:
    """A process that runs, or ended a moment ago; ``keeper`` is who will tell of its end.

    ``heir`` is who becomes the parent of what it leaves behind, if that is known.
    """

    run_id: int
    identity: Identity
    log: Path
    mark: Mark
    keeper: Keeping | None
    heir: int | None
    is_stopping: bool = False
    ended: "asyncio.Future[Ended | Lost]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def tree(self) -> ProcessTree:
        return ProcessTree(self.identity.pid, self.mark)

    def finish(self, end: Ended | Lost) -> None:
        """Tell whoever watches it, once."""
        if not self.ended.done():
            self.ended.set_result(end)


class LocalRunner:
    """Runs are processes on this machine; they outlive us.

    Their logs in ``log_folder`` have ``log_cap`` bytes at most, and leave ``disk_reserve`` percent
    of the disk alone; 0 is no limit. ``trouble`` is told when runs cannot be kept as they should,
    and the empty text when they can again.
    """

    def __init__(
        self,
        clock: Clock,
        kill_grace: timedelta,
        log_folder: Path,
        *,
        log_cap: int = 0,
        disk_reserve: float = 0,
        trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        hear_of_ends()
        self._clock = clock
        self._kill_grace = kill_grace
        self._journals = log_folder.absolute() / JOURNALS
        self._trouble = trouble
        self._launcher = Launcher()
        self._settings = Settings(
            journals=os.fsencode(self._journals),
            boot=current_boot(),
            environment=self._launcher.environment,
            umask=self._launcher.umask,
            descriptor_limit=self._launcher.descriptor_limit,
            log_cap=log_cap,
            disk_reserve=disk_reserve,
        )
        self._beginning: asyncio.Task[Keeping] | None = None
        self._keeper: Keeping | None = None
        self._starting: dict[int, _Starting] = {}
        self._children: dict[str, _Child] = {}
        self._pipes: dict[int, tuple[int, Path]] = {}
        self._older: dict[Path, set[int]] = {}
        self._wards: dict[Path, list[tuple[_Child, Trace]]] = {}
        self._burials: dict[Keeping, asyncio.Task[_Estate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._orphans: asyncio.Task[None] | None = None
        self._looking: asyncio.Future[list[tuple[Journal, bool]]] | None = None
        self._looked_at = 0.0
        self._room = asyncio.Event()
        self._is_leaving = False
        self._most = max((resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARE) // _PER_RUN, 1)

    def prepare(self) -> None:
        """Have a keeper begun, if there is none."""
        if self._is_leaving:
            return
        if self._orphans is None:
            self._orphans = self._spawn(Orphans(self._known_children).reap())
        if self._beginning is None:
            self._beginning = asyncio.create_task(self._begin_keeper())

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Started | Lost | NeverStarted:
        """Start the command of ``claim`` in a session of its own; raises CannotStart."""
        launch = await self._launcher.launch(claim)
        try:
            return await self._started(claim, launch, waits, unwanted)
        finally:
            os.close(launch.folder)

    async def watch(self, handle: str) -> Ended | Lost:
        """Wait for the end of a child that was started or adopted."""
        child = self._children[handle]
        end = await child.ended
        if isinstance(end, Ended) and end.signal in _MEANT_FOR_ALL and not child.is_stopping:
            await child.tree.end(grace=None)  # whoever killed its first process meant the run
        self._children.pop(handle, None)
        return end

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        """TERM, grace and KILL to the whole tree, or KILL at once; None if it had ended."""
        child = self._children.get(handle)
        if child is None or child.ended.done():
            return None
        child.is_stopping = True
        stopped = await child.tree.end(None if force else self._kill_grace)
        if child.heir is None:
            return stopped
        others = self._sessions()
        began = child.identity.began
        left = await asyncio.to_thread(strangers, child.heir, MARK_VARIABLE, began, others)
        return replace(stopped, strangers=left)

    async def adopt(self, run: OpenRun) -> Adopted:
        """Find the process again, or how it ended, or say what is known of that."""
        if run.token is None:
            return await self._adopt_wrapped(run)
        pause = _FIRST_LOOK
        while (adopted := await self._adopted(run, run.token)) is None:
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_LOOK)
        return adopted

    async def note(self, run_id: int, log: Path, text: str) -> None:
        """Add a line of ours to a log, through the keeper if there is one."""
        with suppress(KeeperDied, TimeoutError):
            if run_id in self._pipes and not self._is_leaving:  # its output is to come first
                async with asyncio.timeout(_LAST_WORDS):
                    await self._ready()
        with suppress(KeeperDied, OSError):
            if self._keeper is not None and self._keeper.is_alive:
                await self._keeper.note(run_id, os.fsencode(RunFiles.of(log).log), text)
            else:
                await asyncio.to_thread(RunFiles.of(log).append, text)

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Let the keeper forget these runs, and remove the journals of older ones."""
        if self._keeper is not None:
            self._keeper.tell("recorded", list(run_ids))
        for path, unrecorded in tuple(self._older.items()):
            unrecorded.difference_update(run_ids)
            if not unrecorded and not Journal(path).is_kept():
                del self._older[path]
                with suppress(OSError):
                    path.unlink()

    async def let_go(self) -> None:
        """Ask what was not begun, and forget all children; they go on."""
        self._is_leaving = True
        if self._beginning is not None:
            await asyncio.wait([self._beginning], timeout=_LAST_WORDS)
            if self._keeper is not None:
                await self._keeper.leave()
            elif self._beginning is not None:
                self._beginning.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for child in self._children.values():
            child.ended.cancel()
        for pipe, _ in self._pipes.values():
            os.close(pipe)
        self._pipes.clear()

    # a run on its way to the keeper

    async def _started(
        self, claim: Claim, launch: Launch, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Started | Lost | NeverStarted:
        """Ask until the run has begun, cannot begin, or is not wanted any more."""
        pause, deaths, suspicions, told = _FIRST_PAUSE, 0, 0, ""
        while not unwanted.is_set():
            try:
                answer = await self._asked(claim, launch)
            except _KeeperDied as error:
                deaths += 1
                suspicions += error.is_suspect
                if suspicions == _MOST_DEATHS:
                    raise CannotStart(_DIED_TWICE) from error
                if deaths > 1:
                    await self._pause(_FIRST_PAUSE, unwanted)
                continue
            if not isinstance(answer, str):
                return answer
            if answer and answer != told:
                told = answer
                waits(answer)
            if answer:
                await self._pause(pause, unwanted)
                pause = min(pause * 2, _LONGEST_PAUSE)
        return NeverStarted()

    async def _asked(self, claim: Claim, launch: Launch) -> Started | Lost | str:
        """What became of asking once: a text is the reason why it is to be asked again.

        Raises CannotStart, and _KeeperDied if nothing was begun.
        """
        if len(self._pipes) + len(self._starting) >= self._most:
            return f"It waits until fewer than {self._most} runs hold their output open"
        try:
            keeper = await self._ready()
        except KeeperDied:
            raise _KeeperDied(is_suspect=False) from None
        try:
            reading, writing = os.pipe()
        except OSError as error:
            return f"It cannot begin yet: {error.strerror}"
        self._starting[claim.run_id] = starting = _Starting(claim, reading, keeper)
        try:
            answer = await keeper.start(
                claim.run_id,
                claim.token,
                launch.arguments,
                launch.variables,
                os.fsencode(claim.log_path.absolute()),
                claim.note if claim.missed else "",
                descriptors=(reading, writing, launch.folder),
            )
        except KeeperDied:
            return await self._after_death(keeper, starting)
        finally:
            os.close(writing)
        match answer:
            case ("began", _, pid, start, moment):
                return Started(str(_identity(pid, start)), self._clock.at(moment), pid)
            case ("no", _, number, text):
                raise CannotStart(_refusal(os.fsdecode(launch.arguments[0]), number, text))
            case (_, _, reason):
                return f"It cannot begin yet: {reason}" if reason else ""
        raise AssertionError(answer)

    async def _after_death(self, keeper: Keeping, starting: _Starting) -> Started | Lost:
        """What became of a run that a keeper was asked to begin when it died."""
        claim = starting.claim
        if self._is_leaving and not keeper.was_closed:  # whoever schedules next finds out
            await asyncio.get_running_loop().create_future()
        estate = _Estate([], None) if self._is_leaving else await self._burials[keeper]
        found = trace_of(estate.journals, claim.run_id, claim.token)
        self._starting.pop(claim.run_id, None)
        if found is None or found[1].was_refused:
            os.close(starting.pipe)
            raise _KeeperDied(is_suspect=estate.suspect == claim.run_id)
        journal, trace = found
        mark = _mark(claim.run_id, claim.token)
        pid = trace.pid or await self._unnamed(journal, mark)
        if pid is None:
            os.close(starting.pipe)
            return Lost(_BEGUN_AND_GONE)
        identity = _identity(pid, trace.start)
        child = self._add(claim.run_id, identity, claim.log_path, mark, None, os.getpid())
        self._keep_pipe(claim.run_id, starting.pipe, claim.log_path)
        self._see_to(child, trace, journal)
        moment = trace.start_time or self._clock.now()
        return Started(str(child.identity), moment, pid)

    async def _unnamed(self, journal: Journal, mark: Mark) -> int | None:
        """What a keeper began and had no time to name; None if it cannot be told.

        One that has ended has no mark any more, but was left to us; one that ends just now has
        neither for a moment.
        """
        traces = journal.traces.values()
        starts = [trace.start for trace in traces if trace.start != "-"]
        for _ in range(_LOOKS):
            named = {trace.pid for trace in traces if trace.pid is not None}
            named |= {child.identity.pid for child in self._children.values()}
            found = await asyncio.to_thread(marked, mark)
            found = found or unnamed_zombie(named, starts[-1] if starts else "0")
            if found is not None:
                return found
            await asyncio.sleep(_BETWEEN_LOOKS)
        return None

    async def _pause(self, seconds: float, unwanted: asyncio.Event) -> None:
        """Wait, at most until there is room for another run, or nobody wants this one."""
        self._room.clear()
        either = [asyncio.ensure_future(event.wait()) for event in (self._room, unwanted)]
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for waiting in either:
            waiting.cancel()

    # the keeper, and what it tells

    async def _ready(self) -> Keeping:
        self.prepare()
        if self._beginning is None:
            raise KeeperDied
        beginning = self._beginning
        try:
            return await asyncio.shield(beginning)
        except asyncio.CancelledError:
            if beginning.cancelled():  # we leave, and never had one
                raise KeeperDied from None
            raise

    async def _begin_keeper(self) -> Keeping:
        with suppress(OSError):  # where nobody can, a keeper's death loses the ends of its runs
            await asyncio.to_thread(adopt_orphans)
        pause = _FIRST_PAUSE
        while True:
            try:
                self._keeper = await Keeping.begin(self._settings, self._hear, self._mourn)
                break
            except OSError as error:
                _log.warning("no keeper can be started: %s", error)
                self._trouble(f"Nothing can be run: {error.strerror}")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        for run_id, (pipe, log) in self._pipes.items():
            self._hand_over(run_id, pipe, log)
        return self._keeper

    def _mourn(self, keeper: Keeping) -> None:
        """The channel to a keeper is closed."""
        self._beginning = self._keeper = None
        if self._is_leaving:
            return
        _log.warning("the keeper %d has died", keeper.pid)
        if keeper.is_hung:
            self._trouble("The process that keeps the runs did not answer and was replaced")
        self._burials[keeper] = burial = asyncio.create_task(self._bury(keeper))
        burial.add_done_callback(lambda _: self._burials.pop(keeper, None))

    async def _bury(self, keeper: Keeping) -> _Estate:
        """See to the runs of a keeper that died; returns what it left."""
        await keeper.buried()
        look = await asyncio.to_thread(_look, self._journals)  # it may not have told of the last
        journals = [journal for journal, _ in look if journal.keeper_pid() == keeper.pid]
        for journal in journals:
            self._older[journal.path] = {trace.run_id for trace in journal.traces.values()}
        for child in tuple(self._children.values()):
            if child.keeper is keeper and not child.ended.done():
                child.keeper, child.heir = None, os.getpid()
                found = trace_of(journals, child.run_id, child.mark.value.partition("-")[2])
                self._see_to(child, *(found[::-1] if found else (None, None)))
        if self._pipes:
            self.prepare()
        claims = [each.claim for each in self._starting.values() if each.keeper is keeper]
        not_begun = (c.run_id for c in claims if not trace_of(journals, c.run_id, c.token))
        return _Estate(journals, next(not_begun, None))  # it takes them in the order of asking

    def _see_to(self, child: _Child, trace: Trace | None, journal: Journal | None) -> None:
        """Find out how a child ends whose keeper died, and which is ours now."""
        end = None if trace is None else trace.ended()
        if end is not None:
            child.finish(end)
        else:
            self._spawn(self._watch_orphan(child, journal))

    async def _watch_orphan(self, child: _Child, journal: Journal | None) -> None:
        await exit_of(child.identity)
        end = await self._end_seen(child.run_id, child.identity, journal)
        child.finish(end or Lost(_KEEPER_KILLED))

    async def _end_seen(
        self, run_id: int, identity: Identity, journal: Journal | None
    ) -> Ended | None:
        """How a process ended whose keeper will not say it; None if nobody knows.

        ``journal`` is where that is written down, unless its keeper may write too.
        """
        status = peek(identity)
        if status is None:
            return None
        moment = datetime.now(UTC)
        if journal is not None:  # before it is reaped: we may be the next to be killed
            with suppress(OSError):
                await asyncio.to_thread(journal.write_end, run_id, status, moment)
        usage = reap(identity.pid)
        return ended(status, self._clock.at(moment.timestamp()), usage)

    def _hear(self, message: Message) -> None:
        match message:
            case ("began", run_id, pid, start, _):
                starting = self._starting.pop(run_id)
                claim = starting.claim
                mark = _mark(run_id, claim.token)
                identity, keeper = _identity(pid, start), self._keeper
                heir = None if keeper is None else keeper.pid
                self._add(run_id, identity, claim.log_path, mark, keeper, heir)
                self._pipes[run_id] = starting.pipe, claim.log_path
            case ("no" | "wait", run_id, *_):
                os.close(self._starting.pop(run_id).pipe)
            case ("ended", run_id, status, moment, cpu, memory, losses):
                child = next(c for c in self._children.values() if c.run_id == run_id)
                usage = Usage(timedelta(seconds=cpu), memory)
                child.finish(ended(status, self._clock.at(moment), usage, _lost(losses)))
            case ("drained", run_id, _):
                if run_id in self._pipes:
                    os.close(self._pipes.pop(run_id)[0])
                self._room.set()

    def _keep_pipe(self, run_id: int, pipe: int, log: Path) -> None:
        """Hold a pipe whose keeper is gone, and have its output kept."""
        self._pipes[run_id] = pipe, log
        if self._keeper is not None and self._keeper.is_alive:
            self._hand_over(run_id, pipe, log)
        else:
            self.prepare()

    def _hand_over(self, run_id: int, pipe: int, log: Path) -> None:
        assert self._keeper is not None
        self._keeper.tell(
            "take", run_id, os.fsencode(log.absolute()), _MAY_BE_MISSING, descriptors=[pipe]
        )

    # runs that an earlier scheduler left

    async def _adopted(self, run: OpenRun, token: str) -> Adopted | None:
        """What has become of ``run``; None while a keeper that lives has yet to say it."""
        look = await self._look()
        journals = [journal for journal, _ in look]
        found = trace_of(journals, run.run_id, token)
        if found is None:
            ours = () if self._keeper is None else self._keeper.journals
            others = [(each, kept) for each, kept in look if each.path not in ours]
            if any(is_kept and not journal.is_closed for journal, is_kept in others):
                return None
            return NeverStarted() if run.handle is None else Lost(_NO_WORD)
        journal, trace = found
        self._older.setdefault(journal.path, set()).add(run.run_id)
        is_kept = next(kept for each, kept in look if each is journal)
        return await self._traced(run, journal, trace, is_kept=is_kept)

    async def _traced(
        self, run: OpenRun, journal: Journal, trace: Trace, *, is_kept: bool
    ) -> Adopted | None:
        """What has become of a run of which ``journal`` knows."""
        if (end := trace.ended()) is not None:
            return replace(end, start_time=run.start_time or trace.start_time)
        if trace.was_refused:
            return NeverStarted()
        mark = _mark(run.run_id, trace.token)
        pid = trace.pid
        if pid is None:
            pid = None if is_kept else await asyncio.to_thread(marked, mark)
            if pid is None:
                return None if is_kept else Lost(_BEGUN_AND_GONE)
        identity = Identity(pid, trace.start, journal.boot)
        if not is_kept and not identity.is_running():
            end = await self._end_seen(run.run_id, identity, journal)
            return end or Lost(_loss(identity))
        heir = journal.keeper_pid() if is_kept else None
        child = self._add(run.run_id, identity, run.log_path, mark, None, heir)
        self._spawn(self._watch_adopted(child, journal.path, trace.token))
        if is_kept:
            self._follow(journal, child, trace)
        elif (pipe := _reopened(trace)) is not None:
            self._keep_pipe(run.run_id, pipe, run.log_path)
        return Started(str(identity), run.start_time or trace.start_time or self._clock.now(), pid)

    def _follow(self, journal: Journal, child: _Child, trace: Trace) -> None:
        if journal.path not in self._wards:
            self._wards[journal.path] = []
            self._spawn(self._take_in(journal))
        self._wards[journal.path].append((child, trace))

    async def _take_in(self, journal: Journal) -> None:
        """Hold the pipes of the runs of an older keeper as soon as it is dead."""
        with suppress(ProcessLookupError):
            await exit_of(Identity.of(journal.keeper_pid() or 0))
        for child, trace in self._wards.pop(journal.path):
            child.heir = None
            if not child.ended.done() and (pipe := _reopened(trace)) is not None:
                self._keep_pipe(child.run_id, pipe, child.log)

    async def _watch_adopted(self, child: _Child, journal: Path, token: str) -> None:
        """Wait for the end of a process that is nobody's we know, and for its keeper's word."""
        await exit_of(child.identity)
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + _PATIENCE, _FIRST_LOOK
        while True:
            is_kept = Journal(journal).is_kept()
            [*journals] = await asyncio.to_thread(_read, [journal])
            found = trace_of(journals, child.run_id, token)
            end = None if found is None else found[1].ended()
            if end is not None:
                child.finish(end)
                return
            if not is_kept:
                seen = await self._end_seen(child.run_id, child.identity, found and found[0])
                child.finish(seen or Lost(_loss(child.identity)))
                return
            if loop.time() > deadline:
                seen = await self._end_seen(child.run_id, child.identity, None)
                child.finish(seen or Lost(_KEEPER_SILENT))
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_LOOK)

    async def _look(self) -> list[tuple[Journal, bool]]:
        """All journals, each with whether its keeper lived before it was read."""
        now = asyncio.get_running_loop().time()
        if self._looking is None or now - self._looked_at > _FRESH:
            self._looked_at = now
            self._looking = asyncio.ensure_future(asyncio.to_thread(_look, self._journals))
        return await asyncio.shield(self._looking)

    async def _adopt_wrapped(self, run: OpenRun) -> Adopted:
        adopted = await wrapped.adopt(run)
        if isinstance(adopted, Started):
            files = RunFiles.of(run.log_path)
            identity = Identity.parse(adopted.handle)
            mark = wrapped.mark_of(files)
            child = self._add(run.run_id, identity, run.log_path, mark, None, None)
            self._spawn(_watch_wrapped(child, files))
        return adopted

    # all of them

    def _add(
        self,
        run_id: int,
        identity: Identity,
        log: Path,
        mark: Mark,
        keeper: Keeping | None,
        heir: int | None,
    ) -> _Child:
        child = _Child(run_id, identity, log, mark, keeper, heir)
        self._children[str(identity)] = child
        return child

    def _known_children(self) -> set[int] | None:
        """Whom somebody waits for; None while it is found out what a keeper has left to us."""
        if self._burials:
            return None
        return self._keepers() | {child.identity.pid for child in self._children.values()}

    def _sessions(self) -> set[int]:
        """The sessions of which it is known whose they are."""
        runs = {child.identity.pid for child in self._children.values()}
        return runs | self._keepers() | {os.getsid(0)}

    def _keepers(self) -> set[int]:
        return set() if self._keeper is None else {self._keeper.pid}

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _watch_wrapped(child: _Child, files: RunFiles) -> None:
    await exit_of(child.identity)
    child.finish(wrapped.end_of(files) or wrapped.loss())


def _read(paths: Sequence[Path]) -> list[Journal]:
    journals = []
    for path in paths:
        with suppress(OSError):
            journals.append(read_journal(path))
    return journals


def _look(folder: Path) -> list[tuple[Journal, bool]]:
    """In this order: what a keeper that is gone had to say stands there for good."""
    look = []
    with suppress(OSError):
        for path in sorted(folder.glob(f"*{JOURNAL_SUFFIX}")):
            is_kept = Journal(path).is_kept()
            look += [(journal, is_kept) for journal in _read([path])]
    return look


def _reopened(trace: Trace) -> int | None:
    """The reading end of the pipe that a run writes to, whose keeper and scheduler are gone."""
    for number in (1, 2):
        with suppress(OSError):
            path = f"/proc/{trace.pid}/fd/{number}"
            status = os.stat(path)  # noqa: PTH116  the pipe behind it, by its number
            if stat.S_ISFIFO(status.st_mode) and status.st_ino == trace.pipe:
                return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    return None


def _identity(pid: int, start: str) -> Identity:
    """Who the child is; where the keeper cannot tell when it began, whoever has its pid."""
    if start == "-":
        with suppress(ProcessLookupError):
            return Identity.of(pid)
    return Identity(pid, start, current_boot())


def _mark(run_id: int, token: str) -> Mark:
    return Mark(MARK_VARIABLE, mark_of(run_id, token))


def _lost(losses: dict[str, int]) -> str:
    return "; ".join(
        f"{size_text(size)} of its output not kept: {why}" for why, size in losses.items()
    )


def _refusal(shell: str, number: int, text: str) -> str:
    if number == errno.ENOENT:
        return f"There is no {shell} to run it with"
    if number:
        return f"The system could not start it: {os.strerror(number)}"
    return f"Its command or its variables cannot be given to a process: {text}"


def _loss(identity: Identity) -> str:
    if identity.boot != current_boot():
        return "The machine was restarted while it ran"
    return _KEEPER_KILLED
