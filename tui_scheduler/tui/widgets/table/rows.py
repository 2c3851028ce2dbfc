"""The part of a list that a table has in hand, and what it asks for next."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic

from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.tui.widgets.table.columns import R
from tui_scheduler.tui.widgets.table.place import Place

Source = Callable[[Window], Awaitable[Page[R]]]
"""Gives the rows of a window; called one at a time, never again before it has answered."""

LEAST_MARGIN = 40


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows: by the column ``key``, from its small end unless ``reverse`` is set."""

    key: str = ""
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows, in which order; ``sort`` is None for the list's own one, or that turned round."""

    sort: str | None = None
    reverse: bool = False
    text: str = ""

    @property
    def is_in_own_order(self) -> bool:
        """Whether the rows stand as the list has them."""
        return self.sort is None and not self.reverse

    def order(self, own: Order) -> Order:
        """Return the order to be shown at the titles of a list whose own one is ``own``."""
        if self.sort is not None:
            return Order(self.sort, self.reverse)
        return Order(own.key, own.reverse != self.reverse)

    def window(
        self,
        place: Place,
        anchor: int | None,
        marked: frozenset[int] = frozenset(),
        margin: int | None = None,
    ) -> Window:
        """Ask for what is in view, and for ``margin`` rows above and below.

        By default that is as much again as a quick key needs.
        """
        margin = max(LEAST_MARGIN, place.height) if margin is None else margin
        offset = max(0, place.top - margin)
        limit = place.top + place.height + margin - offset
        return Window(offset, limit, anchor, self.sort, self.reverse, self.text, marked)


@dataclass(frozen=True, slots=True)
class Asked:
    """A window that was asked for, and where its anchor stood at that moment."""

    window: Window
    query: Query
    cursor: int


@dataclass(frozen=True, slots=True)
class Rows(Generic[R]):
    """Rows in hand: those of the last page, and the query that they answer."""

    page: Page[R]
    query: Query

    def row(self, index: int) -> R | None:
        """Return the row at a place of the whole list, if it is in hand."""
        within = index - self.page.offset
        return self.page.rows[within] if 0 <= within < len(self.page.rows) else None

    def index_of(self, key: int | None) -> int | None:
        """Return the place of a row in the whole list, if it is in hand."""
        for within, row in enumerate(self.page.rows):
            if row.id == key:
                return self.page.offset + within
        return None

    def covers(self, place: Place) -> bool:
        """Whether every row in view is in hand."""
        end = min(place.top + place.height, self.page.total)
        return self.page.offset <= place.top and end <= self.page.offset + len(self.page.rows)


def carry(place: Place, key: int | None, asked: Asked, rows: Rows[R], *, same: bool) -> Place:
    """Find the place of the cursor's row in a new page.

    The cursor may have moved since the page was asked for. ``same`` tells that the page answers
    the same query as the one before: then a row that is gone leaves its place to its neighbour,
    and otherwise the list is seen from its beginning.
    """
    page = rows.page
    is_moved = key is not None and not (same and rows.query.is_in_own_order)
    if is_moved:  # by the order, not by rows that came above: it is not left out of sight
        place = replace(place, pinned=False)
    index = rows.index_of(key)
    if index is None and page.anchor_index is not None:
        index = place.cursor + page.anchor_index - asked.cursor
    if index is None and (same or key is None):
        index = place.cursor
    if index is None:
        return replace(place, top=0, pinned=True).carried(0, page.total)
    return place.carried(index, page.total)
