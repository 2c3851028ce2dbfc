"""Parameters that a process declares, and whether what a request gives fits them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from tui_scheduler.errors import Problem
from tui_scheduler.services.parameters.secrets import MASK, hidden, looks_secret
from tui_scheduler.services.parameters.variables import text_problems, variable_problems

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class ParameterType(StrEnum):
    """What a value may be; a secret is text that is not shown."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    SECRET = "secret"  # noqa: S105  no password


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter as its process declares it; ``choices`` are the only values if there are any.

    ``default`` is what the command is given when a request gives nothing; None gives it nothing.
    """

    name: str
    type: ParameterType = ParameterType.TEXT
    default: str | None = None
    is_required: bool = False
    description: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_secret(self) -> bool:
        """Whether its value is hidden."""
        return self.type is ParameterType.SECRET or looks_secret(self.name)

    @property
    def visible_default(self) -> str:
        """Its default as it is shown; nothing for none."""
        default = self.default or ""
        return MASK if default and self.is_secret else hidden(self.name, default)

    @property
    def is_demanded(self) -> bool:
        """Whether there is no run without a value that somebody gives."""
        return self.is_required and not self.default


def declaration_problems(parameters: Sequence[Parameter]) -> list[Problem]:
    """Why ``parameters`` cannot be declared."""
    names = [parameter.name for parameter in parameters]
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    problems = [
        Problem("parameters", f"{name} is declared twice: keep one of them") for name in twice
    ]
    for parameter in parameters:
        problems += _declaration_problems(parameter)
    return problems


def value_problems(declared: Sequence[Parameter], given: Mapping[str, str]) -> list[Problem]:
    """Why a request, or one run, cannot be given these values."""
    return [
        Problem("parameters", f"{parameter.name} {text}")
        for parameter in declared
        if (text := _value_problem(parameter, given.get(parameter.name))) is not None
    ]


def filled(declared: Sequence[Parameter], given: Mapping[str, str], today: date) -> dict[str, str]:
    """What a run is given: the defaults, and over them what was given.

    The words yesterday, today and tomorrow become dates as of ``today``.
    """
    defaults = {
        parameter.name: parameter.default for parameter in declared if parameter.default is not None
    }
    values = {**defaults, **given}
    for parameter in declared:
        word = values.get(parameter.name, "")
        if parameter.type is ParameterType.DATE and word in _DAYS:
            values[parameter.name] = (today + timedelta(days=_DAYS[word])).isoformat()
    return values


def missing(declared: Iterable[Parameter], given: Mapping[str, str]) -> list[str]:
    """The names of what is required and was not given to a run after all."""
    return [item.name for item in declared if item.is_required and not given.get(item.name)]


def types_of(declared: Iterable[Parameter], given: Iterable[str]) -> dict[str, ParameterType]:
    """The type of each name in ``given``; text is what nobody declared."""
    types = {parameter.name: parameter.type for parameter in declared}
    return {name: types.get(name, ParameterType.TEXT) for name in given}


def merged(declarations: Iterable[Sequence[Parameter]]) -> tuple[Parameter, ...]:
    """What the members of a group declare together: of the same name, what fits all of them.

    It is secret if it is so for any of them, and demanded if any of them demands it. Where nothing
    can fit all, and for default and description, the first counts.
    """
    by_name: dict[str, Parameter] = {}
    for parameters in declarations:
        for parameter in parameters:
            first = by_name.get(parameter.name)
            by_name[parameter.name] = parameter if first is None else _both(first, parameter)
    return tuple(by_name.values())


def _both(first: Parameter, other: Parameter) -> Parameter:
    """The declaration of what is given to two members."""
    both = replace(first, is_required=first.is_required or other.is_required)
    if other.is_secret and not first.is_secret:
        both = replace(both, type=ParameterType.SECRET, choices=())
    elif not first.is_secret:
        both = replace(
            both,
            type=other.type if first.type is ParameterType.TEXT else first.type,
            choices=tuple(each for each in first.choices if each in other.choices)
            or first.choices
            or other.choices,
        )
    if first.is_demanded or other.is_demanded:
        return replace(both, default=None)
    fitting = (each for each in (first.default, other.default) if not _value_problem(both, each))
    return replace(both, default=next(fitting, None))


def secret_names(declared: Iterable[Parameter]) -> frozenset[str]:
    """The names whose values are hidden."""
    return frozenset(parameter.name for parameter in declared if parameter.is_secret)


def _declaration_problems(parameter: Parameter) -> list[Problem]:
    name = parameter.name
    texts = (parameter.description, *parameter.choices)
    problems = variable_problems("parameters", {name: parameter.default or ""})
    problems += [problem for text in texts for problem in text_problems("parameters", text)]
    if problems:
        return problems
    if parameter.is_secret and parameter.choices:
        return [
            Problem(
                "parameters", f"{name} is secret, and its choices would be shown: leave them out"
            )
        ]
    if wrong := [choice for choice in parameter.choices if _type_problem(parameter, choice)]:
        return [Problem("parameters", f"{name}: the choice {wrong[0]!r} is no {parameter.type}")]
    if parameter.default is None:
        return []
    problem = _value_problem(parameter, parameter.default)
    return [] if problem is None else [Problem("parameters", f"{name}: its default {problem}")]


def _value_problem(parameter: Parameter, value: str | None) -> str | None:
    if value is None:
        return "is missing: the process requires it" if parameter.is_demanded else None
    if parameter.is_required and not value:
        return "is empty: the process requires a value"
    if parameter.choices and value not in parameter.choices:
        if parameter.is_secret:
            return "is none of its choices, which are not shown"
        return f"must be one of {', '.join(parameter.choices)}"
    return _type_problem(parameter, value)


def _type_problem(parameter: Parameter, value: str) -> str | None:
    match parameter.type:
        case ParameterType.NUMBER if not _is_number(value):
            return "must be a number such as 7 or 2.5"
        case ParameterType.DATE if not _is_date(value):
            return "must be a date such as 2026-03-29, or yesterday, today or tomorrow"
        case ParameterType.SECRET if MASK[:2] in value:
            return "holds dots that hide nothing: type the value itself"
        case _:
            return None


def _is_number(text: str) -> bool:
    """Whether every shell and every Python reads it as a number."""
    return bool(_NUMBER.fullmatch(text)) and abs(float(text)) < float("inf")


def _is_date(text: str) -> bool:
    """Whether it is a date as ISO 8601 writes it with hyphens: the only way Python 3.8 reads."""
    try:
        return text in _DAYS or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
