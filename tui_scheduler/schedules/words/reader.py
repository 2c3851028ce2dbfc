"""The words of a plan, cut from the text and read one after the other."""

import re
from collections.abc import Container, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from tui_scheduler.schedules.words.errors import EXAMPLES, NotUnderstood, unexpected
from tui_scheduler.schedules.words.vocabulary import NUMBERS, WEEKDAY_NAMES
from tui_scheduler.schedules.zones import instant_of, wall_of

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
_MOST_DIGITS = 9


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


def _without_comma(token: Token, following: Token) -> str:
    if token.kind == "comma":
        return "and" if following.word in WEEKDAY_NAMES else ""
    return as_reading(token.text)


def as_reading(text: str) -> str:
    """The text as a reading of a refusal: in braces stands there what else was said."""
    return text.replace("{", "{{").replace("}", "}}")


class Reader:
    """A place in the words; ``now`` is the wall time in ``zone`` at which they are said."""

    def __init__(self, text: str, zone: str, now: datetime) -> None:
        self.zone = zone
        self.moment = now
        self._tokens = tuple(tokens(text))
        self._place = 0

    @property
    def instant(self) -> datetime:
        """The moment at which the words are said, in naive UTC."""
        return instant_of(self.moment)

    @property
    def today(self) -> date:
        """The date in the zone."""
        return wall_of(self.instant, self.zone).date()

    @property
    def place(self) -> int:
        """How many tokens were read."""
        return self._place

    def again(self) -> Iterator["Reader"]:
        """Readers of the same words, at each of their tokens in turn."""
        for place in range(len(self._tokens)):
            reader = copy(self)
            reader._place = place  # noqa: SLF001  it is one of us
            yield reader

    def sentence(self, start: int, end: int, instead: str = "") -> str:
        """All words, with ``instead`` of those from the token ``start`` to before ``end``.

        It is a reading of a refusal: one of a list, so without commas, and with braces doubled.
        """
        texts = [_without_comma(*pair) for pair in pairwise((*self._tokens, END))]
        return " ".join(filter(None, (*texts[:start], instead, *texts[end:])))

    def peek(self, ahead: int = 0) -> Token:
        """The next token, one further on, or with a negative number one before."""
        place = self._place + ahead
        return self._tokens[place] if 0 <= place < len(self._tokens) else END

    def take(self) -> Token:
        """The next token, which is thereby read."""
        token = self.peek()
        self._place += 1
        return token

    def accept(self, words: Container[str]) -> Token | None:
        """The next token if it is one of ``words``."""
        return self.take() if self.peek().word in words else None

    def accept_all(self, phrase: str) -> bool:
        """Whether these words came next, and were read."""
        words = phrase.split()
        if any(self.peek(ahead).word != word for ahead, word in enumerate(words)):
            return False
        self._place += len(words)
        return True

    def number(self) -> int | None:
        """The number that comes next, in digits or as a word."""
        token = self.peek()
        if token.kind != "number":
            return NUMBERS[self.take().word] if token.word in NUMBERS else None
        if len(token.text) > _MOST_DIGITS:
            raise NotUnderstood(f"{token.text} is too large")
        return int(self.take().text)

    def unexpected(self, example: str = EXAMPLES) -> NotUnderstood:
        """The refusal of the next token."""
        read = [token.text for token in self._tokens[max(0, self._place - 3) : self._place]]
        return unexpected(self.peek().text, " ".join(read).replace(" ,", ","), example)
