"""Conditions on rows: texts that hold a word, all or any of several, looked up or gone through."""

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from peewee import SQL, ColumnBase, Field, ModelSelect, NodeList, fn

from tui_scheduler.models import Run, stream
from tui_scheduler.models.fields import ChoiceField
from tui_scheduler.services.queries.page import words_of
from tui_scheduler.text import storable

Query: TypeAlias = "ModelSelect[Any]"
HAS_NOT_SUCCEEDED = Run.status != SQL("'success'")
"""With the very words of the indexes that are without all others."""

_open = Run.alias()
IS_OPEN = Run.id.in_(_open.select(_open.id).where(_open.end_time.is_null()))
"""By number: SQLite goes through these few, and not through all runs of whoever is meant."""

_MOST_DIGITS = 18  # all numbers of which SQLite can hold; no table will have more rows
_OF_PATTERNS = re.compile(r"[%_\\]")
_ESCAPED = r"\\\g<0>"
_NUMBER = re.compile(rf"[1-9][0-9]{{0,{_MOST_DIGITS - 1}}}")


def matching(query: Query, text: str, fields: Sequence[Any]) -> Query:
    """The rows of ``query`` in which every word of ``text`` stands in one of ``fields``."""
    return filtered(
        query, [any_of(contains(field, word) for field in fields) for word in words_of(text)]
    )


def contains(text: Any, word: str) -> Any:
    """Whether ``word`` stands in ``text``, whatever the case; ``%`` and ``_`` mean themselves."""
    if isinstance(text, ChoiceField):
        return text.in_([each for each in text.choice if word.isascii() and word.lower() in each])
    if word.isascii():
        return fn.LIKE(f"%{_OF_PATTERNS.sub(_ESCAPED, word)}%", text, "\\")
    # SQLite knows the case of ASCII alone; what has nothing else holds no such word.
    is_beyond_ascii = fn.length(text.cast("BLOB")) > fn.length(text)
    return is_beyond_ascii & fn.holds(text, storable(word).casefold())


def begins(text: Any, begun: str) -> Any:
    """Whether ``text`` begins with ``begun``."""
    return fn.substr(text, 1, len(begun)) == storable(begun)


def any_of(conditions: Iterable[Any]) -> Any:
    """At least one of ``conditions``."""
    return reduce(or_, conditions)


def filtered(query: Query, conditions: Sequence[Any]) -> Query:
    """The rows of ``query`` that fulfil all ``conditions``, of which there may be none."""
    return query.where(*conditions) if conditions else query


def number_of(query: Query) -> int:
    """How many rows ``query`` finds: in one statement, where Peewee counts those of another."""
    [(number,)] = stream(query.select(fn.count(SQL("*"))))
    return int(number)


def numbered(key: Field, digits: str) -> Any:
    """Whether the number in ``key`` begins with ``digits`` ("" for any); looked up, not walked."""
    if not digits:
        return key.is_null(False)
    if not _NUMBER.fullmatch(digits):
        return key.is_null()
    first = int(digits)
    powers = (10**zeros for zeros in range(_MOST_DIGITS + 1 - len(digits)))
    return any_of(key.between(first * power, (first + 1) * power - 1) for power in powers)


def unindexed(field: ColumnBase) -> ColumnBase:
    """``field``, but not to be looked up in an index, because another one is better."""
    return NodeList((SQL("+"), field))
