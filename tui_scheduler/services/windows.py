"""Windows over tables of any length: filter, sort, place of the cursor, one slice of rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeAlias, TypeVar

from peewee import SQL, ColumnBase, Field, ModelSelect, NodeList, fn

from tui_scheduler.services.page import Page, Window

R = TypeVar("R")
Query: TypeAlias = "ModelSelect[Any]"
Sorts = Mapping[str, Any]
"""Column key of a table to the expression it is sorted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Rows in an order: those of ``query``, by ``expression``, then by the integer ``key``.

    Rows without a value come last, whichever the direction.
    """

    query: Query
    key: Any
    expression: Any
    descending: bool

    def ids(self, window: Window) -> list[int]:
        """The keys of the rows that ``window`` shows."""
        by_key = self._directed(self.key)
        terms = [by_key] if self._is_by_key else [self._directed(self.expression), by_key]
        wanted = self.query.select(self.key).order_by(*terms)
        return list(wanted.limit(max(window.limit, 0)).offset(max(window.offset, 0)).scalars())

    def place(self, anchor: int | None) -> int | None:
        """How many rows stand before the one with the key ``anchor``; None if it is not there."""
        if anchor is None:
            return None
        value = self.expression.alias("value")  # or Peewee converts it by the name of a column
        found = self.query.select(value).where(self.key == anchor).tuples().first()
        if found is None:
            return None
        return int(self.query.select(self.key).where(self._before(anchor, found[0])).count())

    @property
    def _is_by_key(self) -> bool:
        return self.expression is self.key

    def _directed(self, expression: Any) -> Any:
        return expression.desc(nulls="LAST") if self.descending else expression.asc(nulls="LAST")

    def _before(self, anchor: int, value: Any) -> Any:
        by, key = self.expression, self.key
        smaller_key = key > anchor if self.descending else key < anchor
        if self._is_by_key:
            return smaller_key
        if value is None:
            return by.is_null(False) | smaller_key
        # One range of an index, and then a look at the key where values are equal.
        if self.descending:
            return (by >= value) & ((by > value) | smaller_key)
        return (by <= value) & ((by < value) | smaller_key)


def page_of(
    window: Window,
    listing: Listing,
    shown: Callable[[Sequence[int]], Mapping[int, R]],
    *,
    total: int,
    overall: int,
) -> Page[R]:
    """The page that ``window`` asks for; ``shown`` gives the rows with some keys, by key."""
    ids = listing.ids(window)
    rows = shown(ids) if ids else {}
    return Page(
        total=total,
        overall=overall,
        offset=window.offset,
        rows=tuple(rows[row_id] for row_id in ids if row_id in rows),
        anchor_index=listing.place(window.anchor),
    )


def matching(query: Query, text: str, fields: Sequence[Field]) -> Query:
    """The rows of ``query`` in which every word of ``text`` stands in one of ``fields``."""
    searched = reduce(_beside, fields)
    return filtered(query, [contains(searched, word) for word in text.split()])


def contains(text: Any, word: str) -> Any:
    """Whether ``word`` stands in ``text``, whatever the case; ``%`` and ``_`` mean themselves."""
    if word.isascii():
        return fn.instr(fn.lower(text), word.lower()) > 0
    return fn.holds(text, storable(word).casefold())  # SQLite's lower() knows ASCII only


def _beside(left: Any, right: Field) -> Any:
    """Both texts with a space between, which no word contains."""
    return fn.ifnull(left, "").concat(" ").concat(fn.ifnull(right, ""))


def storable(text: str) -> str:
    """``text`` without what UTF-8 cannot hold, so that it may be asked for (and not be found)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def any_of(conditions: Iterable[Any]) -> Any:
    """At least one of ``conditions``."""
    return reduce(or_, conditions)


def filtered(query: Query, conditions: Sequence[Any]) -> Query:
    """The rows of ``query`` that fulfil all ``conditions``, of which there may be none."""
    return query.where(*conditions) if conditions else query


def unindexed(field: Field) -> ColumnBase:
    """``field``, but not to be looked up in an index, because another one is better."""
    return NodeList((SQL("+"), field))
