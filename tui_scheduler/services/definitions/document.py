"""Definitions as the text of a file, and back: TOML, one table an entry, in a stable order."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import tomli_w

from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.services.definitions.definitions import Definitions
from tui_scheduler.services.definitions.entries import Entry, Table, TableReader, brief, table_of
from tui_scheduler.sizes import size_text
from tui_scheduler.text import parse_toml

FORMAT = 1
LARGEST = 10_000_000
"""Bytes of a file that are read; 10,000 requests take a quarter of them."""

_HEADER = f"""\
# Definitions of tui-scheduler, format {FORMAT}. To make a database match: tui-scheduler apply FILE
format = {FORMAT}
"""
_RETURN = "\udc0d"  # half a character, which is in no text that can be stored
_UNSEEN = re.compile(r"[^\n -~]")
_KINDS = ("process", "group", "request")
_Entry = TypeVar("_Entry")

Place = tuple[str, str]
"""The kind and the name of an entry."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says as far as it can be read, and all that is wrong in it.

    ``names`` are those of all its processes and groups, also of those that cannot be read.
    """

    definitions: Definitions
    names: frozenset[str]
    problems: tuple[Problem, ...]


def entries_of(definitions: Definitions) -> dict[Place, Entry]:
    """Returns all entries by kind and name, in the order of the file."""
    kinds: dict[str, Mapping[str, Entry]] = {
        "process": definitions.processes,
        "group": definitions.groups,
        "request": definitions.requests,
    }
    return {
        (kind, name): entries[name] for kind, entries in kinds.items() for name in sorted(entries)
    }


def write_document(definitions: Definitions) -> str:
    """The text of a file that says ``definitions``; the same for the same."""
    entries = entries_of(definitions).items()
    return "\n".join([_HEADER, *(_text(*place, table_of(entry)) for place, entry in entries)])


def read_document(data: bytes) -> Document:
    """Returns what a file says; raises InvalidInput if it is not TOML or of another format."""
    table = _parsed(data)
    problems = [
        Problem(f"[{brief(kind)}]", f"is not known here: use {', '.join(_KINDS)}")
        for kind in sorted(table.keys() - {"format", *_KINDS})
    ]
    for kind in _KINDS:
        if not isinstance(table.setdefault(kind, {}), dict):
            problems.append(Problem(f"[{kind}]", f"is no table: begin each with [{kind}.NAME]"))
            table[kind] = {}
    processes = _entries(
        table, "process", problems, lambda at, name, value: at.process(name, value)
    )
    groups = _entries(table, "group", problems, lambda at, name, value: at.group(name, value))
    requests = _entries(table, "request", problems, lambda at, _key, value: at.request(value))
    return Document(
        definitions=Definitions(processes, groups, requests),
        names=frozenset(table["process"]) | frozenset(table["group"]),
        problems=tuple(problems),
    )


def place_of(kind: str, name: str) -> str:
    """Returns the place of an entry in a file, such as ``process "backup"``."""
    return f'{kind} "{brief(name)}"'


def _text(kind: str, name: str, table: Table) -> str:
    text = tomli_w.dumps({kind: {name: _guarded(table)}}, multiline_strings=True)
    return _UNSEEN.sub(_escaped, text)


def _guarded(value: Any) -> Any:
    """``value`` with carriage returns in disguise: the library drops them before line ends."""
    if isinstance(value, str):
        return value.replace("\r", _RETURN)
    if isinstance(value, list):
        return [_guarded(item) for item in value]
    return (
        {key: _guarded(item) for key, item in value.items()} if isinstance(value, dict) else value
    )


def _escaped(match: re.Match[str]) -> str:
    """A character as TOML writes it if it cannot be seen, so that no terminal is given it."""
    character = match[0]
    if character == _RETURN:
        return "\\r"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _entries(
    table: Table,
    kind: str,
    problems: list[Problem],
    read: Callable[[TableReader, str, Any], _Entry | None],
) -> dict[str, _Entry]:
    entries = {}
    for name, value in table[kind].items():
        entry = read(TableReader(place_of(kind, name), problems), name, value)
        if entry is not None:
            entries[name] = entry
    return entries


def _parsed(data: bytes) -> Table:
    if len(data) > LARGEST:
        raise _refusal(f"is larger than {size_text(LARGEST)}: apply it in parts, with --keep")
    try:
        table = parse_toml(data)
    except ValueError as error:
        raise _refusal(str(error)) from None
    if table.get("format") != FORMAT or type(table["format"]) is not int:
        raise _refusal(f"has no line that this version understands: format = {FORMAT}")
    return table


def _refusal(text: str) -> InvalidInput:
    return InvalidInput([Problem("FILE", text)])
