"""Runs as processes of this machine, which a keeper of their own starts and sees to the end."""

import asyncio
import errno
import logging
import os
import resource
import signal
import stat
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from tui_scheduler.engine.local import wrapped
from tui_scheduler.engine.local.exit_watch import exit_of, peek, reap
from tui_scheduler.engine.local.identity import Identity, current_boot
from tui_scheduler.engine.local.journals import (
    CannotLook,
    Journal,
    Trace,
    Usage,
    ended,
    is_passing,
    read_journals,
    trace_of,
)
from tui_scheduler.engine.local.keeper import JOURNAL_SUFFIX, Message, Settings, adopt_orphans
from tui_scheduler.engine.local.keeping import KEEPER_NAME, KeeperDied, Keeping
from tui_scheduler.engine.local.launch import MARK_VARIABLE, Launcher, mark_of
from tui_scheduler.engine.local.orphans import Orphans, first_of_run, hear_of_ends, uptime
from tui_scheduler.engine.local.process_tree import Mark, ProcessTree, marked, strangers
from tui_scheduler.engine.runner import (
    Adopted,
    CannotStart,
    Ended,
    Lost,
    NeverStarted,
    OutOfSight,
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
_TOLD_FOR = 60.0  # seconds from when a trouble was last seen
_FIRST_LOOK = 0.01  # seconds until the journal of an older keeper is read again
_LONGEST_LOOK = 0.5
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
_NOBODY_READ = (
    "It outlived the scheduler and the process that kept it, and ended when it had something to"
    " say that nobody read"
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
    asked_at: float = field(default_factory=uptime)


@dataclass(slots=True)
class _Child:
    """A process that runs, or ended a moment ago; ``keeper`` is who will tell of its end.

    ``heir`` is who becomes the parent of what it leaves behind, if that is known. ``is_read``: its
    pipe was opened anew, and its log says so.
    """

    run_id: int
    identity: Identity
    log: Path
    mark: Mark
    keeper: Keeping | None
    heir: int | None
    is_stopping: bool = False
    is_read: bool = False
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
        self._inherited: list[Path] | None = None
        self._older: dict[Path, set[int]] = {}
        self._wards: dict[Path, list[tuple[_Child, Trace]]] = {}
        self._unrecorded: set[int] = set()
        self._burials: WeakKeyDictionary[Keeping, asyncio.Task[list[Journal]]]
        self._burials = WeakKeyDictionary()
        self._adopts_orphans = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._orphans: asyncio.Task[None] | None = None
        self._looking: asyncio.Future[list[tuple[Journal, bool]]] | None = None
        self._looked_at = 0.0
        self._forgetting: asyncio.TimerHandle | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()
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
        self._unrecorded.add(claim.run_id)
        started = await self._started(claim, waits, unwanted)
        if isinstance(started, NeverStarted):
            self._unrecorded.discard(claim.run_id)
        return started

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
        if run.elsewhere is not None:
            self._unrecorded.add(run.run_id)  # its journal is not ours to remove
            return OutOfSight(run.elsewhere)
        if run.token is None:
            return await self._adopt_wrapped(run)
        self._unrecorded.add(run.run_id)
        pause = _FIRST_LOOK
        adopted = None
        while adopted is None:
            with suppress(CannotLook):
                adopted = await self._adopted(run, run.token)
            if adopted is None:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_LOOK)
        if isinstance(adopted, NeverStarted):
            self._unrecorded.discard(run.run_id)
        return adopted

    async def note(self, run_id: int, log: Path, text: str) -> None:
        """Add a line of ours to a log, after all that has come through the pipe of the run."""
        if self._keeper is None and run_id in self._pipes:
            with suppress(KeeperDied, TimeoutError):
                async with asyncio.timeout(_LAST_WORDS):
                    await self._ready()
        with suppress(KeeperDied, OSError):
            if self._keeper is not None and self._keeper.is_alive:
                await self._keeper.note(run_id, os.fsencode(log), text)
            else:
                await asyncio.to_thread(RunFiles.of(log).append, text)

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Let the keeper forget these runs, and remove the journals of older ones."""
        if self._keeper is not None:
            self._keeper.tell("recorded", list(run_ids))
        self._unrecorded.difference_update(run_ids)
        self._tidy()

    async def let_go(self) -> None:
        """Ask what was not begun, and forget all children; they go on."""
        self._is_leaving = True
        if self._beginning is not None:
            await asyncio.wait([self._beginning], timeout=_LAST_WORDS)
            if self._keeper is not None:
                await self._keeper.leave()
            elif self._beginning is not None:
                self._beginning.cancel()
        if self._forgetting is not None:
            self._forgetting.cancel()
        tasks = [*self._tasks, *self._burials.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for child in self._children.values():
            child.ended.cancel()
        for pipe, _ in self._pipes.values():
            os.close(pipe)
        self._pipes.clear()
        self._tidy()

    # a run on its way to the keeper

    async def _started(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Started | Lost | NeverStarted:
        """Ask until the run has begun, cannot begin, or is not wanted any more."""
        pause, deaths, told = _FIRST_PAUSE, 0, ""
        while not unwanted.is_set():
            try:
                answer = await self._asked(claim)
            except KeeperDied as error:
                deaths += error.was_next
                if deaths == _MOST_DEATHS:
                    raise CannotStart(_DIED_TWICE) from error
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

    async def _asked(self, claim: Claim) -> Started | Lost | str:
        """What became of asking once: a text is the reason why it is to be asked again.

        Raises CannotStart, and KeeperDied if nothing was begun.
        """
        keeper = await self._ready()
        if self._is_full():
            return f"It waits until fewer than {self._most} runs hold their output open"
        try:
            reading, writing = os.pipe()
        except OSError as error:
            return f"It cannot begin yet: {error.strerror}"
        self._starting[claim.run_id] = starting = _Starting(claim, reading)
        try:
            return await self._sent(keeper, starting, writing)
        except CannotStart as error:
            self._forget(claim.run_id)
            if is_passing(error.__cause__):
                return f"It cannot begin yet: {error}"
            raise
        finally:
            os.close(writing)

    async def _sent(
        self, keeper: Keeping, starting: _Starting, writing: int
    ) -> Started | Lost | str:
        """Hand a run to the keeper; what became of that."""
        claim = starting.claim
        launch = await self._launcher.launch(claim)
        try:
            answer = await keeper.start(
                claim.run_id,
                claim.token,
                launch.arguments,
                launch.variables,
                os.fsencode(claim.log_path.absolute()),
                claim.note if claim.missed else "",
                descriptors=(starting.pipe, writing, launch.folder),
            )
        except KeeperDied as death:
            return await self._after_death(keeper, starting, death)
        finally:
            os.close(launch.folder)
        match answer:
            case ("began", _, pid, start, moment):
                return Started(str(_identity(pid, start)), self._clock.at(moment), pid)
            case ("no", _, number, text):
                raise CannotStart(_refusal(os.fsdecode(launch.arguments[0]), number, text))
            case (_, _, reason):
                return f"It cannot begin yet: {reason}" if reason else ""
        raise AssertionError(answer)

    def _is_full(self) -> bool:
        """Whether one more run could leave too few descriptors here, or in the keeper."""
        watched = sum(child.keeper is None for child in self._watched())
        return len(self._pipes) + len(self._starting) + watched >= self._most

    def _watched(self) -> list[_Child]:
        return [child for child in self._children.values() if not child.ended.done()]

    def _forget(self, run_id: int) -> None:
        """A run has not begun, for now or for good."""
        starting = self._starting.pop(run_id, None)
        if starting is not None:
            os.close(starting.pipe)
            self._make_room()

    async def _after_death(
        self, keeper: Keeping, starting: _Starting, death: KeeperDied
    ) -> Started | Lost:
        """What became of a run that a keeper was asked to begin when it died."""
        claim = starting.claim
        if self._is_leaving and not keeper.was_closed:  # whoever schedules next finds out
            await asyncio.get_running_loop().create_future()
        journals = [] if self._is_leaving else await self._burials[keeper]
        found = trace_of(journals, claim.run_id, claim.token)
        if found is None or found[1].was_refused:
            self._forget(claim.run_id)
            raise death
        journal, trace = found
        if trace.pid is None:
            self._forget(claim.run_id)
            return Lost(_BEGUN_AND_GONE)
        del self._starting[claim.run_id]
        mark = _mark(claim.run_id, claim.token)
        identity = _identity(trace.pid, trace.start)
        child = self._add(claim.run_id, identity, claim.log_path, mark, None, os.getpid())
        self._keep_pipe(claim.run_id, starting.pipe, claim.log_path)
        self._see_to(child, trace, journal)
        moment = trace.start_time or self._clock.now()
        return Started(str(child.identity), moment, trace.pid)

    async def _pause(self, seconds: float, unwanted: asyncio.Event) -> None:
        """Wait, at most until there is room for this run, or nobody wants it."""
        room = asyncio.get_running_loop().create_future()
        self._waiting.append(room)
        stop = asyncio.create_task(unwanted.wait())
        try:
            await asyncio.wait([room, stop], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            if room in self._waiting:
                self._waiting.remove(room)

    def _make_room(self) -> None:
        """There is room for one more: it is for whoever has waited longest."""
        if self._waiting:
            self._waiting.popleft().set_result(None)

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
        pause, is_late = _FIRST_PAUSE, False
        while True:
            try:
                await self._clear_the_way()
                self._keeper = await Keeping.begin(self._settings, self._hear, self._mourn)
                break
            except Exception as error:  # whatever it is, nothing can run without one
                _log.warning("no keeper can be started", exc_info=error)
                self._tell_trouble(f"Nothing can be run: {getattr(error, 'strerror', error)}")
                is_late = True
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        if is_late:
            self._tell_trouble("")
        for run_id, (pipe, log) in self._pipes.items():
            self._hand_over(run_id, pipe, log)
        return self._keeper

    async def _clear_the_way(self) -> None:
        """Do what has to be done before a keeper begins."""
        if not self._adopts_orphans:
            with suppress(OSError):  # where nobody can, a keeper's death loses its runs' ends
                await asyncio.to_thread(adopt_orphans)
                self._adopts_orphans = True
        await self._look()  # what is there now is not ours
        self._tidy()
        if burials := self._open_burials():  # its children are not to be mistaken for those
            await asyncio.wait(burials)

    def _mourn(self, keeper: Keeping) -> None:
        """The channel to a keeper is closed."""
        self._beginning = self._keeper = None
        if self._is_leaving:
            return
        _log.warning("the keeper %d has died", keeper.pid)
        if keeper.is_hung:
            self._tell_trouble("The process that keeps the runs did not answer and was replaced")
        self._burials[keeper] = asyncio.create_task(self._bury(keeper))

    def _tell_trouble(self, text: str) -> None:
        """Tell ``text`` until there is another one to tell, or for a minute."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = asyncio.get_running_loop().call_later(_TOLD_FOR, self._trouble, "")
        self._trouble(text)

    async def _bury(self, keeper: Keeping) -> list[Journal]:
        """See to the runs of a keeper that died; returns what it had written down."""
        are_ours = await keeper.buried() and self._adopts_orphans
        journals = None
        while journals is None:
            try:
                journals = await asyncio.to_thread(self._last_words, keeper.pid, are_ours)
            except (CannotLook, OSError, RuntimeError) as error:
                _log.warning("what the keeper %d had begun is not known yet: %s", keeper.pid, error)
                await asyncio.sleep(_FIRST_PAUSE)
        for journal in journals:
            self._older[journal.path] = journal.run_ids
        for child in tuple(self._children.values()):
            if child.keeper is keeper and not child.ended.done():
                child.keeper, child.heir = None, os.getpid()
                found = trace_of(journals, child.run_id, child.mark.value.partition("-")[2])
                self._see_to(child, *(found[::-1] if found else (None, None)))
        if self._pipes:
            self.prepare()
        return journals

    def _last_words(self, keeper: int, are_ours: bool) -> list[Journal]:
        """What a keeper has written, and would have written next if its children are ours.

        For a thread.
        """
        journals = read_journals(self._journals.glob(f"*-{keeper}{JOURNAL_SUFFIX}"))
        for journal in journals if are_ours else ():
            for trace in journal.traces.values():
                if trace.is_unknown:
                    self._find_out(trace, journal, keeper)
        return journals

    def _find_out(self, trace: Trace, journal: Journal, keeper: int) -> None:
        """Write down whether a run was begun, and as whom. If two could be it, nobody knows."""
        starting = self._starting.get(trace.run_id)
        if starting is None:  # nobody waits for it any more
            return
        mark = _mark(trace.run_id, trace.token)
        others = {keeper, *(each.pid for each in journal.traces.values() if each.pid is not None)}
        match first_of_run(mark, others, KEEPER_NAME.encode(), starting.asked_at):
            case []:
                trace.was_refused = True
                with suppress(FileNotFoundError):
                    journal.add("no", trace.run_id)
            case [pid]:
                trace.pid, trace.start = pid, Identity.of(pid).began
                trace.start_time = datetime.now(UTC)
                trace.pipe = os.fstat(starting.pipe).st_ino
                moment = f"{trace.start_time.timestamp():.6f}"
                with suppress(FileNotFoundError):
                    journal.add("pid", trace.run_id, pid, trace.start, moment, trace.pipe)

    def _open_burials(self) -> list[asyncio.Task[list[Journal]]]:
        return [burial for burial in self._burials.values() if not burial.done()]

    def _tidy(self) -> None:
        """Remove the journals of keepers that are gone whose runs have all been recorded."""
        for path, run_ids in tuple(self._older.items()):
            with suppress(CannotLook, OSError):
                if run_ids.isdisjoint(self._unrecorded) and not Journal(path).is_kept():
                    del self._older[path]
                    path.unlink()

    def _see_to(self, child: _Child, trace: Trace | None, journal: Journal | None) -> None:
        """Find out how a child ends whose keeper died, and which is ours now."""
        end = None if trace is None else trace.ended()
        if end is not None:
            if child.identity.is_present():  # the keeper had no time to reap it
                usage = reap(child.identity.pid)
                end = end if usage is None else replace(end, **_used(usage))
            child.finish(end)
        else:
            self._spawn(self._watch_orphan(child, journal))

    async def _watch_orphan(self, child: _Child, journal: Journal | None) -> None:
        number, identity = child.run_id, child.identity
        try:
            await exit_of(identity)
        except asyncio.CancelledError:  # we leave, and nobody else could tell how it has ended
            if (end := _waited_for(number, identity, journal)) is not None:
                self._finish(child, end)
            raise
        end = await asyncio.to_thread(_waited_for, number, identity, journal)
        self._finish(child, end or Lost(_KEEPER_KILLED))

    def _finish(self, child: _Child, end: Ended | Lost) -> None:
        """Tell how a child whose keeper did not say it has ended, by the clock of the runner."""
        if isinstance(end, Ended):
            end = replace(end, end_time=self._clock.at(end.end_time.timestamp()))
        child.finish(end)

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
                self._forget(run_id)
            case ("ended", run_id, status, moment, cpu, memory, losses):
                usage = Usage(timedelta(seconds=cpu), memory)
                end = ended(status, self._clock.at(moment), usage, _lost(losses))
                for child in self._children.values():
                    if child.run_id == run_id:
                        child.finish(end)
            case ("drained", run_id, _):
                if run_id in self._pipes:
                    os.close(self._pipes.pop(run_id)[0])
                self._make_room()

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
            if any(is_kept and not journal.is_closed for journal, is_kept in look):
                return None
            return NeverStarted() if run.handle is None else self._by_handle(run, token)
        journal, trace = found
        is_kept = next(kept for each, kept in look if each is journal)
        return await self._traced(run, journal, trace, is_kept=is_kept)

    def _by_handle(self, run: OpenRun, token: str) -> Started | Lost:
        """What has become of a run that had begun, and whose journal is gone."""
        identity = Identity.parse(run.handle or "")
        if not identity.is_running():
            return Lost(_NO_WORD)
        mark = _mark(run.run_id, token)
        child = self._add(run.run_id, identity, run.log_path, mark, None, None)
        self._spawn(self._watch_orphan(child, None))
        return Started(str(identity), run.start_time or self._clock.now(), identity.pid)

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
            end = await asyncio.to_thread(_waited_for, run.run_id, identity, journal)
            return _of_nobody(end, _loss(identity), is_read=False)
        heir = journal.keeper_pid() if is_kept else None
        child = self._add(run.run_id, identity, run.log_path, mark, None, heir)
        self._spawn(self._watch_adopted(child, journal.path, trace.token))
        if is_kept:
            self._follow(journal, child, trace)
        elif (pipe := _reopened(trace)) is not None:
            child.is_read = True
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
                child.is_read = True
                self._keep_pipe(child.run_id, pipe, child.log)

    async def _watch_adopted(self, child: _Child, journal: Path, token: str) -> None:
        """Wait for the end of a process that is nobody's we know, and for its keeper's word."""
        await exit_of(child.identity)
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + _PATIENCE, _FIRST_LOOK
        number, identity = child.run_id, child.identity
        while not child.ended.done():
            with suppress(CannotLook):
                is_kept = Journal(journal).is_kept()
                journals = await asyncio.to_thread(read_journals, [journal])
                found = trace_of(journals, number, token)
                end = None if found is None else found[1].ended()
                if end is not None:
                    child.finish(end)
                elif not is_kept:
                    known = found and found[0]
                    end = await asyncio.to_thread(_waited_for, number, identity, known)
                    self._finish(child, _of_nobody(end, _loss(identity), is_read=child.is_read))
                elif loop.time() > deadline:  # its journal is not ours to write
                    end = await asyncio.to_thread(_waited_for, number, identity, None)
                    self._finish(child, end or Lost(_KEEPER_SILENT))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_LOOK)

    async def _look(self) -> list[tuple[Journal, bool]]:
        """All journals that we found, each with whether its keeper lived before it was read.

        Those of our own keepers are not among them: of what an earlier scheduler left, they know
        nothing. One that an older keeper makes later does not tell of anything that it began.
        """
        now = asyncio.get_running_loop().time()
        if self._looking is None or now - self._looked_at > _FRESH:
            self._looked_at = now
            self._looking = asyncio.ensure_future(self._new_look())
        return await asyncio.shield(self._looking)

    async def _new_look(self) -> list[tuple[Journal, bool]]:
        if self._inherited is None:
            self._inherited = await asyncio.to_thread(_all_journals, self._journals)
        look = await asyncio.to_thread(_look, self._inherited)
        for journal, _ in look:
            self._older[journal.path] = journal.run_ids
        return look

    async def _adopt_wrapped(self, run: OpenRun) -> Adopted:
        adopted = await wrapped.adopt(run)
        if isinstance(adopted, Started):
            files = RunFiles.of(run.log_path)
            identity = Identity.parse(adopted.handle)
            mark = wrapped.mark_of(files, identity.pid)
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
        if self._open_burials():
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


