"""What the user's own keys cannot do; only this knows the keys of every screen."""

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from itertools import combinations
from typing import TypeAlias

from textual.binding import Binding, InvalidBinding
from textual.dom import DOMNode
from textual.keys import key_to_character

from tui_scheduler.tui import screens
from tui_scheduler.tui.keys import declared

Complaint: TypeAlias = tuple[str, str]
"""What is wrong, and what to do about it; neither has a full stop."""

_TOGETHER = (
    {"app", "list", "table", "details", "request"},
    {"app", "list", "table", "details", "process"},
    {"app", "list", "table", "details", "group"},
    {"app", "list", "table", "details", "notice"},
    {"app", "list", "table", "details", "timeline"},
    {"app", "list", "table", "log", "run", "monitor"},
    {"app", "log", "compare"},
    {"app", "details", "run"},
    {"form", "members", "entry", "choice"},
)
"""The first parts of ids whose keys work at the same time; those of any other work alone."""


def keymap_problems(keymap: Mapping[str, str]) -> list[Complaint]:
    """What is wrong with ``keymap``: ids that there are not, and keys in conflict."""
    usual = usual_keys()
    unknown = [_unknown(name, sorted(usual)) for name in sorted(set(keymap) - set(usual))]
    return [*unknown, *_conflicts(usual, keymap)]


def usual_keys() -> dict[str, set[str]]:
    """The keys that bindings have by default, by their id; loads every screen to know them."""
    for module in pkgutil.walk_packages(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
    usual: dict[str, set[str]] = {}
    for kind in _descendants(DOMNode):
        for binding in declared(kind):
            usual.setdefault(str(binding.id), set()).add(binding.key)
    return usual


def _conflicts(usual: Mapping[str, set[str]], keymap: Mapping[str, str]) -> Iterator[Complaint]:
    """What is said of each key that ``keymap`` gives to two bindings that work together."""
    own = {name: _keys_in(keymap.get(name, "")) or keys for name, keys in usual.items()}
    for one, other in combinations(sorted(usual), 2):
        if not own[one].isdisjoint(own[other]) and _work_together(one, other):
            meant = usual[one] & usual[other]  # one of them stands back on purpose
            for key in sorted(own[one] & own[other] - meant):
                both = f"{_as_typed(key)!r} is the key of both {one} and {other}"
                yield f"{both}, so one of them does not work", "Give one of them another key"


def _work_together(one: str, other: str) -> bool:
    sections = {one.partition(".")[0], other.partition(".")[0]}
    return len(sections) == 1 or any(sections <= place for place in _TOGETHER)


def _keys_in(text: str) -> set[str]:
    try:
        return {binding.key for binding in Binding.make_bindings([Binding(text, "")])}
    except InvalidBinding:
        return set()


def _as_typed(key: str) -> str:
    character = key_to_character(key)
    return character if character and character.isprintable() and character != " " else key


def _unknown(binding_id: str, known: Sequence[str]) -> Complaint:
    near = get_close_matches(binding_id, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Some that exist: {', '.join(known[:5])}"
    return f"No key has the id {binding_id!r}", remedy


def _descendants(kind: type[object]) -> Iterator[type[object]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)
