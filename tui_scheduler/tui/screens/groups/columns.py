"""The columns of the catalogue of groups."""

from collections.abc import Sequence

from rich.text import Text

from tui_scheduler.members import listed, names_of
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views.groups import GroupView
from tui_scheduler.tui.format import GROUP, cell
from tui_scheduler.tui.screens.process_or_group import (
    description_column,
    last_column,
    overlap_column,
    requests_column,
)
from tui_scheduler.tui.widgets.table.table import Column
from tui_scheduler.wording import on_failure


def group_columns(clock: Clock) -> Sequence[Column[GroupView]]:
    """The columns, the most important ones with the lowest priority number."""
    return (
        Column("state", "", _glyph, width=1, sortable=False),
        Column("name", "Name", _name, min_width=36, is_searched=True),
        Column("members", "Members", _members, min_width=32, sortable=False, priority=1),
        last_column(clock, priority=2),
        Column("stop_on_failure", "On failure", _on_failure, width=12, priority=3),
        requests_column(priority=4),
        overlap_column(priority=5),
        description_column(priority=6),
    )


def _glyph(row: GroupView) -> Text:
    return Text("►" if row.running else GROUP, style="accent" if row.running else "success")


def _name(row: GroupView) -> Text:
    return cell(row.name, "strong")


def _members(row: GroupView) -> Text:
    if not row.members:
        return cell("none yet", "warning")
    return cell(f"{len(names_of(row.members))}  {listed(row.members, ' → ')}")


def _on_failure(row: GroupView) -> Text:
    return cell(on_failure(row.stop_on_failure), "muted")
