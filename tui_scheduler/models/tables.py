"""The tables, column by column; constraints and indexes stand in the migrations.

What can be unreadable in one row (variables, wall times) is kept as text here and read by the
services, so that a damaged row stops nobody but itself.
"""

from enum import StrEnum

from peewee import AutoField, BooleanField, CompositeKey, ForeignKeyField

from tui_scheduler.models.base import BaseModel
from tui_scheduler.models.fields import (
    ChoiceField,
    DurationField,
    InstantField,
    NumberField,
    TextField,
    TokenField,
)
from tui_scheduler.receivers import NoticeKind
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Outcome, Timing


class ProcessKind(StrEnum):
    """What a process runs: a shell line, a Python callable, or its members step by step."""

    COMMAND = "command"
    PYTHON = "python"
    GROUP = "group"


class Overlap(StrEnum):
    """What happens to a fire while the same process is still running."""

    SKIP = "skip"
    ALLOW = "allow"
    QUEUE = "queue"
    REPLACE = "replace"


class MisfirePolicy(StrEnum):
    """What happens to fires that were missed by more than the grace."""

    ONCE = "once"
    SKIP = "skip"
    ALL = "all"


class RequestStatus(StrEnum):
    """Where a request stands between being written and having run out."""

    NEW = "new"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    COMPLETE = "complete"


class RunStatus(StrEnum):
    """Where a run stands; the last two are fires that never became a process."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCESS = "success"
    ERROR = "error"
    KILLED = "killed"
    TIMED_OUT = "timed_out"
    LOST = "lost"
    MISFIRED = "misfired"
    SKIPPED = "skipped"


OPEN_STATUSES = (RunStatus.QUEUED, RunStatus.PROCESSING)
"""What open runs are. Named beside the end that they lack, this lets SQLite look them up.

By the process alone it goes through the whole history of it.
"""


class Channel(StrEnum):
    """Who asked for a run: the plan, or a person directly."""

    SCHEDULER = "Process Scheduler"
    DIRECT = "Direct"


class KillRequest(StrEnum):
    """How a run was asked to end: TERM, a grace period and then KILL; or KILL at once.

    One that is ``REPLACED`` ends by TERM as well: the next run of its process takes its place.
    """

    TERM = "term"
    FORCE = "force"
    REPLACED = "replaced"


class Process(BaseModel):
    """Something that can be executed, and how to run it.

    ``command`` is a shell line, the ``package.module:callable`` of a Python process, or empty for
    a group. ``python`` is the interpreter or environment of a Python process; None is our own.

    ``notify`` are the receivers who are told of its runs, as JSON; None stands for those of the
    configuration. They are told when so many have failed in a row, ``notify_after``, and when one
    goes on for longer than ``slow_after``: None is what is unusual, and nothing is never.

    ``runs_on`` is the cluster that its runs are handed to, with ``cluster_options``, as JSON; None
    is this machine.

    ``error_words`` are what error lines of its logs have in them, as JSON; None is what most
    programs write. Runs that have one of its ``locks`` in common, as JSON, never run together.
    """

    id = AutoField()
    name = TextField(unique=True)
    kind = ChoiceField(ProcessKind, ProcessKind.COMMAND, default=ProcessKind.COMMAND)
    description = TextField(default="")
    command = TextField()
    python = TextField(null=True)
    parameters = TextField(default="[]")
    working_directory = TextField(null=True)
    environment = TextField(default="{}")
    timeout = DurationField(null=True)
    overlap = ChoiceField(Overlap, Overlap.SKIP, default=Overlap.SKIP)
    locks = TextField(default="[]")
    retries = NumberField(0, default=0)
    retry_delay = DurationField()
    stop_on_failure = BooleanField(default=False)
    active = BooleanField(default=True)
    notify = TextField(null=True)
    notify_after = NumberField(1, default=1)
    slow_after = DurationField(null=True)
    runs_on = TextField(null=True)
    cluster_options = TextField(default="[]")
    error_words = TextField(null=True)
    created_at = InstantField()


class GroupMember(BaseModel):
    """One place in the order of a group; a process may stand in several.

    Those of one ``step`` run together.
    """

    group_id: int
    group = ForeignKeyField(Process, backref="members", on_delete="CASCADE")
    position = NumberField(1)
    step = NumberField(1)
    process_id: int
    process = ForeignKeyField(Process, backref="memberships", on_delete="CASCADE")

    class Meta:
        """Peewee's options."""

        primary_key = CompositeKey("group", "position")


