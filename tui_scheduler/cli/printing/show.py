"""Objects as people read them: tables for many, a field a line for one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tui_scheduler.cli.printing.layout import Cell, Column
from tui_scheduler.cli.printing.output import print_fields, print_table
from tui_scheduler.cli.printing.records import known_zone, shown
from tui_scheduler.models import ProcessKind
from tui_scheduler.schedules import format_duration
from tui_scheduler.services.parameters.lines import masked_parameters, show_parameters
from tui_scheduler.services.parameters.parameters import secret_names
from tui_scheduler.services.views import ProcessView, RequestView, RunView

_COLOURS = {
    "scheduled": "32", "complete": "2", "success": "32", "processing": "36", "error": "31",
    "timed_out": "31", "lost": "31", "killed": "33", "misfired": "33", "skipped": "33",
}  # fmt: skip
NOTHING = Cell("-")
"""Stands for a value that there is not."""


def print_processes(views: Sequence[ProcessView]) -> None:
    """Print the catalogue."""
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


def print_process(view: ProcessView, *, show_secrets: bool = False) -> None:
    """Print everything about a process."""
    print_fields(
        [
            ("Id", Cell(str(view.id))),
            ("Name", Cell(view.name)),
            ("Description", text_cell(view.description)),
            *_what(view, show_secrets=show_secrets),
            ("Working directory", text_cell(view.working_directory)),
            ("Environment", _variables(shown(view.environment, show_secrets=show_secrets))),
            ("Timeout", _duration(view.timeout)),
            ("Overlap", Cell(view.overlap)),
            ("Retries", Cell(str(view.retries))),
            ("Retry delay", Cell(format_duration(view.retry_delay))),
            ("Active", Cell("yes" if view.active else "no")),
            ("Requests", Cell(str(view.request_count))),
            ("Running", Cell(str(view.running))),
            ("Last run", status_cell(view.last_status)),
        ]
    )


def print_requests(views: Sequence[RequestView]) -> None:
    """Print requests; the next fire is on the clock of each request's own zone."""
    columns = [
        Column("ID", is_number=True),
        Column("STATUS"),
        Column("PROCESS", is_flexible=True),
        Column("SCHEDULE", is_flexible=True),
        Column("NEXT FIRE"),
    ]
    print_table(
        columns,
        [
            [
                Cell(str(view.id)),
                status_cell(view.status),
                Cell(view.process),
                Cell(view.schedule_text),
                moment_cell(view.next_fire, view.plan.timezone),
            ]
            for view in views
        ],
    )


def print_request(view: RequestView, *, show_secrets: bool = False) -> None:
    """Print everything about a request."""
    zone = view.plan.timezone
    secrets = secret_names(view.declared)
    given = shown(view.parameters, secrets, show_secrets=show_secrets)
    print_fields(
        [
            ("Id", Cell(str(view.id))),
            ("Group" if view.is_group else "Process", Cell(view.process)),
            ("Description", text_cell(view.description)),
            ("Status", status_cell(view.status)),
            ("Schedule", Cell(view.schedule_text)),
            ("Time zone", Cell(zone)),
            ("Next fire", moment_cell(view.next_fire, zone)),
            ("Previous fire", moment_cell(view.previous_fire, zone)),
            ("Missed runs", Cell(view.misfire)),
            ("Parameters", _variables(given)),
            ("Scheduled at", moment_cell(view.scheduled_at, zone)),
            ("Scheduled by", text_cell(view.scheduled_by)),
            ("Executions", Cell(str(view.executions))),
            ("Last run", status_cell(view.last_status)),
        ]
    )


def print_runs(views: Sequence[RunView], now: datetime, zone: str) -> None:
    """Print runs, on the machine's clock; with their groups if any was run for one."""
    any_group = any(view.group for view in views)
    columns = [
        Column("RUN", is_number=True),
        Column("STATUS"),
        Column("PROCESS", is_flexible=True),
        *([Column("GROUP", is_flexible=True)] if any_group else []),
        Column("REQ", is_number=True),
        Column("START"),
        Column("DURATION", is_number=True),
        Column("EXIT", is_number=True),
    ]
    print_table(
        columns,
        [
            [
                Cell(str(view.id)),
                status_cell(view.status),
                NOTHING if view.is_group else Cell(view.process),
                *([text_cell(view.group)] if any_group else []),
                Cell(str(view.request_id)),
                Cell(_short(view.start_time or view.scheduled_for, zone)),
                clock_cell(view.duration(now)),
                NOTHING if view.exit_code is None else Cell(str(view.exit_code)),
            ]
            for view in views
        ],
    )


