"""Lines of a log as they are shown, read without ever reading much.

What a line is, ``log_file`` says; what of it is seen, ``line_model``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.cells import cell_width
from tui_scheduler.services.logs.line_model import (
    STATE,
    ShownLine,
    goes_back,
    latest_state,
    shown_bytes,
    shown_line,
    whole_from,
)
from tui_scheduler.services.logs.log_file import BLOCK, Line, LogFile
from tui_scheduler.text import decode

LOOK_BACK = 2 * BLOCK
"""Bytes before a line in which the colours are looked for that it begins in."""
LAST_CHANGES = 64
"""Changes of colours among them that are heeded."""
AHEAD = 200
"""Characters that are known of what follows a cut."""
_RESETS = (b"", b"0")
_MOST_AT_ONCE = 32 * BLOCK  # bytes
_LOOKED_AT = 3 * BLOCK  # bytes of a line that are looked at as a whole: of any that is cut, too


def style_before(log: LogFile, offset: int) -> AnsiStyle:
    """Returns the colours that a line begins in, as far as they can be told from near it.

    A log may be large, and its colours may have been chosen at its very beginning. So they are
    looked for in the last ``LOOK_BACK`` bytes and ``LAST_CHANGES`` changes, from where on the
    colours of the terminal are assumed.
    """
    data = log.bytes_of(Line(max(0, offset - LOOK_BACK), offset, offset))
    changes: list[str] = []
    for sequence in reversed(data.rsplit(b"\x1b[", LAST_CHANGES)[1:]):
        parameters, end, _ = sequence.partition(b"m")
        if end and not parameters.strip(b"0123456789;:"):
            changes.append(parameters.decode())
            if parameters in _RESETS:
                break
    style = UNSTYLED
    for change in reversed(changes):
        style = style.changed(change)
    return style


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole lines as they are shown, for ``decode``; ``ahead`` is that of a line that was cut."""

    start: int
    end: int
    data: bytes
    ahead: str = ""


def read_line(
    log: LogFile, line: Line, *, cells: int | None = None, style: AnsiStyle | None = None
) -> ShownLine:
    """Returns ``line`` as it is shown: all of it, or at least its first ``cells`` cells.

    ``style`` is what it begins in, where that is known.
    """
    begins_in = style_before(log, line.start) if style is None else style
    if line.end - line.start > _LOOKED_AT:
        return shown_line(_latest_state(log, line), begins_in)
    data = log.bytes_of(line)
    if cells is not None and not goes_back(data):
        limit = 4 * cells + 256
        while limit < len(data):
            content = shown_line(decode(data[: whole_from(data, limit)]), begins_in)
            if cell_width(content.text) > cells:
                return content
            limit *= 4
    return _with_ahead(shown_line(decode(data), begins_in), log, line)


def stretches(
    log: LogFile, start: int, end: int, seen: Callable[[bytes], bytes] = shown_bytes
) -> Iterator[Stretch]:
    """Yield what is ``seen`` from the start of one line to that of another.

    It is one stretch, which is quickly read, unless a line was so long that it may have been cut.
    """
    data = log.read(start, min(end, start + _MOST_AT_ONCE))
    if len(data) == end - start and all(_line_ends(log, start, data)):
        yield Stretch(start, end, seen(data))
        return
    for line in takewhile(lambda line: line.start < end, log.lines_from(start)):
        content = read_line(log, line, style=UNSTYLED)
        yield Stretch(line.start, line.next, content.text.encode(), content.ahead)


def _line_ends(log: LogFile, start: int, data: bytes) -> Iterator[bool]:
    """Yield of each block that ``data`` touches whether a line ends in it."""
    for number in range(start // BLOCK, -(-(start + len(data)) // BLOCK)):
        first = number * BLOCK - start
        place = data.find(b"\n", max(0, first), first + BLOCK)
        yield place >= 0 or b"\n" in log.block(number)


def _latest_state(log: LogFile, line: Line) -> str:
    head, tail = log.read(line.start, line.start + STATE), log.read(line.end - STATE, line.end)
    return latest_state(decode(head), decode(tail))


def _with_ahead(content: ShownLine, log: LogFile, line: Line) -> ShownLine:
    if line.next > line.end or line.end >= log.size:
        return content
    data = log.read(line.end, min(line.end + 4 * AHEAD, log.size))
    return replace(content, ahead=decode(shown_bytes(data).split(b"\n")[0])[:AHEAD])