class Request(BaseModel):
    """When a process runs, and how far its plan has come.

    ``key`` is its name in files that definitions are moved in; None until it is first exported.
    ``failures`` is how many of its runs have failed in a row, the first ``failing_since``, and
    ``failure_told`` whether anybody was told. ``spread_by`` is how much later its fires come, of
    the ``spread`` of its plan.

    It is scheduled and has no ``next_fire`` while it is paused for good. ``paused_until`` is when a
    pause ends, or has ended; None for good, if it was ``paused_at``. One that ``skips_next`` is of
    that fire alone. ``paused_fire`` is the first fire that falls into it and has no row yet, and
    ``next_fire`` the first that does not.

    One that awaits a boot of the machine has fired, or was scheduled, in those that ``boot`` names,
    the latest first, with commas between; one that awaits ends of runs ``follows`` the process or
    group of that name. Such a request is scheduled without a ``next_fire``, but for what is due.
    """

    id = AutoField()
    key = TextField(null=True, unique=True)
    process_id: int
    process = ForeignKeyField(Process, backref="requests", on_delete="CASCADE")
    description = TextField(default="")
    parameters = TextField(default="{}")
    misfire = ChoiceField(MisfirePolicy, MisfirePolicy.ONCE, default=MisfirePolicy.ONCE)
    misfire_limit = DurationField(null=True)
    silent_after = DurationField(null=True)

    timing = ChoiceField(Timing)
    timezone = TextField()
    start = TextField(null=True)
    frequency = ChoiceField(Frequency, null=True)
    interval = NumberField(default=1)
    repetitions = NumberField(null=True)
    daily_option = ChoiceField(DailyOption, default=DailyOption.EVERY_N_DAYS)
    days = TextField(default="")
    monthly_option = ChoiceField(MonthlyOption, null=True)
    weekday = NumberField(null=True)
    day = NumberField(null=True)
    or_last_day = BooleanField(default=False)
    cron = TextField(null=True)
    finish = TextField(null=True)
    delay = DurationField(null=True)
    follows = TextField(null=True)
    outcome = ChoiceField(Outcome, default=Outcome.SUCCESS)
    spread = DurationField(null=True)
    spread_by = DurationField(null=True)
    except_ = TextField(default="")

    status = ChoiceField(RequestStatus, RequestStatus.UNSCHEDULED, default=RequestStatus.NEW)
    scheduled_at = InstantField(null=True)
    scheduled_by = TextField(default="")
    next_fire = InstantField(null=True)
    previous_fire = InstantField(null=True)
    executions = NumberField(0, default=0)
    last_run_id = NumberField(None, null=True)
    failures = NumberField(0, default=0)
    failing_since = InstantField(null=True)
    failure_told = BooleanField(default=False)
    boot = TextField(null=True)
    paused_at = InstantField(null=True)
    paused_by = TextField(default="")
    paused_until = InstantField(null=True)
    paused_fire = InstantField(null=True)
    skips_next = BooleanField(default=False)
    created_at = InstantField()


