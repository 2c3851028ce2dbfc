"""What a terminal shows of a line of output, once all of the line has been written to it.

This is the one model of a line: the screen, the command ``log`` and the search show, print and
look through what it says. A line here has no right margin, and its cursor never leaves it:

* Carriage returns, backspaces, tabs and the sequences that move the cursor within a line move it;
  what is written over something else takes its place, half of a wide letter leaves a blank, and
  what is erased is gone.
* Colours are kept as values, and hold on in the next line until they are changed.
* All other sequences are dropped: titles, links, private modes, and also what moves to other lines
  or clears the screen. A program that repaints several lines leaves each in the line of the log in
  which it wrote it.
* Whatever else a terminal would obey is made visible, and so is a sequence without an end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.cells import TAB_SIZE
from tui_scheduler.services.logs.line_cursor import DROPPED, LineCursor, Span
from tui_scheduler.text import decode, plain
from tui_scheduler.wording import ELLIPSIS

_COLOURS = re.compile(r"\x1b\[[0-9;:]*+m")
_PAINT = re.compile(rb"\x1b\[[0-9;:]*+m")
_SEQUENCE = re.compile(rf"\x1b(?:{DROPPED})")
_MOVE = re.compile(r"\x1b\[(?:[0-9;]*+[@CDG`a]|[0-9;]++K)")
"""What changes a line even if nothing else moves the cursor in it."""
_BACK = re.compile(rb"\x1b\[[0-9;]*+[DG`]")
_BACKS = re.compile(r"(?:[\r\x08]|\x1b\[[0-9;]*+[DG`])++")
_TO_THE_START = re.compile(r"\r|\x1b\[[01]?G")
_WIPED = re.compile(r"^.*\r\x1b\[[02]?K")
_SPUN = re.compile(r"[ -~]\x08(?=[ -~])")
"""A step of a spinner that the next one is written over."""
_C1 = {chr(code): f"\x1b{chr(code - 0x40)}" for code in (0x90, 0x98, *range(0x9B, 0xA0))}
"""What begins and ends sequences in one character, and how else it is written."""
_HIDING = (b"\x1b", b"\r", b"\x08", b"\xc2")
"""What may hide something, or begins a C1 control that may."""
_CALM = bytes(range(ord(" "), 0x7F)) + b"\n"  # what is shown as it is, in ASCII

_LONG, _MANY = 32 * 1024, 2000
"""Characters and controls from which on a line is too long to be looked at as a whole."""
STATE = 8 * 1024
"""Bytes or characters at its ends in which the latest state of such a line is looked for."""
_LONGEST_SEQUENCE = 4096  # bytes that are kept together where a line has to be cut
_LONGEST_CHARACTER = 4  # bytes in UTF-8
_CONTINUATION = bytes(range(0x80, 0xC0))  # the bytes of a character but for its first


@dataclass(frozen=True)
class ShownLine:
    """A line as it is shown; ``style_after`` holds at the beginning of the next.

    ``ahead`` is the text that follows without a line end, where a line was too long and was cut.
    """

    spans: tuple[Span, ...]
    style_after: AnsiStyle = UNSTYLED
    ahead: str = ""

    @cached_property
    def text(self) -> str:
        """The characters that are shown."""
        return "".join(span.text for span in self.spans)


def shown_line(text: str, style: AnsiStyle = UNSTYLED) -> ShownLine:
    """Returns what is shown of one line, without its line end, that begins in ``style``."""
    text = _without_c1(text)
    if not ("\x1b" in text or "\r" in text or "\b" in text):
        return ShownLine((Span(plain(text), style),) if text else (), style)
    cursor = LineCursor(style)
    cursor.feed(_shortened(text))
    return ShownLine(cursor.spans(), cursor.style)


def shown_bytes(data: bytes) -> bytes:
    """Returns whole lines as ``shown_line`` shows them, for ``decode`` to make text of."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    odd = decode(data.translate(None, _CALM))
    if odd.isprintable():
        return data
    if data.isascii() and not odd.strip("\t"):
        return data.expandtabs(TAB_SIZE)
    text = _without_c1(decode(data))
    if _moves(text) or ("\t" in text and not text.isascii()):
        return "\n".join(map(_shown_text, text.split("\n"))).encode()
    return plain(_SEQUENCE.sub("", text), newlines=True).encode()


def printed(data: bytes) -> bytes | None:
    """Returns whole lines without colours, each with one line end; None if more may be hidden.

    All that is printable in it is shown then, and nothing comes between it.
    """
    if b"\x1b" in data:
        data = b"".join(_PAINT.split(data))  # faster than to replace each by nothing
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    return None if any(map(data.__contains__, _HIDING)) else data


def goes_back(data: bytes) -> bool:
    """Whether anything brings the cursor back, so that more may be written over what was."""
    return b"\r" in data or b"\x08" in data or _BACK.search(data) is not None


def whole_from(data: bytes, place: int) -> int:
    """Returns the first place from ``place`` on where no character and no sequence is cut.

    Looks at some kilobytes around it only, so that a longer sequence is cut all the same.
    """
    first = max(0, place - _LONGEST_SEQUENCE)
    near = data[first : place + _LONGEST_SEQUENCE]
    for sequence in _SEQUENCE.finditer(near.decode("latin-1")):  # a character a byte
        if first + sequence.start() >= place:
            break
        place = max(place, first + sequence.end())
    rest = data[place : place + _LONGEST_CHARACTER - 1]
    return place + len(rest) - len(rest.lstrip(_CONTINUATION))


def latest_state(head: str, tail: str) -> str:
    """Returns what decides how a line ends that is too long to be looked at as a whole.

    ``head`` and ``tail`` are its first and last characters; what lies between them is written over
    for the most part. If the tail goes back to the start of the line, it alone is the latest state.
    Otherwise the head stands before it, with an ellipsis for the gap, both cut where the cursor had
    been brought back: the label of a spinner, and its last step.
    """
    tail = tail.rstrip("\r")
    if start := _TO_THE_START.search(tail):
        return tail[start.end() :]
    steps = [step.end() for step in _BACKS.finditer(head)]
    step = _BACKS.search(tail)
    return head[: steps[-1] if steps else len(head)] + ELLIPSIS + tail[step.end() if step else 0 :]


def _shortened(text: str) -> str:
    """Returns what is shown like ``text``, but is looked at in a short time."""
    if "\b" in text and "\x1b" not in text:
        text = _SPUN.sub("", text)
    controls = text.count("\r") + text.count("\b") + text.count("\x1b")
    if len(text) < _LONG or controls < _MANY or not _BACKS.search(text):
        return text
    return latest_state(text[:STATE], text[-STATE:])


def _shown_text(line: str) -> str:
    """Returns the text of ``shown_line``, of most lines in a fraction of its time."""
    if line.isprintable():
        return line
    if "\t" not in line and not _moves(line):
        return plain(_SEQUENCE.sub("", line))
    states = _COLOURS.sub("", _WIPED.sub("", line)).split("\r")
    if len(line) < _LONG and all(state.isascii() and state.isprintable() for state in states):
        return _overwritten(states)
    return shown_line(line).text


def _overwritten(states: Sequence[str]) -> str:
    """Returns what is left of texts that were written over each other."""
    *earlier, text = states
    for state in reversed(earlier):
        text += state[len(text) :]
    return text


def _moves(text: str) -> bool:
    return "\r" in text or "\b" in text or _MOVE.search(text) is not None


def _without_c1(text: str) -> str:
    if not text.isascii():
        for character, sequence in _C1.items():
            if character in text:
                text = text.replace(character, sequence)
    return text
