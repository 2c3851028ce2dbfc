"""A page of the manual as lines of a terminal, or of a file that has no colours."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import TypeAlias

from tui_scheduler.cells import cell_width
from tui_scheduler.manual import topic_of
from tui_scheduler.manual.blocks import (
    CODE,
    STRONG,
    Block,
    Code,
    Heading,
    Listing,
    Paragraph,
    Span,
    Spans,
    Table,
)

Word: TypeAlias = tuple[Span, ...]
"""Spans that no space stands between."""

_COLOURS = {CODE: "36", STRONG: "1"}
_INDENT = "  "
_GAP = "  "
_WIDE = 24  # cells of a column that are easy to read


def page_lines(blocks: Sequence[Block], width: int, *, colour: bool) -> Iterator[str]:
    """Yield the lines of a page, none of them wider than ``width`` cells but for code.

    Without colours what is typed stands in backquotes, as in the page itself.
    """
    for number, block in enumerate(blocks):
        if number:
            yield ""
        margin = "" if isinstance(block, Heading) else _INDENT
        for line in _lines(block, width - len(margin), colour):
            yield f"{margin}{line}".rstrip()


def _lines(block: Block, width: int, colour: bool) -> Iterator[str]:
    match block:
        case Heading():
            yield _painted(_words(_strong(block.spans), colour), colour)
        case Paragraph():
            yield from (_painted(line, colour) for line in _wrapped(block.spans, width, colour))
        case Code():
            yield from (f"{_INDENT}{line}" for line in block.text.split("\n"))
        case Listing():
            yield from _item_lines(block, width, colour)
        case Table():
            yield from _table_lines(block, width, colour)


def _item_lines(listing: Listing, width: int, colour: bool) -> Iterator[str]:
    for sign, blocks in listing.items:
        margin = " " * (len(sign) + 1)
        lines = [*page_lines(blocks, width - len(margin) + len(_INDENT), colour=colour)]
        for number, line in enumerate(lines):
            yield (margin if number else f"{sign} ") + line.removeprefix(_INDENT)
        if len(blocks) > 1:
            yield ""


def _table_lines(table: Table, width: int, colour: bool) -> Iterator[str]:
    titles = [_strong(title) for title in table.titles]
    rows = [row for row in (titles, *table.rows) if any(row)]
    widths = _column_widths(rows, width - len(_GAP) * (len(titles) - 1), colour)
    for row in rows:
        columns = [_wrapped(cell, room, colour) for cell, room in zip(row, widths, strict=True)]
        for line in zip_longest(*columns, fillvalue=[]):
            yield _GAP.join(
                _painted(words, colour) + " " * (room - _length(words))
                for words, room in zip(line, widths, strict=True)
            )


def _column_widths(rows: Sequence[Sequence[Spans]], room: int, colour: bool) -> list[int]:
    """Returns the widths of the columns: the last one gives way first, to half of the room.

    None gets narrower than its longest word.
    """
    columns = [[_words(cell, colour) for cell in column] for column in zip(*rows, strict=True)]
    widths = [max(map(_length, column)) for column in columns]
    least = [max(_length([word]) for word in chain(*column)) for column in columns]
    *others, last = range(len(widths))
    for places, floor in (([last], room // 2), (others, _WIDE), ([last], _WIDE), (others, 0)):
        for place in places:
            spare = max(widths[place] - max(least[place], floor), 0)
            widths[place] -= min(spare, max(sum(widths) - room, 0))
    return widths


def _wrapped(spans: Spans, width: int, colour: bool) -> list[list[Word]]:
    """Returns the words in lines that fit; one that is longer than a line has its own."""
    lines: list[list[Word]] = [[]]
    for word in _words(spans, colour):
        if lines[-1] and _length([*lines[-1], word]) > width:
            lines.append([])
        lines[-1].append(word)
    return lines


def _words(spans: Spans, colour: bool) -> list[Word]:
    words: list[Word] = []
    is_glued = False
    for span in spans:
        for number, part in enumerate(_text(span, colour).split(" ")):
            is_glued = is_glued and not number
            if part:
                piece = replace(span, text=part)
                words[-1:] = [(*words[-1], piece)] if is_glued else [*words[-1:], (piece,)]
                is_glued = True
    return words


def _text(span: Span, colour: bool) -> str:
    """Returns the text of a span, and where it leads to."""
    text = f"`{span.text}`" if span.style == CODE and not colour else span.text
    if not span.link:
        return text
    topic = topic_of(span.link)
    leads = f"help {topic}" if topic else span.link.removeprefix("../../").removeprefix("../")
    return f"{text} ({leads})"


def _strong(spans: Spans) -> Spans:
    return [replace(span, style=STRONG) for span in spans]


def _length(words: Sequence[Word]) -> int:
    return cell_width(" ".join("".join(span.text for span in word) for word in words))


def _painted(words: Sequence[Word], colour: bool) -> str:
    return " ".join("".join(_paint(span, colour) for span in word) for word in words)


def _paint(span: Span, colour: bool) -> str:
    code = _COLOURS.get(span.style) if colour else None
    return f"\x1b[{code}m{span.text}\x1b[0m" if code else span.text
