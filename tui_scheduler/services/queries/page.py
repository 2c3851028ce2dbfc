"""Windows over long lists: what a table asks for and what it is given.

A list of a million rows is never handed over whole. The table names the part it shows, and gets
that part together with the numbers it needs to place it.
"""

import re
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

R = TypeVar("R")

MOST_WORDS = 20
"""How many words of a text are searched for."""

LONGEST_TEXT = 500
"""How many characters of it."""


_WORD = re.compile(r'(?P<name>[A-Za-z]+:)?"(?P<quoted>(?:[^"]|"")*+)"?|(?P<bare>\S+)')
_NEEDS_QUOTES = re.compile(r'^"|\s')


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word as it was typed; what stood in quotes is one word, a quote twice one of its own."""

    name: str
    """What stands before the first colon, in small letters; empty if nothing does."""
    value: str
    """What stands after it, without the quotes."""
    text: str
    """All of it, without the quotes."""


def typed_words(text: str) -> list[TypedWord]:
    """Returns the words of ``text`` that count: a pasted page is no filter."""
    typed = map(_typed_word, _WORD.finditer(text[:LONGEST_TEXT]))
    return [word for word in typed if word.text][:MOST_WORDS]


def _typed_word(match: re.Match[str]) -> TypedWord:
    if (bare := match["bare"]) is not None:
        name, colon, value = bare.partition(":")
        return TypedWord(name.lower() if colon else "", value, bare)
    name, quoted = match["name"] or "", match["quoted"].replace('""', '"')
    return TypedWord(name[:-1].lower(), quoted, name + quoted)


def in_quotes(value: str) -> str:
    """Returns ``value`` as it has to be typed to be one word."""
    escaped = value.replace('"', '""')
    return f'"{escaped}"' if _NEEDS_QUOTES.search(value) else value


def words_of(text: str) -> list[str]:
    """Returns the words of ``text`` that are searched for; what stands in quotes is one."""
    return [word.text for word in typed_words(text)]


def is_too_long(text: str) -> bool:
    """Whether some of ``text`` is not searched for."""
    return len(text.rstrip()) > LONGEST_TEXT or sum(1 for _ in _WORD.finditer(text)) > MOST_WORDS


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that is wanted: ``limit`` rows from row ``offset`` on."""

    offset: int
    limit: int
    anchor: int | None
    """The key of the cursor's row, whose present place is wanted too."""
    sort: str | None
    """The key of the column to sort by; None for the list's own order."""
    reverse: bool
    text: str
    """Only rows that contain this text; all when empty."""
    marked: frozenset[int] = frozenset()
    """The keys of rows of which is wanted whether they are still there, whatever the text."""


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """The rows of a window, and where they stand in the whole list."""

    total: int
    """Rows that match the filter."""
    overall: int
    """All rows, whether they match or not."""
    offset: int
    """The place of the first row of ``rows`` among those that match."""
    rows: tuple[R, ...]
    anchor_index: int | None
    """Where the anchor is now among all matching rows; None when it is not among them."""
    vanished: frozenset[int] = frozenset()
    """The marked rows that are not there any more."""
    problem: str = ""
    """Why nothing can match what is wanted, with the remedy."""


def nothing(window: Window, overall: int, problem: str) -> "Page[Any]":
    """Returns the page of what cannot be looked for; all marked rows may still be there."""
    return Page(0, overall, window.offset, (), None, problem=problem)
