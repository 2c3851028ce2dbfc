"""Reading requests: one, all, or the window that a table shows.

Rows are pictures for lists; only views have what details, forms and ``--json`` need beside. Either
takes as many statements for many requests as for one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from peewee import JOIN, SQL, Case, fn

from tui_scheduler.errors import NotFound
from tui_scheduler.models import Process, Request, RequestStatus, Run, rows
from tui_scheduler.models.prepared import Prepared, among, slot
from tui_scheduler.schedules import Plan
from tui_scheduler.schedules.plan import EVENTS
from tui_scheduler.services.fields import GIVEN, viewed
from tui_scheduler.services.norms import PastRun
from tui_scheduler.services.parameters.declared import declared_of
from tui_scheduler.services.plans import PLAN_COLUMNS, pause_of, readable_plan
from tui_scheduler.services.queries.conditions import (
    Query,
    any_of,
    contains,
    filtered,
    numbered,
)
from tui_scheduler.services.queries.norms import durations
from tui_scheduler.services.queries.page import Page, Window, words_of
from tui_scheduler.services.queries.whole_lists import page_of_all
from tui_scheduler.services.queries.windows import Listing, Sorts
from tui_scheduler.services.views.overview import Upcoming
from tui_scheduler.services.views.requests import RequestRow, RequestView
from tui_scheduler.wording import PAUSED

_RECENT = 12
_AWAITS_EVENT = Request.timing.in_(EVENTS)
_IS_PAUSED_FOR_GOOD = (
    Request.paused_at.is_null(False) & Request.paused_until.is_null() & ~Request.skips_next
)
_NOW = fn.strftime("%s", "now").cast("integer") * 1_000_000
_IS_PAUSED = ~Request.skips_next & (
    Request.paused_fire.is_null(False)
    | _IS_PAUSED_FOR_GOOD
    | (_AWAITS_EVENT & (Request.paused_until > _NOW))
)
_SEARCHED = (Request.frequency, Request.status, Request.timing, Process.name)
"""What has few values comes first, as that is soon decided."""

_OFTEN_EMPTY = (Request.description, Request.days, Request.cron)
_LAST = Run.alias()
_OF_LAST = (_LAST.status, _LAST.start_time, _LAST.end_time)
_OWNER = (Process.id, Process.name, Process.kind, Process.command, Process.parameters)
_RANK = Case(
    Request.status,
    [
        (status, place)
        for place, status in enumerate(
            (RequestStatus.SCHEDULED, RequestStatus.NEW, RequestStatus.UNSCHEDULED)
        )
    ],
    3,
)
_SORTS: Sorts = {
    "id": Request.id,
    "process": Process.name,
    "status": _RANK,
    "schedule": Request.frequency,
    "next": Request.next_fire,
    "last": Request.last_run_id,
}


def one(request_id: int) -> RequestView:
    """Returns one request; raises NotFound."""
    views = _views(_ONE.objects(request_id=request_id))
    if not views:
        raise NotFound(f"There is no request {request_id} (any more).")
    recent = _strips(_RECENT_OF_ONE.objects(request_id=request_id)).get(request_id, ())
    return replace(views[0], recent=recent)


def everything() -> list[RequestView]:
    """Every request, oldest first, without the strip of recent runs."""
    return _views(_EVERYTHING.objects())


def since(request_id: int) -> list[RequestView]:
    """The requests from this one on, oldest first, without the strip of recent runs."""
    return _views(_stored().where(Request.id >= request_id).order_by(Request.id))


def upcoming(limit: int) -> Upcoming:
    """What is to come, if only with an event; with the first ``limit`` to fire, by time."""
    scheduled = Request.status == RequestStatus.SCHEDULED
    has_moment = Request.next_fire.is_null(False)
    first = Request.select(Process.name, Request.next_fire).join(Process)
    fires = rows(first.where(scheduled, has_moment).order_by(Request.next_fire).limit(limit))
    may_come = has_moment | (_AWAITS_EVENT & ~_IS_PAUSED_FOR_GOOD)
    return Upcoming(Request.select().where(scheduled, may_come).count(), tuple(fires))


def paused(now: datetime, limit: int) -> list[RequestView]:
    """The oldest requests that are paused at ``now``, or skip their next fire, oldest first."""
    is_on = Request.paused_until.is_null() | (Request.paused_until > now)
    wanted = _stored().where(
        Request.status == RequestStatus.SCHEDULED, Request.paused_at.is_null(False), is_on
    )
    return _views(wanted.order_by(Request.id).limit(limit))


def beginning(digits: str, limit: int) -> list[RequestView]:
    """The oldest requests whose number begins with ``digits``, oldest first."""
    wanted = _stored().where(numbered(Request.id, digits))
    return _views(wanted.order_by(Request.id).limit(limit))


def page(window: Window) -> Page[RequestRow]:
    """The part of the list that a table shows."""
    expression = _SORTS.get(window.sort or "process", Process.name)
    requests = Request.select(Request.id)
    if window.text or expression is Process.name:
        requests = requests.join(Process)
    listing = Listing(
        query=filtered(requests, list(map(_about, words_of(window.text)))),
        key=Request.id,
        expression=expression,
        descending=window.reverse,
    )
    return page_of_all(window, listing, _rows, overall=_overall())


def _overall() -> int:
    [(number,)] = _NUMBER.rows()
    return int(number)


def _about(word: str) -> Any:
    """Whether ``word`` stands in what is searched, or says that a request is paused."""
    ways = [contains(field, word) for field in _SEARCHED]
    ways += [(field != SQL("''")) & contains(field, word) for field in _OFTEN_EMPTY]
    return any_of([*ways, _IS_PAUSED] if word.lower() in PAUSED else ways)


def _rows(ids: Sequence[int]) -> dict[int, RequestRow]:
    recent = _strips(_RECENT_OF_SOME.objects(ids=ids))
    stored = map(_named, _ROWS.rows(ids=ids))
    return {row.id: RequestRow(**_columns(row), recent=recent.get(row.id, ())) for row in stored}


def _named(columns: Sequence[Any]) -> Any:
    """What ``_columns`` asks of a request, of which this is all that was read: half of the time."""
    *own, process_id, name, kind, status, start, end = columns
    process = SimpleNamespace(id=process_id, name=name, kind=kind)
    last = status and SimpleNamespace(status=status, start_time=start, end_time=end)
    return SimpleNamespace(**dict(zip(_LISTED, own, strict=True)), process=process, last=last)


def _views(query: Iterable[Request]) -> list[RequestView]:
    """Returns all of the requests that ``query`` gives, without the strips of recent runs."""
    stored = list(query)
    declared = declared_of(
        (row.process.id, row.process.kind, row.process.parameters) for row in stored
    )
    return [
        RequestView(
            **_columns(row),
            **viewed(row.__data__, GIVEN),
            command=row.process.command,
            declared=declared[row.process.id],
            previous_fire=row.previous_fire,
            scheduled_at=row.scheduled_at,
            scheduled_by=row.scheduled_by,
            executions=row.executions,
            created_at=row.created_at,
        )
        for row in stored
    ]


def _stored(*columns: Any) -> Query:
    """Requests with these columns, or all that views have, and their last run."""
    return (
        Request.select(*columns or (Request, *_OWNER), *_OF_LAST)
        .join(Process)
        .switch(Request)
        .join(_LAST, JOIN.LEFT_OUTER, on=(Request.last_run_id == _LAST.id), attr="last")
    )


def _recent_runs() -> Query:
    """Each request, with its latest runs in one text, newest first."""
    newest = Run.select(Run.status, fn.ifnull(Run.end_time - Run.start_time, "").alias("took"))
    newest = newest.where(Run.request == Request.id, Run.parent.is_null())
    newest = newest.order_by(Run.id.desc()).limit(_RECENT)
    joined = newest.select_from(fn.group_concat(newest.c.status.concat(":").concat(newest.c.took)))
    return Request.select(Request.id, joined)


_LISTED = (
    *("id", "description", "status", "scheduled_at", "next_fire", "last_run_id"),
    *("paused_at", "paused_by", "paused_until", "skips_next"),
    *PLAN_COLUMNS,
)
"""What a list shows of a request, or makes it of."""

_SHOWN = (*(getattr(Request, name) for name in _LISTED), Process.id, Process.name, Process.kind)
_ROWS = Prepared(
    _stored(*_SHOWN).where(among("ids", Request.id)),
    *_SHOWN,
    *(Run.status, Run.start_time, Run.end_time),
)
_RECENT_OF_SOME = Prepared(_recent_runs().where(among("ids", Request.id)).tuples())
_EVERYTHING = Prepared(_stored().order_by(Request.id))
_NUMBER = Prepared(Request.select(fn.count(SQL("*"))), Request.id)
_ONE = Prepared(_stored().where(Request.id == slot("request_id", Request.id)))
_RECENT_OF_ONE = Prepared(
    _recent_runs().where(Request.id == slot("request_id", Request.id)).tuples()
)


def _strips(strips: Iterable[tuple[int, str | None]]) -> dict[int, tuple[PastRun, ...]]:
    """The latest runs of some requests, newest last."""
    return {
        request_id: tuple(map(_past_run, reversed(runs.split(","))))
        for request_id, runs in strips
        if runs
    }


@lru_cache(maxsize=10_000)  # a list that is read anew has them all but for the newest
def _past_run(text: str) -> PastRun:
    status, _, took = text.partition(":")
    return PastRun(Run.status.python_value(status), next(iter(durations(took)), None))


def _columns(row: Any) -> dict[str, Any]:
    """Returns what a row shows of a request, but for its recent runs."""
    plan, sentence, words = readable_plan(row)
    process = row.process
    last = getattr(row, "last", None)
    return {
        "id": row.id,
        "process": process.name,
        "process_id": process.id,
        "kind": process.kind,
        "description": row.description,
        "status": row.status,
        "plan": plan,
        "schedule_text": sentence,
        "schedule_brief": words,
        "next_fire": row.next_fire,
        "last_pause": pause_of(row) if row.status is RequestStatus.SCHEDULED else None,
        "waiting_for": _waiting_for(row, plan),
        "last_run_id": row.last_run_id,
        "last_status": last and last.status,
        "last_start": last and last.start_time,
        "last_end": last and last.end_time,
    }


def _waiting_for(row: Request, plan: Plan) -> str:
    """Returns why a request that is scheduled does not run, if that is so."""
    is_scheduled = row.status is RequestStatus.SCHEDULED
    return next(iter(plan.except_.problems), "") if is_scheduled else ""
