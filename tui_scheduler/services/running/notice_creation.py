"""How notices come into the world: in the transaction that makes them true, so none is lost.

A run that succeeds, after one that did, and of which nobody is pinged costs no statement here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tui_scheduler.models import Notice, Process, Request, Run, RunStatus
from tui_scheduler.models.prepared import Prepared, insertion, slot
from tui_scheduler.receivers import NoticeKind
from tui_scheduler.services.codecs import NAMES
from tui_scheduler.services.context import Context, new_token
from tui_scheduler.services.events import NoticesChanged

FAILURES = (RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST)
"""How a run ends that has failed; what was stopped on request, or never ran, has not."""

_INSERT = insertion(
    Notice,
    "key",
    "kind",
    "receiver",
    "run_id",
    "request_id",
    "process",
    "in_a_row",
    "since",
    "created_at",
    "next_try",
)

_FAILING_FIELDS = (
    Request.failures,
    Request.failing_since,
    Request.failure_told,
    Process.notify_after,
)
_FAILING = Prepared(
    Request.select(*_FAILING_FIELDS)
    .join(Process)
    .where(Request.id == slot("request_id", Request.id)),
    *_FAILING_FIELDS,
)
_SET_FAILING = Prepared(
    Request.update(
        failures=slot("failures", Request.failures),
        failing_since=slot("since", Request.failing_since),
        failure_told=slot("is_told", Request.failure_told),
    ).where(Request.id == slot("request_id", Request.id))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A run of which somebody may be told; ``notify`` is the column of its process.

    ``failures`` is how often its request had failed in a row before.
    """

    run_id: int | None
    request_id: int
    notify: str | None
    failures: int = 0


def tell_of_start(context: Context, subject: Subject, now: datetime) -> None:
    """Have those pinged who hear of each start; call it in the transaction that records it."""
    _tell(context, NoticeKind.STARTED, subject, now)


def tell_of_group(context: Context, run_id: int, now: datetime) -> None:
    """Have those pinged who hear of the start of a group; call it in its transaction."""
    if context.notifying.receivers:
        run = Run.select(Run, Process).join(Process).where(Run.id == run_id).get()
        subject = Subject(run_id=run_id, request_id=run.request_id, notify=run.process.notify)
        tell_of_start(context, subject, now)


def tell_of_end(context: Context, subject: Subject, status: RunStatus, now: datetime) -> None:
    """Have those told whom an end concerns; call it in the transaction that records it.

    It is that of a last attempt, and of no member of a group.
    """
    if status is RunStatus.SUCCESS:
        if subject.failures:
            _recover(context, subject, now)
    elif status in FAILURES:
        _fail(context, subject, now)
    elif status is RunStatus.MISFIRED:
        _tell(context, NoticeKind.MISSED, subject, now)
    if status not in (RunStatus.MISFIRED, RunStatus.SKIPPED):
        _tell(context, NoticeKind.ENDED, subject, now)


def tell_once(
    context: Context, kind: NoticeKind, subject: Subject, now: datetime, since: datetime
) -> None:
    """Create a notice of what goes on since then, unless there is one; call it in a transaction."""
    notices = Notice.select(Notice.id).where(Notice.kind == kind)
    if kind is NoticeKind.SLOW:
        notices = notices.where(Notice.run_id == subject.run_id)
    else:
        notices = notices.where(Notice.request_id == subject.request_id, Notice.created_at >= since)
    if not notices.exists():
        _tell(context, kind, subject, now, since=since)


def names_of(notify: str | None) -> Iterable[str] | None:
    """Returns the names that the column of a process holds; None, the default, if it is damaged."""
    try:
        names: tuple[str, ...] | None = None if notify is None else NAMES.load(notify)
    except ValueError:
        return None
    return names


def _fail(context: Context, subject: Subject, now: datetime) -> None:
    ((failures, since, is_told, notify_after),) = _FAILING.rows(request_id=subject.request_id)
    failures, since = failures + 1, since or now
    if not is_told and failures >= notify_after:
        is_told = _tell(context, NoticeKind.FAILED, subject, now, in_a_row=failures, since=since)
    _SET_FAILING.change(
        request_id=subject.request_id, failures=failures, since=since, is_told=is_told
    )


def _recover(context: Context, subject: Subject, now: datetime) -> None:
    ((failures, since, is_told, _),) = _FAILING.rows(request_id=subject.request_id)
    _SET_FAILING.change(request_id=subject.request_id, failures=0, since=None, is_told=False)
    if is_told:
        _tell(context, NoticeKind.RECOVERED, subject, now, in_a_row=failures, since=since)


def _tell(
    context: Context,
    kind: NoticeKind,
    subject: Subject,
    now: datetime,
    *,
    in_a_row: int = 0,
    since: datetime | None = None,
) -> bool:
    """Write a notice for each receiver that wants it; returns whether there is any."""
    receivers = context.notifying.who(names_of(subject.notify), kind)
    if not receivers:
        return False
    values: dict[str, Any] = {
        "kind": kind,
        "run_id": subject.run_id,
        "request_id": subject.request_id,
        "process": _owner_name(subject.request_id),
        "in_a_row": in_a_row,
        "since": since,
        "created_at": now,
        "next_try": now,
    }
    for receiver in receivers:
        _INSERT.insert(key=new_token() + new_token(), receiver=receiver, **values)
    context.tell(NoticesChanged())
    return True


def _owner_name(request_id: int) -> str:
    owners = Process.select(Process.name).join(Request).where(Request.id == request_id)
    return str(owners.scalar() or "")
