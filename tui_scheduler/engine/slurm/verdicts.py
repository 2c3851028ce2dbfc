"""What is known of a run on a cluster, from the file that its job writes and from Slurm's list.

The file is the truth, and the list a hint: that a job is not in it means something only if the list
was asked for after the job was known, and the file read after the list came.
"""

import signal
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui_scheduler.clusters import handle_of, place_of
from tui_scheduler.engine.runner import (
    CannotStart,
    Ended,
    Gone,
    Lost,
    NeverStarted,
    Started,
    Waits,
)
from tui_scheduler.engine.slurm.begun_file import Begin, BegunRecord, End
from tui_scheduler.engine.slurm.commands import Job, State
from tui_scheduler.engine.slurm.job_script import NO_FOLDER
from tui_scheduler.models import RunStatus

SHELL_OFFSET = 128
"""A shell's exit code for a command that signal n ended is 128 + n."""

_BY_SLURM = {
    "CANCELLED": (RunStatus.KILLED, "cancelled in Slurm"),
    "PREEMPTED": (RunStatus.KILLED, "preempted in Slurm"),
    "TIMEOUT": (RunStatus.TIMED_OUT, "its time in Slurm was over (TIMEOUT)"),
    "DEADLINE": (RunStatus.TIMED_OUT, "its deadline in Slurm was over (DEADLINE)"),
    "OUT_OF_MEMORY": (RunStatus.ERROR, "it used more memory than it asked for (OUT_OF_MEMORY)"),
}
"""What Slurm did to a job, by its word for that."""

_NODE_FAILED = {"NODE_FAIL", "BOOT_FAIL"}
_BEGUN_AGAIN = "COMPLETED"
"""The word for a job that has not said how it ended, and yet did well: it was begun once more.

The second time it finds itself taken, and does nothing; the first may go on, unknown to Slurm.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How often to look, and how long to wait for what may yet be said; in seconds.

    ``listing``: between two questions to Slurm; ``hurry``: while something is being stopped.
    ``look``: between two looks at the files.

    ``lost_after``: a job has begun, and Slurm has forgotten it. ``settled``: a job is over, and its
    file is going to say how it ended. ``unseen``: a job is over, and a file that it made is not
    seen yet, as network folders are slow in that.

    ``answer``: a call of one of Slurm's tools. ``folder``: a look at the shared folder.
    ``adoption``: Slurm is to say whether it knows a job. ``pause``: until it is asked again if it
    did not answer, and twice as long each time. ``again``: until what was killed, and is not gone,
    is killed once more.
    """

    listing: float = 5.0
    hurry: float = 1.0
    look: float = 2.0
    lost_after: float = 600.0
    settled: float = 3.0
    unseen: float = 15.0
    answer: float = 20.0
    folder: float = 20.0
    adoption: float = 10.0
    pause: float = 1.0
    longest_pause: float = 60.0
    again: float = 10.0


TIMING = Timing()


class Listing:
    """What Slurm listed; ``asked_at`` is when, in seconds on the clock of the event loop."""

    def __init__(self, asked_at: float, jobs: Iterable[Job]) -> None:
        self.asked_at = asked_at
        self._by_name: dict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            self._by_name[job.name].append(job)

    def of(self, name: str) -> Sequence[Job]:
        """Returns the jobs that are called so."""
        return self._by_name.get(name, ())


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a run at the last look.

    ``known_at`` and ``over_since`` are seconds on the clock of the event loop: since when Slurm has
    known it, and since when that has not listed a job of it that goes on. ``begin`` is remembered,
    as a file may be out of sight. ``ended_at`` is since when its end was seen.
    """

    name: str
    stem: str
    cluster: str
    known_at: float
    begin: Begin | None = None
    over_since: float | None = None
    ended_at: float | None = None
    is_stopping: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing of a run will begin: what becomes of it if it can be withdrawn, and so has not."""

    outcome: Gone | CannotStart


Verdict = Started | Waits | Gone | Over | None


def started(known: Known, begin: Begin) -> Started:
    """Returns what is told of a run whose job has begun."""
    place = place_of(known.cluster, begin.node)
    return Started(handle_of(begin.job, known.stem), begin.at, None, place=place)


def conclude(
    known: Known,
    record: BegunRecord,
    listing: Listing | None,
    now: float,
    moment: datetime,
    timing: Timing = TIMING,
) -> Verdict:
    """Returns what is new of a run, or None; ``moment`` is an end that nobody has written down."""
    if record.end is not None:
        return _ended(known, record.end, listing, now, timing)
    jobs = [] if listing is None else listing.of(known.name)
    if listing is None or listing.asked_at < known.known_at:
        return None
    begin = known.begin or record.begin
    if begin is not None:
        return _begun(known, begin, jobs, now, moment, timing)
    if record.is_withdrawn:
        return NeverStarted()
    return _waiting(known, record, jobs, now, moment, timing)


