"""The one database object that all tables are bound to; opened by ``models.sqlite``."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from peewee import DatabaseProxy, Model

if TYPE_CHECKING:
    from peewee import ModelSelect

database = DatabaseProxy()


class BaseModel(Model):
    """A table of ours: named after its class, in the database that was opened."""

    class Meta:
        """Peewee's options."""

        database = database
        legacy_table_names = False


def rows(query: "ModelSelect[Any]") -> list[tuple[Any, ...]]:
    """What ``query`` finds, as plain tuples."""
    values: list[Any] = list(query.tuples())
    return values


def stream(query: "ModelSelect[Any]") -> "Iterator[tuple[Any, ...]]":
    """What ``query`` finds, row by row as it is found, in the values that are stored."""
    cursor: Iterator[Any] = database.execute(query)
    return cursor
