"""Processes as people read them, and as JSON."""

from collections.abc import Sequence
from functools import partial

from tui_scheduler.cli.printing.cells import status_cell
from tui_scheduler.cli.printing.layout import Cell, Column
from tui_scheduler.cli.printing.output import print_all, print_table
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.fields import PROCESS, recorded
from tui_scheduler.services.parameters.lines import masked_parameters
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.services.views.records import Record, iso, value, visible_variables

_NOTHING = "There are no processes yet. Add one: tui-scheduler process add --help"


def print_processes(
    views: Sequence[ProcessView], zone: str, *, as_json: bool, show_secrets: bool
) -> None:
    """Print the catalogue."""
    record = partial(process_record, zone=zone, show_secrets=show_secrets)
    print_all(views, as_json, record, _print_table, _NOTHING)


def _print_table(views: Sequence[ProcessView]) -> None:
    columns = [
        Column("NAME", is_flexible=True),
        Column("COMMAND", is_flexible=True),
        Column("OVERLAP"),
        Column("ACTIVE"),
        Column("REQUESTS", is_number=True),
        Column("LAST RUN"),
    ]
    print_table(
        columns,
        [
            [
                Cell(view.name),
                Cell(_first_line(view)),
                Cell(view.overlap),
                Cell("yes" if view.active else "no"),
                Cell(str(view.request_count)),
                status_cell(view.last_status),
            ]
            for view in views
        ],
    )


def process_record(view: ProcessView, zone: str, *, show_secrets: bool = False) -> Record:
    """Returns a process with all its fields."""
    return {
        "id": view.id,
        "name": view.name,
        **recorded(view, PROCESS),
        "command": None if view.kind is ProcessKind.PYTHON else view.command,
        "target": view.command if view.kind is ProcessKind.PYTHON else None,
        "parameters": _declared(view.parameters, show_secrets=show_secrets),
        "environment": visible_variables(view.environment, show_secrets=show_secrets),
        "created_at": iso(view.created_at, zone),
        "request_count": view.request_count,
        "running": view.running,
        "last_status": value(view.last_status),
        "last_end_time": iso(view.last_end, zone),
    }


def _first_line(view: ProcessView) -> str:
    if view.kind is ProcessKind.PYTHON:
        return f"{view.command} (Python)"
    first, *others = view.command.strip().splitlines()
    return f"{first} …" if others else first


def _declared(parameters: Sequence[Parameter], *, show_secrets: bool) -> list[Record]:
    """Returns the parameters that a process declares."""
    return [
        {
            "name": parameter.name,
            "type": parameter.type.value,
            "default": parameter.default,
            "required": parameter.is_required,
            "description": parameter.description,
            "choices": list(parameter.choices),
        }
        for parameter in (parameters if show_secrets else masked_parameters(parameters))
    ]
