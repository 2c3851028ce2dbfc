"""The columns of the catalogue of processes."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from tui_scheduler.models import Overlap, ProcessKind
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views import GroupView, ProcessView
from tui_scheduler.tui.format import RUN_LOOKS, ago, cell
from tui_scheduler.tui.widgets.table.table import Column

OVERLAP_WORDS = {
    Overlap.SKIP: "skip",
    Overlap.ALLOW: "allow",
    Overlap.QUEUE: "queue one",
    Overlap.REPLACE: "replace",
}


def process_columns(clock: Clock) -> Sequence[Column[ProcessView]]:
    """The columns, the most important ones with the lowest priority number."""
    return (
        Column("active", "", _glyph, width=1),
        Column("name", "Name", _name, min_width=14, max_width=32, share=2),
        Column("command", "Command", _command, min_width=16, share=4),
        Column("requests", "Requests", _requests, width=8, align="right", sortable=False),
        Column("running", "Running", _running, width=7, align="right", sortable=False),
        Column("last", "Last", lambda row: last_text(row, clock.now()), width=13, priority=1,
               sortable=False),
        Column("overlap", "Overlap", _overlap, width=9, priority=2),
        Column("description", "Description", _description, min_width=20, share=2, priority=3,
               sortable=False),
    )  # fmt: skip


def last_text(row: ProcessView | GroupView, now: datetime) -> Text:
    """How the latest run of a process or group ended, and how long ago that is."""
    if row.last_status is None:
        return Text("never ran", style="muted")
    look = RUN_LOOKS[row.last_status]
    since = ago(row.last_end, now) if row.last_end else look.word
    return cell(f"{look.glyph} {since}", look.tone)


def _glyph(row: ProcessView) -> Text:
    if row.running:
        return Text("►", style="accent")
    return Text("●", style="success") if row.active else Text("◌", style="muted")


def _name(row: ProcessView) -> Text:
    return cell(row.name, "strong" if row.active else "muted")


def _command(row: ProcessView) -> Text:
    shown = cell(" ⏎ ".join(row.command.splitlines()))
    return shown.append(" (Python)", "muted") if row.kind is ProcessKind.PYTHON else shown


def _requests(row: ProcessView) -> Text:
    return Text(f"{row.request_count:,}", style="" if row.request_count else "muted")


def _running(row: ProcessView) -> Text:
    return Text(f"{row.running:,}", style="accent" if row.running else "muted")


def _overlap(row: ProcessView) -> Text:
    return cell(OVERLAP_WORDS[row.overlap], "muted")


def _description(row: ProcessView) -> Text:
    return cell(row.description, "muted")
