"""Reading requests: one, all, or the window that a table shows."""

from collections.abc import Sequence

from peewee import JOIN, Case, fn

from tui_scheduler.errors import NotFound
from tui_scheduler.models import Process, Request, RequestStatus, Run, RunStatus, rows
from tui_scheduler.services.parameters.declared import declared_of
from tui_scheduler.services.parameters.variables import readable_variables
from tui_scheduler.services.plans import readable_plan
from tui_scheduler.services.queries.conditions import Query, matching, numbered
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.windows import Listing, Sorts, page_of
from tui_scheduler.services.views import RequestView

_RECENT = 12
_SEARCHED = (
    Process.name,
    Request.description,
    Request.status,
    Request.timing,
    Request.frequency,
    Request.days,
    Request.cron,
)
_LAST = Run.alias()
_OWNER = (Process.id, Process.name, Process.kind, Process.parameters)
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
    """One request; raises NotFound."""
    view = _views([request_id]).get(request_id)
    if view is None:
        raise NotFound(f"There is no request {request_id} (any more).")
    return view


def everything() -> list[RequestView]:
    """Every request, oldest first, without the strip of recent runs."""
    return [_view(row) for row in _shown().order_by(Request.id)]


def beginning(digits: str, limit: int) -> list[RequestView]:
    """The oldest requests whose number begins with ``digits``, oldest first."""
    wanted = _shown().where(numbered(Request.id, digits))
    return [_view(row) for row in wanted.order_by(Request.id).limit(limit)]


def page(window: Window) -> Page[RequestView]:
    """The part of the list that a table shows."""
    wanted = matching(Request.select(Request.id).join(Process), window.text, _SEARCHED)
    listing = Listing(
        query=wanted,
        key=Request.id,
        expression=_SORTS.get(window.sort or "process", Process.name),
        descending=window.reverse,
    )
    overall = Request.select().count()
    total = wanted.count() if window.text else overall
    return page_of(window, listing, _views, total=total, overall=overall)


def _views(ids: Sequence[int]) -> dict[int, RequestView]:
    recent = _recent(ids)
    shown = _shown().where(Request.id.in_(ids))
    return {row.id: _view(row, recent.get(row.id, ())) for row in shown}


def _shown() -> Query:
    return (
        Request.select(Request, *_OWNER, _LAST.status, _LAST.start_time, _LAST.end_time)
        .join(Process)
        .switch(Request)
        .join(_LAST, JOIN.LEFT_OUTER, on=(Request.last_run_id == _LAST.id), attr="last")
    )


def _recent(ids: Sequence[int]) -> dict[int, tuple[RunStatus, ...]]:
    """The statuses of the latest runs of some requests, newest last."""
    newest = Run.select(Run.status).where(Run.request == Request.id, Run.parent.is_null())
    newest = newest.order_by(Run.id.desc())
    newest = newest.limit(_RECENT)
    joined = newest.select_from(fn.group_concat(newest.c.status))
    strips = rows(Request.select(Request.id, joined).where(Request.id.in_(ids)))
    return {
        request_id: tuple(map(Run.status.python_value, reversed(statuses.split(","))))
        for request_id, statuses in strips
        if statuses
    }


def _view(row: Request, recent: tuple[RunStatus, ...] = ()) -> RequestView:
    plan, sentence = readable_plan(row)
    process = row.process
    last = getattr(row, "last", None)
    return RequestView(
        id=row.id,
        process=process.name,
        process_id=process.id,
        kind=process.kind,
        description=row.description,
        status=row.status,
        plan=plan,
        schedule_text=sentence,
        misfire=row.misfire,
        parameters=readable_variables(row.parameters),
        declared=declared_of(process.id, process.kind, process.parameters),
        next_fire=row.next_fire,
        previous_fire=row.previous_fire,
        scheduled_at=row.scheduled_at,
        scheduled_by=row.scheduled_by,
        executions=row.executions,
        created_at=row.created_at,
        last_run_id=row.last_run_id,
        last_status=last and last.status,
        last_start=last and last.start_time,
        last_end=last and last.end_time,
        recent=recent,
    )
