"""Columns that keep exactly what was put in: instants, durations, choices.

Reading never fails, whatever stands in a damaged row: it becomes what ``damaged`` says, so that
one row stops nobody but itself. Without ``damaged`` it is given as it is, for the services to
refuse: a plan that cannot be read must not be taken for another one.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import peewee
from peewee import BigIntegerField, IntegerField

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AS_IT_IS = object()
_TOKEN = re.compile("[0-9a-f]{8}")


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

    def python_value(self, value: Any) -> datetime | None:
        """An aware UTC datetime; one beyond the calendar becomes its last moment."""
        if not isinstance(value, int):
            return None if value is None or self.null else _LAST_MOMENT
        try:
            return _EPOCH + timedelta(microseconds=value)
        except OverflowError:
            return _LAST_MOMENT


class DurationField(BigIntegerField):
    """A timedelta, as microseconds."""

    def db_value(self, value: timedelta | int | None) -> int | None:
        """Microseconds for a timedelta."""
        return value // _MICROSECOND if isinstance(value, timedelta) else value

    def python_value(self, value: Any) -> timedelta | None:
        """The timedelta again."""
        if not isinstance(value, int):
            return None if value is None or self.null else timedelta()
        return timedelta(microseconds=value)


class NumberField(IntegerField):
    """A whole number."""

    def __init__(self, damaged: Any = _AS_IT_IS, **options: Any) -> None:
        self._damaged = damaged
        super().__init__(**options)

    def python_value(self, value: Any) -> Any:
        """The number."""
        if value is None or isinstance(value, int) or self._damaged is _AS_IT_IS:
            return value
        return self._damaged


class TextField(peewee.TextField):
    """Text of any kind; bytes that are none are shown by the replacement character.

    What is ``usual``, as nearly all rows have it, is stored as NULL.
    """

    def __init__(self, usual: str | None = None, **options: Any) -> None:
        self._usual = usual
        super().__init__(**{"null": usual is not None, **options})

    def db_value(self, value: Any) -> Any:
        """The text."""
        return None if value is None or value == self._usual else str(value)

    def python_value(self, value: Any) -> str | None:
        """The text."""
        if value is None:
            return self._usual
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


class TokenField(peewee.TextField):
    """Eight hexadecimal digits, fit for the name of a file; anything else is read as none."""

    def python_value(self, value: Any) -> str | None:
        """The token."""
        return value if isinstance(value, str) and _TOKEN.fullmatch(value) else None


class ChoiceField(peewee.TextField):
    """One member of a StrEnum, stored as its value; the table's CHECK enforces the same list.

    The ``usual`` one, which nearly all rows have, is stored as NULL.
    """

    def __init__(
        self,
        choice: type[StrEnum],
        damaged: Any = _AS_IT_IS,
        usual: StrEnum | None = None,
        **options: Any,
    ) -> None:
        self.choice = choice
        self._members = {member.value: member for member in choice}
        self._damaged = damaged
        self._usual = usual
        super().__init__(**{"null": usual is not None, **options})

    def db_value(self, value: str | None) -> str | None:
        """The member's value; raises ValueError for anything else."""
        if value is None or value == self._usual:
            return None
        return self.choice(value).value

    def python_value(self, value: Any) -> Any:
        """The member again."""
        if value is None:
            return self._usual
        return self._members.get(value, value if self._damaged is _AS_IT_IS else self._damaged)