def _waited_for(run_id: int, identity: Identity, journal: Journal | None) -> Ended | None:
    """How a process has ended, which is reaped if it is a child of ours; None if nobody knows.

    Its end is written down before, unless its keeper may write too: we may be the next to be
    killed. But that nobody read what it had to say is no end of its own.
    """
    status = peek(identity)
    if status is None:
        return None
    moment = datetime.now(UTC)
    if journal is not None and status != signal.SIGPIPE:
        with suppress(OSError):
            journal.write_end(run_id, status, moment)
    return ended(status, moment, reap(identity.pid))


def _of_nobody(end: Ended | None, otherwise: str, *, is_read: bool) -> Ended | Lost:
    """What can be said of a run that nobody kept; ``otherwise`` if its end is not known."""
    if end is None:
        return Lost(otherwise)
    if end.signal == signal.SIGPIPE:
        return Lost(_NOBODY_READ)
    return end if is_read else replace(end, note=_MAY_BE_MISSING)


async def _watch_wrapped(child: _Child, files: RunFiles) -> None:
    await exit_of(child.identity)
    child.finish(wrapped.end_of(files) or wrapped.loss())


def _all_journals(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{JOURNAL_SUFFIX}"))


def _look(paths: Sequence[Path]) -> list[tuple[Journal, bool]]:
    """All of these journals, and whether they are kept; raises OSError.

    In this order: what a keeper that is gone had to say stands there for good.
    """
    look = []
    for path in paths:
        is_kept = Journal(path).is_kept()
        look += [(journal, is_kept) for journal in read_journals([path])]
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


def _used(usage: Usage) -> dict[str, Any]:
    return {"cpu_time": usage.cpu_time, "peak_memory": usage.peak_memory}


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
