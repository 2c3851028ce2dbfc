"""What the one scheduler asks hundreds of times a second, in SQL that is built once."""

from peewee import JOIN, SQL, Case, Select, fn

from tui_scheduler.models import (
    OPEN_STATUSES,
    Command,
    KillRequest,
    Overlap,
    Process,
    Request,
    RequestStatus,
    Run,
    RunLock,
    RunStatus,
)
from tui_scheduler.models.prepared import Prepared, among, slot

IS_SCHEDULED = Request.status == SQL(f"'{RequestStatus.SCHEDULED.value}'")
"""With the very words of the index: SQLite does not use it for a value given later."""

_older = Run.alias()
NOBODY_HAS_TAKEN = (
    Run.end_time.is_null(),
    Run.status == RunStatus.QUEUED,
    Run.host == "",
)
_NEEDS_NO_LOCKS = Run.needs_locks == False  # noqa: E712  it is SQL
_IS_RETRY = Run.attempt > SQL("1")
MAY_START = (
    *NOBODY_HAS_TAKEN,
    Run.kill_request.is_null(),
    (Process.overlap == Overlap.ALLOW)
    | ~fn.EXISTS(
        _older.select(_older.id).where(
            _older.process == Run.process,
            _older.end_time.is_null(),
            _older.status.in_(OPEN_STATUSES),
            _older.id + 0 < Run.id,
        )
    ),
)
"""That nobody has taken a run, and that it need not wait for an older one of its process.

Whether its locks are free is another question: see ``lock_lines``.

Adding nothing to the id keeps SQLite from going through the history of the process by it.
"""
_next_fire = (
    Request.select(Request.next_fire)
    .where(IS_SCHEDULED, Request.next_fire.is_null(False), Request.paused_fire.is_null())
    .order_by(Request.next_fire)
    .limit(1)
)
_next_pause_end = (
    Request.select(Request.paused_until)
    .where(IS_SCHEDULED, Request.paused_until.is_null(False), Request.paused_fire.is_null(False))
    .order_by(Request.paused_until)
    .limit(1)
)
"""When a pause ends next that something has fallen into; nothing of it fires before that."""

_next_retry = (
    Run.select(Run.scheduled_for)
    .join(Process)
    .where(*MAY_START, _NEEDS_NO_LOCKS, _IS_RETRY)
    .order_by(Run.scheduled_for)
    .limit(1)
)
_next_in_line = (
    RunLock.select(RunLock.due_at)
    .where(RunLock.due_at.is_null(False))
    .order_by(RunLock.due_at)
    .limit(1)
)
"""When the next retry begins to wait for its locks."""

NEXT = Prepared(
    Select([], [_next_fire, _next_pause_end, _next_retry, _next_in_line]),
    Request.next_fire,
    Request.paused_until,
    Run.scheduled_for,
    RunLock.due_at,
)
"""When something is to be done next, of each kind; null if there is nothing of it."""

_A_DELAY_FROM_NOW = slot("now", Run.scheduled_for) + Process.select(Process.retry_delay).where(
    Process.id == Run.process
)
HASTEN = Prepared(
    Run.update(scheduled_for=_A_DELAY_FROM_NOW)
    .where(
        Run.end_time.is_null(),
        Run.status == RunStatus.QUEUED,
        Run.host == "",
        Run.attempt > 1,
        Run.scheduled_for > _A_DELAY_FROM_NOW,
    )
    .returning(Run.id),
    Run.id,
)
"""Let retries that wait for a moment too far ahead wait as long as they should from now on."""

MOVE_REQUEST = Prepared(
    Request.update(
        next_fire=slot("next_fire", Request.next_fire),
        paused_fire=slot("paused_fire", Request.paused_fire),
        previous_fire=slot("previous_fire", Request.previous_fire),
        executions=slot("executions", Request.executions),
        status=slot("status", Request.status),
        last_run_id=fn.COALESCE(slot("run_id", Request.last_run_id), Request.last_run_id),
    ).where(
        Request.id == slot("request_id", Request.id),
        Request.next_fire == slot("expected", Request.next_fire),
        Request.status == RequestStatus.SCHEDULED,
    )
)
"""Move a request on, if it still stands where it was read, and note the run that it did, if any."""

