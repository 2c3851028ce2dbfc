"""The state of a terminal's colours, as ECMA-48 "select graphic rendition" sequences change it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

Colour = int | tuple[int, int, int]
"""A number of the 256-colour palette (0-15 are the terminal's own), or red, green and blue."""

_ON = {
    1: "bold", 2: "dim", 3: "italic", 4: "underline", 5: "blink", 7: "reverse", 9: "strike",
}  # fmt: skip
_OFF = {
    22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 25: ("blink",),
    27: ("reverse",), 29: ("strike",), 39: ("foreground",), 49: ("background",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnsiStyle:
    """How text is drawn; None is the terminal's own colour. Concealed text is not honoured."""

    foreground: Colour | None = None
    background: Colour | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    blink: bool = False
    reverse: bool = False
    strike: bool = False

    def changed(self, parameters: str) -> "AnsiStyle":
        """Return the state after ``ESC [ parameters m``; what is not understood changes nothing."""
        return _changed(self, parameters) if len(parameters) <= _LONGEST else self

    def sequence(self) -> str:
        """Return the one sequence that sets exactly this state, whatever was set before."""
        codes = ["0", *(str(code) for code, name in _ON.items() if getattr(self, name))]
        codes += _colour_codes(self.foreground, 30)
        codes += _colour_codes(self.background, 40)
        return f"\x1b[{';'.join(codes)}m"


UNSTYLED = AnsiStyle()
_LONGEST = 256  # characters of parameters; longer ones have no meaning, only a cost


@lru_cache(maxsize=512)
def _changed(style: AnsiStyle, parameters: str) -> AnsiStyle:
    fields = iter(parameters.split(";"))
    for field in fields:
        first, *parts = field.split(":")
        code = _number(first)
        if code in (38, 48):
            style = _with_colour(style, code, _without_space(parts) if parts else fields)
        elif parts:  # only underlines have kinds: 4:3 is a wavy one, 4:0 none
            style = replace(style, underline=_number(parts[0]) != 0) if code == 4 else style
        else:
            style = _simple(style, code)
    return style


def _without_space(parts: list[str]) -> Iterator[str]:
    """Drop the colour space that ``2:space:r:g:b`` has and ``2:r:g:b`` has not."""
    return iter([parts[0], *parts[2:]] if len(parts) > 4 else parts)


def _with_colour(style: AnsiStyle, code: int, fields: Iterator[str]) -> AnsiStyle:
    colour = _extended(fields)
    if colour is None:
        return style
    return replace(style, foreground=colour) if code == 38 else replace(style, background=colour)


def _simple(style: AnsiStyle, code: int) -> AnsiStyle:
    if code == 0:
        return UNSTYLED
    if name := _ON.get(code):
        return replace(style, **{name: True})
    if code in _OFF:
        cleared = {name: getattr(UNSTYLED, name) for name in _OFF[code]}
        return replace(style, **cleared)
    for first, shift in ((30, 0), (90, 8)):
        if first <= code < first + 8:
            return replace(style, foreground=code - first + shift)
        if first + 10 <= code < first + 18:
            return replace(style, background=code - first - 10 + shift)
    return style


def _number(field: str) -> int:
    """Read one parameter: nothing written means 0, and what is no parameter is -1."""
    if not field:
        return 0
    return int(field) if len(field) < 4 and field.isdecimal() else -1


def _extended(fields: Iterator[str]) -> Colour | None:
    """Read what follows 38 or 48: ``5;n`` or ``2;r;g;b``."""
    wanted = {5: 1, 2: 3}.get(_number(next(fields, "")), 0)
    values = [_number(field) for field in islice(fields, wanted)]
    if len(values) != wanted or not values or not all(0 <= value < 256 for value in values):
        return None
    return values[0] if wanted == 1 else (values[0], values[1], values[2])


def _colour_codes(colour: Colour | None, base: int) -> list[str]:
    if colour is None:
        return []
    if isinstance(colour, tuple):
        return [str(base + 8), "2", *map(str, colour)]
    if colour < 16:
        return [str(base + colour if colour < 8 else base + 60 + colour - 8)]
    return [str(base + 8), "5", str(colour)]
