"""How each kind of value stands in a column, in a file and in ``--json``.

``fields`` says of which kind each field is. None stands for nothing wherever a field may have none.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeGuard

from tui_scheduler.members import Members, members_of
from tui_scheduler.schedules import (
    Exceptions,
    Weekday,
    format_duration,
    parse_duration,
    parse_exceptions,
)
from tui_scheduler.services.parameters.lines import parse_parameters, show_parameter
from tui_scheduler.services.parameters.stored import (
    dump_parameters,
    load_parameters,
    readable_parameters,
)
from tui_scheduler.services.parameters.variables import (
    dump_variables,
    load_variables,
    readable_variables,
)

_FOLDED = " (second pass)"
NEVER = "never"
"""Stands in files for a limit of no time, which nothing is to reach."""

USUAL = "usual"
"""Stands for the limit that follows from what is usual, as if none was said."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One kind of value.

    ``write`` gives what TOML has for it, and ``read`` is the other way: it is given whatever
    stands in the file, and raises ValueError with the remedy. ``dump`` gives what a column is
    set to, and ``load`` is the other way: it raises ValueError if the row is damaged. ``view``
    gives what is seen of a column, of a damaged one as well. ``record`` gives what JSON has for it.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]
    view: Callable[[Any], Any]
    record: Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


def codec(
    read: Callable[[Any], Any],
    write: Callable[[Any], Any] = _as_it_is,
    *,
    dump: Callable[[Any], Any] = _as_it_is,
    load: Callable[[Any], Any] = _as_it_is,
    view: Callable[[Any], Any] = _as_it_is,
    record: Callable[[Any], Any] | None = None,
) -> Codec:
    """Returns a kind whose columns hold it as it is, and whose JSON is its TOML, if need be."""
    return Codec(read, write, dump, load, view, record or write)


