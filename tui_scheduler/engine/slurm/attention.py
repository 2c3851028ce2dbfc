"""What is looked at as long as a cluster has runs of ours: Slurm's list, and their files.

All of them together cost one question to Slurm every few seconds. The files are looked at in a
thread, as a shared folder may not answer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.runner import CannotStart, Gone, NeverStarted, Started, Waits
from tui_scheduler.engine.slurm import begun_file
from tui_scheduler.engine.slurm.begun_file import BegunRecord
from tui_scheduler.engine.slurm.commands import NoAnswer, Slurm, State
from tui_scheduler.engine.slurm.problems import Problems
from tui_scheduler.engine.slurm.verdicts import (
    SHELL_OFFSET,
    Known,
    Listing,
    Over,
    Timing,
    conclude,
    is_over,
    started,
)
from tui_scheduler.engine.slurm.watched import Watched, look_at
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.logs.run_files import RunFiles

PREFIX = "tui-scheduler-"
"""What the names of all jobs begin with."""

_FAULT_PAUSE = 1.0  # seconds
_SEE_LOG = "See the log of this program."
_SEE_SLURM = "What waits for it begins when it does. See: sinfo, scontrol ping."
_SEE_DISK = "See to the disk, or the network; if all in it is gone for good, make the folder anew."
_log = logging.getLogger(__name__)


class Attention:
    """Looks after the runs of ``cluster``, and tells ``problems`` what keeps it from that.

    ``listing`` is what Slurm listed last; None while it is ``silent``, which says why.
    """

    def __init__(
        self, cluster: Cluster, slurm: Slurm, clock: Clock, problems: Problems, timing: Timing
    ) -> None:
        self._cluster = cluster
        self._slurm = slurm
        self._clock = clock
        self._problems = problems
        self._timing = timing
        self.listing: Listing | None = None
        self.silent: str | None = None
        self._runs: dict[str, Watched] = {}
        self._expecting = 0
        self._leftovers: dict[str, tuple[str, float]] = {}
        self._listed = asyncio.Event()
        self._hurry = asyncio.Event()
        self._pause = timing.pause
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._is_stuck = False
        self._has_left = False

    def add(self, stem: str, files: RunFiles, number: str | None) -> Watched:
        """Watch a run that Slurm knows from now on, or may know."""
        loop = asyncio.get_running_loop()
        known = Known(PREFIX + stem, stem, self._cluster.name, loop.time())
        run = Watched(known, files, {number} if number else set(), loop.create_future())
        self._runs[stem] = run
        self._attend()
        return run

    def run(self, stem: str) -> Watched | None:
        """The run with these files, if it is watched."""
        return self._runs.get(stem)

    def drop(self, run: Watched) -> None:
        """Nobody waits for its end any more."""
        self._runs.pop(run.known.stem, None)

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Have Slurm asked, although it may have no run yet."""
        self._expecting += 1
        self._attend()
        try:
            yield
        finally:
            self._expecting -= 1

    async def list_since(self, moment: float, *, hurry: bool = False) -> Listing:
        """Wait for a list that was asked for since ``moment``, on the clock of the event loop."""
        while (listing := self.listing) is None or listing.asked_at < moment:
            if hurry:
                self.hurry()
            await self._listed.wait()
        return listing

    def hurry(self) -> None:
        """Ask Slurm soon."""
        self._hurry.set()

    def lose_touch(self, reason: str) -> None:
        """Slurm does not answer."""
        self.silent, self.listing = reason, None
        if not self._has_left:
            self._problems.met("_list", "does not answer", _SEE_SLURM, reason)

    async def withdraw(self, files: RunFiles) -> bool:
        """Let no job of a run begin; False if one has. Raises OSError, TimeoutError."""
        return await in_time(lambda: begun_file.withdraw(files.begun), self._timing.folder)

    async def record_of(self, files: RunFiles) -> BegunRecord | None:
        """Returns what the file of a run says; None if that cannot be seen now."""
        try:
            return await in_time(lambda: begun_file.read(files.begun), self._timing.folder)
        except (OSError, TimeoutError):
            return None

    def resolve(self, run: Watched, outcome: Gone | CannotStart) -> None:
        """Tell whoever waits what became of a run; none of its jobs is to stay in the queue."""
        if run.gone.done():
            return
        run.gone.set_result(outcome)
        if isinstance(outcome, NeverStarted) or len(run.numbers) > 1:
            self.clear_away(run.known.name, run.known.begin.job if run.known.begin else "")

    def clear_away(self, name: str, begun: str = "", patience: float = 0.0) -> None:
        """Take the jobs of this ``name`` from the queue, but for the one that has ``begun``.

        Where one may yet come, wait for it for ``patience`` seconds.
        """
        until = asyncio.get_running_loop().time() + patience
        self._leftovers[name] = begun, until
        self._hurry.set()
        self._attend()

    def note(self, run: Watched, record: BegunRecord, listing: Listing | None, now: float) -> None:
        """Remember of a run what the next look needs, and tell that it has begun."""
        if record.begin is not None and run.known.begin is None:
            run.begin(record.begin)
            run.say(started(run.known, record.begin))
        known = run.known
        if record.end is not None and known.ended_at is None:
            known = replace(known, ended_at=now)
            if (record.end.code or 0) > SHELL_OFFSET:  # Slurm is to say whether it sent the signal
                self.hurry()
        if listing is not None:
            run.numbers.update(each.number for each in listing.of(known.name))
            over = is_over(known, listing)
            known = replace(known, over_since=(known.over_since or now) if over else None)
        run.known = known

    async def let_go(self) -> None:
        """Look no more."""
        self._has_left = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._problems.forget()

    def _attend(self) -> None:
        """Look at the list and at the files, as long as there is something to see."""
        if self._has_left:
            return
        for work in (self._list, self._look):
            if (task := self._tasks.get(work.__name__)) is None or task.done():
                self._tasks[work.__name__] = asyncio.create_task(self._repeat(work))

    async def _repeat(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` again and again while there is anything to see; a fault of it is told."""
        fault = f"fault of {work.__name__}"
        while self._runs or self._expecting or self._leftovers:
            try:
                await work()
                self._problems.over(fault)
            except Exception as error:
                _log.exception("jobs of %s cannot be looked at", self._cluster.name)
                self._problems.met(fault, "cannot be looked at", _SEE_LOG, repr(error))
                await asyncio.sleep(_FAULT_PAUSE)
        if work == self._list:
            self.silent = None
        self._problems.over(work.__name__)
        self._problems.over(fault)

    async def _list(self) -> None:
        """Ask Slurm for all jobs, and rest; less and less often while it is silent."""
        loop = asyncio.get_running_loop()
        self._hurry.clear()
        asked_at = loop.time()
        try:
            listing = Listing(asked_at, await self._slurm.jobs())
        except NoAnswer as error:
            self.lose_touch(str(error))
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, self._timing.longest_pause)
            return
        self._pause = self._timing.pause
        self.listing, self.silent = listing, None
        self._problems.over("_list")
        listed, self._listed = self._listed, asyncio.Event()
        listed.set()
        await self._remove_leftovers(listing)
        await asyncio.sleep(max(asked_at + self._timing.hurry - loop.time(), 0))
        if not any(run.known.is_stopping for run in self._runs.values()):
            with suppress(TimeoutError):
                async with asyncio.timeout_at(asked_at + self._timing.listing):
                    await self._hurry.wait()

    async def _remove_leftovers(self, listing: Listing) -> None:
        """Take from the queue what is not to begin any more."""
        with suppress(NoAnswer):
            for name, (begun, until) in list(self._leftovers.items()):
                left = (job for job in listing.of(name) if job.state is not State.OVER)
                if numbers := [job.number for job in left if job.number != begun]:
                    await self._slurm.cancel(name, *numbers)
                elif listing.asked_at > until:
                    self._leftovers.pop(name, None)

    async def _look(self) -> None:
        """Rest, and look at the files of all runs."""
        await asyncio.sleep(self._timing.look)
        runs = [run for run in self._runs.values() if not run.gone.done()]
        listing = self.listing  # before the files: what it does not list may end meanwhile
        if not runs or self._is_stuck:
            return
        try:
            records = await in_time(partial(look_at, runs), self._timing.folder, self._get_unstuck)
        except TimeoutError:
            self._is_stuck = True  # one thread that hangs is enough
            text = f"has a folder {self._cluster.folder} that does not answer"
            self._problems.met("_look", text, _SEE_DISK)
            return
        self._tell_of_folder([record for record in records if isinstance(record, OSError)])
        now = asyncio.get_running_loop().time()
        for run, record in zip(runs, records, strict=True):
            if (
                isinstance(record, BegunRecord)
                and not run.gone.done()
                and run.is_news(record, listing)
            ):
                await self._decide(run, record, listing, now)

    def _get_unstuck(self, _: object) -> None:
        self._is_stuck = False

    def _tell_of_folder(self, errors: Sequence[OSError]) -> None:
        """Tell what keeps files from being read, if anything does."""
        if errors:
            reason = errors[0].strerror or str(errors[0])
            what = f"has a file {errors[0].filename} that cannot be read"
            self._problems.met("_look", what, _SEE_DISK, reason)
        else:
            self._problems.over("_look")

    async def _decide(
        self, run: Watched, record: BegunRecord, listing: Listing | None, now: float
    ) -> None:
        """Act on what its file and the list of Slurm say of a run now."""
        self.note(run, record, listing, now)
        moment = self._clock.now()
        verdict = conclude(run.known, record, listing, now, moment, self._timing)
        match verdict:
            case None | Started():
                return
            case Waits(reason):
                if reason != run.reason:
                    run.reason = reason
                    run.say(verdict)
            case Over(outcome):
                with suppress(OSError, TimeoutError):
                    if record.is_torn or await self.withdraw(run.files):
                        self.resolve(run, outcome)
            case _:
                self.resolve(run, verdict)
