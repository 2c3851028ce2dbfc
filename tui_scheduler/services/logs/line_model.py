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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.cells import TAB_SIZE, cell_widths
from tui_scheduler.text import REPLACEMENT, decode, plain
from tui_scheduler.wording import ELLIPSIS

# Every character is looked at a fixed number of times, however the text was made: a sequence may
# not contain the start of another one. That each alternative begins with a letter of its own makes
# a search several times as fast.
_ACTION = r"\[(?P<count>[0-9]*+)[0-9;]*+(?P<action>[@CDGJKPX`a])"
_DROPPED = (
    r"\[[0-?]*+[ -/]*+[@-~]"
    r"|[\]PX^_][^\x07\x1b\n]*+(?:\x07|\x1b\\)"
    r"|[ -/]*+[0-OQ-WYZ`-~]"
)
_CONTROL = re.compile(rf"\r|\t|\x08\x08*+|\x1b(?:\[(?P<colours>[0-9;:]*+)m|{_ACTION}|{_DROPPED})")
_COLOURS = re.compile(r"\x1b\[[0-9;:]*+m")
_SEQUENCE = re.compile(rf"\x1b(?:{_DROPPED})")
_MOVE = re.compile(r"\x1b\[(?:[0-9;]*+[@CDG`a]|[0-9;]++K)")
"""What a line is not the same without, even if nothing else moves the cursor in it."""
_BACK = re.compile(rb"\x1b\[[0-9;]*+[DG`]")
_BACKS = re.compile(r"(?:[\r\x08]|\x1b\[[0-9;]*+[DG`])++")
_TO_THE_START = re.compile(r"\r|\x1b\[[01]?G")
_SPUN = re.compile(r"[ -~]\x08(?=[ -~])")
"""A step of a spinner that the next one is written over."""
_WIPED = re.compile(r"^.*\r\x1b\[[02]?K")
_CALM = bytes(range(ord(" "), 0x7F)) + b"\n"
_C1 = {chr(code): f"\x1b{chr(code - 0x40)}" for code in (0x90, 0x98, *range(0x9B, 0xA0))}
"""What begins and ends sequences in one character, and how else it is written."""

_LONG = 32 * 1024  # characters from which on a line is not looked at as a whole if
_MANY = 2000  # controls or more are in it, and some bring the cursor back
STATE = 8 * 1024
"""Bytes or characters at either end of such a line in which its latest state is looked for."""
_MARGIN = 1000  # cells: nothing leads further to the right than that, but text
_LONGEST_SEQUENCE = 4096  # bytes that are kept together where a line has to be cut
_LONGEST_CHARACTER = 4  # bytes in UTF-8
_CONTINUATION = bytes(range(0x80, 0xC0))  # the bytes of a character but for its first


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of printable text in one style."""

    text: str
    style: AnsiStyle


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
    if text.isprintable():
        return ShownLine((Span(text, style),) if text else (), style)
    text = _shortened(_without_c1(text))
    cursor = _Cursor(style)
    position = 0
    for control in _CONTROL.finditer(text):
        cursor.write(text[position : control.start()])
        cursor.obey(control)
        position = control.end()
    cursor.write(text[position:])
    return ShownLine(cursor.spans(), cursor.style)


def shown_bytes(data: bytes) -> bytes:
    """Returns whole lines as ``shown_line`` shows them, in UTF-8."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    odd = decode(data.translate(None, _CALM))
    if odd.isprintable() and REPLACEMENT not in odd:
        return data
    text = _without_c1(decode(data))
    if _moves(text) or ("\t" in text and not text.isascii()):
        return "\n".join(map(_shown_text, text.split("\n"))).encode()
    return plain(_SEQUENCE.sub("", text), newlines=True).encode()


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
    if len(text) < _LONG or not _BACKS.search(text):
        return text
    controls = text.count("\r") + text.count("\b") + text.count("\x1b")
    return latest_state(text[:STATE], text[-STATE:]) if controls >= _MANY else text


def _shown_text(line: str) -> str:
    """Returns the text of ``shown_line``, of most lines in a fraction of its time."""
    if line.isprintable():
        return line
    if "\t" in line or _moves(line):
        states = _COLOURS.sub("", _WIPED.sub("", line)).split("\r")
        if all(state.isascii() and state.isprintable() for state in states):
            return _overwritten(states)
        return shown_line(line).text
    return plain(_SEQUENCE.sub("", line))


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


