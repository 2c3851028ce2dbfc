"""Columns that keep exactly what was put in: instants, durations, choices."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from peewee import BigIntegerField, TextField

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class InstantField(BigIntegerField):
    """A moment, as UTC microseconds since 1970; naive datetimes are refused.

    Integers compare and sort as time does. Peewee's own DateTimeField stores text with whatever
    offset it was given, and SQLite then compares letters.
    """

    def db_value(self, value: Any) -> int | None:
        """Microseconds for an aware datetime; raises ValueError for a naive one."""
        if not isinstance(value, datetime):
            return None if value is None else int(value)
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone")
        return (value - _EPOCH) // _MICROSECOND

    def python_value(self, value: int | None) -> datetime | None:
        """An aware UTC datetime; one beyond the calendar becomes its last moment."""
        if value is None:
            return None
        try:
            return _EPOCH + timedelta(microseconds=value)
        except OverflowError:  # a damaged row is still shown
            return datetime.max.replace(tzinfo=UTC)


class DurationField(BigIntegerField):
    """A timedelta, as microseconds."""

    def db_value(self, value: timedelta | int | None) -> int | None:
        """Microseconds for a timedelta."""
        return value // _MICROSECOND if isinstance(value, timedelta) else value

    def python_value(self, value: int | None) -> timedelta | None:
        """The timedelta again."""
        return None if value is None else timedelta(microseconds=value)


class ChoiceField(TextField):
    """One member of a StrEnum, stored as its value; the table's CHECK enforces the same list."""

    def __init__(self, choice: type[StrEnum], **options: Any) -> None:
        self._choice = choice
        super().__init__(**options)

    def db_value(self, value: str | None) -> str | None:
        """The member's value; raises ValueError for anything else."""
        return None if value is None else self._choice(value).value

    def python_value(self, value: str | None) -> StrEnum | None:
        """The member again."""
        return None if value is None else self._choice(value)
