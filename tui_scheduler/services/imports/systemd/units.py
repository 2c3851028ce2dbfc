"""Unit files of systemd with their drop-ins, as lists of values (systemd.syntax(7))."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_CONTINUED = re.compile(r"\\\n(?:[ \t]*[#;].*\n)*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: every value of every key, by section and key."""

    values: Mapping[tuple[str, str], tuple[str, ...]]

    def all(self, section: str, key: str) -> tuple[str, ...]:
        """All values of a key, in their order."""
        return self.values.get((section, key), ())

    def last(self, section: str, key: str) -> str | None:
        """The value that holds where only one can."""
        return (self.all(section, key) or (None,))[-1]

    def keys(self, section: str) -> Iterator[str]:
        """The keys that have a value."""
        return (
            key
            for (its_section, key), values in self.values.items()
            if its_section == section and values
        )


def unit_of(texts: Iterable[str]) -> Unit:
    """The unit that a file and its drop-ins, in their order, make together.

    An empty value drops those that stand before it.
    """
    values: dict[tuple[str, str], tuple[str, ...]] = {}
    for text in texts:
        for section, key, value in _assignments(text):
            earlier = values.get((section, key), ())
            values[section, key] = (*earlier, value) if value else ()
    return Unit(values)


def _assignments(text: str) -> Iterator[tuple[str, str, str]]:
    section = ""
    for line in _CONTINUED.sub(" ", text.replace("\r\n", "\n")).split("\n"):
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            section = stripped[1:-1]
        elif not stripped.startswith(("#", ";")):
            key, equals, value = stripped.partition("=")
            if equals:
                yield section, key.rstrip(), value.lstrip()