class _Cursor:
    """Writes into the cells of one line.

    A wide letter takes two cells, of which the second holds an empty text.
    """

    def __init__(self, style: AnsiStyle) -> None:
        self.style = style
        self._letters: list[str] = []
        self._styles: list[AnsiStyle] = []
        self._column = 0

    def spans(self) -> tuple[Span, ...]:
        """Returns what stands there now."""
        spans, first = [], 0
        for style, cells in groupby(self._styles):
            end = first + len(list(cells))
            spans.append(Span("".join(self._letters[first:end]), style))
            first = end
        return tuple(spans)

    def write(self, text: str) -> None:
        """Write text over whatever stands there."""
        if not text:
            return
        text = plain(text)
        letters = list(text) if text.isascii() else self._wide_and_narrow(text)
        self._fill_up()
        end = self._column + len(letters)
        self._replace(self._column, end, letters, self.style)
        self._column = end

    def obey(self, control: re.Match[str]) -> None:
        """Do what a control character or a sequence says, as far as it concerns the line."""
        if (colours := control["colours"]) is not None:
            self.style = self.style.changed(colours)
        elif action := control["action"]:
            _ACTIONS[action](self, int(control["count"][:6] or 0))
        elif control[0] == "\r":
            self._column = 0
        elif control[0] == "\t":
            self._column += TAB_SIZE - self._column % TAB_SIZE
            self._fill_up()
        elif control[0][0] == "\b":
            self._column = max(0, self._column - len(control[0]))

    def move_to(self, number: int) -> None:
        """Go to a column, which counts from 1."""
        self._column = min(max(1, number) - 1, max(self._column, len(self._letters), _MARGIN))

    def move_right(self, count: int) -> None:
        """Go right."""
        self.move_to(self._column + 1 + max(1, count))

    def move_left(self, count: int) -> None:
        """Go left, to the beginning at most."""
        self.move_to(self._column + 1 - max(1, count))

    def erase(self, which: int) -> None:
        """Erase the line: from here on (0), up to here (1), or all of it (2)."""
        if which == 0:
            self._replace(self._column, len(self._letters), [])
        elif which == 1:
            self._blank(0, self._column + 1)
        elif which == 2:
            self._replace(0, len(self._letters), [])

    def erase_below(self, which: int) -> None:
        """Erase from here on; what else of the screen is to be erased stays in the log."""
        if which == 0:
            self.erase(0)

    def erase_cells(self, count: int) -> None:
        """Leave blanks from here on."""
        self._blank(self._column, self._column + max(1, count))

    def delete(self, count: int) -> None:
        """Take cells out; what follows comes nearer."""
        self._replace(self._column, self._column + max(1, count), [])

    def insert(self, count: int) -> None:
        """Put blanks in; what follows goes further away."""
        room = max(0, _MARGIN - len(self._letters))
        self._replace(self._column, self._column, [" "] * min(max(1, count), room))

    def _wide_and_narrow(self, text: str) -> list[str]:
        """Returns what stands in each cell; marks at the very beginning join the cell before."""
        widths = cell_widths(text)
        places = [place for place, width in enumerate(widths) if width]
        first = places[0] if places else len(text)
        letters = [text[:first]] if first and not self._join(text[:first]) else []
        for place, following in pairwise([*places, len(text)]):
            letters.append(text[place:following])
            if widths[place] == 2:
                letters.append("")
        return letters

    def _join(self, marks: str) -> bool:
        place = max(0, self._column - 1)
        if place >= len(self._letters):
            return False
        if not self._letters[place]:
            place -= 1
        self._letters[place] += marks
        return True

    def _blank(self, first: int, end: int) -> None:
        end = min(end, len(self._letters))
        if first < end:
            self._replace(first, end, [" "] * (end - first))

    def _fill_up(self) -> None:
        missing = self._column - len(self._letters)
        if missing > 0:
            self._replace(self._column, self._column, [" "] * missing)

    def _replace(
        self, first: int, end: int, letters: Sequence[str], style: AnsiStyle = UNSTYLED
    ) -> None:
        """Put ``letters`` in the place of some cells; of a wide one that is cut, blanks stay."""
        for edge in (first, end):
            if 0 < edge < len(self._letters) and not self._letters[edge]:
                self._letters[edge - 1 : edge + 1] = " ", " "
        self._letters[first:end] = letters
        self._styles[first:end] = [style] * len(letters)


_ACTIONS: Mapping[str, Callable[[_Cursor, int], None]] = {
    "@": _Cursor.insert,
    "C": _Cursor.move_right,
    "D": _Cursor.move_left,
    "G": _Cursor.move_to,
    "J": _Cursor.erase_below,
    "K": _Cursor.erase,
    "P": _Cursor.delete,
    "X": _Cursor.erase_cells,
    "`": _Cursor.move_to,
    "a": _Cursor.move_right,
}
