"""The columns of the catalogue of groups."""

from collections.abc import Sequence

from rich.text import Text

from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views import GroupView
from tui_scheduler.tui.format import GROUP, cell
from tui_scheduler.tui.screens.processes.columns import OVERLAP_WORDS, last_text
from tui_scheduler.tui.widgets.table.table import Column


def group_columns(clock: Clock) -> Sequence[Column[GroupView]]:
    """The columns, the most important ones with the lowest priority number."""
    return (
        Column("state", "", _glyph, width=1, sortable=False),
        Column("name", "Name", _name, min_width=14, max_width=32, share=2),
        Column("members", "Members", _members, min_width=16, share=4, sortable=False),
        Column("requests", "Requests", _requests, width=8, align="right", sortable=False),
        Column("last", "Last", lambda row: last_text(row, clock.now()), width=13, priority=1,
               sortable=False),
        Column("stop_on_failure", "On failure", _on_failure, width=10, priority=2),
        Column("overlap", "Overlap", _overlap, width=9, priority=3),
        Column("description", "Description", _description, min_width=20, share=2, priority=4,
               sortable=False),
    )  # fmt: skip


def _glyph(row: GroupView) -> Text:
    return Text("►" if row.running else GROUP, style="accent" if row.running else "success")


def _name(row: GroupView) -> Text:
    return cell(row.name, "strong")


def _members(row: GroupView) -> Text:
    if not row.members:
        return cell("none yet", "warning")
    return cell(f"{len(row.members)}  {' → '.join(row.members)}")


def _requests(row: GroupView) -> Text:
    return Text(f"{row.request_count:,}", style="" if row.request_count else "muted")


def _on_failure(row: GroupView) -> Text:
    return cell("stop" if row.stop_on_failure else "go on", "muted")


def _overlap(row: GroupView) -> Text:
    return cell(OVERLAP_WORDS[row.overlap], "muted")


def _description(row: GroupView) -> Text:
    return cell(row.description, "muted")
