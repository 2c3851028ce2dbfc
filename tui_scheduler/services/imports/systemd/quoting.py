r"""Words as systemd splits them (systemd.syntax(7), "Quoting"), which is not as a shell does.

Quotes may be of either kind, and C's escapes count outside and inside both: ``\x20``, ``\s``.
"""

import re
from collections.abc import Iterator

from tui_scheduler.services.imports.proposals import Unreadable

_BLANK = " \t\n\r"
_PART = re.compile(
    rf"""(?P<quote>["'])(?P<quoted>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)"""
    rf"""|(?P<plain>(?:\\(?:.|\Z)|[^\\"'{_BLANK}])+)""",
    re.DOTALL,
)
_BLANKS = re.compile(rf"[{_BLANK}]*")
_SEPARATOR = re.compile(rf";(?=[{_BLANK}]|\Z)")
_ESCAPED_SEPARATOR = re.compile(rf"\\;(?=[{_BLANK}]|\Z)")
_ESCAPE = re.compile(
    r"\\(?:(?P<letter>[abfnrtvs\\\"'])"
    r"|x(?P<byte>(?!00)[0-9A-Fa-f]{2})"
    r"|(?P<octal>(?!000)[0-3][0-7]{2})"
    r"|u(?P<short>(?!0000)[0-9A-Fa-f]{4})"
    r"|U(?P<long>(?!0{8})00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})"
    r"|(?P<unknown>.|\Z))",
    re.DOTALL,
)
_LETTERS = dict(zip("abfnrtvs\\\"'", "\a\b\f\n\r\t\v \\\"'", strict=True))


def words_of(text: str) -> list[str]:
    """The words of a value; raises Unreadable for an open quote or an escape that is none.

    Bytes that are not UTF-8 become surrogates.
    """
    for escape in _ESCAPE.finditer(text):
        if escape["unknown"] is not None:
            raise Unreadable(f"{text!r}: systemd does not know {escape[0]}: write \\{escape[0]}")
    return [word for words in _split(text, is_command=False) for word in words]


def commands_of(text: str) -> list[list[str]]:
    r"""The words of each command of a value: a ``;`` alone parts them, and ``\;`` is a word.

    An escape that is none stays as it is. Raises Unreadable for an open quote.
    """
    return [words for words in _split(text, is_command=True) if words]


def _split(text: str, *, is_command: bool) -> Iterator[list[str]]:
    words: list[str] = []
    place = _skip(text, 0)
    while place < len(text):
        if is_command and _SEPARATOR.match(text, place):
            yield words
            words = []
            place += 1
        elif words and is_command and _ESCAPED_SEPARATOR.match(text, place):
            words.append(";")
            place += 2
        else:
            word, place = _word_at(place, text)
            words.append(word)
        place = _skip(text, place)
    yield words


def _word_at(place: int, text: str) -> tuple[str, int]:
    """The word that begins there, and where it ends."""
    parts: list[bytes] = []
    while part := _PART.match(text, place):
        plain = _ESCAPE.sub(_unescaped, part["plain"] or part["quoted"] or "")
        parts.append(plain.encode("utf-8", "surrogateescape"))
        place = part.end()
    if place < len(text) and text[place] not in _BLANK:
        raise Unreadable(f"{text!r} has a quote that is not closed: close it")
    return b"".join(parts).decode("utf-8", "surrogateescape"), place


def _skip(text: str, place: int) -> int:
    """The first place from there on that is not blank."""
    blanks = _BLANKS.match(text, place)
    return blanks.end() if blanks else place


def _unescaped(escape: re.Match[str]) -> str:
    """What an escape stands for; bytes that are not UTF-8 as surrogates."""
    if escape["letter"]:
        return _LETTERS[escape["letter"]]
    if escape["unknown"] is not None:
        return escape[0]
    if code := escape["short"] or escape["long"]:
        data = chr(int(code, 16)).encode("utf-8", "surrogatepass")
    else:
        data = bytes([int(escape["byte"], 16) if escape["byte"] else int(escape["octal"], 8)])
    return data.decode("utf-8", "surrogateescape")
