"""Which lines of a log tell of an error: by words that most programs use, or those of a process.

A regular expression goes through some ten megabytes a second, looking for a text in bytes through
some hundred. So only lines that hold one of the words are looked at closely.
"""

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tui_scheduler.services.logs.line_model import shown_bytes
from tui_scheduler.services.logs.log_search import pattern
from tui_scheduler.text import decode

_USUAL: Mapping[str, str] = {
    "error": "s?",
    "fail": "(?:s|ed|ing|ures?)?",
    "exception": "s?",
    **dict.fromkeys(("fatal", "critical", "traceback", "denied", "refused", "timed out"), ""),
    **dict.fromkeys(("cannot", "could not", "unable to", "not found", "no such"), ""),
    **dict.fromkeys(("segmentation fault", "core dumped", "out of memory"), ""),
    "panic": "(?:ked)?",
    "abort": "(?:ed|ing)?",
}
"""What most programs write, in lower case, and how it may go on."""
_NONE_BEFORE = re.compile(r"\b(?:no|0|zero|without|any) (?:[a-z]+ )?\Z", re.IGNORECASE)
_NONE_AFTER = re.compile(r"[\"']?(?:[=:] ?| \()0++(?![.\d])")
_NEAR = 24  # characters before a word in which it is said that there was no error
_AHEAD = 100  # characters after a cut that are looked at
_ASCII = re.compile(r"[\x00-\x7f]+")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True)
class ErrorLines:
    """Finds the lines that hold one of ``words``; None are those of most programs.

    A word is any text, found in any case unless it has a capital letter, as in a search. Without
    any word there are no such lines. Of the usual words, one that says that there was no error
    (``0 failed``) does not count.
    """

    words: tuple[str, ...] | None = None

    def spans(self, text: str, ahead: str = "") -> Iterator[tuple[int, int]]:
        """Yield where in a line its words stand; of a line that was cut, ``ahead`` is the rest."""
        text, end = text + ahead[:_AHEAD], len(text)
        lower = _lower(text)
        if not any(needle in lower for needle in self._needles):
            return
        for match in self._regex.finditer(lower if self.words is None else text):
            if match.start() < end and (self.words is not None or _tells(text, *match.span())):
                yield match.span()

    def count(self, data: bytes, ahead: str = "") -> int:
        """Count such lines in ``data``, or see whether the one line is that has more ``ahead``."""
        if ahead:
            return int(self._is_told(decode(data), ahead))
        return sum(1 for _ in self._lines(data))

    def seen(self, data: bytes) -> bytes:
        """Return whole lines as they are shown."""
        return shown_bytes(data)

    def last(self, data: bytes) -> str:
        """Returns the last such line of ``data``; empty if there is none."""
        return next(self._lines(data, newest_first=True), "")

    def _lines(self, data: bytes, *, newest_first: bool = False) -> Iterator[str]:
        for start, end in sorted(self._candidates(data), reverse=newest_first):
            line = decode(data[start:end])
            if self._is_told(line):
                yield line

    def _is_told(self, line: str, ahead: str = "") -> bool:
        return next(self.spans(line, ahead), None) is not None

    def _candidates(self, data: bytes) -> set[tuple[int, int]]:
        """Returns where lines begin and end that hold what no such line is without."""
        lines: set[tuple[int, int]] = set()
        lower = data.lower()
        for needle in map(str.encode, self._needles):
            place = lower.find(needle)
            while place >= 0:
                start, end = lower.rfind(b"\n", 0, place) + 1, lower.find(b"\n", place)
                end = len(lower) if end < 0 else end
                lines.add((start, end))
                place = lower.find(needle, end + 1)
        return lines

    @cached_property
    def _needles(self) -> Sequence[str]:
        """What stands in each line that is meant: of a word what is ASCII, in lower case."""
        if self.words is None:
            return list(_USUAL)
        return [max(_ASCII.findall(word), key=len, default="").lower() for word in self.words]

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        if self.words is None:  # literals first, which are found several times as fast
            usual = (f"{word}{rest}(?![a-z0-9])" for word, rest in _USUAL.items())
            return re.compile("|".join(usual))

        own = (
            re.escape(word) if pattern(word).exact else f"(?i:{re.escape(word)})"
            for word in self.words
        )
        return re.compile("|".join(own))


USUAL = ErrorLines()
"""The lines that tell of an error in most programs."""


DEFAULT = "default"
"""Stands alone for the words of most programs."""
NONE = "none"
"""Stands alone for no word at all."""


def words_given(given: Sequence[str]) -> tuple[str, ...] | None:
    """Returns the words that are given; one that stands for others does so only alone."""
    match [word.strip().lower() for word in given]:
        case [word] if word == DEFAULT:
            return None
        case [word] if word == NONE:
            return ()
    return tuple(given)


def words_said(words: Sequence[str] | None) -> list[str]:
    """Returns ``words`` as they are given."""
    return [DEFAULT] if words is None else list(words) or [NONE]


def _lower(text: str) -> str:
    """Returns as many characters, in lower case."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_LOWER)


def _tells(text: str, start: int, end: int) -> bool:
    """Whether a usual word is a word of its own, or the end of one like ValueError.

    And whether it is not said that there was none.
    """
    before = text[start - 1 : start]
    if before.isalnum() and not (before.islower() and text[start].isupper()):
        return False
    is_none = _NONE_BEFORE.search(text[max(0, start - _NEAR) : start])
    return is_none is None and _NONE_AFTER.match(text, end) is None
