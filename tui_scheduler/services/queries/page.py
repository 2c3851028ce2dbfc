"""Windows over long lists: what a table asks for and what it is given.

A list of a million rows is never handed over whole. The table names the part it shows, and gets
that part together with the numbers it needs to place it.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R")

MOST_WORDS = 20
"""How many words of a text are searched for."""

LONGEST_TEXT = 500
"""How many characters of it."""


def words_of(text: str) -> list[str]:
    """Returns the words of ``text`` that are searched for: a pasted page is no filter."""
    return text[:LONGEST_TEXT].split()[:MOST_WORDS]


def is_too_long(text: str) -> bool:
    """Whether some of ``text`` is not searched for."""
    return words_of(text) != text.split()


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
