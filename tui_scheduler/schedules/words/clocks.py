"""Times of day: 7, 7:30, 18:30, 6pm, 6:30 pm, noon, midnight."""

from datetime import time

from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.vocabulary import NAMED_CLOCKS

_CLOCKS = "every day at 18:30, at 6:30 pm or at noon"


def at_clock(reader: Reader) -> bool:
    """Whether a time of day comes next that needs no "at" to be known as one."""
    token = reader.peek()
    has_half = token.kind == "number" and reader.peek(1).kind == "half"
    return token.kind == "clock" or token.word in NAMED_CLOCKS or has_half


def read_clock(reader: Reader) -> time:
    """The time of day; its ``fold`` is 1 when it is said to be that of a second pass."""
    token = reader.peek()
    if token.word in NAMED_CLOCKS:
        clock = time(NAMED_CLOCKS[reader.take().word])
    elif token.kind in {"number", "clock"}:
        clock = _digits(reader)
    else:
        raise reader.unexpected(_CLOCKS)
    return clock.replace(fold=int(reader.accept_all("second pass")))


def _digits(reader: Reader) -> time:
    text = reader.take().text
    half = reader.take().word.replace(".", "") if reader.peek().kind == "half" else ""
    hour, minute, second = (*map(int, text.split(":")), 0, 0)[:3]
    if half and not 1 <= hour <= 12:
        raise NotUnderstood(f"'{text}{half}' is not a time of day", _CLOCKS)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise NotUnderstood(f"{text!r} is not a time of day", _CLOCKS) from None
