"""Finding a name by some of its letters, in time that grows only with the length of the names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD_START, _INSIDE, _SCATTERED = range(3)


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A name that was found; hits sort best first."""

    distance: tuple[int, int, int]
    """How good each kind of match is, then where it stands, then how much else there is."""
    name: str
    places: tuple[int, ...]
    """The letters that were asked for."""


def search(query: str, names: Iterable[str]) -> list[Hit]:
    """The names that hold every word of ``query``, whole or as scattered letters, best first.

    With an empty query all names, in their own order.
    """
    words = query.casefold().split()
    if not words:
        return [Hit((0, 0, 0), name, ()) for name in names]
    return sorted(hit for name in names if (hit := _hit(words, name)) is not None)


def _hit(words: list[str], name: str) -> Hit | None:
    # Lowering letter by letter keeps places true where folding would lengthen the text.
    folded = "".join(letter.lower()[:1] for letter in name)
    found = [_find(word, folded) for word in words]
    matches = [match for match in found if match is not None]
    if len(matches) < len(found):
        return None
    places = sorted({place for _, letters in matches for place in letters})
    kind = max(kind for kind, _ in matches)
    spread = sum(letters[-1] - letters[0] for _, letters in matches)
    distance = (kind, places[0] + spread if kind == _SCATTERED else places[0], len(name))
    return Hit(distance, name, tuple(places))


def _find(word: str, name: str) -> tuple[int, range | tuple[int, ...]] | None:
    start = re.search(rf"(?<![^\W_]){re.escape(word)}", name)
    if start:
        return _WORD_START, range(*start.span())
    inside = name.find(word)
    if inside >= 0:
        return _INSIDE, range(inside, inside + len(word))
    places: list[int] = []
    for letter in word:
        place = name.find(letter, places[-1] + 1 if places else 0)
        if place < 0:
            return None
        places.append(place)
    return _SCATTERED, tuple(places)
