"""A run on its way to the keeper: asked for until it has begun, cannot begin, or is not wanted."""

import asyncio
import errno
import os
import resource
from collections import deque
from collections.abc import Callable

from tui_scheduler.engine.local.adoption import BEGUN_AND_GONE
from tui_scheduler.engine.local.children import Child, Children, identity_of
from tui_scheduler.engine.local.journals import is_passing, trace_of
from tui_scheduler.engine.local.keepers import Keepers
from tui_scheduler.engine.local.keeping import KeeperDied, Keeping
from tui_scheduler.engine.local.last_words import Asked
from tui_scheduler.engine.local.launch import Launcher
from tui_scheduler.engine.runner import CannotStart, Lost, NeverStarted, Started
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.running.taken_runs import Claim

_PER_RUN = 3  # descriptors that a keeper needs for each run
_SPARE = 64  # descriptors that we, and the keeper, need for ourselves
_FIRST_PAUSE = 0.1  # seconds until what cannot be begun is tried again
_LONGEST_PAUSE = 10.0
_MOST_DEATHS = 5  # of keepers, until a run that was always the next is not tried again
_PASSING = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
"""What the machine, or we, may have again later."""
_NO_ANSWER = "It cannot begin yet: the process that starts the runs does not answer"
_DIED_EACH_TIME = "The process that starts the runs died each time that it was to begin this one"


class Starts:
    """Has runs begun by ``keepers``, as many at once as there are descriptors for.

    ``asked`` is filled with what no keeper has answered yet.
    """

    def __init__(
        self,
        clock: Clock,
        launcher: Launcher,
        keepers: Keepers,
        children: Children,
        asked: dict[int, Asked],
    ) -> None:
        self._clock = clock
        self._launcher = launcher
        self._keepers = keepers
        self._children = children
        self._asked = asked
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._most = max((resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARE) // _PER_RUN, 1)

    async def begin(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Started | Lost | NeverStarted:
        """Ask until the run has begun, cannot begin, or is not wanted; raises CannotStart.

        ``waits`` is told each new reason why it cannot begin yet.
        """
        pause, deaths, reason = _FIRST_PAUSE, 0, ""
        while not unwanted.is_set():
            try:
                answer = await self._ask(claim, unwanted)
            except KeeperDied as error:
                deaths += error.was_next
                if deaths == _MOST_DEATHS:
                    raise CannotStart(_DIED_EACH_TIME) from error
                answer = _NO_ANSWER if error.was_hung else ""
            if not isinstance(answer, str):
                return answer
            if answer and answer != reason:
                reason = answer
                waits(answer)
            if answer:
                await self._pause(pause, unwanted)
                pause = min(pause * 2, _LONGEST_PAUSE)
        return NeverStarted()

    def began(self, run_id: int, pid: int, start: str) -> None:
        """The keeper has begun a run."""
        asked = self._asked.pop(run_id)
        claim, keeper = asked.claim, self._keepers.current
        heir = None if keeper is None else keeper.pid
        identity = identity_of(pid, start)
        self._children.add(Child.of(claim, claim.token, identity, keeper=keeper, heir=heir))
        self._keepers.hold(run_id, asked.pipe, claim.log_path)

    def refused(self, run_id: int) -> None:
        """A run has not begun, for now or for good."""
        asked = self._asked.pop(run_id, None)
        if asked is not None:
            os.close(asked.pipe)
            self.make_room()

    def make_room(self) -> None:
        """There is room for one more: it is for whoever has waited longest."""
        if self._waiting:
            self._waiting.popleft().set_result(None)

    async def _ask(self, claim: Claim, unwanted: asyncio.Event) -> Started | Lost | str:
        """What became of asking once: a text is the reason why it is to be asked again.

        Raises CannotStart, and KeeperDied if nothing was begun.
        """
        keeper = await self._keepers.ready()
        if unwanted.is_set():  # there may have been none for long
            return ""
        if self._is_full():
            return f"It waits until fewer than {self._most} runs hold their output open"
        try:
            reading, writing = os.pipe()
        except OSError as error:
            return f"It cannot begin yet: {error.strerror}"
        self._asked[claim.run_id] = asked = Asked(claim, reading)
        try:
            return await self._send(keeper, asked, writing)
        except CannotStart as error:
            self.refused(claim.run_id)
            if is_passing(error.__cause__):
                return f"It cannot begin yet: {error}"
            raise
        finally:
            os.close(writing)

    async def _send(self, keeper: Keeping, asked: Asked, writing: int) -> Started | Lost | str:
        """Hand a run to the keeper; what became of that."""
        claim = asked.claim
        launch = await self._launcher.launch(claim)
        try:
            answer = await keeper.start(
                claim.run_id,
                claim.token,
                launch.arguments,
                launch.variables,
                os.fsencode(claim.log_path.absolute()),
                claim.note if claim.missed else "",
                descriptors=(asked.pipe, writing, launch.folder),
            )
        except KeeperDied as death:
            return await self._after_death(keeper, asked, death)
        finally:
            os.close(launch.folder)
        match answer:
            case ("began", _, pid, start, moment):
                return Started(str(identity_of(pid, start)), self._clock.at(moment), pid)
            case ("no", _, number, _) if number in _PASSING:
                return f"It cannot begin yet: {os.strerror(number)}"
            case ("no", _, number, text):
                raise CannotStart(_refusal(os.fsdecode(launch.arguments[0]), number, text))
            case (_, _, reason):
                return f"It cannot begin yet: {reason}" if reason else ""
        raise AssertionError(answer)

    def _is_full(self) -> bool:
        """Whether one more run could leave too few descriptors here, or in the keeper."""
        pipes = self._keepers.pipes + len(self._asked)
        if pipes + len(self._children) < self._most:
            return False
        watched = sum(child.keeper is None for child in self._children.alive())
        return pipes + watched >= self._most

    async def _after_death(
        self, keeper: Keeping, asked: Asked, death: KeeperDied
    ) -> Started | Lost:
        """Returns what became of a run that a keeper was asked to begin when it died."""
        claim = asked.claim
        journals = await self._keepers.left_by(keeper)
        entry = trace_of(journals, claim.run_id, claim.token)
        if entry is None or entry[1].was_refused:
            self.refused(claim.run_id)
            raise death
        journal, trace = entry
        if trace.pid is None:
            self.refused(claim.run_id)
            return Lost(BEGUN_AND_GONE)
        del self._asked[claim.run_id]
        identity = identity_of(trace.pid, trace.start)
        child = self._children.add(Child.of(claim, claim.token, identity, heir=os.getpid()))
        self._keepers.keep(claim.run_id, asked.pipe, claim.log_path)
        self._children.see_to(child, trace, journal)
        return Started(str(identity), trace.start_time or self._clock.now(), trace.pid)

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


def _refusal(shell: str, number: int, text: str) -> str:
    if number == errno.ENOENT:
        return f"There is no {shell} to run it with"
    if number:
        return f"The system could not start it: {os.strerror(number)}"
    return f"Its command or its variables cannot be given to a process: {text}"
