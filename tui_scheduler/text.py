"""Text from outside, made fit to be shown.

Names, commands, output and paths are written by others. Whatever of them reaches a terminal goes
through this module, so that nothing but printable characters, and colours where they are wanted,
ever gets there.
"""

import re
from dataclasses import dataclass

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
TAB_SIZE = 8

_C0 = {code: chr(0x2400 + code) for code in range(0x20)}
_C1 = dict.fromkeys(range(0x80, 0xA0), REPLACEMENT)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)
_REORDERING = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), REPLACEMENT
)
_SEPARATORS = {0x2028: "␤", 0x2029: "␤", 0xFEFF: REPLACEMENT, 0x7F: "␡"}
_ONE_LINE = {**_SURROGATES, **_C0, **_C1, **_REORDERING, **_SEPARATORS}
_MANY_LINES = {code: picture for code, picture in _ONE_LINE.items() if code != ord("\n")}

# A sequence may not contain the start of another one: so every character is looked at a fixed
# number of times, however the text was made.
_SEQUENCE = re.compile(
    r"(?P<colours>(?:(?:\x1b\[|\x9b)[0-9;:]*+m)++)"
    r"|(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f\n]*+(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*+[0-OQ-WYZ`-~]"
)
_SEQUENCE_BYTES = re.compile(
    rb"(?:\x1b\[|\xc2\x9b)[0-?]*+[ -/]*+[@-~]"
    rb"|(?:\x1b[\]PX^_]|\xc2[\x90\x98\x9d-\x9f])[^\x07\x1b\xc2\n]*+(?:\x07|\x1b\\|\xc2\x9c)"
    rb"|\x1b[ -/]*+[0-OQ-WYZ`-~]"
)
_OVERWRITTEN = re.compile(rb"(?m)^[^\n]*\r(?=[^\r\n])")
_LAST_COLOURS = 32  # a longer unbroken row of colour changes is cut to its last ones


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of printable text in one style."""

    text: str
    style: AnsiStyle


def decode(data: bytes) -> str:
    """Read bytes as UTF-8; what is not UTF-8 becomes U+FFFD."""
    return data.decode("utf-8", "replace")


def plain(text: str, *, newlines: bool = False) -> str:
    """Make control characters visible and tabs wide; line ends are kept only with ``newlines``.

    C0 controls become control pictures (``␛``), and what has no picture (C1, marks that reorder
    text, lone surrogates) U+FFFD. Printable text is returned as it is.
    """
    if text.isprintable():
        return text
    table = _MANY_LINES if newlines else _ONE_LINE
    return text.expandtabs(TAB_SIZE).translate(table)


def settled(data: bytes) -> bytes:
    """Reduce every line to what a carriage return has left of it: a progress bar's last state."""
    return _OVERWRITTEN.sub(b"", data) if b"\r" in data else data


def without_sequences(data: bytes) -> bytes:
    """Drop the terminal sequences that ``coloured`` drops or takes for colours."""
    if b"\x1b" in data or b"\xc2" in data:
        return _SEQUENCE_BYTES.sub(b"", data)
    return data


def coloured(text: str, style: AnsiStyle = UNSTYLED) -> list[Span]:
    """Split text where its colours change, beginning in ``style``.

    Colours are kept as values, all other terminal sequences are dropped, and the rest is made
    ``plain`` with its line ends. The last span carries the style that holds at the end.
    """
    stretches: list[tuple[AnsiStyle, list[str]]] = [(style, [])]
    position = 0
    for match in _SEQUENCE.finditer(text):
        stretches[-1][1].append(text[position : match.start()])
        position = match.end()
        style = _changed(style, match["colours"] or "")
        if style != stretches[-1][0]:
            stretches.append((style, []))
    stretches[-1][1].append(text[position:])
    spans = [Span(plain("".join(parts), newlines=True), style) for style, parts in stretches]
    return [span for span in spans[:-1] if span.text] + spans[-1:]


def _changed(style: AnsiStyle, sequences: str) -> AnsiStyle:
    for parameters in sequences.rsplit("m", _LAST_COLOURS + 1)[-_LAST_COLOURS - 1 : -1]:
        style = style.changed(parameters.lstrip("\x1b\x9b["))
    return style


def storable(text: str) -> str:
    """Returns ``text`` without what UTF-8 cannot hold: it may be asked for, and is not there."""
    return text.encode("utf-8", "replace").decode("utf-8")
