"""Declared parameters in a column; a damaged row is refused rather than half understood."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tui_scheduler.services.parameters.parameters import Parameter, ParameterType

_SHAPE = {
    "name": str,
    "type": str,
    "default": str | None,
    "is_required": bool,
    "description": str,
    "choices": list,
}
"""What a column holds of each parameter."""


def dump_parameters(parameters: Sequence[Parameter]) -> str:
    """Text for a column."""
    return json.dumps([asdict(parameter) for parameter in parameters], ensure_ascii=False)


def load_parameters(text: str) -> tuple[Parameter, ...]:
    """The parameters of a column; raises ValueError if the row is damaged."""
    if text == "[]":
        return ()
    try:
        return tuple(map(_parameter, _list(json.loads(text))))
    except (TypeError, RecursionError):
        raise ValueError("its parameters are not a list of declarations") from None


def readable_parameters(text: str) -> tuple[Parameter, ...]:
    """The parameters of a column for showing; none if the row is damaged."""
    try:
        return load_parameters(text)
    except ValueError:
        return ()


def _list(stored: Any) -> list[Any]:
    if not isinstance(stored, list):
        raise TypeError
    return stored


def _parameter(fields: Any) -> Parameter:
    """One of a column; raises TypeError or ValueError unless it is what we store."""
    if not isinstance(fields, dict) or fields.keys() != _SHAPE.keys():
        raise TypeError
    is_shaped = all(isinstance(fields[name], kind) for name, kind in _SHAPE.items())
    if not is_shaped or not all(isinstance(choice, str) for choice in fields["choices"]):
        raise TypeError
    json.dumps(fields, ensure_ascii=False).encode()  # what no process can be given
    kind = ParameterType(fields["type"])
    return Parameter(**{**fields, "type": kind, "choices": tuple(fields["choices"])})
