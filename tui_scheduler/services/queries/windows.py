"""Windows over tables of any length: an order, the place of the cursor, one slice of rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from peewee import Tuple

from tui_scheduler.models import stream
from tui_scheduler.services.queries.conditions import Query, number_of, unindexed
from tui_scheduler.services.queries.page import Page, Window

R = TypeVar("R")
Sorts = Mapping[str, Any]
"""Column key of a table to the expression it is sorted by."""


class Located(Protocol):
    """Rows in an order, of which a window is found."""

    @property
    def query(self) -> Query:
        """The rows, in any order."""

    def located(self, window: Window, total: int) -> tuple[list[int], int | None]:
        """The keys in the window and the place of its anchor, if that is one of the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Rows in an order: those of ``query``, by ``expression``, then by the integer ``key``.

    Rows without a value come last, whichever the direction, unless ``nulls_first`` is set.
    If it ``is_compared_at_once``, value and key of a row, that is quicker where most have the same
    value, but looks up no index.
    """

    query: Query
    key: Any
    expression: Any
    descending: bool
    nulls_first: bool = False
    is_compared_at_once: bool = False

    def backwards(self) -> "Listing":
        """The same rows from the other end."""
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)

    def in_no_index(self) -> "Listing":
        """The same rows, which are not to be read in the order of an index."""
        return replace(self, expression=unindexed(self.expression))

    @property
    def terms(self) -> list[Any]:
        """What the rows are ordered by."""
        by_key = self.key.desc() if self.descending else self.key.asc()
        return [by_key] if self._is_by_key else [self._directed(self.expression), by_key]

    def ids(self, offset: int, limit: int) -> list[int]:
        """The keys of ``limit`` rows from row ``offset`` on."""
        wanted = self.query.select(self.key).order_by(*self.terms)
        return [key for (key,) in stream(wanted.limit(max(limit, 0)).offset(max(offset, 0)))]

    def place(self, anchor: int) -> int | None:
        """How many rows stand before the one with the key ``anchor``; None if it is not there."""
        values = self.values_of(anchor)
        return self.number_before(anchor, values[0]) if values else None

    def number_before(self, anchor: int, value: Any) -> int:
        """How many rows stand before one with that key and value, which need not be there."""
        return number_of(self.query.where(self.before(anchor, value)))

    def values_of(self, key: int) -> list[Any]:
        """What the row with that key is sorted by, as stored; nothing if it is not there."""
        value = unindexed(self.expression).alias("value")  # or Peewee converts it
        return [each for (each,) in stream(self.query.select(value).where(self.key == key))]

    def located(self, window: Window, total: int) -> tuple[list[int], int | None]:
        """The keys in the window and the place of its anchor, counted from the nearer end."""
        return _from_the_nearer_end(self, window, total)

    def before(self, anchor: int, value: Any) -> Any:
        """Whether a row stands before one with that key and value, which need not be there."""
        by = self.expression
        smaller_key = self.key > anchor if self.descending else self.key < anchor
        if self._is_by_key:
            return smaller_key
        if value is None:
            return (
                by.is_null() & smaller_key if self.nulls_first else by.is_null(False) | smaller_key
            )
        if self.is_compared_at_once:
            row, other = Tuple(by, self.key), (value, anchor)
            smaller = row > other if self.descending else row < other
        # One range of an index, and then a look at the key where values are equal.
        elif self.descending:
            smaller = (by >= value) & ((by > value) | smaller_key)
        else:
            smaller = (by <= value) & ((by < value) | smaller_key)
        return smaller | by.is_null() if self.nulls_first else smaller

    @property
    def _is_by_key(self) -> bool:
        return self.expression is self.key

    def _directed(self, expression: Any) -> Any:
        nulls = "FIRST" if self.nulls_first else "LAST"
        return expression.desc(nulls=nulls) if self.descending else expression.asc(nulls=nulls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The rows of one listing after those of another, each with the number of its rows.

    For an order of which no index has all.
    """

    parts: tuple[tuple[Listing, int], ...]

    @property
    def query(self) -> Query:
        """The rows of the first one."""
        return self.parts[0][0].query

    def backwards(self) -> "Joined":
        """The same rows from the other end."""
        return Joined(parts=tuple((each.backwards(), number) for each, number in self.parts[::-1]))

    def ids(self, offset: int, limit: int) -> list[int]:
        """The keys of ``limit`` rows from row ``offset`` on."""
        ids: list[int] = []
        offset = max(offset, 0)
        for listing, number in self.parts:
            if offset < number and len(ids) < limit:
                ids += listing.ids(offset, limit - len(ids))
            offset = max(offset - number, 0)
        return ids

    def place(self, anchor: int) -> int | None:
        """How many rows stand before the one with the key ``anchor``; None if it is not there."""
        ahead = 0
        for listing, number in self.parts:
            if (place := listing.place(anchor)) is not None:
                return ahead + place
            ahead += number
        return None

    def located(self, window: Window, total: int) -> tuple[list[int], int | None]:
        """The keys in the window and the place of its anchor, counted from the nearer end."""
        return _from_the_nearer_end(self, window, total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The rows of one listing, in the order of an index, but for the few of another.

    ``keys`` are theirs, for which nothing else need be looked up.
    """

    whole: Listing
    others: Listing
    keys: Query

    @property
    def query(self) -> Query:
        """The rows, in any order."""
        return self.whole.query.where(self.whole.key.not_in(self.keys))

    def backwards(self) -> "Without":
        """The same rows from the other end."""
        return replace(self, whole=self.whole.backwards(), others=self.others.backwards())

    def ids(self, offset: int, limit: int) -> list[int]:
        """The keys of ``limit`` rows from row ``offset`` on."""
        return replace(self.whole, query=self.query).ids(offset, limit)

    def place(self, anchor: int) -> int | None:
        """How many rows stand before the one with the key ``anchor``; None if it is not there."""
        place = self.whole.place(anchor)
        if place is None or self.others.values_of(anchor):
            return None
        return place - self.others.number_before(anchor, self.whole.values_of(anchor)[0])

    def located(self, window: Window, total: int) -> tuple[list[int], int | None]:
        """The keys in the window and the place of its anchor, counted from the nearer end."""
        return _from_the_nearer_end(self, window, total)


def page_of(
    window: Window,
    listing: Located,
    rows_of: Callable[[Sequence[int]], Mapping[int, R]],
    *,
    total: int,
    overall: int,
) -> Page[R]:
    """Returns the page that ``window`` asks for; ``rows_of`` gives the rows of keys, by key."""
    ids, place = listing.located(window, total)
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


def _from_the_nearer_end(
    listing: Listing | Joined | Without, window: Window, total: int
) -> tuple[list[int], int | None]:
    offset, limit = max(window.offset, 0), max(window.limit, 0)
    if offset <= total // 2:
        ids = listing.ids(offset, limit)
        return ids, None if window.anchor is None else listing.place(window.anchor)
    mirrored = listing.backwards()
    behind = total - offset - limit
    ids = mirrored.ids(behind, limit + min(behind, 0))[::-1]
    place = None if window.anchor is None else mirrored.place(window.anchor)
    return ids, None if place is None else total - 1 - place
