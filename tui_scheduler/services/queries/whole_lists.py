"""Pages of tables that are short beside the history: each may take a pass through all rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from peewee import Field

from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.windows import Listing, Located, page_of, page_with

R = TypeVar("R")

_FEW = 5_000
"""So many rows are sorted in no time."""


def page_of_all(
    window: Window,
    listing: Listing,
    rows_of: Callable[[Sequence[int]], Mapping[int, R]],
    *,
    overall: int,
) -> Page[R]:
    """The page that ``window`` asks for of a whole table, of which its text is the only filter.

    With a text all rows are gone through: once, for their number, their places and the rows. So
    are many in an order that no index has.
    """
    if not window.text:
        is_quick = overall <= _FEW or _has_index(listing.expression)
        located = listing if is_quick else _unsorted(listing)
        return page_of(window, located, rows_of, total=overall, overall=overall)
    ids = listing.all_ids()
    first = max(window.offset, 0)
    shown = ids[first : first + max(window.limit, 0)]
    place = ids.index(window.anchor) if window.anchor in ids else None
    return page_with(
        window, shown, place, rows_of, key=listing.key, total=len(ids), overall=overall
    )


def _has_index(expression: Any) -> bool:
    return isinstance(expression, Field) and (expression.primary_key or expression.unique)


def _unsorted(listing: Listing) -> Located:
    from tui_scheduler.services.queries.unsorted import Unsorted  # few lists are so long

    return Unsorted(listing.in_no_index())
