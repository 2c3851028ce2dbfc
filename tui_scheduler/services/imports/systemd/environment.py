"""What a service finds in its environment: ``Environment=`` and ``EnvironmentFile=``.

A file that a shell reads as systemd does is read at each run, as systemd has it. Of any other one
the values are taken over.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.systemd.quoting import words_of
from tui_scheduler.services.imports.systemd.specifiers import specified
from tui_scheduler.services.imports.systemd.units import Unit

ReadFile = Callable[[str], str | None]
"""Gives the text of a file; None if it cannot be read."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_READ_ALIKE = re.compile(
    rf"""[ \t]*(?:\#.*|(?P<name>{_NAME})="""
    rf"""(?:[A-Za-z0-9_./@%+,-]*|'[^'"\\]*'|"[^'"$`\\]*")[ \t]*)?"""
)
_KEY = re.compile(rf"[ \t]*(?:[#;](?:\\.|[^\n\\])*|(?P<name>{_NAME})[ \t]*=|[^\n]*)", re.DOTALL)
_VALUE = re.compile(
    r"""[ \t]*(?:'(?P<single>[^']*)'|"(?P<double>(?:\\.|[^"\\])*)\""""
    r"""|(?P<bare>(?!['"])(?:\\.|[^\n\\])+))""",
    re.DOTALL,
)
_IN_DOUBLE_QUOTES = re.compile(r"\\(?:\n|(?P<kept>[\"\\`$]))")
_IN_BARE = re.compile(r"\\(?:\n|(?P<kept>.))", re.DOTALL)


@dataclass(slots=True)
class Environment:
    """What is known of it: the variables and their values, and what a shell must read before.

    ``from_files`` are variables that only a run knows, all if it is None. ``notes`` are for people.
    """

    variables: dict[str, str] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)
    from_files: set[str] | None = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    @property
    def known(self) -> dict[str, str]:
        """The variables whose values will be those."""
        unknown = self.variables.keys() if self.from_files is None else self.from_files
        return {name: text for name, text in self.variables.items() if name not in unknown}


def environment_of(
    service: Unit, specifiers: Mapping[str, str], read_file: ReadFile
) -> Environment:
    """The environment of a service; what files say holds before ``Environment=``."""
    environment = Environment(dict(_variables(service, specifiers)))
    for value in service.all("Service", "EnvironmentFile"):
        path = specified(value.removeprefix("-"), specifiers)
        if not path.startswith("/") or re.search(r"[*?[]", path):
            raise Unreadable(f"EnvironmentFile={value}: only the whole path of a file can be read")
        _add_file(environment, path, read_file(path), is_needed=not value.startswith("-"))
    return environment


def _variables(service: Unit, specifiers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for value in service.all("Service", "Environment"):
        for word in words_of(value):
            name, equals, text = specified(word, specifiers).partition("=")
            if equals:
                yield name, text


def _add_file(environment: Environment, path: str, text: str | None, *, is_needed: bool) -> None:
    lines = [_READ_ALIKE.fullmatch(line) for line in (text or "").split("\n")]
    if text is not None and not all(lines):
        environment.variables |= dict(_values(text))
        environment.notes.append(
            f"EnvironmentFile={path} is read now: what is changed in it later does not count,"
            " as a shell would not read it as systemd does"
        )
        return
    if text is None:
        environment.from_files = None
    elif environment.from_files is not None:
        environment.from_files |= {line["name"] for line in lines if line and line["name"]}
    read = f". {shlex.quote(path)}"
    environment.statements += [
        "set -a", read if is_needed else f"[ ! -r {shlex.quote(path)} ] || {read}", "set +a"
    ]  # fmt: skip


def _values(text: str) -> Iterator[tuple[str, str]]:
    """The variables of a file, as systemd reads them (systemd.exec(5), "EnvironmentFile=")."""
    place = 0
    while place < len(text):
        key = _KEY.match(text, place)
        place = key.end() if key else place
        if key and key["name"]:
            value, place = _value(text, place)
            yield key["name"], value
        place += 1  # the end of the line


def _value(text: str, place: int) -> tuple[str, int]:
    """What stands at ``place``: parts in quotes, then perhaps one without, and where it ends."""
    value = ""
    while part := _VALUE.match(text, place):
        place = part.end()
        if part["bare"] is not None:
            return value + _IN_BARE.sub(_kept, part["bare"]).rstrip(" \t"), place
        value += part["single"] or _IN_DOUBLE_QUOTES.sub(_kept, part["double"] or "")
    end = text.find("\n", place)
    return value, len(text) if end < 0 else end


def _kept(escape: re.Match[str]) -> str:
    return escape["kept"] or ""
