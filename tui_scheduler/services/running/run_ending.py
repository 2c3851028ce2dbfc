"""The one door at which a run ends, and what follows from an end.

Whoever sees or decides that a run is over says so here: the engine of a process, a group of
itself, and whoever creates a run that is never to begin. Here alone it is decided whether a run is
tried again, whether the group that it is run for goes on, how large its log is, and who is told of
it. What is done here is part of the caller's transaction, so there is no moment at which a crash
could lose what follows.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from peewee import fn

from tui_scheduler.models import Process, Request, Run, RunStatus, savepoint
from tui_scheduler.models.backend import DATABASE_ERRORS
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RunChanged
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.running.claims import claim_followers
from tui_scheduler.services.running.following import note_end
from tui_scheduler.services.running.group_log import tell_story
from tui_scheduler.services.running.group_runs import GroupEnd, GroupRun, Member, take_group
from tui_scheduler.services.running.notice_creation import (
    FAILURES,
    Subject,
    tell_of_end,
    tell_of_group,
)
from tui_scheduler.services.running.prepared_queries import END, FILES
from tui_scheduler.services.running.run_creation import NewRun, insert_run
from tui_scheduler.services.running.whole_rows import run_of

_RETRIED = (RunStatus.ERROR, RunStatus.TIMED_OUT)
_NO_LOG = 0  # bytes: what never began has written nothing
_log = logging.getLogger(__name__)

_later = Run.alias()
_TRIED_BEFORE = Prepared(
    Run.select(Run.id, Run.status)
    .join(
        _later,
        on=(Run.process == _later.process)
        & (Run.request == _later.request)
        & (fn.COALESCE(Run.parent, 0) == fn.COALESCE(_later.parent, 0))
        & (fn.COALESCE(Run.position, 0) == fn.COALESCE(_later.position, 0))
        & (Run.attempt == _later.attempt - 1)
        & (Run.id < _later.id),
    )
    .where(_later.id == slot("run_id", Run.id), Run.status.in_(FAILURES))
    .order_by(Run.id.desc())
    .limit(1),
    Run.id,
    Run.status,
)
"""The attempt that a retry follows. It is one of the latest of its process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended; ``exit_code`` is None when there was no process to have one.

    It is also None when a ``signal`` ended the process. ``cpu_time``, and ``peak_memory`` in bytes,
    are None where nobody knows them. ``start_time`` and ``pid`` count only if its start was not
    recorded. ``log_bytes`` is the size of its log; None is what the file beside the database has.
    One that was lost and ``is_gone`` for certain may be tried again, as one that failed.
    """

    run_id: int
    status: RunStatus
    end_time: datetime
    exit_code: int | None = None
    signal: int | None = None
    cpu_time: timedelta | None = None
    peak_memory: int | None = None
    note: str = ""
    start_time: datetime | None = None
    pid: int | None = None
    log_bytes: int | None = None
    is_gone: bool = False


def end_run(context: Context, ending: Ending) -> None:
    """Record how a run ended, once, with all that follows; call it in a transaction.

    Does nothing if the run has ended already or is gone: whoever was first knows what it was.
    """
    size = ending.log_bytes
    group_id = _end(context, ending, _log_bytes(context, ending.run_id) if size is None else size)
    if group_id is not None:
        go_on(context, group_id, ending.end_time)


def create_run(
    context: Context,
    request: Request,
    process: Process,
    new_run: NewRun,
    now: datetime,
    *,
    is_noted: bool = True,
) -> tuple[int, RunStatus]:
    """Create a run of ``request``, and end it if it is not to begin.

    Returns its id and its status; call it in a transaction. The group of a member does not go on.
    Unless it ``is_noted`` as the last run of its request, the caller has to do that.
    """
    run_id, created = insert_run(context, request, process, new_run, now, is_noted=is_noted)
    if created.status is RunStatus.QUEUED:
        context.tell(RunChanged(run_id))
    else:
        _end(context, Ending(run_id=run_id, status=created.status, end_time=now), _NO_LOG)
    return run_id, created.status


def begin_group(context: Context, run_id: int, now: datetime) -> None:
    """Take the run of a group that is ready, and let its first step be run.

    Does nothing if somebody else was faster. Call it in a transaction.
    """
    if take_group(run_id, context.host, now):
        context.tell(RunChanged(run_id))
        tell_of_group(context, run_id, now)
        go_on(context, run_id, now)


def go_on(context: Context, run_id: int, now: datetime) -> None:
    """Let the next step of a group be run, or end its run, unless a member is still open.

    A group run whose rows make no sense ends with the reason. Call it in a transaction.
    """
    try:
        with savepoint():
            _go_on(context, run_id, now)
    except DATABASE_ERRORS:
        raise
    except Exception as error:
        _log.exception("group run %d cannot go on", run_id)
        note = f"The group cannot go on: {error}"
        _end_group(context, run_id, RunStatus.ERROR, note, now)
    tell_story(context, run_id)


def _log_bytes(context: Context, run_id: int) -> int:
    """The size of the log of a run; what nobody has taken has none.

    One that does not lie beside the database is not looked at: a shared folder may not answer.
    """
    for token, log_folder in FILES.rows(run_id=run_id):
        if log_folder is None:
            return RunFiles.of(context.log_path(run_id, token)).log_bytes()
    return _NO_LOG


def _end(context: Context, ending: Ending, log_bytes: int) -> int | None:
    """Record an end and plan the retry; returns the run of the group that goes on, if any."""
    ended = END.rows(
        run_id=ending.run_id,
        status=ending.status,
        end_time=ending.end_time,
        exit_code=ending.exit_code,
        signal=ending.signal,
        cpu_time=ending.cpu_time,
        peak_memory=ending.peak_memory,
        note=ending.note,
        start_time=ending.start_time,
        pid=ending.pid,
        log_bytes=log_bytes,
    )
    if not ended:
        return None
    [row] = ended
    group_id, request_id, failures, notify, process_id, start_time, attempt, is_followed = row
    context.tell(RunChanged(ending.run_id))
    is_lost_for_good = ending.status is RunStatus.LOST and ending.is_gone
    if (ending.status in _RETRIED or is_lost_for_good) and _retry_if_possible(context, ending):
        return None
    is_off = attempt > 1 and ending.status is RunStatus.SKIPPED
    last = _tried_before(ending) if is_off else ending
    if is_followed and (start_time is not None or last.status is not RunStatus.KILLED):
        _follow(context, process_id, last)
    if group_id is None:
        subject = Subject(
            run_id=last.run_id, request_id=request_id, notify=notify, failures=failures
        )
        tell_of_end(context, subject, last.status, last.end_time)
    return None if group_id is None else int(group_id)


def _tried_before(ending: Ending) -> Ending:
    """The end that concerns others of a retry that is not to begin: that of the attempt before it.

    That one has failed, and nobody has heard of it, as it was to be tried again.
    """
    for run_id, status in _TRIED_BEFORE.rows(run_id=ending.run_id):
        return replace(ending, run_id=run_id, status=status)
    return ending


def _follow(context: Context, process_id: int, ending: Ending) -> None:
    """Have those run that follow this end, in its transaction, so that no crash loses one."""
    if note_end(process_id, ending.run_id, ending.status, ending.end_time):
        claim_followers(context, create_run, process_id)


def _go_on(context: Context, run_id: int, now: datetime) -> None:
    group = GroupRun.under_way(run_id)
    while group is not None:
        match group.next():
            case None:
                return
            case GroupEnd() as end:
                for member in end.passed_over:
                    _skip(context, group, member, end.reason, now)
                _end_group(context, run_id, end.status, end.note, now)
                return
            case step:
                for member in step:
                    _begin(context, group, member, now)


def _begin(context: Context, group: GroupRun, member: Member, now: datetime) -> None:
    """Have a member of a group run."""
    if member.process.active:
        _reach(context, group, member, group.new_run(member, now), now)
    else:
        _skip(context, group, member, "The process is not active", now)


def _skip(context: Context, group: GroupRun, member: Member, note: str, now: datetime) -> None:
    """Write down why a member is not run."""
    skipped = replace(group.new_run(member, now), status=RunStatus.SKIPPED, note=note)
    _reach(context, group, member, skipped, now)


def _reach(
    context: Context, group: GroupRun, member: Member, new_run: NewRun, now: datetime
) -> None:
    _, status = create_run(context, group.request, member.process, new_run, now)
    group.reach(member, status)


def _end_group(context: Context, run_id: int, status: RunStatus, note: str, now: datetime) -> None:
    """End the run of a group, which is no member of another; ``tell_story`` makes its log."""
    _end(context, Ending(run_id=run_id, status=status, end_time=now, note=note), _NO_LOG)


def _retry_if_possible(context: Context, ending: Ending) -> bool:
    """Plan the retry; that a damaged row allows none must not undo that the run has ended."""
    try:
        with savepoint():
            return _retry(context, ending)
    except DATABASE_ERRORS:
        raise
    except Exception:
        _log.exception("run %d cannot be tried again", ending.run_id)
        return False


def _retry(context: Context, ending: Ending) -> bool:
    run = run_of(ending.run_id)
    if run is None:
        return False
    process = run.process
    if run.attempt > process.retries or _is_unwanted(run) or not process.active:
        return False
    new_run = NewRun(
        scheduled_for=ending.end_time + process.retry_delay,
        channel=run.channel,
        attempt=run.attempt + 1,
        note=f"Retry {run.attempt} of {process.retries} after run {run.id}",
        parent_id=run.parent_id,
        position=run.position,
        parameters=run.parameters,
        after_run=run.after_run,
    )
    create_run(context, run.request, process, new_run, ending.end_time)
    return True


def _is_unwanted(run: Run) -> bool:
    """Whether somebody asked for it, or for the group that it is run for, to be stopped."""
    return run.kill_request is not None or (
        run.parent_id is not None and run.parent.kill_request is not None
    )
