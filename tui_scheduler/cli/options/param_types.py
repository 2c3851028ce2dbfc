"""The kinds of values that options take, each with the remedy when it is wrong."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import click

from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.schedules import Weekday, parse_duration, parse_exceptions
from tui_scheduler.schedules.zones import zone_info
from tui_scheduler.services.parameters.lines import parse_parameters
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.services.parameters.variables import parse_variables
from tui_scheduler.sizes import parse_size

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    _Type = click.ParamType[Any]
else:
    _Type = click.ParamType  # generic since click 8.4

_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST_DAYS = 10**9
_MOST = 10**9


class Cleared(Enum):
    """What the word ``none`` means where a value may be taken away."""

    NONE = "none"


class Value(_Type):
    """What ``read`` reads, which raises ValueError with the remedy; a shell offers ``words``."""

    name = "text"

    def __init__(self, read: Callable[[str], Any], words: Callable[[str], Iterable[str]]) -> None:
        self._read = read
        self._words = words

    def convert(
        self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None
    ) -> Any:
        """Returns what a word says; what is no word is a default."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[str]]":
        """Returns the words that begin as ``incomplete`` does, in any case."""
        from click.shell_completion import CompletionItem

        begun = incomplete.casefold()
        return [
            CompletionItem(word)
            for word in self._words(incomplete)
            if word.casefold().startswith(begun)
        ]


def value(
    read: Callable[[str], Any], words: Callable[[str], Iterable[str]] = lambda _typed: ()
) -> Value:
    """Returns a type for click: what ``read`` reads, and the words for what was typed so far."""
    return Value(read, words)


def choice(kind: type[StrEnum]) -> Value:
    """Returns one member of ``kind``, by its value."""

    def read(text: str) -> StrEnum:
        try:
            return kind(text.strip().lower())
        except ValueError:
            raise ValueError(f"{text!r} is not one of {', '.join(kind)}") from None

    return value(read, lambda _typed: kind)


def clearable(read: Callable[[str], Any]) -> Value:
    """Returns what ``read`` reads, or ``none``."""
    return value(lambda text: Cleared.NONE if is_none([text]) else read(text))


def whole_number(text: str) -> int:
    """Returns a whole number; raises ValueError with the remedy."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


def count(text: str) -> int:
    """Returns a whole number that is not negative; raises ValueError with the remedy."""
    if (number := whole_number(text)) < 0:
        raise ValueError(f"{text!r} is less than nothing: use a whole number, or 0 for no limit")
    if number > _MOST:
        raise ValueError(f"is more than {_MOST:,}: use a smaller number, or 0 for no limit")
    return number


def days(text: str) -> float:
    """Returns a number of days; raises ValueError with the remedy."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < _MOST_DAYS:
        raise ValueError(f"{text!r} is not a number of days such as 90 or 0.5; 0 for no limit")
    return number


def weekday(text: str) -> Weekday:
    """Returns a day by its English name or at least three letters of it."""
    word = text.strip().lower()
    for number, name in enumerate(_DAY_NAMES):
        if len(word) >= 3 and name.startswith(word):
            return Weekday(number)
    raise ValueError(f"{text!r} is not a weekday: use mon, tue, wed, thu, fri, sat or sun")


def weekdays(text: str) -> frozenset[Weekday]:
    """Returns days separated by commas."""
    return frozenset(weekday(word) for word in text.split(",") if word.strip())


def zone_name(text: str) -> str:
    """Returns the IANA name of a time zone."""
    zone_info(text.strip())
    return text.strip()


def _weekday_list(typed: str) -> list[str]:
    """Returns the days that are typed already, and each that may be the next."""
    before = typed.rpartition(",")[0]
    given = f"{before}," if before else ""
    return [given + name[:3] for name in _DAY_NAMES if name[:3] not in before.lower()]


def _zones(_typed: str) -> list[str]:
    return sorted(available_timezones())


def is_none(lines: Sequence[str]) -> bool:
    """Returns whether all that was given is the word ``none``: take away what there is."""
    return [line.strip().lower() for line in lines] == [Cleared.NONE.value]


def variables(option: str, lines: Iterable[str]) -> dict[str, str]:
    """Returns the variables given with ``option``, or none; raises InvalidInput."""
    given = list(lines)
    if is_none(given):
        return {}
    return only_variables(option, given)


def only_variables(option: str, lines: Iterable[str]) -> dict[str, str]:
    """Returns the variables given with ``option``, not taking ``none``; raises InvalidInput."""
    try:
        return parse_variables(lines)
    except ValueError as error:
        raise InvalidInput([Problem(option, str(error))]) from error


def declarations(lines: Iterable[str]) -> tuple[Parameter, ...]:
    """Returns the parameters given with ``--declare``, or none; raises InvalidInput."""
    given = list(lines)
    if is_none(given):
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
WEEKDAY = value(weekday, lambda _typed: [name[:3] for name in _DAY_NAMES])
WEEKDAYS = value(weekdays, _weekday_list)
ZONE = value(zone_name, _zones)
EXCEPTIONS = clearable(parse_exceptions)
COUNT = value(count)
DAYS = value(days)
SIZE = value(parse_size)
