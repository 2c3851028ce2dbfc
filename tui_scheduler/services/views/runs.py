"""Runs and their logs, as screens and commands show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from tui_scheduler.clusters import cluster_at
from tui_scheduler.models import (
    OPEN_STATUSES,
    Channel,
    KillRequest,
    ProcessKind,
    RunStatus,
)
from tui_scheduler.services.norms import Norm
from tui_scheduler.wording import SUBMITTED, several

_MOST_NAMED = 5


class Branch(StrEnum):
    """Where a run stands in a tree: the run of a group that is closed or opened, or beneath one."""

    CLOSED = "closed"
    OPENED = "opened"
    BENEATH = "beneath"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: ``done`` of ``total`` of whatever it counts."""

    done: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as a list shows it, or a fire that did not become one; ``note`` says why.

    ``group`` is the name of the group that it is a run of, or whose run ``parent_id`` it is
    beneath, at the ``position`` among all members, in a ``step``; ``number_in_group`` says it in
    short. ``branch`` is None in a list that is no tree, and for a run that has nothing to do
    with groups. ``is_elsewhere``: it is open, and on a machine, or in a cluster, that cannot be
    seen from here. ``exit_code`` is None where a ``signal`` ended the process. ``peak_memory``, in
    bytes, is a bound from above. ``log_path`` need not exist: a log begins with the first output.
    ``error_words`` are those of its process. ``telling_line`` is the last error line of the log, or
    else the last line, known in lists of what has failed.

    ``place`` is the cluster that it was handed to, with the node once it has begun there; empty on
    this machine. ``job`` is what it is called there. One that was ``submitted_at`` and has not
    begun waits there, and ``waits_for`` is the engine's word for what. Of one that nobody has taken
    it is what keeps it from beginning here. ``note`` ends with that.

    ``norm`` is what is usual of such runs; only known of one that runs. ``after_run`` is the number
    of the run that it follows, and ``after_process`` whose that is; empty if it is gone.
    """

    id: int
    request_id: int
    process: str
    process_id: int
    kind: ProcessKind
    group: str | None
    parent_id: int | None
    position: int | None
    progress: Progress | None
    request: str
    status: RunStatus
    channel: Channel
    scheduled_for: datetime
    start_time: datetime | None
    end_time: datetime | None
    exit_code: int | None
    signal: int | None
    cpu_time: timedelta | None
    peak_memory: int | None
    attempt: int
    missed: int
    note: str
    kill_request: KillRequest | None
    kill_requested_at: datetime | None
    host: str
    log_path: Path
    log_bytes: int
    is_elsewhere: bool = False
    branch: Branch | None = None
    error_words: tuple[str, ...] | None = None
    telling_line: str = ""
    place: str = ""
    submitted_at: datetime | None = None
    job: str = ""
    waits_for: str = ""
    norm: Norm | None = None
    after_run: int | None = None
    after_process: str = ""
    step: int | None = None
    number_in_group: str = ""

    @property
    def state(self) -> str:
        """The status as it is said: that of one which waits in its engine has a word of its own."""
        is_submitted = self.status is RunStatus.QUEUED and self.submitted_at is not None
        return SUBMITTED if is_submitted else self.status

    @property
    def where(self) -> str:
        """Its place, and why it waits there; empty on this machine."""
        if self.state != SUBMITTED:
            return self.place
        return f"{self.place}: waiting" + (f" ({self.waits_for})" if self.waits_for else "")

    @property
    def own_note(self) -> str:
        """The note without what ``where`` says already."""
        if self.state != SUBMITTED:
            return self.note
        return self.note.removesuffix(self.waits_for).removesuffix("; ")

    @property
    def cluster(self) -> str:
        """The cluster that it was handed to; empty on this machine."""
        return cluster_at(self.place)

    def wait(self, now: datetime) -> timedelta | None:
        """How long it waited in its engine, or has so far; None if it was never submitted."""
        if self.submitted_at is None:
            return None
        return max((self.start_time or self.end_time or now) - self.submitted_at, timedelta())

    @property
    def cause(self) -> str:
        """The run that it follows, as one says it: "run 17 of backup"; empty if there is none."""
        if self.after_run is None:
            return ""
        of_it = f" of {self.after_process}" if self.after_process else ", which is gone"
        return f"run {self.after_run}{of_it}"

    @property
    def is_group(self) -> bool:
        """Whether it is the run of a group, with other runs beneath it."""
        return self.kind is ProcessKind.GROUP

    @property
    def is_open(self) -> bool:
        """Whether it is waiting or running."""
        return self.status in OPEN_STATUSES

    @property
    def was_taken(self) -> bool:
        """Whether a scheduler has taken it; only then it may have a log."""
        return self.host != ""

    @property
    def expected_end(self) -> datetime | None:
        """When it ends if it takes as long as usual; None if it does not run or nobody knows."""
        if self.norm is None or self.start_time is None or self.end_time is not None:
            return None
        return self.start_time + self.norm.usual

    def times_usual(self, now: datetime) -> float | None:
        """How many times as long as usual it has been running, if that is out of the ordinary."""
        took = self.duration(now)
        if self.norm is None or took is None or not self.norm.is_exceeded(took):
            return None
        return self.norm.times(took)

    def duration(self, now: datetime) -> timedelta | None:
        """How long it ran, or has been running at ``now``; None if it never started."""
        if self.start_time is None:
            return None
        return max((self.end_time or now) - self.start_time, timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView(RunRow):
    """All of a run; ``parameters`` is what it was given, ``secrets`` the names to hide of it.

    ``command`` is what it was taken to run, whatever its process says by now; None before, for a
    group, and for runs of earlier versions. ``handle`` is what its runner calls it. ``followed_by``
    are the runs that follow it, oldest first. ``locks`` are those that it needs, and holds from
    when it is taken until it ends.
    """

    parameters: Mapping[str, str] = field(repr=False)
    secrets: frozenset[str]
    command: str | None = None
    pid: int | None
    handle: str | None = None
    followed_by: tuple[int, ...] = ()
    locks: tuple[str, ...] = ()

    @property
    def effects(self) -> str:
        """The runs that follow it, as one says them: "runs 18 and 19"; empty if there are none."""
        ids = [str(run_id) for run_id in self.followed_by]
        if len(ids) > _MOST_NAMED:
            ids[_MOST_NAMED:] = [f"{len(ids) - _MOST_NAMED} more"]
        return f"run{'' if len(ids) == 1 else 's'} {several(ids)}" if ids else ""


@dataclass(frozen=True, slots=True)
class RunLog:
    """Where the log of a run lies, if anything was written; ``bytes`` were at its end."""

    run_id: int
    path: Path
    bytes: int = 0
