"""Pages of tables that are short beside the history: each may take a pass through all rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from peewee import Field

from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.windows import Listing, page_with

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
    """Returns the page of a whole table that ``window`` asks for; its text is the only filter.

    With a text all rows are gone through: once, for their number, their places and the rows. So
    are many in an order that no index has.
    """
    ids, place, total = _located(window, listing, overall)
    return page_with(window, ids, place, rows_of, key=listing.key, total=total, overall=overall)


def _located(
    window: Window, listing: Listing, overall: int
) -> tuple[Sequence[int], int | None, int]:
    """Returns the keys in the window, the place of its anchor, and how many rows there are."""
    is_short = overall <= _FEW
    if not window.text and (is_short or _has_index(listing.expression)):
        return *listing.located(window, overall), overall
    if is_short:
        ids = listing.ids(0, overall)
        first = max(window.offset, 0)
        page_ids = ids[first : first + max(window.limit, 0)]
        return page_ids, ids.index(window.anchor) if window.anchor in ids else None, len(ids)
    from tui_scheduler.services.queries.unsorted import Unsorted  # few lists are so long

    unsorted = Unsorted(listing.in_no_index())
    if not window.text:
        return *unsorted.located(window, overall), overall
    return unsorted.counted(window, overall)


def _has_index(expression: Any) -> bool:
    return isinstance(expression, Field) and (expression.primary_key or expression.unique)
