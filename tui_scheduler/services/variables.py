"""Environment variables as users write them: what is a name, what is a value."""

import json
import re
from collections.abc import Iterable, Mapping

from tui_scheduler.errors import Problem

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_OURS = "TUI_SCHEDULER_"


def parse_variables(lines: Iterable[str]) -> dict[str, str]:
    """Variables from NAME=VALUE lines; blank lines are passed over.

    Raises ValueError naming the line that has no ``=``.
    """
    variables = {}
    for line in filter(str.strip, lines):
        name, equals, value = line.partition("=")
        if not equals:
            raise ValueError(f"{line.strip()!r} is not NAME=VALUE: write it with an equals sign")
        variables[name.strip()] = value
    return variables


def variable_problems(field: str, variables: Mapping[str, str]) -> list[Problem]:
    """What a shell or the kernel would not take in ``variables``."""
    return [
        Problem(field, text)
        for name, value in variables.items()
        if (text := _problem(name, value)) is not None
    ]


def _problem(name: str, value: str) -> str | None:
    if not _NAME.match(name):
        return f"{name!r} cannot be a variable's name: use letters, digits and _, no digit first"
    if name.startswith(_OURS):
        return f"{name} is set by tui-scheduler itself: choose another name"
    if "\0" in value:
        return f"the value of {name} holds a NUL character: remove it"
    return None


def dump_variables(variables: Mapping[str, str]) -> str:
    """Text for a column, in the order given."""
    return json.dumps(dict(variables), ensure_ascii=False)


def load_variables(text: str) -> dict[str, str]:
    """The variables of a column; raises ValueError if the row is damaged."""
    variables = json.loads(text)
    if not isinstance(variables, dict):
        raise ValueError(f"not a table of variables: {text[:40]!r}")
    return {str(name): str(value) for name, value in variables.items()}


def readable_variables(text: str) -> dict[str, str]:
    """The variables of a column for showing; none if the row is damaged."""
    try:
        return load_variables(text)
    except ValueError:
        return {}
