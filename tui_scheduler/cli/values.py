"""The kinds of values that options take, each with the remedy when it is wrong."""

from collections.abc import Callable, Iterable
from enum import Enum, StrEnum
from typing import Any

import click

from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.schedules import Weekday, parse_duration
from tui_scheduler.schedules.zones import zone_info
from tui_scheduler.services.parameter_lines import parse_parameters
from tui_scheduler.services.parameters import Parameter
from tui_scheduler.services.variables import parse_variables
from tui_scheduler.sizes import parse_size

_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LARGEST_ID = 2**63 - 1  # of an SQLite row
_MOST_DAYS = 10**9


class Cleared(Enum):
    """What the word ``none`` means where a value may be taken away."""

    NONE = "none"


def value(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A type for click: what ``read`` reads, which raises ValueError with the remedy."""

    def convert(text: Any) -> Any:
        if not isinstance(text, str):  # a default
            return text
        try:
            return read(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return convert


def choice(kind: type[StrEnum]) -> Callable[[Any], Any]:
    """One member of ``kind``, by its value."""

    def read(text: str) -> StrEnum:
        try:
            return kind(text.strip().lower())
        except ValueError:
            raise ValueError(f"{text!r} is not one of {', '.join(kind)}") from None

    return value(read)


def clearable(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """What ``read`` reads, or ``none``."""
    return value(lambda text: Cleared.NONE if text.strip().lower() == "none" else read(text))


def whole_number(text: str) -> int:
    """A whole number; ValueError with the remedy."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


def row_id(text: str) -> int:
    """The number of a request or a run; ValueError with the remedy."""
    if not 0 <= (number := whole_number(text)) <= _LARGEST_ID:
        raise ValueError(f"{text!r} is not the number of anything")
    return number


def count(text: str) -> int:
    """A whole number that is not negative; ValueError with the remedy."""
    if (number := whole_number(text)) < 0:
        raise ValueError(f"{text!r} is less than nothing: use a whole number, or 0 for no limit")
    return number


def days(text: str) -> float:
    """A number of days; ValueError with the remedy."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < _MOST_DAYS:
        raise ValueError(f"{text!r} is not a number of days such as 90 or 0.5; 0 for no limit")
    return number


def weekday(text: str) -> Weekday:
    """A day by its English name or at least three letters of it."""
    word = text.strip().lower()
    for number, name in enumerate(_DAY_NAMES):
        if len(word) >= 3 and name.startswith(word):
            return Weekday(number)
    raise ValueError(f"{text!r} is not a weekday: use mon, tue, wed, thu, fri, sat or sun")


def weekdays(text: str) -> frozenset[Weekday]:
    """Days separated by commas."""
    return frozenset(weekday(word) for word in text.split(",") if word.strip())


def zone_name(text: str) -> str:
    """The IANA name of a time zone."""
    zone_info(text.strip())
    return text.strip()


def variables(option: str, lines: Iterable[str]) -> dict[str, str]:
    """The variables given with ``option``; ``none`` alone means none. Raises InvalidInput."""
    given = list(lines)
    if [line.strip().lower() for line in given] == ["none"]:
        return {}
    try:
        return parse_variables(given)
    except ValueError as error:
        raise InvalidInput([Problem(option, str(error))]) from error


def declarations(lines: Iterable[str]) -> tuple[Parameter, ...]:
    """The parameters given with ``--declare``; ``none`` alone means none. Raises InvalidInput."""
    given = list(lines)
    if [line.strip().lower() for line in given] == ["none"]:
        return ()
    try:
        return parse_parameters(given)
    except ValueError as error:
        raise InvalidInput([Problem("--declare", str(error))]) from error


DURATION = value(parse_duration)
OPTIONAL_DURATION = clearable(parse_duration)
OPTIONAL_TEXT = clearable(str)
NUMBER = value(whole_number)
OPTIONAL_NUMBER = clearable(whole_number)
WEEKDAY = value(weekday)
WEEKDAYS = value(weekdays)
ZONE = value(zone_name)
ID = value(row_id)
COUNT = value(count)
DAYS = value(days)
SIZE = value(parse_size)
