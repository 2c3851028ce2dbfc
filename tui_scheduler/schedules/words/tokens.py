"""Text cut into words, numbers, times and dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_OFFSET = r"(?:z|[+-][0-9]{2}:?[0-9]{2})"
_PATTERN = re.compile(
    rf"""
      (?P<moment>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}t{_CLOCK}{_OFFSET}?
                |[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\ {_CLOCK}{_OFFSET})\b
    | (?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?![0-9])
    | (?P<unclear_date>[0-9]+([-/.])[0-9]+\4[0-9]+)
    | (?P<clock>{_CLOCK})(?![0-9:])
    | (?P<ordinal>[0-9]+(?:st|nd|rd|th))\b
    | (?P<number>[0-9]+)
    | (?P<half>[ap]\.m\b\.?|[ap]m\b)
    | (?P<word>[^\W\d_]+)
    | (?P<comma>[,;])
    | (?P<dash>[-\u2013])
    | [\s()]+
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text; ``kind`` is that of the pattern, ``end`` behind the last."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The text in lower case."""
        return self.text.lower()


END = Token("end", "")


def tokens(text: str) -> Iterator[Token]:
    """The pieces of ``text``, without spaces and parentheses."""
    for match in _PATTERN.finditer(text):
        if match.lastgroup is not None:
            yield Token(match.lastgroup, match[0])