INSERT_RUN = Prepared(
    Run.insert(
        request=slot("request_id", Run.id),
        process=slot("process_id", Run.id),
        channel=slot("channel", Run.channel),
        status=RunStatus.QUEUED,
        scheduled_for=slot("scheduled_for", Run.scheduled_for),
        attempt=slot("attempt", Run.attempt),
        missed=slot("missed", Run.missed),
        note=slot("note", Run.note),
        host="",
        parent=slot("parent_id", Run.id),
        position=slot("position", Run.position),
        parameters=slot("parameters", Run.parameters),
        after_run=slot("after_run", Run.after_run),
        locks=slot("locks", Run.locks),
    )
)

SET_LAST_RUN = Prepared(
    Request.update(last_run_id=slot("run_id", Request.last_run_id)).where(
        Request.id == slot("request_id", Request.id)
    )
)

_HINDRANCE = Case(
    None,
    [
        (~Process.active, "The process was made inactive before it began"),
        (Run.attempt > Process.retries + 1, "The process is not tried again so often any more"),
    ],
    "",
)
"""Why a run that could begin when it was created is not to begin any more; else empty."""

_AFTER = fn.COALESCE(Run.after_run, _older.select(_older.after_run).where(_older.id == Run.parent))
"""The run that a run follows, or that the group follows which it is beneath."""

_DETAILS = (
    Process.command,
    Process.python,
    Process.working_directory,
    Process.environment,
    Run.parameters,
    Run.note,
    Run.missed,
    Process.timeout,
    Process.parameters,
    Process.runs_on,
    Process.cluster_options,
    Process.locks,
)
_AS_IT_IS_NOW = Run.select(Run.id, Process.kind, _HINDRANCE, *_DETAILS, _AFTER).join(Process)
_READY_FIELDS = (Run.id, Process.kind, Run.note, *_DETAILS, Run.after_run)
IS_DUE = (Run.attempt == 1) | (Run.scheduled_for <= slot("now", Run.scheduled_for))
READY = Prepared(
    _AS_IT_IS_NOW.where(*MAY_START, _NEEDS_NO_LOCKS, IS_DUE, Process.runs_on.is_null())
    .order_by(Run.id)
    .limit(slot("limit", Run.id)),
    *_READY_FIELDS,
)
"""What needs no locks and may begin now on this machine, if it has room."""
READY_WITH_LOCKS = Prepared(
    _AS_IT_IS_NOW.where(Run.id == slot("run_id", Run.id), *MAY_START), *_READY_FIELDS
)
"""The first in the lines for all of its locks."""
READY_ELSEWHERE = Prepared(
    Process.select(*_AS_IT_IS_NOW.selected_columns)
    .join(Run, JOIN.CROSS)
    .where(
        Run.process == Process.id,
        Process.runs_on.is_null(False),
        *MAY_START,
        _NEEDS_NO_LOCKS,
        IS_DUE,
    )
    .order_by(Run.id)
    .limit(slot("limit", Run.id)),
    *_READY_FIELDS,
)
"""What needs no locks and may begin now in a cluster.

By process, in this order, as few of all that waits may be.
"""
PROCESSING = Prepared(
    Run.select(Run.host, Run.host_id).where(
        Run.end_time.is_null(),
        Run.status == RunStatus.PROCESSING,
        Run.members.is_null(),
        Run.place == "",
    ),
    Run.host,
    Run.host_id,
)
"""Where the runs are that are processes now; what was handed to a cluster, or a group, is none."""
TO_BEGIN = Prepared(
    Run.select(Run.host, Run.host_id).where(
        Run.end_time.is_null(), Run.status == RunStatus.QUEUED, Run.host > "", Run.place == ""
    ),
    Run.host,
    Run.host_id,
)
"""Where the runs are that were taken and are to be processes of a machine."""

TAKEN = Prepared(
    _AS_IT_IS_NOW.where(
        Run.id == slot("run_id", Run.id),
        Run.status == RunStatus.QUEUED,
        Run.host != "",
        Run.submitted_at.is_null(),
    ),
    *_READY_FIELDS,
)
"""A run that was taken, not submitted and has not begun, in the columns of what is ready."""

