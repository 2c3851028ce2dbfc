"""The runs under way: begun, submitted or adopted, watched, and their ends written down."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from signal import Signals
from typing import Any

from tui_scheduler.engine.outcomes import Cause, Inherited, Stop, ending_of
from tui_scheduler.engine.recorder import RunRecorder, Write
from tui_scheduler.engine.runner import (
    Adopted,
    Begun,
    CannotStart,
    Ended,
    Lost,
    NeverStarted,
    OutOfSight,
    Runner,
    Started,
    Stopped,
    Submitted,
    Waits,
)
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.models import KillRequest, RunStatus
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.running.dispatch import Dispatch
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.running.taken_runs import Claim, OpenRun

_STOP_PAUSE = 1.0  # seconds until a stop that failed is tried again, and twice as long each time
_LONGEST_STOP_PAUSE = 30.0
_LONG = 1.0  # seconds for a start, after which it counts as one that waits
_FLUSH = 5.0  # seconds that endings may take to be written when we leave
_ADOPTION_PAUSES = (0.5, 2.0, 8.0)  # seconds after which an adoption that failed is tried again
_LAST_ENDS = 1.0  # seconds that runs may take to end which were being stopped
_log = logging.getLogger(__name__)


class LiveRun:
    """What ``runner`` has begun or submitted; it may be told to stop, for a first cause.

    ``tell`` hears why what was submitted waits, and that it has begun. Its ``timeout`` counts from
    then.
    """

    def __init__(
        self,
        run: Claim | OpenRun,
        begun: Begun,
        runner: Runner,
        clock: Clock,
        tell: Callable[[Started | Waits], None],
        inherited: Inherited | None = None,
    ) -> None:
        self._run_id = run.run_id
        self._timeout = run.timeout
        self._begun = begun
        self._inherited = inherited
        self._runner = runner
        self._clock = clock
        self._tell = tell
        self._timer: asyncio.TimerHandle | None = None
        self._cause: Cause | None = None
        self._gone = asyncio.Event()
        self._stops: dict[bool, asyncio.Task[Stopped | None]] = {}

    def stop(self, cause: Cause, *, force: bool = False) -> None:
        """Begin to end the whole tree; asking again does nothing, unless for force now."""
        self._cause = self._cause or cause
        if force not in self._stops and True not in self._stops:
            self._stops[force] = asyncio.create_task(self._insist(force=force))

    @property
    def asked(self) -> Cause | None:
        """Why it was asked to stop, now or while an earlier scheduler ran; None if it was not."""
        if self._inherited is not None and self._inherited.asked is not None:
            return self._inherited.asked
        return None if self._cause is Cause.TIMEOUT else self._cause

    async def ending(self) -> Ending | NeverStarted:
        """Wait for the end, as long as its time allows; a stop is waited for until all is gone.

        Raises CannotStart if what was submitted cannot begin.
        """
        self._hear(self._begun)
        try:
            gone = await self._runner.watch(self._begun.handle, self._hear)
            self._gone.set()
        except asyncio.CancelledError:  # we leave: whoever schedules next stops it again
            for stop in self._stops.values():
                stop.cancel()
            raise
        finally:
            if self._timer is not None:
                self._timer.cancel()
        stopped = await self._stop()
        if isinstance(gone, NeverStarted):
            return gone
        return ending_of(self._run_id, gone, stopped, self._clock.now(), self._inherited)

    def completed(self, ending: Ending) -> Ending:
        """Returns ``ending`` with what is known of the start."""
        if not isinstance(started := self._begun, Started):
            return ending
        note = "; ".join(filter(None, (ending.note, started.note)))
        start_time, pid = started.start_time, started.pid
        return replace(ending, start_time=start_time, pid=pid, note=note)

    def _hear(self, event: Begun | Waits) -> None:
        """Take in that it has begun, or why it waits."""
        if isinstance(event, Started):
            self._begun = event
            if self._timeout is not None:
                left = self._timeout - max(self._clock.now() - event.start_time, timedelta())
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(left.total_seconds(), self.stop, Cause.TIMEOUT)
        if not isinstance(event, Submitted):
            self._tell(event)

    async def _insist(self, *, force: bool) -> Stopped | None:
        """End the tree, and try again if that fails, as long as it is not gone by itself."""
        pause = _STOP_PAUSE
        while True:
            try:
                return await self._runner.stop(self._begun.handle, force=force)
            except Exception:
                _log.exception("run %d cannot be stopped; it is tried again", self._run_id)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._gone.wait()
                return None
            pause = min(pause * 2, _LONGEST_STOP_PAUSE)

    async def _stop(self) -> Stop | None:
        """Why and how it was stopped; None if it ended before a signal could be sent."""
        if not self._stops:
            return None
        took = [stopped for stopped in await asyncio.gather(*self._stops.values()) if stopped]
        if self._cause is None or not took:
            return None
        by = Signals.SIGKILL if any(one.by is Signals.SIGKILL for one in took) else took[0].by
        return Stop(self._cause, replace(took[-1], by=by))


@dataclass(slots=True)
class _Start:
    """A run that is about to become a process, unless it was told to stop before: how."""

    claim: Claim
    asked_at: float
    is_waiting: bool = False
    unwanted: asyncio.Event = field(default_factory=asyncio.Event)
    stop: KillRequest | None = None


@dataclass(frozen=True, slots=True)
class _Unfound:
    """What became of a run could not be found out, for a ``reason`` that is no fault of its own."""

    reason: str


class LiveRuns:
    """What of ``dispatch`` is running; one that goes wrong is recorded and stops nobody.

    ``wake`` is called in the event loop when it may be time for a look: something may be taken
    after an end, or what was asked for could not be done before.
    """

    def __init__(
        self,
        dispatch: Dispatch,
        write: Write,
        runner: Runner,
        clock: Clock,
        wake: Callable[[], None],
        troubles: Troubles | None = None,
    ) -> None:
        self._recorder = RunRecorder(dispatch, write, self._recorded, troubles)
        self._runner = runner
        self._clock = clock
        self._wake = wake
        self._starts: dict[int, _Start] = {}
        self._adopting: set[int] = set()
        self._live: dict[int, LiveRun] = {}
        self._elsewhere: dict[int, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def starting(self) -> int:
        """How many runs have been asked to begin on this machine and have not."""
        return sum(start.claim.runs_on is None for start in self._starts.values())

    @property
    def pending(self) -> list[Claim]:
        """What still is to begin and cannot yet, in the order in which it was asked to."""
        before = asyncio.get_running_loop().time() - _LONG
        return [
            start.claim
            for start in self._starts.values()
            if not start.unwanted.is_set() and (start.is_waiting or start.asked_at < before)
        ]

    def start(self, claim: Claim) -> None:
        """Make ``claim`` a process and watch it; if that fails, the run ends with the reason."""
        self._starts[claim.run_id] = start = _Start(claim, asyncio.get_running_loop().time())
        self._spawn(self._run(claim, start))

    def adopt(self, run: OpenRun, how: KillRequest | None) -> "asyncio.Task[Any]":
        """Go on with what an earlier scheduler left, or write down what became of it.

        ``how`` it was asked to stop is None if it was not. Returns what is done when that is known.
        """
        self._adopting.add(run.run_id)
        known = asyncio.create_task(self._find(run))
        self._spawn(self._take_over(run, known, None if how is None else Cause.of(how)))
        return known

    def stop(self, run_id: int, how: KillRequest) -> bool:
        """Begin to end a run that was asked to stop; False if it is not known here.

        One that is on another machine can only be given up, by ``force``.
        """
        if run_id in self._elsewhere:
            if how is KillRequest.FORCE:
                self._give_up(run_id, self._elsewhere.pop(run_id))
            return True
        if (start := self._starts.get(run_id)) is not None:
            start.stop = how
            start.unwanted.set()
            return True
        live = self._live.get(run_id)
        if live is not None:
            live.stop(Cause.of(how), force=how is KillRequest.FORCE)
        return live is not None or run_id in self._adopting

    def withdraw(self, run_id: int) -> None:
        """Let a run that has not begun be taken again, unless it begins just now."""
        if (start := self._starts.get(run_id)) is not None:
            start.unwanted.set()

    def cancel(self, run_id: int, why: Cause) -> None:
        """Write down that a run was stopped before it began."""
        note = f"{why.value} before it began"
        now = self._clock.now()
        ending = Ending(run_id=run_id, status=RunStatus.KILLED, end_time=now, note=note)
        self._recorder.end(ending)

    def give_back(self, run_ids: Collection[int], note: str = "") -> None:
        """Let runs that were taken but not started be taken again; ``note`` says why."""
        self._recorder.give_back(run_ids, note)

    async def leave(self) -> None:
        """Write down every end that was seen and let the rest go on without us."""
        for start in self._starts.values():
            start.unwanted.set()
        await self._runner.let_go()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST_ENDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._recorder.flush(_FLUSH)

    def _recorded(self, ended: list[int], has_work: bool) -> None:
        if ended:
            self._runner.recorded(ended)
        if has_work:
            self._wake()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, claim: Claim, start: _Start) -> None:
        try:
            begun = await self._begun(claim, start)
        finally:
            self._starts.pop(claim.run_id, None)
        if begun is not None:
            await self._watch(claim, begun, stop=start.stop)

    async def _begun(self, claim: Claim, start: _Start) -> Begun | None:
        """Ask the runner to begin ``claim``; None, with the reason written down, if it did not."""

        def waits(note: str) -> None:
            start.is_waiting = True
            self._recorder.waits(claim.run_id, note)

        try:
            begun = await self._runner.start(claim, waits, start.unwanted)
        except CannotStart as error:
            await self._fail(claim, str(error))
            return None
        except Exception as error:
            _log.exception("run %d cannot be started", claim.run_id)
            await self._fail(claim, f"It cannot be started: {error!r}")
            return None
        match begun:
            case Lost():
                ending = ending_of(claim.run_id, begun, None, self._clock.now())
                await self._end(ending, claim.log_path)
            case NeverStarted(reason):
                why = None if start.stop is None else Cause.of(start.stop)
                self._never_started(claim.run_id, reason, why)
            case Started() | Submitted():
                return begun
        return None

    async def _watch(
        self,
        run: Claim | OpenRun,
        begun: Begun,
        inherited: Inherited | None = None,
        stop: KillRequest | None = None,
    ) -> None:
        tell = partial(self._hear, run.run_id)
        live = LiveRun(run, begun, self._runner, self._clock, tell, inherited)
        self._live[run.run_id] = live
        if isinstance(begun, Submitted):
            self._recorder.submitted(run.run_id, begun)
        if stop is not None:
            live.stop(Cause.of(stop), force=stop is KillRequest.FORCE)
        try:
            ending = await live.ending()
        except CannotStart as error:
            ending = self._failure(run.run_id, str(error))
        except Exception as error:
            _log.exception("run %d was lost sight of", run.run_id)
            ending = self._failure(run.run_id, f"It was lost sight of: {error!r}")
        finally:
            del self._live[run.run_id]
        if isinstance(ending, NeverStarted):
            self._never_started(run.run_id, ending.reason, live.asked)
        else:
            await self._end(live.completed(ending), run.log_path)

    def _hear(self, run_id: int, event: Started | Waits) -> None:
        """Write down that what was submitted has begun, or why it waits."""
        if isinstance(event, Started):
            self._recorder.start(run_id, event)
        else:
            self._recorder.waits(run_id, event.reason)

    def _never_started(self, run_id: int, reason: str, asked: Cause | None) -> None:
        """Write down that a run which was taken will not begin as it was taken."""
        if asked is None:
            self.give_back([run_id], reason)
        else:
            self.cancel(run_id, asked)

    async def _find(self, run: OpenRun) -> "Adopted | _Unfound":
        """Find out what became of ``run``; what fails is tried again a few times."""
        reason = ""
        for pause in (0.0, *_ADOPTION_PAUSES):
            await asyncio.sleep(pause)
            try:
                return await self._runner.adopt(run)
            except Exception as error:
                _log.exception("run %d cannot be adopted", run.run_id)
                reason = f"It cannot be found again: {error!r}"
        return _Unfound(reason)

    async def _take_over(
        self,
        run: OpenRun,
        known: "asyncio.Task[Adopted | _Unfound]",
        asked: Cause | None,
    ) -> None:
        try:
            adopted = await known
        finally:
            known.cancel()
            self._adopting.discard(run.run_id)
        self._wake()  # somebody may have asked to stop it meanwhile
        inherited = Inherited(asked, _deadline(run))
        match adopted:
            case Started() | Submitted():
                await self._watch(run, adopted, inherited)
            case NeverStarted(reason):
                self._never_started(run.run_id, reason, asked)
            case OutOfSight(where):
                self._elsewhere[run.run_id] = where
            case Ended() | Lost():
                ending = ending_of(run.run_id, adopted, None, self._clock.now(), inherited)
                if isinstance(adopted, Ended):
                    ending = replace(ending, start_time=adopted.start_time)
                await self._end(ending, run.log_path)
            case _Unfound(reason):  # whoever asked for it to be stopped did not end it
                ending = ending_of(run.run_id, Lost(reason), None, self._clock.now())
                await self._end(ending, run.log_path)

    def _give_up(self, run_id: int, where: str) -> None:
        """Write down that nobody waits any more for a run of another machine."""
        note = f"Given up on request: it was on {where}, which cannot be seen from here"
        ending = Ending(run_id=run_id, status=RunStatus.LOST, end_time=self._clock.now(), note=note)
        self._recorder.end(ending)

    async def _end(self, ending: Ending, log_path: Path) -> None:
        size = await self._runner.finish_log(ending.run_id, log_path, ending.note)
        if ending.note or size is not None:  # it has another size now
            ending = replace(ending, log_bytes=size)
        self._recorder.end(ending)

    async def _fail(self, claim: Claim, reason: str) -> None:
        await self._end(self._failure(claim.run_id, reason), claim.log_path)

    def _failure(self, run_id: int, reason: str) -> Ending:
        now = self._clock.now()
        return Ending(run_id=run_id, status=RunStatus.ERROR, end_time=now, note=reason)


def _deadline(run: OpenRun) -> datetime | None:
    """When its time is over, if that is limited."""
    if run.timeout is None or run.start_time is None:
        return None
    return run.start_time + run.timeout
