"""Requests as people read them, and as JSON."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial

from tui_scheduler.cli.printing.cells import (
    duration_cell,
    moment_cell,
    status_cell,
    text_cell,
    variables_cell,
)
from tui_scheduler.cli.printing.layout import Cell, Column, Fields
from tui_scheduler.cli.printing.norms import track_record_cells, track_record_fields
from tui_scheduler.cli.printing.output import print_all, print_fields, print_json, print_table
from tui_scheduler.schedules import wall_to_instant
from tui_scheduler.services.fields import GIVEN, PLAN, recorded
from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.parameters.parameters import secret_names
from tui_scheduler.services.views.records import Record, iso, value, visible_variables
from tui_scheduler.services.views.requests import RequestView, usually_awaits
from tui_scheduler.wording import if_missed, spread_later

_NOTHING = "There are no requests yet. Add one: tui-scheduler request add --help"


def print_request(
    view: RequestView,
    now: datetime,
    record: TrackRecord | None = None,
    usual_end: time | None = None,
    *,
    as_json: bool,
    show_secrets: bool = False,
) -> None:
    """Print everything about a request, and how its runs went if ``record`` is given.

    ``usual_end`` is when what it follows usually ends.
    """
    if as_json:
        fields = request_record(view, now, show_secrets=show_secrets)
        zone = view.plan.timezone
        print_json(fields | (track_record_fields(record, zone) if record else {}))
    else:
        cells = track_record_cells(record) if record else []
        print_fields([*_fields(view, now, usual_end, show_secrets=show_secrets), *cells])


def print_requests(
    views: Sequence[RequestView], now: datetime, *, as_json: bool, show_secrets: bool
) -> None:
    """Print requests; the next fire is on the clock of each request's own zone."""
    record = partial(request_record, now=now, show_secrets=show_secrets)
    print_all(views, as_json, record, partial(_print_table, now=now), _NOTHING)


def _print_table(views: Sequence[RequestView], now: datetime) -> None:
    columns = [
        Column("ID", is_number=True),
        Column("STATUS"),
        Column("PROCESS", is_flexible=True),
        Column("SCHEDULE", is_flexible=True),
        Column("NEXT RUN"),
    ]
    print_table(
        columns,
        [
            [
                Cell(str(view.id)),
                status_cell(view.state(now)),
                Cell(view.process),
                Cell(view.schedule_text),
                _next_cell(view),
            ]
            for view in views
        ],
    )


def _fields(
    view: RequestView, now: datetime, usual_end: time | None, *, show_secrets: bool
) -> Fields:
    zone = view.plan.timezone
    pause, spread_by = view.pause(now), view.plan.spread_by
    secrets = secret_names(view.declared)
    given = visible_variables(view.parameters, secrets, show_secrets=show_secrets)
    return [
        ("Id", Cell(str(view.id))),
        ("Group" if view.is_group else "Process", Cell(view.process)),
        ("Description", text_cell(view.description)),
        ("Status", status_cell(view.state(now))),
        *([("Pause", Cell(pause.words(zone, now)))] if pause else []),
        ("Schedule", Cell(view.schedule_text)),
        *([("Spread", Cell(spread_later(spread_by)))] if spread_by is not None else []),
        ("Time zone", Cell(zone)),
        ("Next run", _next_cell(view, usual_end)),
        *([("Waits for", Cell(view.waiting_for))] if view.waiting_for else []),
        ("Previous run", moment_cell(view.previous_fire, zone)),
        ("Missed runs", Cell(if_missed(view.misfire, view.misfire_limit))),
        ("Silent after", duration_cell(view.silent_after)),
        ("Parameters", variables_cell(given)),
        ("Scheduled at", moment_cell(view.scheduled_at, zone)),
        ("Scheduled by", text_cell(view.scheduled_by)),
        ("Runs by plan", Cell(f"{view.executions:,}")),
        ("Last run", status_cell(view.last_status)),
    ]


def _next_cell(view: RequestView, usual_end: time | None = None) -> Cell:
    """Returns when it runs next, what it awaits, or that it waits for what ``show`` tells of."""
    if view.waiting_for:
        return Cell("waits", "33")
    moment = moment_cell(view.next_fire, view.plan.timezone)
    return Cell(usually_awaits(view, usual_end)) if view.awaits else moment


def request_record(view: RequestView, now: datetime, *, show_secrets: bool = False) -> Record:
    """Returns a request with its plan; what its frequency does not use is null."""
    zone = view.plan.timezone
    pause = view.pause(now)
    return {
        "id": view.id,
        "process": None if view.is_group else view.process,
        "group": view.process if view.is_group else None,
        "description": view.description,
        "status": view.status.value,
        **_plan_record(view),
        "next_fire": iso(view.next_fire, zone),
        "waiting_for": view.waiting_for or None,
        "previous_fire": iso(view.previous_fire, zone),
        "paused_at": pause and iso(pause.at, zone),
        "paused_by": pause and pause.by,
        "paused_until": pause and iso(pause.until, zone),
        "skips_next": pause is not None and pause.skips_next,
        "schedule_text": view.schedule_text,
        **recorded(view, GIVEN),
        "parameters": visible_variables(
            view.parameters, secret_names(view.declared), show_secrets=show_secrets
        ),
        "scheduled_at": iso(view.scheduled_at, zone),
        "scheduled_by": view.scheduled_by,
        "executions": view.executions,
        "created_at": iso(view.created_at, zone),
        "last_run_id": view.last_run_id,
        "last_status": value(view.last_status),
    }


def _plan_record(view: RequestView) -> Record:
    plan = view.plan
    return {
        **recorded(plan, PLAN),
        "start": _wall(plan.start, plan.timezone),
        "finish": _wall(plan.finish, plan.timezone),
        "outcome": plan.outcome.value if plan.follows else None,
        "spread_by": None if plan.spread_by is None else plan.spread_by.total_seconds(),
    }


def _wall(wall: datetime | None, zone: str) -> str | None:
    return None if wall is None else iso(wall_to_instant(wall, zone), zone)
