"""Text from outside, made fit to be shown.

Names, commands, output and paths are written by others. Whatever of them reaches a terminal goes
through this module, so that nothing but printable characters ever gets there. Output, which may
have colours, goes through ``services/logs/line_model.py`` to it.
"""

from typing import Any
from unicodedata import category

from tui_scheduler.cells import expand_tabs

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_C0 = {code: chr(0x2400 + code) for code in range(0x20) if code != ord("\t")}
_C1 = dict.fromkeys(range(0x80, 0xA0), REPLACEMENT)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)
_REORDERING = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), REPLACEMENT
)
_SEPARATORS = {0x2028: "␤", 0x2029: "␤", 0xFEFF: REPLACEMENT, 0x7F: "␡"}
_BLANK = {*"\u115f\u1160\u2800\u3164\uffa0"}  # letters and patterns that are drawn as nothing
_ONE_LINE = {**_SURROGATES, **_C0, **_C1, **_REORDERING, **_SEPARATORS}
_MANY_LINES = {code: picture for code, picture in _ONE_LINE.items() if code != ord("\n")}


def decode(data: bytes) -> str:
    """Read bytes as UTF-8; what is not UTF-8 becomes U+FFFD."""
    return data.decode("utf-8", "replace")


def plain(text: str, *, newlines: bool = False) -> str:
    """Make control characters visible and tabs wide; line ends are kept only with ``newlines``.

    C0 controls become control pictures (``␛``), and what has no picture (C1, marks that reorder
    text, lone surrogates) U+FFFD. Printable text is returned as it is.
    """
    one_line = text.replace("\n", "") if newlines else text
    if one_line.isprintable():
        return text
    if not one_line.replace("\t", "").isprintable():
        text = text.translate(_MANY_LINES if newlines else _ONE_LINE)
    return expand_tabs(text)


def is_visible(text: str) -> bool:
    """Returns whether anything of ``text`` is seen: a letter, a figure, a sign, an icon."""
    return any(category(sign)[0] in "LNPS" or category(sign) == "Co" for sign in set(text) - _BLANK)


def parse_toml(data: bytes) -> dict[str, Any]:
    """Read TOML that somebody wrote; raises ValueError with what it is not, and a remedy."""
    import tomllib  # not everybody has such a file

    try:
        return tomllib.loads(data.decode("utf-8-sig"))  # some editors write a mark before it
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"is not UTF-8 in line {line}: save it as UTF-8") from None
    except RecursionError:
        raise ValueError("is nested too deep: write fewer brackets within brackets") from None
    except ValueError as error:
        raise ValueError(f"is not TOML: {error}") from None


def storable(text: str) -> str:
    """Returns ``text`` without what UTF-8 cannot hold: it may be asked for, and is not there."""
    return text.encode("utf-8", "replace").decode("utf-8")
