"""Declarations of parameters as people write them, one a line.

    NAME[!]: type = default {choice|choice} # description

All but the name may be left out; the type is text, number, date or secret, and text if it is
not said. ``!`` is for required. A default or a choice that holds what would end it, such as a
brace or `` #``, or nothing, and a description of several lines, are written as JSON strings.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.services.parameters.secrets import secret_part, unmasked

EXAMPLE = "MODE!: text = fast {fast|full} # how"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_CHOICE = rf"(?:{_QUOTED}|[^|{{}}\"\s](?:[^|{{}}\"]*[^|{{}}\"\s])?)"
_HEAD = re.compile(r"\s*(?P<name>[^\s:=!{}#\"]+)\s*(?P<required>!?)\s*(?::\s*(?P<type>\w+))?")
_DEFAULT = re.compile(
    rf"\s*=\s*(?P<default>{_QUOTED}(?=\s|\Z)|[^\s\"{{#](?:(?!\s+[{{#]).)*?(?=\s*\Z|\s+[{{#]))"
)
_CHOICES = re.compile(rf"\s*\{{\s*(?P<choices>{_CHOICE}(?:\s*\|\s*{_CHOICE})*)\s*\}}")
_DESCRIPTION = re.compile(r"\s*#\s*(?P<description>.*)\Z", re.DOTALL)


def parse_parameters(lines: Iterable[str]) -> tuple[Parameter, ...]:
    """The parameters that ``lines`` declare; blank lines are passed over.

    Raises ValueError with the remedy.
    """
    return tuple(_parsed(line) for line in lines if line.strip())


def show_parameters(parameters: Iterable[Parameter]) -> str:
    """What ``parse_parameters`` reads again, a line each."""
    return "\n".join(map(show_parameter, parameters))


def show_parameter(parameter: Parameter) -> str:
    """The line that declares ``parameter``, with its default even if that is secret."""
    parts = [f"{parameter.name}{'!' * parameter.is_required}: {parameter.type}"]
    if parameter.default is not None:
        parts.append(f"= {_word(parameter.default)}")
    if parameter.choices:
        parts.append(f"{{{'|'.join(map(_word, parameter.choices))}}}")
    if parameter.description:
        parts.append(f"# {_sentence(parameter.description)}")
    return " ".join(parts)


def masked_parameters(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """The parameters as they are shown: the default of a secret is hidden.

    So are choices, which a version before allowed it to have.
    """
    return tuple(
        replace(
            parameter,
            default=parameter.default and parameter.visible_default,
            choices=() if parameter.is_secret else parameter.choices,
        )
        for parameter in parameters
    )


def unmasked_parameters(
    given: Iterable[Parameter], stored: Sequence[Parameter]
) -> tuple[Parameter, ...]:
    """What ``given`` means: a mask stands for the default that is ``stored`` by that name."""
    given = tuple(given)
    defaults = unmasked(_defaults(given), _defaults(stored))
    return tuple(
        replace(parameter, default=defaults.get(parameter.name, parameter.default))
        for parameter in given
    )


def secret_default(line: str) -> tuple[str, int, int] | None:
    """The name in ``line``, and from where to where in it a default stands that is secret."""
    head = _HEAD.match(line)
    default = _DEFAULT.match(line, head.end()) if head else None
    if head is None or default is None:
        return None
    start, end = default.span("default")
    if head["type"] != ParameterType.SECRET:
        part = secret_part(head["name"], default["default"])
        if part is None:
            return None
        start, end = start + part[0], start + part[1]
    return head["name"], start, end


def _defaults(parameters: Iterable[Parameter]) -> dict[str, str]:
    return {each.name: each.default for each in parameters if each.default is not None}


def _parsed(line: str) -> Parameter:
    head = _HEAD.match(line)
    if head is None:
        raise ValueError(f"a line begins with no name: write it like {EXAMPLE}")
    name, place = head["name"], head.end()
    parts: dict[str, str] = {}
    for part in (_DEFAULT, _CHOICES, _DESCRIPTION):
        if (match := part.match(line, place)) is not None:
            parts.update(match.groupdict())
            place = match.end()
    if line[place:].strip():  # it is not repeated: any of it may be secret
        raise ValueError(f"what follows {name} cannot be read: write it like {EXAMPLE}")
    default = parts.get("default")
    return Parameter(
        name=name,
        type=_type(name, head["type"]),
        default=None if default is None else _read_word(name, default),
        is_required=bool(head["required"]),
        description=_read_sentence(parts.get("description", "")),
        choices=tuple(
            _read_word(name, choice) for choice in re.findall(_CHOICE, parts.get("choices", ""))
        ),
    )


def _type(name: str, word: str | None) -> ParameterType:
    try:
        return ParameterType(word or ParameterType.TEXT)
    except ValueError:
        types = ", ".join(ParameterType)
        raise ValueError(f"{name}: {word!r} is no type: use one of {types}") from None


def _word(text: str) -> str:
    """A default or a choice as it is written, in quotes if need be."""
    is_plain = text.isprintable() and text == text.strip() and not re.search(r'["{}|#]', text)
    return text if text and is_plain else _quoted(text)


def _sentence(text: str) -> str:
    is_plain = text.isprintable() and text == text.strip() and not text.startswith('"')
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _read_word(name: str, text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        raise ValueError(f"{name}: what is in quotes must be a JSON string") from None


def _read_sentence(text: str) -> str:
    text = text.strip()
    if not text.startswith('"'):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text
