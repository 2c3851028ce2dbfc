"""Notices as people read them, and as JSON; and who is told of what."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from tui_scheduler.cli.printing.cells import NOTHING, text_cell
from tui_scheduler.cli.printing.layout import Cell, Column, Fields
from tui_scheduler.cli.printing.output import print_all, print_table
from tui_scheduler.receivers import names_said
from tui_scheduler.services.codecs import write_limit
from tui_scheduler.services.views.groups import GroupView
from tui_scheduler.services.views.notices import NoticeState, NoticeView
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.services.views.records import Record, iso
from tui_scheduler.wording import countdown, sortable_moment

_COLOURS = {NoticeState.SENT: "32", NoticeState.WAITING: "33", NoticeState.GIVEN_UP: "31"}


def print_notices(
    views: Sequence[NoticeView], now: datetime, zone: str, *, as_json: bool, failed: bool = False
) -> None:
    """Print notices, on the machine's clock; those that ``failed`` alone are no others."""
    nothing = "Nothing is left that could not be sent." if failed else "Nobody was told anything."
    show_table = partial(_print_table, now=now, zone=zone)
    print_all(views, as_json, partial(notice_record, zone=zone), show_table, nothing)


def notice_record(view: NoticeView, zone: str) -> Record:
    """Returns a notice for one receiver; ``id`` is the one that the receiver is given.

    ``owner`` is the name of the process or group, and ``run_id`` null where there is no run.
    """
    return {
        "id": view.key,
        "kind": view.kind.value,
        "receiver": view.receiver,
        "owner": view.process,
        "request_id": view.request_id,
        "run_id": view.run_id,
        "in_a_row": view.in_a_row,
        "since": iso(view.since, zone),
        "created_at": iso(view.created_at, zone),
        "state": view.state.value,
        "attempts": view.attempts,
        "next_try": iso(view.next_try, zone),
        "sent_at": iso(view.sent_at, zone),
        "problem": view.problem or None,
    }


def notifying_cells(view: ProcessView | GroupView) -> Fields:
    """Returns who is told of the runs of a process or a group, and when, as it may be typed."""
    return [
        ("Notify", Cell(names_said(view.notify))),
        ("Notify after", Cell(str(view.notify_after))),
        ("Slow after", Cell(write_limit(view.slow_after))),
    ]


def _print_table(views: Sequence[NoticeView], now: datetime, zone: str) -> None:
    """Print them, with the problems if there is any, which are never cut."""
    any_problem = any(view.problem for view in views)
    columns = [
        Column("WHEN"),
        Column("KIND"),
        Column("RECEIVER", is_flexible=True),
        Column("PROCESS", is_flexible=True),
        Column("RUN", is_number=True),
        Column("STATE"),
        *([Column("NEXT TRY"), Column("PROBLEM")] if any_problem else []),
    ]
    print_table(
        columns,
        [
            [
                Cell(sortable_moment(view.created_at, zone, in_seconds=True)),
                Cell(view.kind),
                Cell(view.receiver),
                text_cell(view.process),
                NOTHING if view.run_id is None else Cell(str(view.run_id)),
                Cell(view.state, _COLOURS[view.state]),
                *([_next_try(view, now), text_cell(view.problem)] if any_problem else []),
            ]
            for view in views
        ],
    )


def _next_try(view: NoticeView, now: datetime) -> Cell:
    return NOTHING if view.next_try is None else Cell(countdown(view.next_try, now))
