"""How many cells the rows of a table take in each of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic

from tui_scheduler.cells import cell_width
from tui_scheduler.services.queries.page import Page
from tui_scheduler.text import plain
from tui_scheduler.tui.widgets.table.columns import Column, R


@dataclass(slots=True)
class _Measured(Generic[R]):
    row: R
    cells: dict[str, int] = field(default_factory=dict)


class Measure(Generic[R]):
    """Measures rows, each of them once as long as it is the same.

    Of a list that is in hand whole ``taken`` is exact. Of a longer one, or of what is left of it
    by a filter, it only grows: columns that went to and fro while one scrolls would be a nuisance.
    """

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        self.taken: dict[str, int] = {}
        self.vital: dict[str, int] = {}
        self._columns = tuple(columns)
        self._known: dict[int, _Measured[R]] = {}

    def forget(self) -> None:
        """Begin anew, with another list."""
        self.taken = {}
        self.vital = {}
        self._known = {}

    def take(self, page: Page[R]) -> None:
        """Measure the rows of a page; without any it is not known what they would take."""
        if not page.rows:
            return
        known = self._known
        rows = []
        for row in page.rows:
            measured = known.get(row.id)
            rows.append(measured if measured and measured.row == row else _Measured(row))
        self._known = {measured.row.id: measured for measured in rows}
        taken = {column.key: self._widest(column, rows) for column in self._columns}
        vital = {
            column.key: max(map(column.vital, page.rows))
            for column in self._columns
            if column.vital
        }
        if len(rows) < page.overall:
            taken = {key: max(cells, self.taken.get(key, 0)) for key, cells in taken.items()}
            vital = {key: max(cells, self.vital.get(key, 0)) for key, cells in vital.items()}
        self.taken, self.vital = taken, vital

    def _widest(self, column: Column[R], rows: Sequence[_Measured[R]]) -> int:
        """Return the most cells; of a column of fixed width, if only whether it is ever filled."""
        each = (_cells(column, row) for row in rows)
        return max(each) if column.width is None else next(filter(None, each), 0)


def _cells(column: Column[R], measured: _Measured[R]) -> int:
    cells = measured.cells.get(column.key)
    if cells is None:
        cells = cell_width(plain(column.render(measured.row).plain))
        measured.cells[column.key] = cells
    return cells