def print_run(view: RunView, now: datetime, zone: str) -> None:
    """Print everything about a run."""
    print_fields(
        [
            ("Run", Cell(str(view.id))),
            *_owners(view),
            ("Request", Cell(f"{view.request_id} {view.request}".rstrip())),
            ("Status", status_cell(view.status)),
            ("Channel", Cell(view.channel)),
            ("Scheduled for", moment_cell(view.scheduled_for, zone)),
            ("Start", moment_cell(view.start_time, zone)),
            ("End", moment_cell(view.end_time, zone)),
            ("Duration", clock_cell(view.duration(now))),
            ("Exit code", NOTHING if view.exit_code is None else Cell(str(view.exit_code))),
            ("Attempt", Cell(str(view.attempt))),
            ("Parameters", _variables(shown(view.parameters, view.secrets, show_secrets=False))),
            ("Note", text_cell(view.note)),
            ("Log", Cell(str(view.log_path))),
        ]
    )


def _owners(view: RunView) -> list[tuple[str, Cell]]:
    """Which process it is a run of, and for which group."""
    if view.is_group:
        return [("Group", Cell(view.process)), ("Progress", _progress(view))]
    if view.parent_id is None:
        return [("Process", Cell(view.process))]
    place = f"{view.group}, member {view.position} of run {view.parent_id}"
    return [("Process", Cell(view.process)), ("Group", Cell(place))]


def _progress(view: RunView) -> Cell:
    if view.progress is None:
        return NOTHING
    return Cell(f"{view.progress.done:g}/{view.progress.total:g}")


def status_cell(status: str | None) -> Cell:
    """A status, in its colour."""
    return NOTHING if status is None else Cell(status, _COLOURS.get(status, ""))


def moment_cell(moment: datetime | None, zone: str) -> Cell:
    """A moment on the clock of ``zone``, to the second, with its offset."""
    if moment is None:
        return NOTHING
    local = moment.astimezone(known_zone(zone))
    return Cell(local.isoformat(sep=" ", timespec="seconds"))


def _short(moment: datetime, zone: str) -> str:
    return moment.astimezone(known_zone(zone)).strftime("%Y-%m-%d %H:%M:%S")


def clock_cell(duration: timedelta | None) -> Cell:
    """A duration in hours, minutes, seconds and milliseconds."""
    if duration is None:
        return NOTHING
    rest, milliseconds = divmod(duration // timedelta(milliseconds=1), 1000)
    minutes, seconds = divmod(rest, 60)
    hours, minutes = divmod(minutes, 60)
    return Cell(f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}")


def _duration(duration: timedelta | None) -> Cell:
    return NOTHING if duration is None else Cell(format_duration(duration))


def _what(view: ProcessView, *, show_secrets: bool) -> list[tuple[str, Cell]]:
    """What is executed, and the parameters that it takes."""
    declared = view.parameters if show_secrets else masked_parameters(view.parameters)
    parameters = ("Parameters", text_cell(show_parameters(declared)))
    if view.kind is not ProcessKind.PYTHON:
        return [("Command", Cell(view.command)), parameters]
    return [("Python call", Cell(view.command)), ("Python", text_cell(view.python)), parameters]


def _first_line(view: ProcessView) -> str:
    if view.kind is ProcessKind.PYTHON:
        return f"{view.command} (Python)"
    first, *others = view.command.strip().splitlines()
    return f"{first} …" if others else first


def text_cell(text: str | None) -> Cell:
    """Text that may be missing."""
    return Cell(text) if text else NOTHING


def _variables(variables: Mapping[str, str]) -> Cell:
    lines = [f"{name}={value}" for name, value in variables.items()]
    return text_cell("\n".join(lines))
