"""Queries whose SQL text is built once.

Building it costs Peewee 300 microseconds, fifteen times what SQLite needs to answer. That is of no
account for what a person asks, but a scheduler asks some questions hundreds of times a second.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from peewee import SQL, AutoField, EnclosedNodeList, Field, Model, NodeList, Query, Value

from tui_scheduler.models.base import database
from tui_scheduler.models.fields import NumberField

_STORED_AS_THEY_ARE = (NumberField, AutoField)
"""Fields of which whole numbers are given, and asked for hundreds of times a second."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """A value that is given by ``name``; None converts nothing."""

    name: str
    convert: Callable[[Any], Any] | None


class _Place(Value):
    """Where a slot stands: the one kind of value that does not stand in the text itself."""

    def __sql__(self, ctx: Any) -> Any:
        with ctx(value_literals=False):
            return super().__sql__(ctx)  # type: ignore[no-untyped-call]


def slot(name: str, field: Field) -> Value:
    """The place of a value that is given by ``name`` when the query runs."""
    convert = None if isinstance(field, _STORED_AS_THEY_ARE) else field.db_value
    return _Place(_Slot(name, convert), converter=False)


def among(name: str, key: Field) -> Any:
    """The condition that ``key`` is one of the numbers that are given by ``name``, as a list."""
    numbers = _Place(_Slot(name, json.dumps), converter=False)
    return key.in_(
        EnclosedNodeList((NodeList((SQL("SELECT value FROM json_each("), numbers, SQL(")"))),))
    )


def insertion(model: type[Model], *names: str) -> "Prepared":
    """The insertion of a row of which these columns are given, and all others are as usual."""
    return Prepared(model.insert({name: slot(name, getattr(model, name)) for name in names}))


def insert(model: type[Model], **columns: Any) -> int:
    """Insert a row with these columns, and all others as usual; returns its id."""
    return _insertion(model, *columns).insert(**columns)


class Prepared:
    """A query with slots; ``columns`` are the fields that a SELECT returns, in its order.

    All other values stand in its text, so it is for what the program says, never for what somebody
    has typed. As parameters they may cost more than the query: SQLite compares a parameter with the
    conditions of partial indexes, and then has to plan the statement anew whenever it is given.
    """

    def __init__(self, query: Query, *columns: Field) -> None:
        self._query: Any = query
        self._converters: list[Callable[[Any], Any]] = [column.python_value for column in columns]
        self._sql: str | None = None
        self._slots: list[_Slot] = []

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Returns what a SELECT finds, as tuples; read column by column, in half of the time."""
        columns = list(zip(*self._run(values).fetchall(), strict=True))
        converters = self._converters if columns else ()
        return list(zip(*map(map, converters, columns), strict=True))

    def objects(self, **values: Any) -> list[Any]:
        """Returns what a SELECT finds as Peewee makes it: objects, or what the query says instead.

        That needs no ``columns``, and takes longer than ``rows``.
        """
        return list(self._query._get_cursor_wrapper(self._run(values)))  # noqa: SLF001

    def change(self, **values: Any) -> int:
        """Run an UPDATE or a DELETE; returns the number of rows changed."""
        changed: int = self._run(values).rowcount
        return changed

    def insert(self, **values: Any) -> int:
        """Run an INSERT; returns the id of the new row."""
        row_id: int = self._run(values).lastrowid
        return row_id

    def _run(self, values: dict[str, Any]) -> Any:
        if self._sql is None:
            context = database.get_sql_context(value_literals=True)
            self._sql, self._slots = context.parse(self._query)
        given = [
            values[slot.name] if slot.convert is None else slot.convert(values[slot.name])
            for slot in self._slots
        ]
        return database.execute_sql(self._sql, given)


_insertion = lru_cache(insertion)
