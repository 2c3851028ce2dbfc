"""Between values and the text that a field of a form shows for them.

A reader raises ValueError with the remedy, in words fit to stand below the field.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from tui_scheduler import wording
from tui_scheduler.errors import Problem
from tui_scheduler.models import Overlap
from tui_scheduler.receivers import Names, names_given
from tui_scheduler.schedules import format_duration, parse_duration, parse_moment
from tui_scheduler.services.parameters.lines import parse_parameters
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.services.parameters.variables import parse_variables

T = TypeVar("T")

OVERLAPS: Mapping[Overlap, str] = {each: wording.OVERLAPS[each].choice for each in Overlap}
"""The options of what happens while something still runs."""

_LARGEST = 999_999_999
# A value may hold line breaks, but a field has one line for each variable: shown as pictures.
_LINE_BREAKS = {"\n": "\N{SYMBOL FOR LINE FEED}", "\r": "\N{SYMBOL FOR CARRIAGE RETURN}"}
_TO_PICTURES = str.maketrans(_LINE_BREAKS)
_FROM_PICTURES = str.maketrans({picture: control for control, picture in _LINE_BREAKS.items()})


class Reader:
    """Reads the text of fields one by one and keeps the problem of each that it cannot read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, field: str, text: str, parse: Callable[[str], T], empty: T) -> T:
        """The value of ``text``; ``empty`` if there is none, or none that can be read."""
        if not text.strip():
            return empty
        try:
            return parse(text.strip())
        except ValueError as error:
            self.problems.append(Problem(field, str(error)))
            return empty


def all_problems(unreadable: Sequence[Problem], refused: Sequence[Problem]) -> list[Problem]:
    """Both kinds of problems, without judgements on fields that could not even be read."""
    fields = {problem.field for problem in unreadable}
    return [*unreadable, *(problem for problem in refused if problem.field not in fields)]


def read_whole(text: str) -> int:
    """A whole number without a sign."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not a whole number: write digits only")
    if len(text) > len(str(_LARGEST)):
        raise ValueError(f"is too large: at most {_LARGEST}")
    return int(text)


def show_whole(number: int | None) -> str:
    """What ``read_whole`` reads again; nothing for None."""
    return "" if number is None else str(number)


def read_moment(zone: str, now: datetime, *, is_finish: bool = False) -> Callable[[str], datetime]:
    """How a date and time in ``zone`` is read; an unknown zone counts as UTC until it is named."""

    def parse(text: str) -> datetime:
        try:
            return parse_moment(text, zone, now, is_finish=is_finish)
        except ValueError:
            return parse_moment(text, "UTC", now, is_finish=is_finish)

    return parse


def show_moment(wall: datetime | None, zone: str) -> str:
    """What ``read_moment`` reads again, the second pass of a repeated hour told by its offset."""
    if wall is None:
        return ""
    precision = "seconds" if wall.second else "minutes"
    if wall.fold and _happens_twice(wall, zone):
        wall = wall.replace(tzinfo=ZoneInfo(zone))
    return wall.isoformat(sep=" ", timespec=precision)


def read_duration(text: str) -> timedelta:
    """A duration such as 90, 10m or 1h30m."""
    return parse_duration(text)


def show_duration(duration: timedelta | None) -> str:
    """What ``read_duration`` reads again; nothing for None."""
    return "" if duration is None else format_duration(duration)


def read_names(text: str) -> Names:
    """Who is told: names with commas between them, or a word for others; no text is nobody."""
    return names_given([name for part in text.split(",") if (name := part.strip())])


def read_variables(text: str) -> dict[str, str]:
    """Variables from lines of NAME=VALUE."""
    variables = parse_variables(text.split("\n"))
    return {name: value.translate(_FROM_PICTURES) for name, value in variables.items()}


def show_variables(variables: Mapping[str, str]) -> str:
    """What ``read_variables`` reads again."""
    return "\n".join(f"{name}={value.translate(_TO_PICTURES)}" for name, value in variables.items())


def read_declarations(text: str) -> tuple[Parameter, ...]:
    """Parameters from lines that declare them."""
    return parse_parameters(text.split("\n"))


def _happens_twice(wall: datetime, zone: str) -> bool:
    try:
        first, second = (
            wall.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)
        )
    except (LookupError, ValueError, OSError):
        return False
    return first is not None and second is not None and first > second
