"""A page of the manual as blocks of text, for whoever prints it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

CODE, STRONG = "code", "strong"


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one style: "", CODE or STRONG; where it leads to, if it is a link."""

    text: str
    style: str = ""
    link: str = ""


Spans: TypeAlias = Sequence[Span]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is the title of the page."""

    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Code:
    """Lines as they are typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Items, each of some blocks, with the sign that stands before it."""

    items: Sequence[tuple[str, "Sequence[Block]"]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are titles, which may be empty."""

    titles: Sequence[Spans]
    rows: Sequence[Sequence[Spans]]


Block: TypeAlias = Heading | Paragraph | Code | Listing | Table


def blocks_of(markdown: str) -> list[Block]:
    """Returns what a page consists of; all else that Markdown knows is not used in it."""
    parser = MarkdownIt("commonmark").enable("table")
    return list(_blocks(iter(parser.parse(markdown)), ""))


def _blocks(tokens: Iterator[Token], end: str) -> Iterator[Block]:
    """Yield blocks until the token of type ``end``, which is taken as well."""
    for token in tokens:
        match token.type:
            case "heading_open":
                yield Heading(int(token.tag[1:]), _inline(tokens))
            case "paragraph_open":
                yield Paragraph(_inline(tokens))
            case "code_block" | "fence":
                yield Code(token.content.rstrip("\n"))
            case "bullet_list_open" | "ordered_list_open":
                yield Listing(list(_items(tokens, token.type.replace("open", "close"))))
            case "table_open":
                first, *rows = _rows(tokens)
                yield Table(first, rows)
            case kind if kind == end:
                return


def _items(tokens: Iterator[Token], end: str) -> Iterator[tuple[str, Sequence[Block]]]:
    for token in tokens:
        if token.type == end:
            return
        sign = f"{token.info}." if token.info else "*"
        yield sign, list(_blocks(tokens, "list_item_close"))


def _rows(tokens: Iterator[Token]) -> Iterator[list[Spans]]:
    row: list[Spans] = []
    for token in tokens:
        match token.type:
            case "tr_open":
                row = []
            case "inline":
                row.append(_spans(token))
            case "tr_close":
                yield row
            case "table_close":
                return


def _inline(tokens: Iterator[Token]) -> Spans:
    """Returns the text of a block whose opening token was taken; its closing one is taken too."""
    spans = _spans(next(tokens))
    next(tokens)
    return spans


def _spans(token: Token) -> Spans:
    spans: list[Span] = []
    now = Span("")
    for child in token.children or ():
        match child.type:
            case "text" | "softbreak":
                spans.append(replace(now, text=child.content or " "))
            case "code_inline":
                spans.append(Span(child.content, CODE))
            case "strong_open" | "em_open":
                now = replace(now, style=STRONG)
            case "strong_close" | "em_close":
                now = replace(now, style="")
            case "link_open":
                now = replace(now, link=str(child.attrs["href"]))
            case "link_close":
                now = replace(now, link="")
    return spans
