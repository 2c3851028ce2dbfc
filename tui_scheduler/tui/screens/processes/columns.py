"""The columns of the catalogue of processes."""

from collections.abc import Sequence

from rich.text import Text

from tui_scheduler.models import ProcessKind
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views import ProcessView
from tui_scheduler.tui.format import cell
from tui_scheduler.tui.screens.process_or_group import (
    description_column,
    last_column,
    overlap_column,
    requests_column,
)
from tui_scheduler.tui.widgets.table.table import Column


def process_columns(clock: Clock) -> Sequence[Column[ProcessView]]:
    """The columns, the most important ones with the lowest priority number."""
    return (
        Column("active", "", _glyph, width=1),
        Column("name", "Name", _name, min_width=14, max_width=32, share=2),
        Column("command", "Command", _command, min_width=16, share=4),
        requests_column(),
        Column("running", "Running", _running, width=7, align="right", sortable=False),
        last_column(clock),
        overlap_column(priority=2),
        description_column(priority=3),
    )


def _glyph(row: ProcessView) -> Text:
    if row.running:
        return Text("►", style="accent")
    return Text("●", style="success") if row.active else Text("◌", style="muted")


def _name(row: ProcessView) -> Text:
    return cell(row.name, "strong" if row.active else "muted")


def _command(row: ProcessView) -> Text:
    command = cell(" ⏎ ".join(row.command.splitlines()))
    return command.append(" (Python)", "muted") if row.kind is ProcessKind.PYTHON else command


def _running(row: ProcessView) -> Text:
    return Text(f"{row.running:,}", style="accent" if row.running else "muted")
