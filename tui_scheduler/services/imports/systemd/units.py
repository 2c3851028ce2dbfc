"""Unit files of systemd with their drop-ins, as lists of values (systemd.syntax(7))."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tui_scheduler.services.imports.systemd.specifiers import template_of

_BYTE_ORDER_MARK = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n\r|[\n\r\0]")
_BLANK = " \t"
_COMMENT = ("#", ";")


@dataclass(frozen=True, slots=True)
class UnitFile:
    """The text of a unit, None where only drop-ins are, and their texts in the order they hold.

    One with a ``fault``, which says why it cannot be read, has neither.
    """

    text: str | None
    drop_ins: tuple[str, ...] = ()
    fault: str = ""

    @property
    def is_masked(self) -> bool:
        """Whether it is empty, as /dev/null is, so that systemd does not start it."""
        return self.text == ""


UnitFiles: TypeAlias = Mapping[str, UnitFile]
"""Units by their names."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: every value of every key, by section and key."""

    name: str
    values: Mapping[tuple[str, str], tuple[str, ...]]

    def all(self, section: str, key: str) -> tuple[str, ...]:
        """All values of a key, in their order."""
        return self.values.get((section, key), ())

    def last(self, section: str, key: str) -> str | None:
        """The value that holds where only one can."""
        return (self.all(section, key) or (None,))[-1]

    def is_on(self, section: str, key: str) -> bool:
        """Whether a switch is on; off where it is not named."""
        return (self.last(section, key) or "").lower() in {"1", "yes", "y", "true", "t", "on"}

    def options(self) -> Iterator[tuple[str, str, str]]:
        """Section, key and last value of everything that has a value."""
        return ((*place, values[-1]) for place, values in self.values.items() if values)


def file_of(name: str, units: UnitFiles) -> UnitFile | None:
    """The file and the drop-ins of a unit; an instance has those of its template, and its own."""
    own, template = units.get(name), units.get(template_of(name) or "")
    if own is None or template is None:
        return own or template
    text = template.text if own.text is None else own.text
    return UnitFile(text, (*template.drop_ins, *own.drop_ins), own.fault or template.fault)


def unit_of(name: str, texts: Iterable[str]) -> Unit:
    """The unit that a file and its drop-ins, in their order, make together.

    An empty value drops those that stand before it.
    """
    values: dict[tuple[str, str], tuple[str, ...]] = {}
    for text in texts:
        for section, key, value in _assignments(text):
            earlier = values.get((section, key), ())
            values[section, key] = (*earlier, value) if value else ()
    return Unit(name, values)


def _assignments(text: str) -> Iterator[tuple[str, str, str]]:
    section = ""
    for joined in _joined_lines(text):
        line = joined.strip(_BLANK)
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif not line.startswith(_COMMENT):
            key, equals, value = line.partition("=")
            if equals:
                yield section, key.rstrip(_BLANK), value.lstrip(_BLANK)


def _joined_lines(text: str) -> Iterator[str]:
    """Lines, those that end in a backslash with the next one; comments in between are dropped."""
    begun: list[str] = []
    for line in _LINE_END.split(text.removeprefix(_BYTE_ORDER_MARK)):
        if line.lstrip(_BLANK).startswith(_COMMENT):
            continue
        if (len(line) - len(line.rstrip("\\"))) % 2:
            begun.append(f"{line[:-1]} ")
        else:
            yield "".join([*begun, line])
            begun.clear()
    yield "".join(begun)
