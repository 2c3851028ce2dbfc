"""Blocks of text for panes and dialogs: headings, named values, lines in the colour of a status."""

from collections.abc import Iterator

from textual.content import Content, Span

from tui_scheduler.text import plain

_STYLES = {
    "success": "$text-success",
    "warning": "$text-warning",
    "error": "$text-error",
    "accent": "$text-accent",
    "primary": "$text-primary",
    "muted": "$text-muted",
    "strong": "bold",
}
_LABEL_WIDTH = 11
_LABEL = Span(0, _LABEL_WIDTH, _STYLES["muted"])
_LEAST_VALUE = 8  # cells beside a label, below which a value goes on below the label


def toned(text: str, tone: str = "") -> Content:
    """Returns outside text in the colour of a tone (``widgets.table.style.TONES``)."""
    return Content.styled(plain(text), _STYLES.get(tone, ""))


def heading(text: str) -> Content:
    """Returns a heading within a pane."""
    return Content.styled(text, "bold $text-primary")


def named(label: str, value: str | Content) -> Content:
    """Returns a value behind its name; names stand in a column of their own."""
    content = value if isinstance(value, Content) else Content(plain(value, newlines=True))
    return Content(f"{label:<{_LABEL_WIDTH}}", [_LABEL]) + content


def lines(*parts: Content) -> Content:
    """Returns parts below each other."""
    return Content("\n").join(parts)


def fitted(block: Content, width: int) -> list[Content]:
    """Returns the lines of ``block`` in ``width`` cells; a named value goes on below itself.

    Where there is no room for anything, there are no lines.
    """
    if width < 1:
        return []
    return [part for line in block.split("\n") for part in _fitted(line, width)]


def _fitted(line: Content, width: int) -> Iterator[Content]:
    if line.cell_length <= width:
        yield line
    elif _LABEL in line.spans and width >= _LABEL_WIDTH + _LEAST_VALUE:
        first, *others = line[_LABEL_WIDTH:].wrap(width - _LABEL_WIDTH)
        yield line[:_LABEL_WIDTH] + first
        yield from (Content(" " * _LABEL_WIDTH) + other for other in others)
    else:
        yield from line.wrap(width)


def beside(left: Content, right: Content, left_width: int, width: int) -> list[Content]:
    """Returns ``right`` behind ``left``, going on below itself; below ``left`` if that is wide."""
    if width < 2 * left_width:
        return [*left.wrap(max(1, width)), *right.wrap(max(1, width))]
    first, *others = right.wrap(width - left_width)
    indent = Content(" " * left_width)
    return [left.pad_right(left_width - left.cell_length) + first, *(indent + o for o in others)]