class Run(BaseModel):
    """One run, or one fire that did not become one and why.

    The run of a group has the ids of its processes in ``members`` once it has begun, as JSON, where
    those of a step of several are a list of their own; ``parent`` and ``position``, the place among
    all members, are those of the runs beneath it. ``parameters`` is what the run was given.

    A run that was taken has a ``host``, and a ``token`` that is drawn anew each time and names its
    files; one that an earlier version took has none. ``host_id`` is that of its machine, where that
    has one, until it ends: ``host`` is only what it is called. Its runner knows it by
    its ``handle``, which is kept of a job of a cluster alone. ``waiting_note`` says why one that
    was taken cannot begin yet; ``command_id`` is the ``Command`` that it was taken with. Where a
    ``signal`` ended the process there is no ``exit_code``. ``cpu_time`` and ``peak_memory`` (bytes)
    are None where they are not known.

    ``place`` is the cluster that a run is handed to, and its node once it has begun there; empty on
    this machine. One that has been ``submitted_at`` and has no ``start_time`` waits there. Its log
    lies in ``log_folder``; None is the database's own.

    One that follows another has the number of that in ``after_run``, which may be gone by now.
    ``locks`` are those of its process, as they were when it was taken. It ``needs_locks`` if it has
    rows of ``RunLock``, until it ends; triggers keep both.
    """

    id = AutoField()
    request_id: int
    request = ForeignKeyField(Request, backref="runs", on_delete="CASCADE")
    process_id: int
    process = ForeignKeyField(Process, backref="runs", on_delete="CASCADE")
    channel = ChoiceField(Channel, Channel.SCHEDULER, usual=Channel.SCHEDULER)
    status = ChoiceField(RunStatus, RunStatus.LOST)
    scheduled_for = InstantField()
    start_time = InstantField(null=True)
    end_time = InstantField(null=True)
    exit_code = NumberField(None, null=True)
    attempt = NumberField(1, default=1)
    missed = NumberField(0, default=0)
    note = TextField(default="")
    host = TextField(default="")
    host_id = TextField(null=True)
    pid = NumberField(None, null=True)
    handle = TextField(null=True)
    kill_request = ChoiceField(KillRequest, KillRequest.TERM, null=True)
    kill_requested_at = InstantField(null=True)
    log_bytes = NumberField(0, default=0)
    token = TokenField(null=True)
    waiting_note = TextField(default="")
    signal = NumberField(None, null=True)
    cpu_time = DurationField(null=True)
    peak_memory = NumberField(None, null=True)
    parent_id: int | None
    parent = ForeignKeyField("self", null=True, on_delete="CASCADE")
    position = NumberField(None, null=True)
    members = TextField(null=True)
    parameters = TextField(usual="{}", default="{}")
    command_id = NumberField(None, null=True)
    place = TextField(default="")
    submitted_at = InstantField(null=True)
    log_folder = TextField(null=True)
    after_run = NumberField(None, null=True)
    locks = TextField(usual="[]", default="[]")
    needs_locks = BooleanField(default=False)


class PendingEnd(BaseModel):
    """The end of a run that a request is to follow, and has not yet: it is held, or comes late."""

    id = AutoField()
    request_id: int
    request = ForeignKeyField(Request, on_delete="CASCADE")
    run_id = NumberField()
    ended_at = InstantField()


class RunLock(BaseModel):
    """A lock that a run waits for, or has ``held`` since it was taken; kept by triggers.

    Until ``due_at`` a retry does not wait for it yet.
    """

    name = TextField()
    run_id: int
    run = ForeignKeyField(Run, on_delete="CASCADE")
    held = BooleanField(default=False)
    due_at = InstantField(null=True)

    class Meta:
        """Peewee's options."""

        primary_key = CompositeKey("run", "name")


class Command(BaseModel):
    """What runs were given to run, each text once; triggers count the ``runs`` that have it."""

    id = AutoField()
    text = TextField(unique=True)
    runs = NumberField(0, default=0)


class Notice(BaseModel):
    """Something that one receiver is to be told, or was.

    It waits while it has a ``next_try``, was given up if it has none and was never ``sent_at``.
    ``key`` goes with what is sent, so that doubles can be told; ``digest`` is that of the message
    that stood for several. ``problem`` is why it could not be sent the last time.
    """

    id = AutoField()
    key = TextField()
    kind = ChoiceField(NoticeKind, NoticeKind.FAILED)
    receiver = TextField()
    run_id = NumberField(None, null=True)
    request_id = NumberField(0)
    process = TextField()
    in_a_row = NumberField(0, default=0)
    since = InstantField(null=True)
    created_at = InstantField()
    attempts = NumberField(0, default=0)
    next_try = InstantField(null=True)
    sent_at = InstantField(null=True)
    digest = TextField(null=True)
    problem = TextField(default="")


class RunTally(BaseModel):
    """How many runs there are of a kind, how many of them beneath others, and their logs' size.

    It is kept by triggers, as counting a million takes too long.
    """

    process_id: int
    process = ForeignKeyField(Process, on_delete="CASCADE")
    request_id: int
    request = ForeignKeyField(Request, on_delete="CASCADE")
    status = ChoiceField(RunStatus, RunStatus.LOST)
    number = NumberField(0)
    log_bytes = NumberField(0, default=0)
    members = NumberField(0, default=0)

    class Meta:
        """Peewee's options."""

        primary_key = CompositeKey("process", "request", "status")


class Control(BaseModel):
    """The one row that every front end shares: whether all is on hold, and the last pruning."""

    id = AutoField()
    held_at = InstantField(null=True)
    held_by = TextField(default="")
    released_at = InstantField(null=True)
    pruned_at = InstantField(null=True)
    pruned_runs = NumberField(0, default=0)
