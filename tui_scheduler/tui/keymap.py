"""What of the user's own keys belongs to no action; only this knows the keys of every screen."""

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module

from textual.dom import DOMNode

from tui_scheduler.tui import screens
from tui_scheduler.tui.keys import declared


def keymap_problems(keymap: Mapping[str, str]) -> list[str]:
    """What is wrong with the ids of ``keymap``, with the remedy."""
    known = sorted(known_ids())
    return [_unknown(binding_id, known) for binding_id in sorted(set(keymap) - set(known))]


def known_ids() -> set[str]:
    """The ids of all bindings; loads every screen to know them."""
    for module in pkgutil.walk_packages(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
    return {str(binding.id) for kind in _descendants(DOMNode) for binding in declared(kind)}


def _unknown(binding_id: str, known: Sequence[str]) -> str:
    near = get_close_matches(binding_id, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Some that exist: {', '.join(known[:5])}."
    return f"No key has the id {binding_id!r}. {remedy}"


def _descendants(kind: type[object]) -> Iterator[type[object]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)
