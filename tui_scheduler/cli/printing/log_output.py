"""How the bytes of a log reach standard output: as they are, or made harmless for a terminal."""

import codecs
import sys
from typing import Protocol

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.text import coloured

_LONGEST = 65536  # characters of an unfinished line that are held back


class LogOutput(Protocol):
    """Takes a log in pieces of any size."""

    def write(self, chunk: bytes) -> None:
        """Print the next piece."""
        ...

    def finish(self) -> None:
        """Print what was held back; nothing follows."""
        ...


class RawOutput:
    """For files and pipes: every byte as it is."""

    def write(self, chunk: bytes) -> None:
        """Print the next piece."""
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()

    def finish(self) -> None:
        """Nothing was held back."""


class TerminalOutput:
    """For a person: whole lines, colours if wanted, nothing else that a terminal would obey."""

    def __init__(self, has_colour: bool) -> None:
        self._has_colour = has_colour
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self._style = UNSTYLED

    def write(self, chunk: bytes) -> None:
        """Print the lines that are complete now."""
        text = self._held + self._decoder.decode(chunk)
        whole, newline, self._held = text.rpartition("\n")
        if newline:
            self._print(whole.split("\n"))
        if len(self._held) > _LONGEST:
            sys.stdout.write(self._styled(self._held))
            self._held = ""
        sys.stdout.flush()

    def finish(self) -> None:
        """Print an unfinished last line, and leave the terminal without colours."""
        rest = self._held + self._decoder.decode(b"", final=True)
        self._held = ""
        if rest:
            self._print([rest])
        sys.stdout.flush()

    def _print(self, lines: list[str]) -> None:
        sys.stdout.writelines(self._styled(line) + "\n" for line in lines)

    def _styled(self, line: str) -> str:
        """Returns ``line`` as its last carriage return leaves it, in its colours."""
        spans = coloured(line.removesuffix("\r").rpartition("\r")[2], self._style)
        self._style = spans[-1].style
        if not self._has_colour:
            return "".join(span.text for span in spans)
        text = "".join(span.style.sequence() + span.text for span in spans if span.text)
        return f"{text}\x1b[0m" if any(span.style != UNSTYLED for span in spans) else text
