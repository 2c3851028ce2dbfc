"""Durations as people write them: ``90``, ``90s``, ``10m``, ``1h30m``, ``1.5h``, ``1d``."""

import re
from datetime import timedelta

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
# No digit or space is looked at twice: a long text would take hours.
_PART = re.compile(r"(?<![0-9])(?P<number>[0-9]++(?:\.[0-9]++)?) *+(?P<unit>[dhms])")
_SECONDS = re.compile(r"[0-9]++(?:\.[0-9]++)?")


class TooLong(ValueError):
    """A duration that is more than can be reckoned with."""


def parse_duration(text: str) -> timedelta:
    """The duration that ``text`` names, without a unit in seconds.

    Raises ValueError with the remedy; of what is a duration, and too long, TooLong.
    """
    words = text.strip().lower()
    if _SECONDS.fullmatch(words):
        words += "s"
    parts = list(_PART.finditer(words))
    units = [part["unit"] for part in parts]
    in_order = units == sorted(set(units), key=list(_UNITS).index)
    if not parts or not in_order or _PART.sub("", words).strip():
        raise ValueError(f"{text!r} is not a duration; write 90, 90s, 10m, 2h, 1h30m or 1d")
    try:
        return timedelta(
            seconds=sum(float(part["number"]) * _UNITS[part["unit"]] for part in parts)
        )
    except OverflowError:
        raise TooLong(f"{text!r} is too long; write 90s, 10m, 2h or 1d") from None


def format_duration(duration: timedelta) -> str:
    """The shortest text that ``parse_duration`` reads as ``duration``, such as ``1h30m``."""
    if duration < timedelta():
        raise ValueError(f"{duration} is negative; a duration is not")
    minutes, seconds = divmod(duration, timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    counts = {"d": days, "h": hours, "m": minutes}
    text = "".join(f"{count}{unit}" for unit, count in counts.items() if count)
    if seconds or not text:
        text += f"{seconds.total_seconds():.6f}".rstrip("0").rstrip(".") + "s"
    return text
