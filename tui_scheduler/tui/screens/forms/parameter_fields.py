"""The fields of a form in which parameters are filled in: one for each that is declared.

What is not declared stands in the field ``parameters``, a line each.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from textual.widget import Widget

from tui_scheduler.errors import Problem
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType, value_problems
from tui_scheduler.services.parameters.secrets import secret_part
from tui_scheduler.services.parameters.variables import variable_problems
from tui_scheduler.text import plain
from tui_scheduler.tui.screens.forms.field_text import read_variables, show_variables
from tui_scheduler.tui.widgets.form.choice import OneOf
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.fieldset import FormFields
from tui_scheduler.tui.widgets.form.inputs import LineEntry
from tui_scheduler.tui.widgets.form.secrets import SecretEntry
from tui_scheduler.wording import cut

FREE = "parameters"
_LONGEST_LABEL = 13
_TRIMMED = {ParameterType.NUMBER, ParameterType.DATE}
_HINTS: Mapping[ParameterType, str] = {
    ParameterType.NUMBER: "a number such as 7 or 2.5",
    ParameterType.DATE: "2026-03-29, or yesterday, today, tomorrow",
}
_KINDS: Mapping[ParameterType, str] = {**_HINTS, ParameterType.SECRET: "its value is hidden"}


class ParameterFields:
    """Has a form show the fields that a process asks for, and knows what all of them hold."""

    def __init__(self, form: Callable[[], FormFields]) -> None:
        self._form = form
        self._declared: tuple[Parameter, ...] = ()
        self._typed: dict[str, str] = {}
        self._prefilled: Mapping[str, str] = {}
        self._lent: set[str] = set()

    @property
    def names(self) -> list[str]:
        """The names of the fields of what is declared."""
        return [field_name(parameter) for parameter in self._declared]

    def begin(self, declared: Sequence[Parameter], given: Mapping[str, str]) -> None:
        """Show what a request, or a run, is given."""
        own = {parameter.name for parameter in declared}
        # Only a line can say that something is given, but empty.
        self._typed = {name: value for name, value in given.items() if name in own and value}
        rest = {name: value for name, value in given.items() if name not in self._typed}
        self._form()[FREE].value = show_variables(rest)
        self._show(declared, self._typed)

    def follow(self, declared: Sequence[Parameter]) -> bool:
        """Show the fields of another process; returns whether there are other fields now.

        What was typed stays where it fits, and comes back when it fits again.
        """
        if tuple(declared) == self._declared:
            return False
        self._typed = {**self._typed, **dict.fromkeys(self._prefilled, ""), **self._filled_in()}
        self._exchange_lines({parameter.name for parameter in declared})
        fitting = {
            each.name: value
            for each in declared
            if (value := self._typed.get(each.name))
            and not value_problems([each], {each.name: value})
        }
        self._show(declared, fitting)
        return True

    def given(self, free: Mapping[str, str]) -> dict[str, str]:
        """What all fields give, if ``free`` is what the lines say."""
        return {**free, **self._filled_in()}

    def placed(self, problems: Sequence[Problem], free: Mapping[str, str]) -> list[Problem]:
        """``problems``, each at the field that shows what it is about; and what is given twice."""
        given, filled_in = self.given(free), self._filled_in()
        own = {
            problem: Problem(field_name(parameter), problem.text.removeprefix(parameter.name + " "))
            for parameter in self._declared
            if parameter.name in filled_in or parameter.name not in free
            for problem in _problems(parameter, given)
        }
        twice = [
            Problem(FREE, f"{name} has a field of its own: remove the line, or clear the field")
            for name in free
            if name in filled_in
        ]
        return [*(own.get(problem, problem) for problem in problems), *twice]

    def _show(self, declared: Sequence[Parameter], values: Mapping[str, str]) -> None:
        old = self.names
        self._declared, self._prefilled = tuple(declared), values
        fields = [parameter_field(each, values.get(each.name)) for each in declared]
        self._form().exchange(old, fields, FREE)
        self._form().touch(field_name(each) for each in declared if each.name in values)

    def _filled_in(self) -> dict[str, str]:
        return {
            parameter.name: value
            for parameter in self._declared
            if (value := _value(parameter, self._form()[field_name(parameter)])) is not None
        }

    def _exchange_lines(self, names: set[str]) -> None:
        """Take the lines that have a field of their own now, and give back those that had one."""
        lines = []
        for line in str(self._form()[FREE].value).split("\n"):
            name, _, value = line.partition("=")
            if value and name.strip() in names:
                self._typed |= read_variables(line)
                self._lent.add(name.strip())
            else:
                lines.append(line)
        gone = sorted(self._lent - names)
        back = {name: self._typed[name] for name in gone if self._typed[name]}
        self._lent &= names
        lines += filter(None, show_variables(back).split("\n"))
        self._form()[FREE].value = "\n".join(lines).strip("\n")


def field_name(parameter: Parameter) -> str:
    """The name of its field; no other field has a dot in its name."""
    return f"{FREE}.{parameter.name}"


def parameter_field(parameter: Parameter, value: str | None) -> Field:
    """The field of a parameter that has this value; None if none is given."""
    name, description = parameter.name, parameter.description
    label = cut(name, _LONGEST_LABEL)
    field = Field(field_name(parameter), label, _control(parameter, value))
    named = ": ".join(filter(None, (name if label != name else "", description)))
    kind = "" if parameter.choices else _KINDS.get(parameter.type, "")
    field.note = " · ".join(filter(None, (named, kind)))
    return field


def _control(parameter: Parameter, value: str | None) -> Widget:
    if parameter.choices and not parameter.is_secret:
        return OneOf(dict(_options(parameter, value)), value)
    is_secret = parameter.is_secret or secret_part(parameter.name, value or "") is not None
    entry = SecretEntry if is_secret else LineEntry
    return entry(value or "", placeholder=_placeholder(parameter))


def _options(parameter: Parameter, value: str | None) -> Iterator[tuple[str | None, str]]:
    """The choices, after giving none; and ``value`` even if it is none of them any more."""
    yield None, "none yet" if parameter.is_demanded else _default(parameter) or "none"
    for choice in parameter.choices:
        yield choice, plain(choice) or '""'
    if value is not None and value not in parameter.choices:
        yield value, f"{plain(value)} (no choice)"


def _placeholder(parameter: Parameter) -> str:
    hint = _HINTS.get(parameter.type, "")
    required = "required" if parameter.is_demanded else ""
    return _default(parameter) or ": ".join(filter(None, (required, hint)))


def _default(parameter: Parameter) -> str:
    default = plain(parameter.visible_default)
    return f"default: {default}" if default else ""


def _value(parameter: Parameter, field: Field) -> str | None:
    if isinstance(field.control, OneOf):
        chosen: str | None = field.value
        return chosen
    text = str(field.value)
    return (text.strip() if parameter.type in _TRIMMED else text) or None


def _problems(parameter: Parameter, given: Mapping[str, str]) -> list[Problem]:
    """What services say of one parameter."""
    own = {name: value for name, value in given.items() if name == parameter.name}
    return [*variable_problems(FREE, own), *value_problems([parameter], given)]
