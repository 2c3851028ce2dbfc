"""A line of a terminal, without a right margin: cells, and a cursor that never leaves the line."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.cells import TAB_SIZE, cell_widths
from tui_scheduler.text import plain

# Every character is looked at a fixed number of times, however the text was made: a sequence may
# not contain the start of another one. That each alternative begins with a letter of its own makes
# a search several times as fast.
_ACTION = r"\[(?P<count>[0-9]*+)[0-9;]*+(?P<action>[@CDGJKPX`a])"
DROPPED = (
    r"\[[0-?]*+[ -/]*+[@-~]"
    r"|[\]PX^_][^\x07\x1b\n]*+(?:\x07|\x1b\\)"
    r"|[ -/]*+[0-OQ-WYZ`-~]"
)
"""What follows ESC in all other sequences."""
_CONTROL = re.compile(rf"\r|\t|\x08\x08*+|\x1b(?:\[(?P<colours>[0-9;:]*+)m|{_ACTION}|{DROPPED})")
_MARGIN = 1000  # cells: nothing leads further to the right than that, but text


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of printable text in one style."""

    text: str
    style: AnsiStyle


class LineCursor:
    """Writes into the cells of one line; ``style`` is what it writes in from here on.

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

    def feed(self, text: str) -> None:
        """Do all that a text without line ends says."""
        position = 0
        for control in _CONTROL.finditer(text):
            self._write(text[position : control.start()])
            self._obey(control)
            position = control.end()
        self._write(text[position:])

    def _write(self, text: str) -> None:
        if not text:
            return
        text = plain(text)
        letters = list(text) if text.isascii() else self._wide_and_narrow(text)
        self._fill_up()
        end = self._column + len(letters)
        self._replace(self._column, end, letters, self.style)
        self._column = end

    def _obey(self, control: re.Match[str]) -> None:
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


_ACTIONS: Mapping[str, Callable[[LineCursor, int], None]] = {
    "@": LineCursor.insert,
    "C": LineCursor.move_right,
    "D": LineCursor.move_left,
    "G": LineCursor.move_to,
    "J": LineCursor.erase_below,
    "K": LineCursor.erase,
    "P": LineCursor.delete,
    "X": LineCursor.erase_cells,
    "`": LineCursor.move_to,
    "a": LineCursor.move_right,
}
