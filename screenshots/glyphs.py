"""Draws frames, bars and blocks as shapes.

As letters they meet only in the one font and line height they were made for. As shapes they meet
in every picture viewer. Their names in the Unicode table say what they look like.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

WIDTH = 12
HEIGHT = 24

_STROKES = {"LIGHT": 1.5, "HEAVY": 3.0}
_SIDES = {
    "UP": {"UP"},
    "DOWN": {"DOWN"},
    "LEFT": {"LEFT"},
    "RIGHT": {"RIGHT"},
    "HORIZONTAL": {"LEFT", "RIGHT"},
    "VERTICAL": {"UP", "DOWN"},
}
_LINE = re.compile(r"BOX DRAWINGS (LIGHT|HEAVY) (ARC )?([A-Z]+)(?: AND ([A-Z]+))?$")
_BLOCK = re.compile(r"(UPPER|LOWER|LEFT|RIGHT) (\w+)(?: (\w+))? BLOCK$")
_COUNTS = {
    word: count
    for count, word in enumerate(("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN"), start=1)
}
_PARTS = {"HALF": 2, "QUARTER": 4, "QUARTERS": 4, "EIGHTH": 8, "EIGHTHS": 8}


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle, in the units of one cell from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arc:
    """A rounded corner that leaves the cell at two sides."""

    across: str
    along: str
    stroke: float


def shapes(character: str) -> list[Box] | list[Arc]:
    """Return what ``character`` is drawn with; empty if it is better left a letter."""
    name = unicodedata.name(character, "")
    if name == "FULL BLOCK":
        return [Box(0, 0, WIDTH, HEIGHT)]
    if name.startswith("QUADRANT "):
        return list(_quadrants(name.removeprefix("QUADRANT ")))
    if match := _BLOCK.match(name):
        return [_block(*match.groups())]
    if match := _LINE.match(name):
        return _lines(*match.groups())
    return []


def _quadrants(corners: str) -> Iterator[Box]:
    for corner in corners.split(" AND "):
        x = WIDTH / 2 if corner.endswith("RIGHT") else 0
        y = HEIGHT / 2 if corner.startswith("LOWER") else 0
        yield Box(x, y, WIDTH / 2, HEIGHT / 2)


def _block(side: str, first: str, second: str | None) -> Box:
    count = _COUNTS.get(first, 1)
    share = count / _PARTS[second or first]
    if side in ("LEFT", "RIGHT"):
        width = WIDTH * share
        return Box(0 if side == "LEFT" else WIDTH - width, 0, width, HEIGHT)
    height = HEIGHT * share
    return Box(0, 0 if side == "UPPER" else HEIGHT - height, WIDTH, height)


def _lines(weight: str, arc: str | None, first: str, second: str | None) -> list[Box] | list[Arc]:
    stroke = _STROKES[weight]
    if arc:
        return [Arc(first, str(second), stroke)]
    if not {first, second or first} <= _SIDES.keys():
        return []
    sides = _SIDES[first] | _SIDES[second or first]
    return [box for side in sorted(sides) for box in _arm(side, stroke)]


def _arm(side: str, stroke: float) -> Iterator[Box]:
    """Draw from just over the middle of the cell to one side."""
    half = stroke / 2
    middle_x, middle_y = WIDTH / 2, HEIGHT / 2
    if side == "LEFT":
        yield Box(0, middle_y - half, middle_x + half, stroke)
    elif side == "RIGHT":
        yield Box(middle_x - half, middle_y - half, middle_x + half, stroke)
    elif side == "UP":
        yield Box(middle_x - half, 0, stroke, middle_y + half)
    else:
        yield Box(middle_x - half, middle_y - half, stroke, middle_y + half)
