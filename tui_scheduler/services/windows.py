"""Windows over tables of any length: filter, sort, place of the cursor, one slice of rows."""

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import Expression, Field, ModelSelect, fn

from tui_scheduler.services.page import Window

Sorts = Mapping[str, Any]
"""Column key of a table to the expression it is sorted by."""


def matching(query: ModelSelect, text: str, fields: list[Field]) -> ModelSelect:
    """The rows of ``query`` in which every word of ``text`` stands in one of ``fields``."""
    for word in text.split():
        query = query.where(any_of([contains(field, word) for field in fields]))
    return query


def contains(field: Field, word: str) -> Expression:
    """Whether ``word`` stands in ``field``, whatever the case; ``%`` and ``_`` mean themselves."""
    return fn.instr(fn.lower(field), word.lower()) > 0


def any_of(conditions: list[Expression]) -> Expression:
    """At least one of ``conditions``."""
    return reduce(or_, conditions)


def all_of(conditions: list[Expression]) -> Expression:
    """All of ``conditions``."""
    return reduce(and_, conditions)


def ordered(query: ModelSelect, key: Field, expression: Any, descending: bool) -> ModelSelect:
    """``query`` by ``expression``, rows of equal value by their id."""
    terms = [key] if expression is key else [expression, key]
    return query.order_by(*[term.desc() if descending else term.asc() for term in terms])


def place(
    query: ModelSelect, key: Field, anchor: int | None, expression: Any, descending: bool
) -> int | None:
    """How many rows of ``query`` stand before the one with id ``anchor``; None if it is gone."""
    if anchor is None:
        return None
    row = query.columns(key, expression).where(key == anchor).tuples().first()
    if row is None:
        return None
    before = _before(key, anchor, expression, row[1], descending)
    return int(query.columns(key).where(before).count())


def _before(key: Field, anchor: int, expression: Any, value: Any, descending: bool) -> Expression:
    earlier = key > anchor if descending else key < anchor
    if expression is key:
        return earlier
    if value is None:  # SQLite: NULL is smaller than anything
        nothing = expression.is_null()
        return (~nothing | (nothing & earlier)) if descending else (nothing & earlier)
    if descending:
        return (expression > value) | ((expression == value) & earlier)
    return (expression < value) | expression.is_null() | ((expression == value) & earlier)


def sliced(query: ModelSelect, window: Window) -> ModelSelect:
    """The rows of ``query`` that ``window`` shows."""
    return query.limit(max(window.limit, 0)).offset(max(window.offset, 0))
