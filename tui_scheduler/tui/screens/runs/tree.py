"""Groups in the monitor, opened and closed."""

from textual import on

from tui_scheduler.services.views import Branch, RunView
from tui_scheduler.tui.screens.list_screen import ListScreen
from tui_scheduler.tui.widgets.table.table import RowTable


class TreeScreen(ListScreen[RunView]):
    """A list of runs in which those of groups can be opened; ``opened`` are their numbers."""

    opened: frozenset[int] = frozenset()

    @on(RowTable.CellClicked)
    def clicked(self, message: RowTable.CellClicked) -> None:
        """Open or close a group whose glyph was clicked."""
        if message.key == "process" and message.x == 0:
            if message.row.branch is Branch.CLOSED:
                self.action_open_group()
            elif message.row.branch is Branch.OPENED:
                self.action_close_group()

    def action_open_group(self) -> None:
        """Show what was run for the group at the cursor."""
        run = self.table.cursor_row
        if run is not None and run.branch is Branch.CLOSED:
            self._open(self.opened | {run.id})

    def action_close_group(self) -> None:
        """Hide what was run for the group at the cursor, from there or from one of its members."""
        run = self.table.cursor_row
        if run is None or run.branch not in (Branch.OPENED, Branch.BENEATH):
            return
        group_id = run.parent_id or run.id
        self.table.go_to(group_id)
        self._open(self.opened - {group_id})

    def _open(self, opened: frozenset[int]) -> None:
        self.opened = opened
        self.table.refresh_rows()
