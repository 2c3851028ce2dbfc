"""The keeper of our runs: begun when there is something to run, and replaced when it has died.

What a dead one had begun is ours then: its runs are seen to, and their pipes, of which we hold an
end each, go to the next one.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import inf
from pathlib import Path
from weakref import WeakKeyDictionary

from tui_scheduler.engine.local.children import Children
from tui_scheduler.engine.local.journal_folder import JournalFolder
from tui_scheduler.engine.local.journals import MAY_BE_MISSING, CannotLook, Journal, trace_of
from tui_scheduler.engine.local.keeper import Settings, adopt_orphans
from tui_scheduler.engine.local.keeping import Heard, KeeperDied, Keeping
from tui_scheduler.engine.local.last_words import Asked, find_out
from tui_scheduler.engine.local.orphans import Orphans
from tui_scheduler.errors import cause_of
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.signs_of_life import Trouble

_FIRST_PAUSE = 0.1  # seconds until what cannot be done is tried again
_LONGEST_PAUSE = 10.0
_MOST_OFTEN = 1.0  # seconds between the beginnings of two keepers that die at once
_MOST_HUNG = 3  # keepers that were killed and do not end, until nobody else is to join them
_TOLD_FOR = 60.0  # seconds from when a trouble was last seen
_LAST_WORDS = 2.0  # seconds that a keeper may take to end, or to begin when we leave
_DEAD_DISK = "the processes that keep runs do not end: is the disk of the logs gone?"
_log = logging.getLogger(__name__)


class Keepers:
    """One at a time; ``heard`` gets what it tells, ``asked`` is what it has not answered.

    ``trouble`` is told when runs cannot be kept as they should, and None when they can again.
    """

    def __init__(
        self,
        settings: Settings,
        journals: JournalFolder,
        children: Children,
        heard: Heard,
        asked: Mapping[int, Asked],
        trouble: Callable[[Trouble | None], None],
    ) -> None:
        self._settings = settings
        self._journals = journals
        self._children = children
        self._heard = heard
        self._asked = asked
        self._trouble = trouble
        self._current: Keeping | None = None
        self._beginning: asyncio.Task[Keeping] | None = None
        self._begun_at = -inf
        self._hung: list[Keeping] = []
        self._burials: WeakKeyDictionary[Keeping, asyncio.Task[list[Journal]]]
        self._burials = WeakKeyDictionary()
        self._pipes: dict[int, tuple[int, Path]] = {}
        self._orphans: asyncio.Task[None] | None = None
        self._adopts_orphans = False
        self._forgetting: asyncio.TimerHandle | None = None
        self._is_leaving = False

    @property
    def current(self) -> Keeping | None:
        """The one that keeps runs now, if there is one."""
        return self._current

    @property
    def pids(self) -> set[int]:
        """Its process."""
        return set() if self._current is None else {self._current.pid}

    @property
    def pipes(self) -> int:
        """How many runs have their output open."""
        return len(self._pipes)

    def prepare(self) -> None:
        """Have one begun, if there is none."""
        if self._beginning is None and not self._is_leaving:
            self._beginning = asyncio.create_task(self._begin())

    async def ready(self) -> Keeping:
        """Wait for one; raises KeeperDied if we leave and there is none."""
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

    async def left_by(self, keeper: Keeping) -> list[Journal]:
        """What a dead one has written down, and would have written next."""
        if not self._is_leaving:
            return await self._burials[keeper]
        if not keeper.was_closed:  # whoever schedules next finds out
            await asyncio.get_running_loop().create_future()
        return []

    def hold(self, run_id: int, pipe: int, log: Path) -> None:
        """Hold the pipe of a run that the current one reads."""
        self._pipes[run_id] = pipe, log

    def keep(self, run_id: int, pipe: int, log: Path) -> None:
        """Hold a pipe whose keeper is gone, and have its output kept."""
        self.hold(run_id, pipe, log)
        if self._current is not None and self._current.is_alive:
            self._hand_over(run_id, pipe, log)
        else:
            self.prepare()

    def drained(self, run_id: int) -> None:
        """Nobody writes to the pipe of a run any more."""
        if run_id in self._pipes:
            os.close(self._pipes.pop(run_id)[0])

    async def note(self, run_id: int, log: Path, text: str) -> None:
        """Add a line of ours to a log, after all that has come through the pipe of the run."""
        if self._current is None and run_id in self._pipes:
            with suppress(KeeperDied, TimeoutError):
                async with asyncio.timeout(_LAST_WORDS):
                    await self.ready()
        with suppress(KeeperDied, OSError):
            if self._current is not None and self._current.is_alive:
                await self._current.note(run_id, os.fsencode(log), text)
            else:
                await asyncio.to_thread(RunFiles.of(log).append, text)

    async def let_go(self) -> None:
        """Have it begin nothing any more, and hear what it has begun."""
        self._is_leaving = True
        if self._beginning is not None:
            await asyncio.wait([self._beginning], timeout=_LAST_WORDS)
            if self._current is not None:
                await self._current.leave()
            elif self._beginning is not None:
                self._beginning.cancel()
        if self._forgetting is not None:
            self._forgetting.cancel()
        burials = list(self._burials.values())
        for burial in burials:
            burial.cancel()
        await asyncio.gather(*burials, return_exceptions=True)
        for pipe, _ in self._pipes.values():
            os.close(pipe)
        self._pipes.clear()

    async def _begin(self) -> Keeping:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._begun_at + _MOST_OFTEN - loop.time())
        pause, is_late = _FIRST_PAUSE, False
        while True:
            try:
                await self._clear_the_way()
                keeper = await Keeping.begin(self._settings, self._heard, self._mourn)
                break
            except Exception as error:  # whatever it is, nothing can run without one
                _log.warning("no keeper can be started", exc_info=error)
                reason, remedy = cause_of(error)
                self._tell_trouble(Trouble(f"Nothing can be run: {reason}", remedy))
                is_late = True
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        if is_late:
            self._tell_trouble(None)
        self._current, self._begun_at = keeper, loop.time()
        for run_id, (pipe, log) in self._pipes.items():
            self._hand_over(run_id, pipe, log)
        return keeper

    async def _clear_the_way(self) -> None:
        """Do what has to be done before a keeper begins."""
        if self._orphans is None:
            self._orphans = self._children.spawn(Orphans(self._known_children).reap())
        if not self._adopts_orphans:
            with suppress(OSError):  # where nobody can, a keeper's death loses its runs' ends
                await asyncio.to_thread(adopt_orphans)
                self._adopts_orphans = True
        self._hung = [keeper for keeper in self._hung if keeper.is_process]
        if len(self._hung) >= _MOST_HUNG:
            raise TimeoutError(_DEAD_DISK)
        await self._journals.look()  # what is there now is not ours
        self._journals.tidy()
        if burials := self._open_burials():  # its children are not to be mistaken for those
            await asyncio.wait(burials)

    def _hand_over(self, run_id: int, pipe: int, log: Path) -> None:
        assert self._current is not None
        path = os.fsencode(log.absolute())
        self._current.tell("take", run_id, path, MAY_BE_MISSING, descriptors=[pipe])

    def _mourn(self, keeper: Keeping) -> None:
        """The channel to a keeper is closed."""
        self._beginning = self._current = None
        if self._is_leaving:
            return
        _log.warning("the keeper %d has died", keeper.pid)
        if keeper.is_hung:
            text = "The process that keeps the runs did not answer and was replaced"
            self._tell_trouble(Trouble(text, "", is_minor=True))
        self._burials[keeper] = asyncio.create_task(self._bury(keeper))

    async def _bury(self, keeper: Keeping) -> list[Journal]:
        """See to the runs of a keeper that died; returns what it had written down."""
        is_gone = await keeper.buried(_LAST_WORDS)
        if not is_gone:
            self._hung.append(keeper)
        are_ours = is_gone and self._adopts_orphans
        journals = None
        while journals is None:
            try:
                journals = await asyncio.to_thread(self._last_words, keeper.pid, are_ours)
            except (CannotLook, OSError, RuntimeError) as error:
                _log.warning("what the keeper %d had begun is not known yet: %s", keeper.pid, error)
                await asyncio.sleep(_FIRST_PAUSE)
        self._journals.add(journals)
        for child in self._children.alive():
            if child.keeper is keeper:
                child.keeper, child.heir = None, os.getpid() if is_gone else keeper.pid
                child.is_unread = child.run_id in self._pipes
                journal, trace = trace_of(journals, child.run_id, child.token) or (None, None)
                self._children.see_to(child, trace, journal, None if is_gone else keeper)
        if self._pipes:
            self.prepare()
        return journals

    def _last_words(self, keeper: int, are_ours: bool) -> list[Journal]:
        journals = self._journals.of_keeper(keeper)
        if are_ours:
            find_out(journals, keeper, self._asked)
        return journals

    def _known_children(self) -> set[int] | None:
        """Whom somebody waits for; None while it is found out what a keeper has left to us."""
        return None if self._open_burials() else self.pids | self._children.pids()

    def _open_burials(self) -> list[asyncio.Task[list[Journal]]]:
        return [burial for burial in self._burials.values() if not burial.done()]

    def _tell_trouble(self, trouble: Trouble | None) -> None:
        """Tell ``trouble`` until there is another one to tell, or for a minute."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = asyncio.get_running_loop().call_later(_TOLD_FOR, self._trouble, None)
        self._trouble(trouble)
