"""All of one process as people read it, and as JSON."""

from tui_scheduler.cli.printing.cells import (
    duration_cell,
    status_cell,
    text_cell,
    variables_cell,
)
from tui_scheduler.cli.printing.layout import Cell, Fields
from tui_scheduler.cli.printing.norms import track_record_cells, track_record_fields
from tui_scheduler.cli.printing.notices import notifying_cells
from tui_scheduler.cli.printing.output import print_fields, print_json
from tui_scheduler.cli.printing.processes import process_record
from tui_scheduler.models import ProcessKind
from tui_scheduler.schedules import format_duration
from tui_scheduler.services.logs.error_lines import words_said
from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.parameters.lines import masked_parameters, show_parameters
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.services.views.records import visible_variables


def print_process(
    view: ProcessView,
    zone: str,
    record: TrackRecord | None = None,
    *,
    as_json: bool,
    show_secrets: bool,
) -> None:
    """Print everything about a process, and how its runs went if ``record`` is given."""
    if as_json:
        fields = process_record(view, zone, show_secrets=show_secrets)
        print_json(fields | (track_record_fields(record, zone) if record else {}))
    else:
        cells = track_record_cells(record) if record else []
        print_fields([*_fields(view, show_secrets=show_secrets), *cells])


def _fields(view: ProcessView, *, show_secrets: bool) -> Fields:
    environment = visible_variables(view.environment, show_secrets=show_secrets)
    return [
        ("Id", Cell(str(view.id))),
        ("Name", Cell(view.name)),
        ("Description", text_cell(view.description)),
        *_what(view, show_secrets=show_secrets),
        ("Working directory", text_cell(view.working_directory)),
        ("Environment", variables_cell(environment)),
        *_where(view),
        ("Timeout", duration_cell(view.timeout)),
        ("Overlap", Cell(view.overlap)),
        *([("Locks", Cell(", ".join(view.locks)))] if view.locks else []),
        ("Retries", Cell(str(view.retries))),
        ("Retry delay", Cell(format_duration(view.retry_delay))),
        *notifying_cells(view),
        ("Error words", Cell("\n".join(words_said(view.error_words)))),
        ("Active", Cell("yes" if view.active else "no")),
        ("Requests", Cell(str(view.request_count))),
        ("Running", Cell(str(view.running))),
        ("Last run", status_cell(view.last_status)),
    ]


def _what(view: ProcessView, *, show_secrets: bool) -> Fields:
    """Returns what is executed, and the parameters that it takes."""
    declared = view.parameters if show_secrets else masked_parameters(view.parameters)
    parameters = ("Parameters", text_cell(show_parameters(declared)))
    if view.kind is not ProcessKind.PYTHON:
        return [("Command", Cell(view.command)), parameters]
    return [("Python call", Cell(view.command)), ("Python", text_cell(view.python)), parameters]


def _where(view: ProcessView) -> Fields:
    """Returns the cluster that its runs are handed to, if it is none of this machine."""
    if view.runs_on is None:
        return []
    options = text_cell("\n".join(view.cluster_options))
    return [("Runs on", Cell(view.runs_on)), ("Cluster options", options)]
