"""Conditions on rows: texts that hold a word, all or any of several, looked up or gone through."""

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from peewee import SQL, ColumnBase, Field, ModelSelect, NodeList, fn

from tui_scheduler.services.queries.page import words_of
from tui_scheduler.text import storable

Query: TypeAlias = "ModelSelect[Any]"
_MOST_DIGITS = 18  # all numbers of which SQLite can hold; no table will have more rows
_NUMBER = re.compile(rf"[1-9][0-9]{{0,{_MOST_DIGITS - 1}}}")


def matching(query: Query, text: str, fields: Sequence[Any]) -> Query:
    """The rows of ``query`` in which every word of ``text`` stands in one of ``fields``."""
    searched = reduce(_beside, fields)
    return filtered(query, [contains(searched, word) for word in words_of(text)])


def contains(text: Any, word: str) -> Any:
    """Whether ``word`` stands in ``text``, whatever the case; ``%`` and ``_`` mean themselves."""
    if word.isascii():
        return fn.instr(fn.lower(text), word.lower()) > 0
    return fn.holds(text, storable(word).casefold())  # SQLite's lower() knows ASCII only


def begins(text: Any, begun: str) -> Any:
    """Whether ``text`` begins with ``begun``."""
    return fn.substr(text, 1, len(begun)) == storable(begun)


def _beside(left: Any, right: Field) -> Any:
    """Both texts with the end of a line between, which no word contains."""
    return fn.ifnull(left, "").concat("\n").concat(fn.ifnull(right, ""))


def any_of(conditions: Iterable[Any]) -> Any:
    """At least one of ``conditions``."""
    return reduce(or_, conditions)


def filtered(query: Query, conditions: Sequence[Any]) -> Query:
    """The rows of ``query`` that fulfil all ``conditions``, of which there may be none."""
    return query.where(*conditions) if conditions else query


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
