"""Calendar events of systemd (systemd.time(7)) as our cron expressions with seconds.

Weekday and date must both match there, while Quartz takes one of them: only a weekday within the
first, second, third, fourth or last seven days of a month can be said in both.
"""

import re
from collections.abc import Sequence

from tui_scheduler.schedules.cron.fields import WEEKDAY_NAMES
from tui_scheduler.services.imports.proposals import Unreadable

_SHORT = {
    "minutely": "*-*-* *:*:00",
    "hourly": "*-*-* *:00:00",
    "daily": "*-*-* 00:00:00",
    "weekly": "Mon *-*-* 00:00:00",
    "monthly": "*-*-01 00:00:00",
    "quarterly": "*-01,04,07,10-01 00:00:00",
    "semiannually": "*-01,07-01 00:00:00",
    "yearly": "*-01-01 00:00:00",
    "annually": "*-01-01 00:00:00",
}
_WEEKDAY = re.compile(
    r"(sun|mon|tue|wed|thu|fri|sat)(day|sday|nesday|rsday|urday)?\b", re.IGNORECASE
)
_WEEKDAYS = re.compile(r"[A-Za-z]{3,9}((\.\.|-|,)[A-Za-z]{3,9})*,?")
_NUMBERS = r"(?:\*|[0-9]+(?:\.\.[0-9]+)?(?:/[0-9]+)?(?:,[0-9]+(?:\.\.[0-9]+)?(?:/[0-9]+)?)*)"
_DATE = re.compile(rf"(?:({_NUMBERS})-)?({_NUMBERS})([-~])({_NUMBERS})")
_TIME = re.compile(rf"({_NUMBERS}):({_NUMBERS})(?::({_NUMBERS}))?")
_SEVENTHS = {(1, 7): "#1", (8, 14): "#2", (15, 21): "#3", (22, 28): "#4"}
_REMEDY = "add the request by hand: tui-scheduler request add --help"


def calendar_expression(text: str) -> tuple[str, str | None]:
    """The cron expression for a calendar event, and its zone if it names one.

    Raises Unreadable with the reason and the remedy.
    """
    words = text.split()
    if words and words[0].lower() in _SHORT:
        words = [*_SHORT[words[0].lower()].split(), *words[1:]]
    weekdays = _weekdays(words.pop(0)) if words and _is_weekdays(words[0]) else ""
    date = _DATE.fullmatch(words.pop(0)) if words and _DATE.fullmatch(words[0]) else None
    time = _TIME.fullmatch(words.pop(0)) if words and _TIME.fullmatch(words[0]) else None
    if len(words) > 1 or not (weekdays or date or time):
        raise Unreadable(f"{text!r} is not understood: {_REMEDY}")
    if words and words[0].isdecimal():
        raise Unreadable(f"{words[0]!r} is no time of day: write {words[0]}:00")
    hour, minute, second = _clock(time)
    year, month, day, weekday = _days(weekdays, date)
    expression = [second, minute, hour, day, month, weekday, *([] if year == "*" else [year])]
    return " ".join(expression), words[0] if words else None


def _is_weekdays(word: str) -> bool:
    return _WEEKDAYS.fullmatch(word) is not None and _WEEKDAY.match(word) is not None


def _weekdays(word: str) -> str:
    short = re.sub(r"[A-Za-z]+", lambda match: _weekday(match[0]), word)
    return short.replace("..", "-").rstrip(",")


def _weekday(word: str) -> str:
    if not _WEEKDAY.fullmatch(word):
        raise Unreadable(f"{word!r} is no weekday: write Mon, Tue, Wed, Thu, Fri, Sat or Sun")
    return word[:3].upper()


def _clock(time: re.Match[str] | None) -> tuple[str, str, str]:
    if time is None:
        return "0", "0", "0"
    return _plain(time[1]), _plain(time[2]), _plain(time[3] or "0")


def _days(weekdays: str, date: re.Match[str] | None) -> tuple[str, str, str, str]:
    """Year, month, day of month and weekday."""
    if date is None:
        return "*", "*", "?", weekdays or "*"
    year, month, day = _year(date[1] or "*"), _plain(date[2]), date[4]
    if date[3] == "-" and day == "*":
        return year, month, "?", weekdays or "*"
    if not weekdays:
        return year, month, _before_last(day) if date[3] == "~" else _plain(day), "?"
    return year, month, "?", _weekday_of_month(weekdays, day, is_from_end=date[3] == "~")


def _plain(numbers: str) -> str:
    """Numbers as cron writes them, without zeros before them."""
    return re.sub(r"\b0+(?=\d)", "", numbers).replace("..", "-")


def _year(numbers: str) -> str:
    return re.sub(r"\b\d\d\b", r"20\g<0>", numbers).replace("..", "-")


def _before_last(day: str) -> str:
    if not day.isdecimal() or not 1 <= int(day) <= 31:
        raise Unreadable(f"the days ~{day} of a month cannot be said here: {_REMEDY}")
    return "L" if int(day) == 1 else f"L-{int(day) - 1}"


def _weekday_of_month(weekdays: str, day: str, *, is_from_end: bool) -> str:
    """A weekday within seven days of the month, in Quartz's words."""
    names = weekdays.split(",")
    if set(names) <= set(WEEKDAY_NAMES):
        if is_from_end and _plain(day) == "7/1":
            return ",".join(f"{WEEKDAY_NAMES.index(name) + 1}L" for name in names)
        ends = _ends(day)
        if not is_from_end and ends in _SEVENTHS:
            return ",".join(f"{name}{_SEVENTHS[ends]}" for name in names)
    raise Unreadable(
        "it names weekdays and days of the month, which must both match: only a weekday in 1..7,"
        f" 8..14, 15..21, 22..28 or ~7/1 can be said here; {_REMEDY}"
    )


def _ends(day: str) -> Sequence[int]:
    first, _, last = day.partition("..")
    return (int(first), int(last)) if first.isdecimal() and last.isdecimal() else ()
