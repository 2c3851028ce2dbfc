"""The manual as a man page, in the language of roff."""

from collections.abc import Iterator, Mapping, Sequence

from tui_scheduler import __version__
from tui_scheduler.manual import TOPICS, page, topic_of
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
    blocks_of,
)

_NAME = "tui-scheduler"
_FONTS = {CODE: "B", STRONG: "I"}
_ESCAPES = str.maketrans({"\\": "\\e", "-": "\\-", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga"})


def man_page(summary: str, commands: Mapping[str, Mapping[str, str]]) -> str:
    """Returns all of the manual as one page of section 1.

    ``commands``: under their titles, what each does.
    """
    lines = [
        f'.TH {_NAME.upper()} 1 "" "{_NAME} {__version__}" "User Commands"',
        ".SH NAME",
        f"{_text(_NAME)} \\- {_text(summary)}",
        ".SH SYNOPSIS",
        f"\\fB{_text(_NAME)}\\fR [\\fIOPTIONS\\fR] [\\fICOMMAND\\fR [\\fIARGS\\fR]...]",
        ".SH COMMANDS",
        f"\\fB{_text(_NAME)} help\\fR \\fICOMMAND\\fR tells all options of one.",
    ]
    for title, about in commands.items():
        lines.append(f".SS {_text(title)}")
        for name, does in about.items():
            lines += [".TP", f"\\fB{_text(name)}\\fR", _text(does)]
    for topic in TOPICS:
        for block in blocks_of(page(topic)):
            lines += _lines(block)
    return "\n".join(lines) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(level=1):
            yield f".SH {_text(''.join(span.text for span in block.spans)).upper()}"
        case Heading():
            yield f".SS {_text(''.join(span.text for span in block.spans))}"
        case Paragraph():
            yield from (".PP", _spans(block.spans))
        case Code():
            yield from (".PP", ".RS 4", ".nf")
            yield from map(_text, block.text.split("\n"))
            yield from (".fi", ".RE")
        case Listing():
            for sign, blocks in block.items:
                yield from _item(sign, blocks)
        case Table():
            yield from _table(block)


def _item(sign: str, blocks: Sequence[Block]) -> Iterator[str]:
    bullet = "\\(bu" if sign == "*" else sign
    yield f".IP {bullet} 4"
    for number, block in enumerate(blocks):
        if isinstance(block, Paragraph) and not number:
            yield _spans(block.spans)
        else:
            yield from (".RS 4", *_lines(block), ".RE")


def _table(table: Table) -> Iterator[str]:
    """Yield a paragraph for each row: its first cell, and indented below it the others.

    Of several others each has the title of its column before it.
    """
    _, *titles = table.titles
    for first, *others in table.rows:
        yield from (".TP", _spans(first))
        if len(others) == 1:
            yield _spans(others[0])
            continue
        for number, (title, cell) in enumerate(zip(titles, others, strict=True)):
            if cell:
                yield from ([".br"] if number else [])
                yield f"{_spans(title)}: {_spans(cell)}"


def _spans(spans: Spans) -> str:
    return _guarded("".join(map(_span, spans)))


def _span(span: Span) -> str:
    text = _escaped(span.text)
    if (font := _FONTS.get(span.style)) is not None:
        text = f"\\f{font}{text}\\fR"
    if span.link and topic_of(span.link) is None and "://" in span.link:
        text += f" ({_escaped(span.link)})"
    return text


def _text(text: str) -> str:
    return _guarded(_escaped(text))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _guarded(line: str) -> str:
    """Returns a line that is none of roff's own, which begin with a dot or a quote."""
    return f"\\&{line}" if line.startswith((".", "'")) else line
