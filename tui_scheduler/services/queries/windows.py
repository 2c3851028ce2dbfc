"""Windows over tables of any length: an order, the place of the cursor, one slice of rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tui_scheduler.services.queries.conditions import Query
from tui_scheduler.services.queries.page import Page, Window

R = TypeVar("R")
Sorts = Mapping[str, Any]
"""Column key of a table to the expression it is sorted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Rows in an order: those of ``query``, by ``expression``, then by the integer ``key``.

    Rows without a value come last, whichever the direction, unless ``nulls_first`` is set.
    """

    query: Query
    key: Any
    expression: Any
    descending: bool
    nulls_first: bool = False

    def backwards(self) -> "Listing":
        """The same rows from the other end."""
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)

    def ids(self, offset: int, limit: int) -> list[int]:
        """The keys of ``limit`` rows from row ``offset`` on."""
        by_key = self._directed(self.key)
        terms = [by_key] if self._is_by_key else [self._directed(self.expression), by_key]
        wanted = self.query.select(self.key).order_by(*terms)
        return list(wanted.limit(max(limit, 0)).offset(max(offset, 0)).scalars())

    def place(self, anchor: int) -> int | None:
        """How many rows stand before the one with the key ``anchor``; None if it is not there."""
        value = self.expression.alias("value")  # or Peewee converts it by the name of a column
        anchored = self.query.select(value).where(self.key == anchor).tuples().first()
        if anchored is None:
            return None
        return int(self.query.select(self.key).where(self._before(anchor, anchored[0])).count())

    @property
    def _is_by_key(self) -> bool:
        return self.expression is self.key

    def _directed(self, expression: Any) -> Any:
        nulls = "FIRST" if self.nulls_first else "LAST"
        return expression.desc(nulls=nulls) if self.descending else expression.asc(nulls=nulls)

    def _before(self, anchor: int, value: Any) -> Any:
        by = self.expression
        smaller_key = self.key > anchor if self.descending else self.key < anchor
        if self._is_by_key:
            return smaller_key
        if value is None:
            return (
                by.is_null() & smaller_key if self.nulls_first else by.is_null(False) | smaller_key
            )
        # One range of an index, and then a look at the key where values are equal.
        if self.descending:
            smaller = (by >= value) & ((by > value) | smaller_key)
        else:
            smaller = (by <= value) & ((by < value) | smaller_key)
        return smaller | by.is_null() if self.nulls_first else smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The rows of one listing, ``ahead`` in number, and then those of another, of ``total``.

    For an order of which an index has only the beginning.
    """

    first: Listing
    second: Listing
    ahead: int
    total: int

    @property
    def query(self) -> Query:
        """The rows that the first one has, and more."""
        return self.first.query

    def backwards(self) -> "Joined":
        """The same rows from the other end."""
        return Joined(
            first=self.second.backwards(),
            second=self.first.backwards(),
            ahead=self.total - self.ahead,
            total=self.total,
        )

    def ids(self, offset: int, limit: int) -> list[int]:
        """The keys of ``limit`` rows from row ``offset`` on."""
        offset = max(offset, 0)
        ids = self.first.ids(offset, limit) if offset < self.ahead else []
        rest = limit - len(ids)
        return ids + (self.second.ids(offset - self.ahead, rest) if rest > 0 else [])

    def place(self, anchor: int) -> int | None:
        """How many rows stand before the one with the key ``anchor``; None if it is not there."""
        if (place := self.first.place(anchor)) is not None:
            return place
        place = self.second.place(anchor)
        return None if place is None else self.ahead + place


def page_of(
    window: Window,
    listing: Listing | Joined,
    rows_of: Callable[[Sequence[int]], Mapping[int, R]],
    *,
    total: int,
    overall: int,
) -> Page[R]:
    """The page that ``window`` asks for; ``shown`` gives the rows with some keys, by key."""
    ids, place = located(window, listing, total)
    key = listing.query.model.id  # that of the listing may be one that is not to be looked up
    return page_with(window, ids, place, rows_of, key=key, total=total, overall=overall)


def page_with(
    window: Window,
    ids: Sequence[int],
    place: int | None,
    rows_of: Callable[[Sequence[int]], Mapping[int, R]],
    *,
    key: Any,
    total: int,
    overall: int,
) -> Page[R]:
    """The page of the rows with the keys ``ids``; ``place`` is that of the anchor."""
    rows = rows_of(ids) if ids else {}
    return Page(
        total=total,
        overall=overall,
        offset=window.offset,
        rows=tuple(rows[row_id] for row_id in ids if row_id in rows),
        anchor_index=place,
        vanished=_vanished(key, window.marked) if window.marked else frozenset(),
    )


def _vanished(key: Any, marked: frozenset[int]) -> frozenset[int]:
    there = key.model.select(key).where(key.in_(list(marked)))
    return marked.difference(there.scalars())


def located(window: Window, listing: Listing | Joined, total: int) -> tuple[list[int], int | None]:
    """The keys in the window and the place of its anchor, counted from the nearer end."""
    offset, limit = max(window.offset, 0), max(window.limit, 0)
    if offset <= total // 2:
        ids = listing.ids(offset, limit)
        return ids, None if window.anchor is None else listing.place(window.anchor)
    mirrored = listing.backwards()
    behind = total - offset - limit
    ids = mirrored.ids(behind, limit + min(behind, 0))[::-1]
    place = None if window.anchor is None else mirrored.place(window.anchor)
    return ids, None if place is None else total - 1 - place
