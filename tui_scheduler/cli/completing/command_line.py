"""A line that is still being typed, read as a shell reads it: for completing its last word."""

import re
from dataclasses import dataclass, field

_BLANKS = " \t\n"
_SPECIAL_IN_QUOTES = '$`"\\\n'  # what a backslash protects between double quotes
_HARMLESS = re.compile(r"[\w@%+./,-]")


@dataclass(slots=True)
class TypedLine:
    """The whole words of a line, and the one that is being typed at its end.

    ``begun`` is how many characters of that one a shell that ends words at ``breaks`` leaves
    alone. ``quote`` is the quotation mark that is still open.
    """

    breaks: str = ""
    words: list[str] = field(default_factory=list)
    word: str = ""
    begun: int = 0
    quote: str = ""
    _is_word: bool = False
    _is_escaped: bool = False

    def type(self, text: str) -> "TypedLine":
        """Read ``text``; an open quotation or a backslash at the end are no errors."""
        for character in text:
            if self._is_escaped:
                self._protected(character)
            elif self.quote:
                self._quoted(character)
            else:
                self._bare(character)
        return self

    def _protected(self, character: str) -> None:
        self._is_escaped = False
        if self.quote and character not in _SPECIAL_IN_QUOTES:
            self.word += "\\"
        self.word += character

    def _quoted(self, character: str) -> None:
        if character == self.quote:
            self.quote = ""
            self.begun = len(self.word)
        elif character == "\\" and self.quote == '"':
            self._is_escaped = True
        else:
            self.word += character

    def _bare(self, character: str) -> None:
        if character in _BLANKS:
            self._end_word()
            return
        self._is_word = True
        if character == "\\":
            self._is_escaped = True
        elif character in "\"'":
            self.quote = character
            self.begun = len(self.word)
        else:
            self.word += character
            if character in self.breaks:
                self.begun = len(self.word)

    def _end_word(self) -> None:
        if self._is_word:
            self.words.append(self.word)
        self.word, self.begun, self._is_word = "", 0, False


def quoted(text: str, quote: str) -> str:
    """Returns ``text`` as a shell reads it back, where ``quote`` (or nothing) is open already."""
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote == '"':
        return re.sub(r'([$`"\\])', r"\\\1", text)
    return "".join(letter if _HARMLESS.match(letter) else f"\\{letter}" for letter in text)
