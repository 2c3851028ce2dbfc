"""The columns of the catalogue of processes."""

from collections.abc import Sequence

from rich.text import Text

from tui_scheduler.models import Overlap, ProcessKind
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views.processes import ProcessView
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
        Column("glyph", "", _glyph, width=1, sortable=False),
        Column("name", "Name", _name, min_width=36, is_searched=True),
        Column("command", "Command", _command, min_width=16, priority=1, is_searched=True),
        Column("active", "State", _state, width=10, priority=2),
        last_column(clock, priority=3),
        Column("running", "Running", _running, width=7, align="right", sortable=False, priority=4),
        requests_column(priority=5),
        overlap_column(priority=6),
        description_column(priority=7),
    )


def _glyph(row: ProcessView) -> Text:
    return Text("►", style="accent") if row.running else Text()


def _state(row: ProcessView) -> Text:
    """Return what is out of the ordinary."""
    return Text() if row.active else Text("◌ inactive", style="muted")


def _name(row: ProcessView) -> Text:
    return cell(row.name, "strong" if row.active else "muted")


def _command(row: ProcessView) -> Text:
    command = cell(" ⏎ ".join(row.command.splitlines()))
    return command.append(" (Python)", "muted") if row.kind is ProcessKind.PYTHON else command


def _running(row: ProcessView) -> Text:
    """Return how many runs go on where more than one can; else the glyph says it."""
    if row.overlap is not Overlap.ALLOW and row.running < 2:
        return Text()
    return Text(f"{row.running:,}", style="accent" if row.running else "muted")