_CAUSE_FIELDS = (Run.exit_code, Run.host, Run.token, Run.log_folder)
CAUSE = Prepared(Run.select(*_CAUSE_FIELDS).where(Run.id == slot("run_id", Run.id)), *_CAUSE_FIELDS)
"""What a run is told of the one that it follows."""

KEEP_COMMAND = Prepared(Command.insert(text=slot("command", Command.text)).on_conflict_ignore())
"""Have the text of a command, if it is not known yet."""

TAKE = Prepared(
    Run.update(
        host=slot("host", Run.host),
        host_id=slot("host_id", Run.host_id),
        token=slot("token", Run.token),
        command_id=Command.select(Command.id).where(Command.text == slot("command", Command.text)),
        place=slot("place", Run.place),
        log_folder=slot("log_folder", Run.log_folder),
    ).where(
        Run.id == slot("run_id", Run.id),
        Run.host == "",
        Run.status == RunStatus.QUEUED,
        Run.end_time.is_null(),
    )
)
"""Take a run that nobody has taken."""

FILES = Prepared(
    Run.select(Run.token, Run.log_folder).where(Run.id == slot("run_id", Run.id), Run.host != ""),
    Run.token,
    Run.log_folder,
)
"""What names the files of a run; nothing if nobody has taken it, so that it has none."""

WAIT = Prepared(
    Run.update(waiting_note=slot("note", Run.waiting_note)).where(
        Run.id == slot("run_id", Run.id),
        Run.status == RunStatus.QUEUED,
        Run.host != "",
        Run.waiting_note != slot("note", Run.waiting_note),
    )
)
"""Say of a run that was taken and has not begun why that is, unless it is said already."""

_NOTE = fn.COALESCE(fn.NULLIF(slot("note", Run.note), ""), Run.note)
"""The note that is given, or else the one that is there."""

_OF_ITS_PROCESS = Process.select(Process.notify).where(Process.id == Run.process)
_LOCKS_OF_ITS_PROCESS = Process.select(Process.locks).where(Process.id == Run.process)

START = Prepared(
    Run.update(
        status=RunStatus.PROCESSING,
        start_time=slot("start_time", Run.start_time),
        pid=slot("pid", Run.pid),
        handle=slot("handle", Run.handle),
        note=_NOTE,
        waiting_note="",
        place=fn.COALESCE(fn.NULLIF(slot("place", Run.place), ""), Run.place),
    )
    .where(Run.id == slot("run_id", Run.id), Run.status == RunStatus.QUEUED)
    .returning(Run.parent, Run.request, _OF_ITS_PROCESS),
    Run.parent,
    Run.request,
    Process.notify,
)
"""Let a run that was taken be a process, unless it has ended meanwhile.

Gives, if it had not: the group run that it is beneath, its request, and who is told of its process.
"""

SUBMIT = Prepared(
    Run.update(
        handle=slot("handle", Run.handle),
        submitted_at=slot("submitted_at", Run.submitted_at),
        place=slot("place", Run.place),
        waiting_note=slot("note", Run.waiting_note),
    ).where(Run.id == slot("run_id", Run.id), Run.status == RunStatus.QUEUED, Run.host != "")
)
"""Note of a run that was taken, and has not begun, that an engine has accepted it."""

_OPEN_FIELDS = (
    Run.id,
    Run.token,
    Run.status,
    Run.handle,
    Run.start_time,
    Process.timeout,
    Run.host,
    Run.host_id,
    Run.place,
    Run.submitted_at,
    Run.log_folder,
)
OPEN = Prepared(
    Run.select(*_OPEN_FIELDS)
    .join(Process)
    .where(Run.end_time.is_null(), Run.host != "", Run.members.is_null()),
    *_OPEN_FIELDS,
)
"""The runs that were taken and have not ended; what is run for a group, but no group."""

GROUPS_UNDER_WAY = Prepared(
    Run.select(Run.id).where(Run.end_time.is_null(), Run.members.is_null(False)), Run.id
)
"""The runs of groups that have begun and not ended."""

