"""What is pasted is one text, whatever is in it.

Textual looks for keys in a bracketed paste as well: it takes what follows an escape sequence for
typed, before the text in front of it, and so runs the actions of letters that nobody pressed.
"""

from collections.abc import Iterable, Iterator

from textual._xterm_parser import XTermParser
from textual.events import Paste
from textual.message import Message

_START, _END = "\x1b[200~", "\x1b[201~"
_ESCAPE, _STAND_IN = "\x1b", "\U0010ffff"  # the latter is no character, so nobody pastes it


class OrderedParser(XTermParser):
    """Textual's parser, which sees no escape sequence in what is pasted."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._is_pasting = False
        self._begun = ""
        """How much of a bracket has been read, if the rest is still to come."""

    def feed(self, data: str) -> Iterable[Message]:
        """Yield what ``data`` says together with what came before; nothing follows after ""."""
        visible = "".join(self._visible(data))
        if not visible and data:
            return
        for message in super().feed(visible):
            if isinstance(message, Paste):
                yield Paste(message.text.replace(_STAND_IN, _ESCAPE))
            else:
                yield message

    def _visible(self, data: str) -> Iterator[str]:
        """Yield what Textual may see: the beginning of a paste at once, its end only as a whole."""
        while data:
            bracket = _END if self._is_pasting else _START
            read = self._begun + data
            before, is_there, rest = read.partition(bracket)
            passed, self._begun = len(self._begun), "" if is_there else _beginning(read, bracket)
            if self._is_pasting:
                text = before.removesuffix(self._begun)
                yield text.replace(_ESCAPE, _STAND_IN) + is_there
            else:
                yield data[: len(before) + len(is_there) - passed]
            self._is_pasting ^= bool(is_there)
            data = rest


def _beginning(text: str, bracket: str) -> str:
    """With how much of ``bracket`` the text ends."""
    lengths = range(len(bracket) - 1, 0, -1)
    return next((bracket[:n] for n in lengths if text.endswith(bracket[:n])), "")
