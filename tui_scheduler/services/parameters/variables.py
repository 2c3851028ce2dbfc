"""Environment variables as users write them, and what no process can be given."""

import json
import re
from collections.abc import Iterable, Mapping

from tui_scheduler.errors import Problem
from tui_scheduler.services.parameters.secrets import MASK, hidden, holds_mask, looks_secret

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_OURS = "TUI_SCHEDULER_"
_TEXT_LENGTH = 100_000  # bytes; a single argument of execve() may not exceed 128 KiB on Linux


def parse_variables(lines: Iterable[str]) -> dict[str, str]:
    """Returns the variables of NAME=VALUE lines; blank lines are passed over.

    Raises ValueError naming the line that has no ``=``.
    """
    variables = {}
    for line in filter(str.strip, lines):
        name, equals, value = line.partition("=")
        if not equals:
            raise ValueError(f"{_masked(line)!r} is not NAME=VALUE: write it with an equals sign")
        variables[name.strip()] = value
    return variables


def _masked(line: str) -> str:
    """Returns ``line`` as a message may repeat it: the first word alone if it looks secret."""
    line = line.strip()
    is_secret = any(map(looks_secret, re.findall(r"\w+", line)))
    return re.split(r"\W", line, maxsplit=1)[0] + MASK if is_secret else hidden("", line)


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
    if holds_mask(name, value):
        return f"the value of {name} holds dots that hide nothing: type the value itself"
    reason = _unstorable(value)
    return None if reason is None else f"the value of {name} {reason}"


def text_problems(field: str, text: str) -> list[Problem]:
    """What cannot be stored, or given to a process, in ``text``."""
    reason = _unstorable(text)
    return [] if reason is None else [Problem(field, reason)]


def _unstorable(text: str) -> str | None:
    if "\0" in text:
        return "holds a NUL character: remove it"
    try:
        length = len(text.encode())
    except UnicodeEncodeError:
        return "is not valid UTF-8: retype it"
    if length > _TEXT_LENGTH:
        return f"is longer than {_TEXT_LENGTH} bytes: move it into a file"
    return None


def dump_variables(variables: Mapping[str, str]) -> str:
    """Text for a column, in the order given."""
    return json.dumps(dict(variables), ensure_ascii=False)


def load_variables(text: str) -> dict[str, str]:
    """The variables of a column; raises ValueError if the row is damaged.

    Its text does not repeat what is there: it is shown, and any of it may be secret.
    """
    if text == "{}":
        return {}
    try:
        variables = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(variables, dict):
        raise ValueError("not a table of variables")
    for name, value in variables.items():
        if not isinstance(value, str):
            raise ValueError(f"the value of {name} is not text")
    return variables


def readable_variables(text: str) -> dict[str, str]:
    """The variables of a column for showing; none if the row is damaged."""
    try:
        return load_variables(text)
    except ValueError:
        return {}
