"""How many cells of a terminal a text takes: the one answer for tables, logs and screens.

Textual lays out with the widths of ``rich``, so everything else measures with them too. They know
sequences of emoji, marks that take no cell, and wide letters. Commands seldom need them, and load
them only then.
"""

import re
from bisect import bisect_right
from itertools import accumulate

TAB_SIZE = 8
_NARROW = re.compile(
    "[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2190-\u2193\u2500-\u25fc\u2713-\u2718]*"
)
"""What most text is made of, and nothing that takes more or less than a cell."""
_JOINED = re.compile("[\u200d\ufe0f]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_CELLS_OF_A_FLAG = [2, 0]


def cell_widths(text: str) -> list[int]:
    """Returns the cells of each character; 0 for one that is drawn with the character before it.

    So a text may be cut before any character that has cells of its own.
    """
    if text.isascii() or _NARROW.fullmatch(text):
        return [1] * len(text)
    from rich.cells import get_character_cell_size, split_graphemes

    if _JOINED.search(text) is None:
        widths = list(map(get_character_cell_size, text))
    else:
        widths = [0] * len(text)
        for start, _, cells in split_graphemes(text)[0]:
            widths[start] = cells
    for flag in _FLAG.finditer(text):
        widths[flag.start() : flag.end()] = _CELLS_OF_A_FLAG
    return widths


def cell_width(text: str) -> int:
    """Returns how many cells ``text`` takes."""
    return len(text) if text.isascii() else sum(cell_widths(text))


def fitting(text: str, width: int) -> str:
    """Returns as much of the beginning of ``text`` as fits into ``width`` cells."""
    if text.isascii():
        return text[: max(0, width)]
    return text[: bisect_right(list(accumulate(cell_widths(text))), width)]


def expand_tabs(text: str) -> str:
    """Returns ``text`` with spaces up to the next multiple of eight cells in place of tabs."""
    if text.isascii() or "\t" not in text:
        return text.expandtabs(TAB_SIZE)
    return "\n".join(map(_expanded, text.split("\n")))


def _expanded(line: str) -> str:
    *parts, last = line.split("\t")
    return "".join(part + " " * (TAB_SIZE - cell_width(part) % TAB_SIZE) for part in parts) + last