_is_open = (
    (Run.process == slot("process_id", Run.id))
    & Run.end_time.is_null()
    & Run.status.in_(OPEN_STATUSES)
)
_OTHER_FIELDS = (Run.id, Run.status, Run.attempt, Run.scheduled_for)
OPEN_OF_PROCESS = Prepared(
    Run.select(*_OTHER_FIELDS).where(_is_open).order_by(Run.id + 0), *_OTHER_FIELDS
)
"""What is open of a process, oldest first."""

STOP_OPEN = Prepared(
    Run.update(
        kill_request=KillRequest.REPLACED, kill_requested_at=slot("now", Run.kill_requested_at)
    )
    .where(_is_open, Run.kill_request.is_null())
    .returning(Run.id),
    Run.id,
)
"""Ask what is open of a process to end, if nobody has."""

GIVE_BACK = Prepared(
    Run.update(
        host="",
        host_id=None,
        token=None,
        command_id=None,
        waiting_note="",
        handle=None,
        place="",
        submitted_at=None,
        log_folder=None,
        note=_NOTE,
        locks=_LOCKS_OF_ITS_PROCESS,
    )
    .where(among("run_ids", Run.id), Run.status == RunStatus.QUEUED, Run.host != "")
    .returning(Run.id),
    Run.id,
)
"""Let runs that were taken and have not begun be taken again; gives which of them had not."""

_OF_ITS_REQUEST = Request.select(Request.failures).where(Request.id == Run.request)
_follower = Request.alias()
_IS_FOLLOWED = fn.EXISTS(
    _follower.select(_follower.id).where(
        _follower.follows == Process.select(Process.name).where(Process.id == Run.process),
        _follower.status == RequestStatus.SCHEDULED,
    )
)
END = Prepared(
    Run.update(
        status=slot("status", Run.status),
        host_id=None,
        handle=Case(None, [(Run.place != "", Run.handle)]),
        end_time=slot("end_time", Run.end_time),
        exit_code=slot("exit_code", Run.exit_code),
        signal=slot("signal", Run.signal),
        cpu_time=slot("cpu_time", Run.cpu_time),
        peak_memory=slot("peak_memory", Run.peak_memory),
        note=_NOTE,
        waiting_note="",
        start_time=fn.COALESCE(Run.start_time, slot("start_time", Run.start_time)),
        pid=fn.COALESCE(Run.pid, slot("pid", Run.pid)),
        log_bytes=slot("log_bytes", Run.log_bytes),
    )
    .where(Run.id == slot("run_id", Run.id), Run.end_time.is_null())
    .returning(
        Run.parent,
        Run.request,
        _OF_ITS_REQUEST,
        _OF_ITS_PROCESS,
        Run.process,
        Run.start_time,
        Run.attempt,
        _IS_FOLLOWED,
    ),
    Run.parent,
    Run.request,
    Request.failures,
    Process.notify,
    Run.id,
    Run.start_time,
    Run.attempt,
    Process.active,
)
"""End a run, once; it keeps what is known of its start, and its note unless there is another.

By its handle nothing is found any more, but for the job of a cluster.

Gives, if it had not ended: the group run that it is beneath, its request, how often that had failed
in a row, who is told of its process, which that is, when it began, which attempt it was, and
whether anything follows it. Nothing else writes an end: see ``run_ending``.
"""

_group_run = Run.alias()
_FORCED = KillRequest.FORCE
_HOW = Case(
    None,
    [((Run.kill_request == _FORCED) | (_group_run.kill_request == _FORCED), _FORCED)],
    fn.COALESCE(Run.kill_request, _group_run.kill_request),
)
_KILL_FIELDS = (Run.id, Run.kill_request, Run.status)
KILL_REQUESTS = Prepared(
    Run.select(Run.id, _HOW, Run.status)
    .join(_group_run, JOIN.LEFT_OUTER, on=(Run.parent == _group_run.id))
    .where(
        Run.end_time.is_null(),
        Run.members.is_null(),
        Run.kill_request.is_null(False) | _group_run.kill_request.is_null(False),
    ),
    *_KILL_FIELDS,
)
"""What is to be stopped, and how: whoever stops the run of a group means the one beneath it."""
