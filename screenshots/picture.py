"""Turns Textual's picture of a screen into one that looks the same everywhere.

Textual's own export loads a font from the network, and its frames break where that font is
missing. Here the words stay text in whatever monospaced font there is, each at its own place, and
frames and bars become shapes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from glyphs import HEIGHT, WIDTH, Arc, Box, shapes
from rich.cells import cell_len

_SVG = "{http://www.w3.org/2000/svg}"
_RULE = re.compile(r"\.(\S+) \{ (.*?) \}")
_CELL, _LINE = 12.2, 24.4  # the measures of the export
_BASELINE = 18
_FONT_SIZE = 19.93  # DejaVu Sans Mono and Menlo are 0.602 wide: 12 units a letter
_FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
_MARGIN = 14
_BAR = 38
_WORDS = re.compile(r"[!-~]+(?: [!-~]+)*|[^ -~]")

Piece = str | tuple[Box, str]
"""What is drawn: a rectangle with its colour, or anything else as it stands in the file."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of one style, from one cell of the screen on."""

    column: int
    line: int
    text: str
    style: str

    @property
    def fill(self) -> str:
        """The colour of the style."""
        return self.style.split(";")[0].removeprefix("fill: ")


@dataclass(frozen=True, slots=True)
class Screen:
    """What an export shows: ``fills`` are column, line and width in cells, each with its colour."""

    title: str
    fills: Sequence[tuple[tuple[int, int, int], str]]
    stretches: Sequence[Stretch]

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        columns = max(column + width for (column, _, width), _ in self.fills)
        return columns, 1 + max(line for (_, line, _), _ in self.fills)


def self_contained(export: str) -> str:
    """Draw the screen of ``App.export_screenshot`` again, without anything from elsewhere."""
    screen = read(export)
    backgrounds = [written(background(cells, fill)) for cells, fill in screen.fills]
    drawn = [written(piece) for stretch in screen.stretches for piece in pieces(stretch)]
    return framed(screen.size, [caption(screen.title, screen.size)], [*backgrounds, *drawn])


def read(export: str) -> Screen:
    """Take the screen of ``App.export_screenshot`` apart."""
    root = ElementTree.fromstring(export)  # noqa: S314 - written by Textual a moment ago
    styles = dict(_RULE.findall(root.findtext(f"{_SVG}style") or ""))
    screen = root.findall(f"{_SVG}g")[-1]
    fills = [(_cells(rect), rect.get("fill", "")) for rect in screen.findall(f"{_SVG}rect")]
    stretches = [_stretch(text, styles) for text in screen.iter(f"{_SVG}text")]
    title = next((text.text for text in root.findall(f"{_SVG}text")), "") or ""
    return Screen(title.strip(), fills, stretches)


def background(cells: tuple[int, int, int], fill: str) -> Piece:
    """Fill ``cells``: column, line and width."""
    column, line, width = cells
    return Box(column * WIDTH, line * HEIGHT, width * WIDTH, HEIGHT), fill


def written(piece: Piece) -> str:
    """Write a piece of a picture as it stands in the file."""
    if isinstance(piece, str):
        return piece
    box, fill = piece
    return (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" '
        f'fill="{fill}"/>'
    )


def _cells(rect: ElementTree.Element) -> tuple[int, int, int]:
    x, y, width = (float(rect.get(name, 0)) for name in ("x", "y", "width"))
    return round(x / _CELL), round((y - 1.5) / _LINE), round(width / _CELL)


def _stretch(text: ElementTree.Element, styles: dict[str, str]) -> Stretch:
    return Stretch(
        column=round(float(text.get("x", 0)) / _CELL),
        line=round((float(text.get("y", 0)) - 20) / _LINE),
        text=(text.text or "").replace("\N{NO-BREAK SPACE}", " "),
        style=styles.get(text.get("class", ""), ""),
    )


def pieces(stretch: Stretch) -> Iterator[Piece]:
    """Draw words as text and everything else as shapes."""
    for match in _WORDS.finditer(stretch.text):
        word = match.group()
        x = (stretch.column + cell_len(stretch.text[: match.start()])) * WIDTH
        y = stretch.line * HEIGHT
        shape = shapes(word) if len(word) == 1 else []
        if shape:
            yield from (_shape(part, x, y, stretch.fill) for part in shape)
        else:
            yield _word(word, x, y + _BASELINE, stretch.style)


def _shape(shape: Box | Arc, x: float, y: float, fill: str) -> Piece:
    if isinstance(shape, Box):
        return Box(x + shape.x, y + shape.y, shape.width, shape.height), fill
    middle_x, middle_y = x + WIDTH / 2, y + HEIGHT / 2
    end_y = y + HEIGHT if shape.across == "DOWN" else y
    end_x = x + WIDTH if shape.along == "RIGHT" else x
    path = f"M{middle_x:g} {end_y:g}Q{middle_x:g} {middle_y:g} {end_x:g} {middle_y:g}"
    return f'<path d="{path}" fill="none" stroke="{fill}" stroke-width="{shape.stroke:g}"/>'


def _word(word: str, x: float, y: float, style: str) -> str:
    """Write ASCII words as wide as their cells; anything else in the middle of its own."""
    width = cell_len(word) * WIDTH
    if word.isascii():
        place = f'x="{x:g}" textLength="{width:g}"'
    else:
        place = f'x="{x + width / 2:g}" text-anchor="middle"'
    return f'<text {place} y="{y:g}" style="{style}">{escape(word)}</text>'


def caption(text: str, size: tuple[int, int]) -> str:
    """Write ``text`` over a screen of ``size``, in the middle."""
    return (
        f'<text x="{_window(size)[0] // 2}" y="{_BAR // 2 + 6}" text-anchor="middle" '
        f'font-size="16" fill="#c5c8c6">{escape(text)}</text>'
    )


def framed(size: tuple[int, int], over: Iterable[str], drawn: Iterable[str]) -> str:
    """Put a window around a screen of ``size``; ``over`` stands over it, ``drawn`` on it."""
    width, height = _window(size)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="{_FONTS}" font-size="{_FONT_SIZE}" xml:space="preserve">'
    )
    window = f'<rect width="{width}" height="{height}" rx="10" fill="#292929"/>'
    buttons = "".join(
        f'<circle cx="{24 + 22 * place}" cy="{_BAR // 2}" r="6.5" fill="{colour}"/>'
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    screen = f'<g transform="translate({_MARGIN} {_BAR})" shape-rendering="crispEdges">'
    return "\n".join([opening, window, buttons, *over, screen, *drawn, "</g>", "</svg>", ""])


def _window(size: tuple[int, int]) -> tuple[int, int]:
    columns, lines = size
    return columns * WIDTH + 2 * _MARGIN, lines * HEIGHT + _BAR + _MARGIN
