"""Time spans of systemd (systemd.time(7)), such as ``1h 30min``."""

import re
from datetime import timedelta

from tui_scheduler.services.imports.proposals import Unreadable

_PART = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>[A-Za-z\u00b5\u03bc]*)\s*")
_SPAN = re.compile(rf"(?:{_PART.pattern.replace('?P<number>', '').replace('?P<unit>', '')})+")
_MICROSECONDS = {
    **dict.fromkeys(("us", "usec", "\u00b5s", "\u03bcs"), 1),
    **dict.fromkeys(("ms", "msec"), 1_000),
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1_000_000),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60_000_000),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3_600_000_000),
    **dict.fromkeys(("d", "day", "days"), 86_400_000_000),
    **dict.fromkeys(("w", "week", "weeks"), 604_800_000_000),
    **dict.fromkeys(("M", "month", "months"), 2_629_800_000_000),
    **dict.fromkeys(("y", "year", "years"), 31_557_600_000_000),
}


def span_of(key: str, text: str) -> timedelta | None:
    """The span that ``key`` is given; None for ``infinity``. Raises Unreadable."""
    if text == "infinity":
        return None
    parts = _PART.findall(text) if _SPAN.fullmatch(text) else []
    unknown = [unit for _, unit in parts if unit not in _MICROSECONDS]
    if not parts or unknown:
        what = f": {unknown[0]} is not known" if unknown else " is not understood"
        raise Unreadable(f"{key}={text}{what}: write it in seconds")
    try:
        return timedelta(
            microseconds=sum(int(float(number) * _MICROSECONDS[unit]) for number, unit in parts)
        )
    except OverflowError:
        return None
