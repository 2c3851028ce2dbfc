"""What screens and commands are shown: frozen pictures of what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

from tui_scheduler.clusters import cluster_at
from tui_scheduler.members import Members
from tui_scheduler.models import (
    OPEN_STATUSES,
    Channel,
    KillRequest,
    MisfirePolicy,
    Overlap,
    ProcessKind,
    RequestStatus,
    RunStatus,
)
from tui_scheduler.receivers import NoticeKind
from tui_scheduler.schedules import Plan, awaited
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.norms import Norm, PastRun
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.wording import PAUSED, SUBMITTED, paused_until, several, skips

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessView:
    """A process, how many requests ask for it, and what of it is running."""

    id: int
    name: str
    kind: ProcessKind
    description: str
    command: str
    python: str | None
    parameters: tuple[Parameter, ...]
    working_directory: str | None
    environment: Mapping[str, str] = field(repr=False)
    runs_on: str | None
    cluster_options: tuple[str, ...]
    timeout: timedelta | None
    overlap: Overlap
    locks: tuple[str, ...]
    retries: int
    retry_delay: timedelta
    active: bool
    notify: tuple[str, ...] | None
    notify_after: int
    slow_after: timedelta | None
    error_words: tuple[str, ...] | None
    created_at: datetime
    request_count: int
    running: int
    last_status: RunStatus | None
    last_end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group with its members, how many requests ask for it, and what of it is running."""

    id: int
    name: str
    description: str
    members: Members
    stop_on_failure: bool
    overlap: Overlap
    notify: tuple[str, ...] | None
    notify_after: int
    slow_after: timedelta | None
    created_at: datetime
    request_count: int
    running: int
    last_status: RunStatus | None
    last_end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which a request does not fire, and who paused it.

    ``until`` is when it ends, or has ended, and what fires then is not part of it; None is for
    good. If it ``skips_next`` it is one fire alone, at ``until``; None is for the next event,
    whenever that comes.
    """

    at: datetime
    by: str
    until: datetime | None = None
    skips_next: bool = False

    @property
    def is_for_good(self) -> bool:
        """Whether nothing but a person ends it."""
        return self.until is None and not self.skips_next

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended."""
        return self.until is not None and self.until <= now

    def covers(self, fire: datetime) -> bool:
        """Whether a fire that is still to come falls into it."""
        if self.until is None:
            return True
        return fire == self.until if self.skips_next else fire < self.until

    @property
    def last_moment(self) -> datetime | None:
        """The last moment that is part of it; None for good."""
        if self.until is None or self.skips_next:
            return self.until
        return self.until - TICK

    def words(self, zone: str, now: datetime) -> str:
        """What a request in it does, such as "paused by ada until Mon 9 Mar 08:00"."""
        if self.skips_next:
            return skips(self.by, self.until, zone, now)
        return paused_until(self.by, self.until, zone, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as a list shows it: its plan in words, what comes next, what was observed last.

    ``process`` is the name of its process or group. ``schedule_brief`` says what ``schedule_text``
    does where there is little room. ``recent`` holds its latest runs, newest last. ``last_pause``
    is the latest pause since it was scheduled, which may be over. One that is scheduled and does
    not run says why in ``waiting_for``: a calendar is not known.
    """

    id: int
    process: str
    process_id: int
    kind: ProcessKind
    description: str
    status: RequestStatus
    plan: Plan
    schedule_text: str
    next_fire: datetime | None
    last_run_id: int | None
    last_status: RunStatus | None
    last_start: datetime | None
    last_end: datetime | None
    recent: tuple[PastRun, ...] = ()
    schedule_brief: str = ""
    waiting_for: str = ""
    last_pause: Pause | None = None

    def pause(self, now: datetime) -> Pause | None:
        """The pause that it is in at ``now``, also one that is only to skip its next fire."""
        is_in_force = self.last_pause is not None and not self.last_pause.is_over(now)
        return self.last_pause if is_in_force else None

    def is_paused(self, now: datetime) -> bool:
        """Whether it is paused, and not only to skip a fire."""
        pause = self.pause(now)
        return pause is not None and not pause.skips_next

    def state(self, now: datetime) -> str:
        """The status as it is said: that of one which is paused has a word of its own."""
        return PAUSED if self.is_paused(now) else self.status

    @property
    def is_group(self) -> bool:
        """Whether it runs a group."""
        return self.kind is ProcessKind.GROUP

    @property
    def awaits(self) -> str:
        """What it runs at, or after, if no clock can tell its next fire: "after backup".

        Empty for what is paused for good.
        """
        if self.next_fire is not None or self.status is not RequestStatus.SCHEDULED:
            return ""
        if self.last_pause is not None and self.last_pause.is_for_good:
            return ""
        return awaited(self.plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView(RequestRow):
    """All of a request; ``declared`` are the parameters that its process or group declares.

    ``command`` is what its process runs or calls; empty for a group.
    """

    command: str
    misfire: MisfirePolicy
    misfire_limit: timedelta | None
    silent_after: timedelta | None
    parameters: Mapping[str, str] = field(repr=False)
    declared: tuple[Parameter, ...]
    previous_fire: datetime | None
    scheduled_at: datetime | None
    scheduled_by: str
    executions: int
    created_at: datetime


def usually_awaits(request: RequestRow, usual_end: time | None) -> str:
    """Returns what a request awaits, and when that usually comes, if that is known."""
    usually = "" if usual_end is None else f", usually about {usual_end:%H:%M}"
    return f"{request.awaits}{usually}"


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


@dataclass(frozen=True, slots=True)
class Upcoming:
    """How many requests are scheduled, and which of them fire first: process or group, and when.

    Of those that await an event nobody knows when: they are only counted.
    """

    count: int
    first: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of the header."""

    running: int
    queued: int
    failed_today: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """When old runs were last removed, and how many."""

    at: datetime
    removed: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether all scheduling is held, since when and by whom."""

    held_at: datetime | None
    held_by: str
    released_at: datetime | None

    @property
    def is_held(self) -> bool:
        """Whether nothing is claimed at the moment."""
        return self.held_at is not None


class NoticeState(StrEnum):
    """What has become of a notice."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A notice for one receiver; ``problem`` is why the last try to send it failed.

    ``run_id`` is None where it is of a request alone, whose runs do not come.
    """

    id: int
    key: str
    kind: NoticeKind
    receiver: str
    run_id: int | None
    request_id: int
    process: str
    in_a_row: int
    since: datetime | None
    created_at: datetime
    attempts: int
    next_try: datetime | None
    sent_at: datetime | None
    problem: str

    @property
    def state(self) -> NoticeState:
        """Whether it was sent, is still to be, or was given up."""
        if self.sent_at is not None:
            return NoticeState.SENT
        return NoticeState.GIVEN_UP if self.next_try is None else NoticeState.WAITING