def is_over(known: Known, listing: Listing) -> bool:
    """Whether Slurm lists no job that a run could still be, or become."""
    jobs = _of_begin(known.begin, listing.of(known.name))
    return listing.asked_at >= known.known_at and all(job.state is State.OVER for job in jobs)


def _ended(
    known: Known, end: End, listing: Listing | None, now: float, timing: Timing
) -> Gone | None:
    if end.reason:
        return Ended(end_time=end.at, status=RunStatus.ERROR, note=end.reason)
    ended = Ended(end_time=end.at, exit_code=end.code, cpu_time=end.cpu_time)
    if (end.code or 0) <= SHELL_OFFSET or known.is_stopping:
        return ended
    # a signal, and perhaps not its own: Slurm says whether it sent it, soon after
    since = now if known.ended_at is None else known.ended_at
    if listing is not None and listing.asked_at >= since:
        jobs = _of_begin(known.begin, listing.of(known.name))
        for job in jobs:
            if job.word in _BY_SLURM:
                status, note = _BY_SLURM[job.word]
                return Ended(end_time=end.at, exit_code=end.code, status=status, note=note)
        if all(job.state is State.OVER for job in jobs):
            return ended
    return ended if now - since > timing.unseen else None


def _begun(
    known: Known,
    begin: Begin,
    jobs: Sequence[Job],
    now: float,
    moment: datetime,
    timing: Timing,
) -> Gone | None:
    jobs = _of_begin(begin, jobs)
    if known.over_since is None or any(job.state is not State.OVER for job in jobs):
        return None
    silent = now - known.over_since
    if not jobs:
        reason = f"Slurm does not know its job {begin.job} any more; how it ended is not said"
        return Lost(reason) if silent > timing.lost_after else None
    if jobs[-1].word == _BEGUN_AGAIN:
        return _said_nothing(begin, jobs[-1], moment) if silent > timing.lost_after else None
    if known.is_stopping:  # its end is written before its job is over, unless it was killed
        return Ended(end_time=moment, signal=signal.SIGKILL)
    return _said_nothing(begin, jobs[-1], moment) if silent > timing.settled else None


def _said_nothing(begin: Begin, job: Job, moment: datetime) -> Gone:
    """What became of a job that is over and has not written how it ended."""
    if job.word in _BY_SLURM:
        status, note = _BY_SLURM[job.word]
        return Ended(end_time=moment, status=status, note=note)
    if job.word in _NODE_FAILED:
        return Lost(f"Node {job.nodes or begin.node} failed ({job.word})", is_gone=True)
    return Lost(f"Its job {job.number} is over ({job.word}), and has not said how it ended")


def _waiting(
    known: Known,
    record: BegunRecord,
    jobs: Sequence[Job],
    now: float,
    moment: datetime,
    timing: Timing,
) -> Waits | Lost | Over | None:
    going_on = [job for job in jobs if job.state is not State.OVER]
    if going_on:
        job = going_on[-1]
        reason = job.reason if job.state is State.WAITING else ""
        return Waits("" if reason in ("None", "") else reason)
    if known.over_since is None or now - known.over_since < timing.unseen:
        return None
    if not jobs and record.is_torn:  # a job that Slurm forgot may be just about to begin
        reason = "Slurm does not know its job any more, which has not said whether it began"
        return Lost(reason) if now - known.over_since > timing.lost_after else None
    if not jobs:
        return Over(NeverStarted("Slurm forgot it before it began: submitted again"))
    job = jobs[-1]
    was_launching = job.word == "CANCELLED" and bool(job.nodes)  # its node does that, if it cannot
    if job.word in _NODE_FAILED or job.word == "PREEMPTED" or was_launching:
        return Over(NeverStarted(f"Before it began, Slurm ended its job ({job.word})"))
    if job.word in _BY_SLURM:
        status, note = _BY_SLURM[job.word]
        return Over(Ended(end_time=moment, status=status, note=f"{note}, before it began"))
    return Over(CannotStart(_failure(job)))


def _failure(job: Job) -> str:
    """Why a job could not even take its run."""
    where = f" on {job.nodes}" if job.nodes else ""
    if job.reason in ("NonZeroExitCode", "None"):
        return (
            f"Its job {job.number} could not write beside its log{where} (exit code {NO_FOLDER}):"
            " is the folder of the cluster seen there, under the same name, with room in it?"
        )
    return f"Slurm could not begin its job {job.number}{where}: {job.word}, {job.reason}"


def _of_begin(begin: Begin | None, jobs: Sequence[Job]) -> list[Job]:
    """The jobs that a run may be: what Slurm says of another one than began means nothing."""
    return [job for job in jobs if begin is None or job.number == begin.job]