def optional(kind: Codec) -> Codec:
    """Returns the kind that may also be None, which no file says."""

    def unless_none(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
        if step is _as_it_is:
            return step
        return lambda value: None if value is None else step(value)

    others = (kind.write, kind.dump, kind.load, kind.view, kind.record)
    return Codec(kind.read, *map(unless_none, others))


def _exactly(kind: type, remedy: str, load: Callable[[Any], Any] = _as_it_is) -> Codec:
    def read(value: Any) -> Any:
        if type(value) is not kind:  # a truth value would pass for a number
            raise ValueError(f"is {_noun(value)}: write {remedy}")
        return value

    return codec(read, load=load)


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
NUMBER = _exactly(int, "a whole number, without quotes", load=int)


def _are_texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _read_texts(value: Any) -> tuple[str, ...]:
    if not _are_texts(value):
        raise ValueError('is no list of texts: write it like ["first", "second"]')
    return tuple(value)


def _read_variables(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError('is no table of texts: write each line like NAME = "value"')
    return value


def _read_duration(value: Any) -> timedelta:
    return parse_duration(TEXT.read(value) if type(value) is not int else str(value))


def read_limit(value: Any) -> timedelta | None:
    """Returns a limit: a duration, no time for ``never``, None for ``usual``; or ValueError."""
    word = value.strip().lower() if isinstance(value, str) else ""
    if word == USUAL:
        return None
    try:
        return timedelta() if word == NEVER else _read_duration(value)
    except ValueError:
        raise ValueError(f"{value!r} is no duration such as 10m, nor {USUAL} or {NEVER}") from None


def _read_names(value: Any) -> tuple[str, ...]:
    try:
        return _read_texts(value)
    except ValueError:
        remedy = 'write it like ["ops"], [] for nobody, or leave it out for those of the config'
        raise ValueError(f"is no list of names: {remedy}") from None


def _read_words(value: Any) -> tuple[str, ...]:
    try:
        return _read_texts(value)
    except ValueError:
        remedy = 'write it like ["ERR"], [] for none, or leave it out for those of most programs'
        raise ValueError(f"is no list of texts: {remedy}") from None


def _read_locks(value: Any) -> tuple[str, ...]:
    try:
        return _read_texts(value)
    except ValueError:
        raise ValueError('is no list of names: write it like ["db"], or [] for none') from None


def _read_steps(value: Any) -> Members:
    items = value if isinstance(value, list) else [None]
    steps: list[Any] = [[item] if isinstance(item, str) else item for item in items]
    if all(step and _are_texts(step) for step in steps):
        return members_of(steps)
    example = '["extract", ["load-a", "load-b"]], where a list in it runs together'
    raise ValueError(f"is no list of names: write it like {example}")


def write_limit(limit: timedelta | None) -> str:
    """Returns the text that ``read_limit`` reads as ``limit``."""
    return USUAL if limit is None else format_duration(limit) if limit else NEVER


def _dump_texts(names: tuple[str, ...]) -> str:
    return json.dumps(list(names))


def _load_texts(text: str) -> tuple[str, ...]:
    if text == "[]":
        return ()
    try:
        return _read_texts(json.loads(text))
    except (TypeError, RecursionError):
        raise ValueError("the list is damaged") from None


def _view_texts(text: str) -> tuple[str, ...]:
    try:
        return _load_texts(text)
    except ValueError:
        return (text,)


def _read_exceptions(value: Any) -> Exceptions:
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, list):
        value = ",".join(str(item) for item in value)
    if not isinstance(value, str):
        raise ValueError('is no list of days: write it like ["2026-12-24", "company"]')
    return parse_exceptions(value)


def _read_wall(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return load_wall(TEXT.read(value))
    except ValueError:
        raise ValueError(
            'is no wall-clock time: write "2026-03-29T02:30:00", with " (second pass)" at its end'
            " for the second time in an hour that comes twice"
        ) from None


def _read_weekday(value: Any) -> Weekday:
    name = value.upper() if isinstance(value, str) else ""
    if name not in Weekday.__members__:
        raise ValueError("is no weekday: use mon, tue, wed, thu, fri, sat or sun")
    return Weekday[name]


def _write_weekday(day: Weekday) -> str:
    return Weekday(day).name.lower()


def _load_weekday(name: str) -> Weekday:
    try:
        return Weekday[name.upper()]
    except KeyError:
        raise ValueError(f"{name!r} is not a day of the week") from None


def _step(step: str | tuple[str, ...]) -> str | list[str]:
    return step if isinstance(step, str) else list(step)


def dump_wall(wall: datetime) -> str:
    """Returns the text for a column; ``load_wall`` reads it."""
    return wall.isoformat() + (_FOLDED if wall.fold else "")


def load_wall(text: str) -> datetime:
    """Returns the wall time of a column, with its ``fold``; raises ValueError for anything else."""
    wall = datetime.fromisoformat(text.removesuffix(_FOLDED))
    return wall.replace(fold=int(text.endswith(_FOLDED)))


def choice(kind: type[StrEnum]) -> Codec:
    """One member of ``kind``, by its value."""

    def read(value: Any) -> StrEnum:
        try:
            return kind(TEXT.read(value))
        except ValueError:
            raise ValueError(f"must be one of {', '.join(kind)}, in quotes") from None

    return codec(read, str, load=kind)


STEPS = codec(_read_steps, lambda members: [_step(step) for step in members])
NAMES = codec(
    _read_names,
    list,
    dump=_dump_texts,
    load=_load_texts,
    view=_view_texts,
)
WORDS = codec(_read_words, list, dump=_dump_texts, load=_load_texts, view=_view_texts)
OPTIONS = codec(_read_texts, list, dump=_dump_texts, load=_load_texts, view=_view_texts)
LOCKS = codec(_read_locks, list, dump=_dump_texts, load=_load_texts, view=_view_texts)
VARIABLES = codec(
    _read_variables,
    lambda variables: dict(sorted(variables.items())),
    dump=dump_variables,
    load=load_variables,
    view=readable_variables,
)
DURATION = codec(_read_duration, format_duration, record=timedelta.total_seconds)
LIMIT = codec(read_limit, write_limit, record=timedelta.total_seconds)
WALL = codec(_read_wall, dump_wall, dump=dump_wall, load=load_wall)
WEEKDAY = codec(_read_weekday, _write_weekday, load=Weekday)
WEEKDAYS = codec(
    lambda value: frozenset(map(_read_weekday, _read_texts(value))),
    lambda days: [_write_weekday(day) for day in sorted(days)],
    dump=lambda days: ",".join(_write_weekday(day) for day in sorted(days)),
    load=lambda text: frozenset(map(_load_weekday, filter(None, text.split(",")))),
)
EXCEPTIONS = codec(
    _read_exceptions,
    lambda exceptions: list(exceptions.items),
    dump=str,
    load=parse_exceptions,
)
DECLARATIONS = codec(
    lambda value: parse_parameters(_read_texts(value)),
    lambda parameters: [show_parameter(parameter) for parameter in parameters],
    dump=dump_parameters,
    load=load_parameters,
    view=readable_parameters,
)
