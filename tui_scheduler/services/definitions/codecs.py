"""How each kind of value stands in a file, and what is refused in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tui_scheduler.schedules import Weekday, format_duration, parse_duration
from tui_scheduler.services.parameters.lines import parse_parameters, show_parameter
from tui_scheduler.services.plans import dump_wall, load_wall


@dataclass(frozen=True, slots=True)
class Codec:
    """One kind of value: ``write`` gives what TOML has for it, ``read`` is the other way.

    ``read`` is given whatever stands in the file, and raises ValueError with the remedy.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


def _exactly(kind: type, remedy: str) -> Codec:
    def read(value: Any) -> Any:
        if type(value) is not kind:  # a truth value would pass for a number
            raise ValueError(f"is {_noun(value)}: write {remedy}")
        return value

    return Codec(read, _as_it_is)


def _noun(value: Any) -> str:
    return _NOUNS.get(type(value), "a date or a time")


_NOUNS: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction",
    list: "a list",
    dict: "a table",
}
TEXT = _exactly(str, 'text in quotes, such as "backup"')
FLAG = _exactly(bool, "true or false, without quotes")
NUMBER = _exactly(int, "a whole number, without quotes")


def _read_texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError('is no list of texts: write it like ["first", "second"]')
    return tuple(value)


def _read_variables(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError('is no table of texts: write each line like NAME = "value"')
    return value


def _read_duration(value: Any) -> timedelta:
    return parse_duration(TEXT.read(value) if type(value) is not int else str(value))


def _read_wall(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        wall = load_wall(TEXT.read(value))
    except ValueError:
        wall = None
    if wall is None:
        raise ValueError(
            'is no wall-clock time: write "2026-03-29T02:30:00", with " (second pass)" at its end'
            " for the second time in an hour that comes twice"
        )
    return wall


def _read_weekday(value: Any) -> Weekday:
    name = value.upper() if isinstance(value, str) else ""
    if name not in Weekday.__members__:
        raise ValueError("is no weekday: use mon, tue, wed, thu, fri, sat or sun")
    return Weekday[name]


def _write_weekday(day: Weekday) -> str:
    return Weekday(day).name.lower()


def choice(kind: type[StrEnum]) -> Codec:
    """One member of ``kind``, by its value."""

    def read(value: Any) -> StrEnum:
        try:
            return kind(TEXT.read(value))
        except ValueError:
            raise ValueError(f"must be one of {', '.join(kind)}, in quotes") from None

    return Codec(read, str)


TEXTS = Codec(_read_texts, list)
VARIABLES = Codec(_read_variables, lambda variables: dict(sorted(variables.items())))
DURATION = Codec(_read_duration, format_duration)
WALL = Codec(_read_wall, dump_wall)
WEEKDAY = Codec(_read_weekday, _write_weekday)
WEEKDAYS = Codec(
    lambda value: frozenset(map(_read_weekday, _read_texts(value))),
    lambda days: [_write_weekday(day) for day in sorted(days)],
)
DECLARATIONS = Codec(
    lambda value: parse_parameters(_read_texts(value)),
    lambda parameters: [show_parameter(parameter) for parameter in parameters],
)
