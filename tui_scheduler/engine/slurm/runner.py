"""Runs as jobs of a Slurm cluster: submitted, watched, stopped and found again.

A run is known by the name of its job, which nobody else gives, and by the files beside its log.
All runs together cost one question to Slurm every few seconds; in between their files are looked
at, in a thread, as a shared folder may not answer.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from tui_scheduler.clusters import Cluster, handle_of, job_of, place_of
from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.run_variables import PYTHON_CHILD
from tui_scheduler.engine.runner import (
    Adopted,
    Begun,
    CannotStart,
    Gone,
    Lost,
    NeverStarted,
    Started,
    Stopped,
    Submitted,
    Waits,
)
from tui_scheduler.engine.slurm import begun_file
from tui_scheduler.engine.slurm.begun_file import Said
from tui_scheduler.engine.slurm.commands import NoAnswer, Refused, Slurm
from tui_scheduler.engine.slurm.job_script import (
    NOWHERE,
    exported,
    script_of,
    time_limit,
    variables_of,
)
from tui_scheduler.engine.slurm.verdicts import (
    SHELL_OFFSET,
    TIMING,
    Known,
    Listing,
    Over,
    Timing,
    is_over,
    judge,
    started,
)
from tui_scheduler.models import ProcessKind
from tui_scheduler.permissions import current_umask, open_file
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.context import files_stem
from tui_scheduler.services.logs.run_files import RunFiles, make_log_folder
from tui_scheduler.services.running.dispatch import Claim, OpenRun
from tui_scheduler.signs_of_life import Trouble
from tui_scheduler.wording import day_and_time, local_zone

T = TypeVar("T")

_ADOPTION = 10.0  # seconds that an adoption waits for Slurm to say whether it knows a job
_FIRST_PAUSE = 1.0  # seconds until Slurm is asked again that did not answer
_LONGEST_PAUSE = 60.0
_FOLDER_PATIENCE = 20.0  # seconds for a look at the shared folder
_LAST_WORDS = 5.0  # seconds to add a line of ours to a log
_AT_ONCE = 4  # submissions
_SEE_LOG = "See the log of this program."
_PREFIX = "tui-scheduler-"
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Job:
    """A run that was submitted, and whoever waits for it; it may have several jobs.

    Of one ``is_unsure``: whoever took it may have died before anything was made of it.
    """

    known: Known
    files: RunFiles
    numbers: set[str]
    gone: "asyncio.Future[Gone]"
    is_unsure: bool = False
    tell: Callable[[Started | Waits], None] | None = None
    reason: str | None = None
    said: Said = field(default_factory=Said)
    looked: tuple[int, int] | None = None
    unheard: list[Started | Waits] = field(default_factory=list)

    @property
    def handle(self) -> str:
        """What names it."""
        number = self.known.begin.job if self.known.begin else max(self.numbers, default="")
        return handle_of(number, self.known.stem)

    def look(self) -> Said:
        """Returns what its file says; raises OSError.

        As long as it looks the same it is not read again, unless its job seems to be over.
        """
        path = self.files.begun
        try:
            status = path.lstat()
        except FileNotFoundError:
            looks = None
        else:
            looks = status.st_size, status.st_mtime_ns
        if looks != self.looked or self.known.over_since is not None:
            self.said, self.looked = begun_file.read(path), looks
        return self.said

    def say(self, event: Started | Waits) -> None:
        """Tell whoever watches, or will."""
        self.unheard.append(event)
        self.speak()

    def speak(self) -> None:
        """Tell what nobody has heard yet."""
        if self.tell is not None:
            events, self.unheard = self.unheard, []
            for event in events:
                self.tell(event)


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
        self._trouble = trouble
        self._timing = timing
        self._slurm = Slurm(cluster)
        self._umask = current_umask()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._jobs: dict[str, _Job] = {}
        self._waiting = 0
        self._listing: Listing | None = None
        self._listed = asyncio.Event()
        self._hurry = asyncio.Event()
        self._silent: str | None = None
        self._pause = _FIRST_PAUSE
        self._problems: dict[str, tuple[str, Trouble]] = {}
        self._leftovers: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def prepare(self) -> None:
        """A cluster is ready, or says that it is not."""

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Begun | Lost | NeverStarted:
        """Submit ``claim``; raises CannotStart. Waits while Slurm does not answer."""
        stem = files_stem(claim.run_id, claim.token)
        files = RunFiles.of(claim.log_path)
        script = await self._prepared(claim, files)
        submitted_at = self._clock.now()
        number = await self._submitted(claim, stem, script, waits, unwanted)
        if number is None and await self._withdrawn(files):
            return NeverStarted()
        job = self._known(stem, files, number)
        return Submitted(job.handle, submitted_at, place_of(self._cluster.name))

    async def watch(self, handle: str, tell: Callable[[Started | Waits], None]) -> Gone:
        """Wait for the end of a job that was submitted or adopted; raises CannotStart."""
        job = self._job(handle)
        job.tell = tell
        job.speak()
        try:
            return await job.gone
        finally:
            self._jobs.pop(job.known.stem, None)

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        """Take it from the queue; or TERM, grace and KILL to all of it; None if it had ended."""
        stem = _stem(handle)
        job = self._jobs.get(stem)
        if job is None or job.gone.done():
            return None
        if job.known.begin is None and await self._withdrawn(job.files, is_unsure=job.is_unsure):
            _resolve(job, NeverStarted())
            self._leftovers.add(job.known.name)
            with suppress(NoAnswer):
                await self._slurm.cancel(job.known.name)
            return None
        job.known = replace(job.known, is_stopping=True)
        with suppress(TimeoutError):
            if not force:
                await self._signal(job, "TERM")
                async with asyncio.timeout(self._kill_grace.total_seconds()):
                    await asyncio.shield(asyncio.wait([job.gone]))
                return Stopped(signal.SIGTERM)
        await self._signal(job, "KILL")
        await self._slurm.cancel(job.known.name)  # those that have not begun go as well
        await asyncio.wait([job.gone])
        return Stopped(signal.SIGKILL)

    async def adopt(self, run: OpenRun) -> Adopted:
        """Find out from its files, or else from Slurm, what became of a run."""
        stem = files_stem(run.run_id, run.token)
        files = RunFiles.of(run.log_path)
        job = self._known(stem, files, job_of(run.handle))
        said = await self._said(files)
        if said is not None and said.is_withdrawn:
            self._jobs.pop(stem, None)
            return NeverStarted()
        if said is not None and said.begin is not None:
            job.known = replace(job.known, begin=said.begin)
            job.numbers.add(said.begin.job)
            return started(job.known, said.begin)
        if run.start_time is not None:  # the file is out of sight, for now
            return Started(run.handle or job.handle, run.start_time, None, place=run.place)
        job.is_unsure = run.submitted_at is None
        if job.is_unsure and await self._is_unheard_of(job):
            with suppress(OSError, TimeoutError):
                if await self._withdrawn(job.files, is_unsure=job.is_unsure):
                    self._jobs.pop(stem, None)
                    return NeverStarted()
        submitted_at = run.submitted_at or self._clock.now()
        return Submitted(job.handle, submitted_at, place_of(self._cluster.name))

    async def _is_unheard_of(self, job: _Job) -> bool:
        """Whether Slurm says that it has no job of a run; False if it does not say."""
        self._listed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_ADOPTION):
                while self._listing is None or self._listing.asked_at < job.known.known_at:
                    self._hurry.set()
                    await self._listed.wait()
                    self._listed.clear()
                jobs = self._listing.of(job.known.name)
                job.numbers.update(each.number for each in jobs)
                return not jobs
        return False

    async def finish_log(self, run_id: int, log: Path, text: str) -> int | None:  # noqa: ARG002
        """Add a line of ours to its log; returns how large it is, as far as that can be seen."""

        def finish() -> int:
            files = RunFiles.of(log)
            if text:
                with suppress(OSError):
                    files.append(text)
            return files.log_bytes()

        try:
            return await in_time(finish, _LAST_WORDS)
        except TimeoutError:
            return 0

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Nothing is remembered of what has ended: its files go with its row."""

    async def let_go(self) -> None:
        """Ask and look no more; jobs go on."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()

    def _job(self, handle: str) -> _Job:
        return self._jobs[_stem(handle)]

    def _known(self, stem: str, files: RunFiles, number: str | None) -> _Job:
        """Watch a run that Slurm knows from now on, or may know."""
        loop = asyncio.get_running_loop()
        known = Known(_PREFIX + stem, stem, self._cluster.name, loop.time())
        job = _Job(known, files, {number} if number else set(), loop.create_future())
        self._jobs[stem] = job
        self._attend()
        return job

    async def _prepared(self, claim: Claim, files: RunFiles) -> str:
        """Make what a run needs in the shared folder; returns its script; raises CannotStart."""

        def prepare() -> Path:
            self._make_log_folder(files)
            os.close(files.open_log())
            is_python = claim.kind is ProcessKind.PYTHON
            return _python_child(self._cluster.folder) if is_python else PYTHON_CHILD

        name = self._cluster.name
        try:
            child = await in_time(prepare, _FOLDER_PATIENCE)
        except TimeoutError:
            raise CannotStart(
                f"The folder of {name}, {self._cluster.folder}, does not answer"
            ) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise CannotStart(f"The folder of {name} cannot be used: {reason}") from error
        return script_of(
            claim, files.begun, umask=self._umask, log_cap=self._log_cap, python_child=child
        )

    def _options(self, claim: Claim, stem: str) -> tuple[str, ...]:
        """The options of a run that are ours to give."""
        given = (*self._cluster.options, *claim.cluster_options)
        limit = time_limit(claim.timeout, given, self._kill_grace)
        return (f"--job-name={_PREFIX}{stem}", *NOWHERE, *limit)

    async def _submitted(
        self,
        claim: Claim,
        stem: str,
        script: str,
        waits: Callable[[str], None],
        unwanted: asyncio.Event,
    ) -> str | None:
        """Submit until Slurm answers; returns the number of the job, or None if it is unwanted."""
        ours = self._options(claim, stem)
        variables = exported(variables_of(claim))
        self._waiting += 1
        try:
            while not unwanted.is_set():
                if self._silent is None:
                    try:
                        async with self._slots:
                            return await self._slurm.submit(
                                script, ours, claim.cluster_options, variables
                            )
                    except Refused as error:
                        raise CannotStart(f"{self._cluster.name}: {error}") from None
                    except NoAnswer as error:
                        self._lose_touch(str(error))
                waits(f"{self._cluster.name} does not answer: {self._silent}")
                if not await self._answers(unwanted):
                    return None
                if self._listing and (jobs := self._listing.of(_PREFIX + stem)):
                    return jobs[-1].number  # it was submitted, although nobody said so
                waits("")
            return None
        finally:
            self._waiting -= 1

    async def _answers(self, unwanted: asyncio.Event) -> bool:
        """Wait until Slurm has answered again; False if a run is unwanted before."""
        self._attend()
        self._listed.clear()
        events = [asyncio.create_task(each.wait()) for each in (self._listed, unwanted)]
        try:
            await asyncio.wait(events, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for event in events:
                event.cancel()
        return not unwanted.is_set()

    async def _withdrawn(self, files: RunFiles, *, is_unsure: bool = False) -> bool:
        """Let no job of a run begin; False if one has. Raises OSError, TimeoutError."""

        def withdraw() -> bool:
            if is_unsure:
                self._make_log_folder(files)
            return begun_file.withdraw(files.begun)

        return await in_time(withdraw, _FOLDER_PATIENCE)

    def _make_log_folder(self, files: RunFiles) -> None:
        """Make the folder of a log, but not that of the cluster; raises OSError."""
        folder = self._cluster.folder
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is not there, or no folder: make or mount it")
        make_log_folder(files.log.parent)

    async def _said(self, files: RunFiles) -> Said | None:
        """What its file says; None if that cannot be seen now."""
        try:
            return await in_time(lambda: begun_file.read(files.begun), _FOLDER_PATIENCE)
        except (OSError, TimeoutError):
            return None

    async def _signal(self, job: _Job, name: str) -> None:
        self._hurry.set()  # whoever waits for its end need not wait for the next question
        begin = job.known.begin  # to signal one that waits would be tried for minutes
        for number in job.numbers if begin is None else [begin.job]:
            await self._slurm.signal(number, job.known.name, name)

    def _attend(self) -> None:
        """Have the queue and the files looked at, as long as there is something to see."""
        for work in (self._list, self._look):
            if (task := self._tasks.get(work.__name__)) is None or task.done():
                self._tasks[work.__name__] = asyncio.create_task(self._repeat(work))

    async def _repeat(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` again and again while there is anything to see; a fault of it is told."""
        while self._jobs or self._waiting:
            try:
                await work()
            except Exception as error:
                _log.exception("jobs of %s cannot be looked at", self._cluster.name)
                self._say(work.__name__, f"its jobs cannot be looked at: {error!r}", _SEE_LOG)
                await asyncio.sleep(_FIRST_PAUSE)
        if work == self._list:
            self._silent = None
        self._say(work.__name__, None)

    async def _list(self) -> None:
        """Ask Slurm for all jobs, and rest; less and less often while it is silent."""
        loop = asyncio.get_running_loop()
        self._hurry.clear()
        asked_at = loop.time()
        try:
            listing = Listing(asked_at, await self._slurm.jobs())
        except NoAnswer as error:
            self._lose_touch(str(error))
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            return
        self._pause = _FIRST_PAUSE
        self._listing, self._silent = listing, None
        self._say("_list", None)
        self._listed.set()
        await self._remove_leftovers(listing)
        await asyncio.sleep(max(asked_at + self._timing.hurry - loop.time(), 0))
        is_stopping = any(job.known.is_stopping for job in self._jobs.values())
        if not is_stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(asked_at + self._timing.listing):
                    await self._hurry.wait()

    async def _look(self) -> None:
        """Rest, and look at the files of all runs."""
        await asyncio.sleep(self._timing.look)
        jobs = [job for job in self._jobs.values() if not job.gone.done()]
        listing = self._listing  # before the files: what it does not list may end meanwhile
        try:
            said = await in_time(partial(_read_all, jobs), _FOLDER_PATIENCE)
        except TimeoutError:
            text = f"its folder {self._cluster.folder} does not answer"
            self._say("_look", text, "See to the disk, or the network.")
            return
        self._say("_look", None)
        now = asyncio.get_running_loop().time()
        for job, words in zip(jobs, said, strict=True):
            if words is not None and not job.gone.done():
                await self._decide(job, words, listing, now)

    async def _remove_leftovers(self, listing: Listing) -> None:
        """Take from the queue what was withdrawn while Slurm did not answer."""
        self._leftovers &= listing.going_on()
        with suppress(NoAnswer):
            for name in sorted(self._leftovers):
                await self._slurm.cancel(name)

    def _lose_touch(self, reason: str) -> None:
        """Tell that Slurm does not answer."""
        self._silent, self._listing = reason, None
        remedy = "What waits for it begins when it does. See: sinfo, scontrol ping."
        self._say("_list", f"does not answer: {reason}", remedy)

    def _say(self, what: str, text: str | None, remedy: str = "") -> None:
        """Tell what is wrong, and since when, as long as it is the same; None if it is over."""
        if text is None:
            if self._problems.pop(what, None) is None:
                return
        elif what in self._problems and self._problems[what][0] == text:
            return
        else:
            now = self._clock.now()
            words = f"{self._cluster.name}: {text} (since {day_and_time(now, local_zone(), now)})"
            self._problems[what] = text, Trouble(words, remedy, is_minor=True)
        troubles = [trouble for _, trouble in self._problems.values()]
        self._trouble(troubles[0] if troubles else None)

    async def _decide(self, job: _Job, said: Said, listing: Listing | None, now: float) -> None:
        """Take in what is known of a run now."""
        self._note(job, said, listing, now)
        moment = self._clock.now()
        verdict = judge(job.known, said, listing, now, moment, self._timing)
        match verdict:
            case None | Started():
                return
            case Waits(reason):
                if reason != job.reason:
                    job.reason = reason
                    job.say(verdict)
            case Over(outcome):
                with suppress(OSError, TimeoutError):
                    if said.is_torn or await self._withdrawn(job.files, is_unsure=job.is_unsure):
                        _resolve(job, outcome)
            case _:
                _resolve(job, verdict)

    def _note(self, job: _Job, said: Said, listing: Listing | None, now: float) -> None:
        """Remember of a run what the next look needs."""
        known = job.known
        if said.begin is not None and known.begin is None:
            known = replace(known, begin=said.begin)
            job.numbers.add(said.begin.job)
            job.say(started(known, said.begin))
        if said.end is not None and known.ended_at is None:
            known = replace(known, ended_at=now)
            if (said.end.code or 0) > SHELL_OFFSET:  # Slurm is to say whether it sent the signal
                self._hurry.set()
        if listing is not None:
            job.numbers.update(each.number for each in listing.of(known.name))
            over = is_over(known, listing)
            known = replace(known, over_since=(known.over_since or now) if over else None)
        job.known = known


def _stem(handle: str) -> str:
    return handle.partition(" ")[2]


def _resolve(job: _Job, outcome: Gone | CannotStart) -> None:
    if job.gone.done():
        return
    if isinstance(outcome, CannotStart):
        job.gone.set_exception(outcome)
    else:
        job.gone.set_result(outcome)


def _read_all(jobs: Sequence[_Job]) -> list[Said | None]:
    """What the files of these runs say; None for those that cannot be seen now."""
    said: list[Said | None] = []
    for job in jobs:
        try:
            said.append(job.look())
        except OSError:
            said.append(None)
    return said


def _python_child(folder: Path) -> Path:
    """Returns the script of Python processes in ``folder``, which is copied there once."""
    content = PYTHON_CHILD.read_bytes()
    path = folder / f"python_child-{sha256(content).hexdigest()[:12]}.py"
    with suppress(FileNotFoundError):
        if path.stat().st_size == len(content):
            return path
    new = path.with_suffix(f".{os.getpid()}")
    descriptor = open_file(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    new.replace(path)
    return path
