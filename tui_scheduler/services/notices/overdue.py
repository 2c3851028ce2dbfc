"""What nobody does that could be told of: a run that goes on and on, a success that does not come.

Both are looked for now and then, by whoever schedules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from tui_scheduler.models import (
    Notice,
    Process,
    Request,
    RequestStatus,
    Run,
    RunStatus,
    transaction,
)
from tui_scheduler.receivers import NoticeKind
from tui_scheduler.services.context import Context
from tui_scheduler.services.plans import pause_of
from tui_scheduler.services.queries.norms import norm_of_request
from tui_scheduler.services.running.notice_creation import Subject, names_of, tell_once

_TIMES = 3  # as long as a run usually takes at the most
_AT_LEAST = timedelta(minutes=1)  # beyond that


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something that is to be told; ``since`` when it has gone on."""

    kind: NoticeKind
    subject: Subject
    since: datetime


def overdue(context: Context) -> list[Overdue]:
    """Returns what has become overdue and was not told yet; nothing if nobody wants to hear it."""
    now = context.clock.now()
    return [
        each
        for look in (_slow, _silent)
        for each in look(now)
        if context.notifying.who(names_of(each.subject.notify), each.kind)
    ]


def tell_overdue(context: Context, cases: list[Overdue]) -> None:
    """Create the notices of these cases, each once, unless the run has ended meanwhile."""
    with transaction():
        now = context.clock.now()
        for each in cases:
            if each.kind is NoticeKind.SILENT or _still_runs(each.subject.run_id):
                tell_once(context, each.kind, each.subject, now, each.since)


def usual_limit(request_id: int) -> timedelta | None:
    """Returns how long a run of a request may take before that is unusual; None if nobody knows."""
    norm = norm_of_request(request_id)
    if norm is None or norm.most is None:
        return None
    return max(norm.most * _TIMES, norm.most + _AT_LEAST)


def _slow(now: datetime) -> Iterator[Overdue]:
    notices = Notice.select(Notice.id).where(
        Notice.run_id == Run.id, Notice.kind == NoticeKind.SLOW
    )
    query = (
        Run.select(Run, Process)
        .join(Process)
        .where(
            Run.end_time.is_null(),
            Run.status == RunStatus.PROCESSING,
            Run.parent.is_null(),
            Run.start_time.is_null(False),
            ~fn.EXISTS(notices),
        )
    )
    for run in query:
        limit = run.process.slow_after
        if limit is None and now - run.start_time > _AT_LEAST:
            limit = usual_limit(run.request_id)
        if limit and now - run.start_time > limit:
            subject = Subject(run_id=run.id, request_id=run.request_id, notify=run.process.notify)
            yield Overdue(NoticeKind.SLOW, subject, run.start_time)


def _silent(now: datetime) -> Iterator[Overdue]:
    query: Any = (
        Request.select(Request, Process)
        .join(Process)
        .where(Request.silent_after.is_null(False), Request.status == RequestStatus.SCHEDULED)
    )
    for request in query:
        pause = pause_of(request)
        if pause is not None and not (pause.skips_next or pause.is_over(now)):
            continue
        resumed_at = pause.until if pause is not None and pause.is_over(now) else None
        moments = (request.scheduled_at, resumed_at, _last_success(request.id))
        since = max(filter(None, moments), default=None)
        if since is None or now - since <= request.silent_after:
            continue
        notices = Notice.select(Notice.id).where(
            Notice.request_id == request.id,
            Notice.kind == NoticeKind.SILENT,
            Notice.created_at >= since,
        )
        if not notices.exists():
            subject = Subject(run_id=None, request_id=request.id, notify=request.process.notify)
            yield Overdue(NoticeKind.SILENT, subject, since)


def _last_success(request_id: int) -> datetime | None:
    ended: Any = Run.select(Run.end_time).where(
        Run.request == request_id, Run.status == RunStatus.SUCCESS, Run.parent.is_null()
    )
    end_time: datetime | None = ended.order_by(Run.id.desc()).limit(1).scalar()
    return end_time


def _still_runs(run_id: int | None) -> bool:
    open_run = Run.select(Run.id).where(Run.id == run_id, Run.status == RunStatus.PROCESSING)
    return bool(open_run.exists())
