"""Runs as jobs of a Slurm cluster: submitted, watched, stopped and found again.

A run is known by the name of its job, which nobody else gives, and by the files beside its log.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from signal import Signals
from typing import Any, TypeVar

from tui_scheduler.clusters import Cluster, job_of, node_of, place_of
from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.runner import (
    Adopted,
    Begun,
    CannotStart,
    Ended,
    Gone,
    Lost,
    NeverStarted,
    Started,
    Stopped,
    Submitted,
    Waits,
)
from tui_scheduler.engine.slurm.attention import PREFIX, Attention
from tui_scheduler.engine.slurm.begun_file import Begin
from tui_scheduler.engine.slurm.commands import NoAnswer, Refused, Slurm, State
from tui_scheduler.engine.slurm.job_script import (
    NOWHERE,
    exported,
    script_of,
    time_limit,
    variables_of,
)
from tui_scheduler.engine.slurm.problems import Problems
from tui_scheduler.engine.slurm.shared_folder import end_log, make_room, prepare
from tui_scheduler.engine.slurm.verdicts import TIMING, Timing, started
from tui_scheduler.engine.slurm.watched import Watched
from tui_scheduler.permissions import current_umask
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.context import files_stem
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.running.taken_runs import Claim, OpenRun
from tui_scheduler.signs_of_life import Trouble

T = TypeVar("T")

_LAST_WORDS = 5.0  # seconds to add a line of ours to a log
_LAST_ANSWER = 0.5  # seconds that a submission is given that is not wanted any more
_AT_ONCE = 4  # submissions


@dataclass(slots=True)
class _Submission:
    """A run on its way to Slurm, last ``tried_at``; where that ``is_open``, it may have it."""

    claim: Claim
    stem: str
    script: str
    tried_at: datetime | None = None
    is_open: bool = False


class SlurmRunner:
    """Runs are jobs of ``cluster``; they outlive us, and this machine.

    Their logs have ``log_cap`` bytes at most; 0 is no limit. ``trouble`` is told when Slurm or the
    shared folder does not answer, and None when it does again. ``timing`` is for those who
    cannot wait.
    """

    def __init__(
        self,
        cluster: Cluster,
        clock: Clock,
        kill_grace: timedelta,
        *,
        log_cap: int = 0,
        trouble: Callable[[Trouble | None], None] = lambda _: None,
        timing: Timing = TIMING,
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._kill_grace = kill_grace
        self._log_cap = log_cap
        self._timing = timing
        self._slurm = Slurm(cluster, timing.answer)
        problems = Problems(cluster.name, clock, trouble)
        self._attention = Attention(cluster, self._slurm, clock, problems, timing)
        self._umask = current_umask()
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def prepare(self) -> None:
        """A cluster is ready, or says that it is not."""

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Begun | Lost | NeverStarted:
        """Submit ``claim``; raises CannotStart. Waits while Slurm does not answer."""
        stem = files_stem(claim.run_id, claim.token)
        files = RunFiles.of(claim.log_path)
        submission = _Submission(claim, stem, await self._prepared(claim, files))
        try:
            number = await self._submitted(submission, waits, unwanted)
        except Refused as refused:  # what was asked before may have been taken all the same
            if await self._is_withdrawn(submission, files):
                raise CannotStart(f"{self._cluster.name}: {refused}") from None
            number = None
        else:
            if number is None and await self._is_withdrawn(submission, files):
                return NeverStarted()
        run = self._attention.add(stem, files, number)
        submitted_at = submission.tried_at or self._clock.now()
        return Submitted(run.handle, submitted_at, place_of(self._cluster.name))

    async def watch(self, handle: str, tell: Callable[[Started | Waits], None]) -> Gone:
        """Wait for the end of a job that was submitted or adopted; raises CannotStart."""
        run = self._attention.run(_stem(handle))
        if run is None:
            raise LookupError(f"{handle} was neither submitted nor adopted")
        run.tell = tell
        run.speak()
        try:
            gone = await run.gone
        finally:
            self._attention.drop(run)
        if isinstance(gone, CannotStart):
            raise gone
        return gone

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        """Take a run from the queue, or send all of it TERM and, after the grace, KILL.

        Returns None if it had ended.
        """
        run = self._attention.run(_stem(handle))
        if run is None or run.gone.done():
            return None
        if run.known.begin is None and await self._attention.withdraw(run.files):
            self._attention.resolve(run, NeverStarted())
            return None
        record = await self._attention.record_of(run.files)
        if record is not None:  # it may just have begun
            self._attention.note(run, record, None, asyncio.get_running_loop().time())
        run.known = replace(run.known, is_stopping=True)
        if not force and await self._signal(run, "TERM"):
            await asyncio.wait([run.gone], timeout=self._kill_grace.total_seconds())
            if run.gone.done():
                return _stopped(run, signal.SIGTERM)
        while not run.gone.done():
            await self._signal(run, "KILL")
            await self._slurm.cancel(run.known.name)  # those that have not begun go as well
            await asyncio.wait([run.gone], timeout=self._timing.again)
        return _stopped(run, signal.SIGKILL)

    async def adopt(self, run: OpenRun) -> Adopted:
        """Find out from its files, or else from Slurm, what became of a run."""
        stem = files_stem(run.run_id, run.token)
        job = self._attention.add(stem, RunFiles.of(run.log_path), job_of(run.handle))
        adopted: Adopted | None = None
        try:
            adopted = await self._adopted(run, job)
        finally:
            if not isinstance(adopted, Started | Submitted):
                self._attention.drop(job)
        return adopted

    async def finish_log(self, run_id: int, log: Path, text: str) -> int | None:  # noqa: ARG002
        """Add a line of ours to its log; returns how large it is, as far as that can be seen."""
        try:
            return await in_time(lambda: end_log(RunFiles.of(log), text), _LAST_WORDS)
        except TimeoutError:
            return 0

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Nothing is remembered of what has ended: its files go with its row."""

    async def let_go(self) -> None:
        """Ask and look no more; jobs go on."""
        await self._attention.let_go()

    async def _prepared(self, claim: Claim, files: RunFiles) -> str:
        """Make what a run needs in the shared folder; returns its script; raises CannotStart."""
        name, folder = self._cluster.name, self._cluster.folder
        try:
            made = partial(prepare, folder, files, claim.kind)
            child = await in_time(made, self._timing.folder)
        except TimeoutError:
            raise CannotStart(f"The folder of {name}, {folder}, does not answer") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise CannotStart(f"The folder of {name} cannot be used: {reason}") from error
        return script_of(
            claim, files.begun, umask=self._umask, log_cap=self._log_cap, python_child=child
        )

    async def _submitted(
        self, submission: _Submission, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> str | None:
        """Submit until Slurm answers; returns the number of the job, or None if it is unwanted.

        Raises Refused.
        """
        loop = asyncio.get_running_loop()
        attention = self._attention
        with attention.expecting():
            while not unwanted.is_set():
                try:
                    return await _unless(unwanted, self._in_turn(submission), _LAST_ANSWER)
                except NoAnswer as error:
                    waits(f"{self._cluster.name} does not answer: {error}")
                listing = await _unless(unwanted, attention.list_since(loop.time()))
                if listing is None:
                    return None
                if jobs := listing.of(PREFIX + submission.stem):
                    return jobs[-1].number  # it was submitted, although nobody said so
                waits("")
        return None

    async def _in_turn(self, submission: _Submission) -> str:
        """Submit once, when it is its turn; returns the number. Raises NoAnswer and Refused."""
        claim = submission.claim
        given = (*self._cluster.options, *claim.cluster_options)
        limit = time_limit(claim.timeout, given, self._kill_grace)
        ours = (f"--job-name={PREFIX}{submission.stem}", *NOWHERE, *limit)
        async with self._slots:
            if self._attention.silent is not None:
                raise NoAnswer(self._attention.silent)
            was_open, submission.is_open = submission.is_open, True
            submission.tried_at = self._clock.now()
            try:
                return await self._slurm.submit(
                    submission.script, ours, claim.cluster_options, exported(variables_of(claim))
                )
            except Refused:
                submission.is_open = was_open
                raise
            except NoAnswer as error:
                self._attention.lose_touch(str(error))
                raise

    async def _is_withdrawn(self, submission: _Submission, files: RunFiles) -> bool:
        """Whether no job of what was not submitted, as far as is known, will begin."""
        if not submission.is_open:
            return True
        with suppress(OSError, TimeoutError):
            if await self._attention.withdraw(files):
                self._attention.clear_away(PREFIX + submission.stem, patience=self._timing.answer)
                return True
        return False

    async def _signal(self, run: Watched, name: str) -> bool:
        """Send a signal to what has begun of a run; False if there is nothing of that kind.

        A signal to what waits would be tried for minutes.
        """
        self._attention.hurry()  # whoever waits for its end need not wait for the next question
        begin, listing = run.known.begin, self._attention.listing
        is_known = listing is not None and listing.asked_at >= run.begun_at
        jobs = listing.of(run.known.name) if listing is not None and is_known else []
        waiting = {job.number for job in jobs if job.state is State.WAITING}
        numbers = (run.numbers if begin is None else {begin.job}) - waiting
        for number in sorted(numbers):
            await self._slurm.signal(number, run.known.name, name)
        return bool(numbers)

    async def _adopted(self, run: OpenRun, job: Watched) -> Adopted:
        if run.submitted_at is None and run.start_time is None:
            # whoever took it may have died before anything was made of it
            made = partial(make_room, self._cluster.folder, job.files)
            with suppress(OSError, TimeoutError):
                await in_time(made, self._timing.folder)
        record = await self._attention.record_of(job.files)
        if record is not None and record.is_withdrawn:
            return NeverStarted()
        begin = None if record is None else record.begin
        if begin is None and run.start_time is not None:  # the file is out of sight, for now
            begin = Begin(job_of(run.handle), node_of(run.place), run.start_time)
        if begin is not None:
            job.begin(begin)
            job.unheard.clear()
            return started(job.known, begin)
        if run.submitted_at is None and await self._is_unheard_of(job):
            with suppress(OSError, TimeoutError):
                if await self._attention.withdraw(job.files):
                    return NeverStarted()
        submitted_at = run.submitted_at or self._clock.now()
        return Submitted(job.handle, submitted_at, place_of(self._cluster.name))

    async def _is_unheard_of(self, job: Watched) -> bool:
        """Whether Slurm says that it has no job of a run; False if it does not say."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.adoption):
                listing = await self._attention.list_since(job.known.known_at, hurry=True)
            jobs = listing.of(job.known.name)
            job.numbers.update(each.number for each in jobs)
            return not jobs
        return False


def _stem(handle: str) -> str:
    return handle.partition(" ")[2]


def _stopped(run: Watched, by: Signals) -> Stopped | None:
    """How a run was stopped, if it is known that it was."""
    was_seen = not run.gone.cancelled() and isinstance(run.gone.result(), Ended)
    return Stopped(by) if was_seen else None


async def _unless(
    unwanted: asyncio.Event, work: Coroutine[Any, Any, T], last_answer: float = 0.0
) -> T | None:
    """Returns what ``work`` returns; None if it has not, ``last_answer`` seconds after this."""
    doing, waiting = asyncio.create_task(work), asyncio.create_task(unwanted.wait())
    doing.add_done_callback(lambda task: task.cancelled() or task.exception())  # it is known
    try:
        await asyncio.wait([doing, waiting], return_when=asyncio.FIRST_COMPLETED)
        if not doing.done() and last_answer:
            await asyncio.wait([doing], timeout=last_answer)
        return doing.result() if doing.done() else None
    finally:
        for task in (doing, waiting):
            task.cancel()
