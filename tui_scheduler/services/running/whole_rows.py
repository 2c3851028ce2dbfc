"""Requests and runs with all that belongs to them, in SQL that is built once."""

from datetime import datetime
from typing import Any, TypeVar

from peewee import SQL, Field, Model

from tui_scheduler.models import Process, Request, RequestStatus, Run
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.services.running.prepared_queries import IS_SCHEDULED

M = TypeVar("M", bound=Model)
_REQUEST_FIELDS: list[Field] = Request._meta.sorted_fields  # noqa: SLF001  Peewee documents it
_PROCESS_FIELDS: list[Field] = Process._meta.sorted_fields  # noqa: SLF001
_RUN_FIELDS: list[Field] = Run._meta.sorted_fields  # noqa: SLF001
_OWNED_FIELDS = [*_REQUEST_FIELDS, *_PROCESS_FIELDS]

_REQUESTS = Request.select(*_OWNED_FIELDS).join(Process)
_followed = Process.alias()
_UNDER_WAY = (RequestStatus.SCHEDULED, RequestStatus.COMPLETE)
_later = slot("latest", Request.next_fire)

_REQUEST = Prepared(
    _REQUESTS.where(Request.id == slot("request_id", Request.id)),
    *_OWNED_FIELDS,
)
_DUE = Prepared(
    _REQUESTS.where(IS_SCHEDULED)
    .where(Request.next_fire <= slot("now", Request.next_fire), Request.paused_fire.is_null())
    .order_by(Request.next_fire)
    .limit(slot("limit", Request.id)),
    *_OWNED_FIELDS,
)
_FOLLOWERS = Prepared(
    _REQUESTS.where(
        IS_SCHEDULED,
        Request.follows
        == _followed.select(_followed.name).where(_followed.id == slot("process_id", Process.id)),
        Request.next_fire <= slot("now", Request.next_fire),
    ).limit(slot("limit", Request.id)),
    *_OWNED_FIELDS,
)
_PAUSED_UNTIL_NOW = Prepared(
    _REQUESTS.where(IS_SCHEDULED, Request.paused_fire.is_null(False))
    .where(Request.paused_until <= slot("now", Request.paused_until))
    .order_by(Request.paused_until)
    .limit(slot("limit", Request.id)),
    *_OWNED_FIELDS,
)
_AHEAD = Prepared(
    _REQUESTS.where(
        Request.status.in_(_UNDER_WAY),
        (Request.previous_fire > _later) | (Request.scheduled_at > _later),
    ),
    *_OWNED_FIELDS,
)
_WITH_EXCEPTIONS = Prepared(
    # with the very words of the index
    _REQUESTS.where(IS_SCHEDULED, SQL("except_ <> ''")).order_by(Request.id),
    *_OWNED_FIELDS,
)
_RUN = Prepared(
    Run.select(*_RUN_FIELDS, *_REQUEST_FIELDS, *_PROCESS_FIELDS)
    .join(Request)
    .switch(Run)
    .join(Process)
    .where(Run.id == slot("run_id", Run.id)),
    *_RUN_FIELDS,
    *_OWNED_FIELDS,
)


def request_of(request_id: int) -> Request | None:
    """One request with its process; None if there is none."""
    return next(iter(_requests(_REQUEST, request_id=request_id)), None)


def due_requests(now: datetime, limit: int) -> list[Request]:
    """The requests with their process whose next fire is not after ``now``, ``limit`` at most."""
    return _requests(_DUE, now=now, limit=limit)


def due_followers(process_id: int, now: datetime, limit: int) -> list[Request]:
    """Those of them, with their process, that follow an end of ``process_id``."""
    return _requests(_FOLLOWERS, process_id=process_id, now=now, limit=limit)


def requests_paused_until(now: datetime, limit: int) -> list[Request]:
    """The requests with their process whose pause has ended by ``now``, and is to leave a row."""
    return _requests(_PAUSED_UNTIL_NOW, now=now, limit=limit)


def requests_ahead(latest: datetime) -> list[Request]:
    """The requests with their process that fired, or were scheduled, later than ``latest``."""
    return _requests(_AHEAD, latest=latest)


def requests_with_exceptions() -> list[Request]:
    """The scheduled requests with their process that leave out days."""
    return _requests(_WITH_EXCEPTIONS)


def run_of(run_id: int) -> Run | None:
    """One run with its request and its process; None if there is none."""
    for values in _RUN.rows(run_id=run_id):
        run = _row(Run, values)
        run.request, run.process = _owned(values[len(_RUN_FIELDS) :])
        return run
    return None


def _requests(query: Prepared, **values: Any) -> list[Request]:
    requests = []
    for row in query.rows(**values):
        request, process = _owned(row)
        request.process = process
        requests.append(request)
    return requests


def _owned(values: tuple[Any, ...]) -> tuple[Request, Process]:
    request = _row(Request, values)
    return request, _row(Process, values[len(_REQUEST_FIELDS) :])


def _row(model: type[M], values: tuple[Any, ...]) -> M:
    """The row whose columns are the first of ``values``.

    Given to Peewee one by one, they take longer than all else that is done to claim a request.
    """
    row = model(__no_default__=True)
    row.__data__.update(zip(model._meta.sorted_field_names, values, strict=False))  # noqa: SLF001
    return row
