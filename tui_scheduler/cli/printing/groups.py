"""Groups as people read them, and as JSON."""

from collections.abc import Sequence
from functools import partial

from tui_scheduler.cli.printing.cells import NOTHING, status_cell, text_cell
from tui_scheduler.cli.printing.layout import Cell, Column, Fields
from tui_scheduler.cli.printing.norms import track_record_cells, track_record_fields
from tui_scheduler.cli.printing.notices import notifying_cells
from tui_scheduler.cli.printing.output import print_all, print_fields, print_json, print_table
from tui_scheduler.members import listed, numbered
from tui_scheduler.services.fields import GROUP, recorded
from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.views.groups import GroupView
from tui_scheduler.services.views.records import Record, iso, value
from tui_scheduler.wording import on_failure

_NOTHING = "There are no groups yet. Add one: tui-scheduler group add --help"


def print_group(
    view: GroupView, zone: str, record: TrackRecord | None = None, *, as_json: bool
) -> None:
    """Print everything about a group, and how its runs went if ``record`` is given."""
    if as_json:
        print_json(group_record(view, zone) | (track_record_fields(record, zone) if record else {}))
    else:
        print_fields([*_fields(view), *(track_record_cells(record) if record else [])])


def print_groups(views: Sequence[GroupView], zone: str, *, as_json: bool) -> None:
    """Print all groups; members in the order they are run."""
    print_all(views, as_json, partial(group_record, zone=zone), _print_table, _NOTHING)


def _print_table(views: Sequence[GroupView]) -> None:
    columns = [
        Column("NAME", is_flexible=True),
        Column("MEMBERS", is_flexible=True),
        Column("ON FAILURE"),
        Column("OVERLAP"),
        Column("REQUESTS", is_number=True),
        Column("LAST RUN"),
    ]
    print_table(
        columns,
        [
            [
                Cell(view.name),
                Cell(listed(view.members)) if view.members else NOTHING,
                Cell(on_failure(view.stop_on_failure)),
                Cell(view.overlap),
                Cell(str(view.request_count)),
                status_cell(view.last_status),
            ]
            for view in views
        ],
    )


def _fields(view: GroupView) -> Fields:
    members = "\n".join(f"{number} {name}" for number, name in numbered(view.members))
    return [
        ("Id", Cell(str(view.id))),
        ("Name", Cell(view.name)),
        ("Description", text_cell(view.description)),
        ("Members", text_cell(members)),
        ("On failure", Cell(on_failure(view.stop_on_failure))),
        ("Overlap", Cell(view.overlap)),
        *notifying_cells(view),
        ("Requests", Cell(str(view.request_count))),
        ("Running", Cell(str(view.running))),
        ("Last run", status_cell(view.last_status)),
    ]


def group_record(view: GroupView, zone: str) -> Record:
    """Returns a group with all its fields."""
    return {
        "id": view.id,
        "name": view.name,
        **recorded(view, GROUP),
        "created_at": iso(view.created_at, zone),
        "request_count": view.request_count,
        "running": view.running,
        "last_status": value(view.last_status),
        "last_end_time": iso(view.last_end, zone),
    }
