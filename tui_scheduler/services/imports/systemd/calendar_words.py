"""Calendar events of systemd (systemd.time(7)) as our cron expressions with seconds.

Weekday and date must both match there, while Quartz takes one of them: only weekdays within the
first, second, third, fourth or last seven days of a month, or after them, can be said in both.
"""

import re

from tui_scheduler.schedules.cron.fields import WEEKDAY_NAMES
from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.systemd.calendar_numbers import (
    NUMBERS,
    days_back,
    in_cron,
    spans_of,
)

_SHORT = {
    "minutely": "*-*-* *:*:00",
    "hourly": "*-*-* *:00:00",
    "daily": "*-*-* 00:00:00",
    "weekly": "Mon *-*-* 00:00:00",
    "monthly": "*-*-01 00:00:00",
    "quarterly": "*-01,04,07,10-01 00:00:00",
    **dict.fromkeys(
        ("biannually", "bi-annually", "semiannually", "semi-annually"), "*-01,07-01 00:00:00"
    ),
    **dict.fromkeys(("yearly", "annually", "anually"), "*-01-01 00:00:00"),
}
_WEEKDAY = re.compile(
    r"(sun|mon|tue|wed|thu|fri|sat)(day|sday|nesday|rsday|urday)?\b", re.IGNORECASE
)
_WEEK = (*WEEKDAY_NAMES[1:], WEEKDAY_NAMES[0])
_WEEKDAYS = re.compile(r"[A-Za-z]{3,9}((\.\.|-|,)[A-Za-z]{3,9})*,?")
_DATE = re.compile(rf"(?:({NUMBERS})-)?({NUMBERS})([-~])({NUMBERS})")
_TIME = re.compile(rf"({NUMBERS}):({NUMBERS})(?::({NUMBERS}))?")
_SEVENTHS = {
    "#1": range(1, 8), "#2": range(8, 15), "#3": range(15, 22), "#4": range(22, 29),
    "#5": range(29, 32),
}  # fmt: skip
"""Days of a month in which each weekday comes once, and how Quartz counts it then."""

_SHORT_YEAR = re.compile(r"(?<![/0-9])[0-9]{1,2}(?![0-9])")  # and no step
_LAST_YEAR = 2199
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
    """Weekdays as Quartz names them; a week begins on Monday for systemd."""
    short = re.sub(r"[A-Za-z]+", lambda match: _weekday(match[0]), word)
    short = short.replace("..", "-").rstrip(",")
    for span in short.split(","):
        first, _, last = span.partition("-")
        if last and _WEEK.index(first) > _WEEK.index(last):
            raise Unreadable(f"{word!r} ends before it begins: put the earlier weekday first")
    return short


def _weekday(word: str) -> str:
    if not _WEEKDAY.fullmatch(word):
        raise Unreadable(f"{word!r} is no weekday: write Mon, Tue, Wed, Thu, Fri, Sat or Sun")
    return word[:3].upper()


def _clock(time: re.Match[str] | None) -> tuple[str, str, str]:
    if time is None:
        return "0", "0", "0"
    return in_cron(time[1], 23), in_cron(time[2], 59), in_cron(time[3] or "0", 59)


def _days(weekdays: str, date: re.Match[str] | None) -> tuple[str, str, str, str]:
    """Year, month, day of month and weekday."""
    if date is None:
        return "*", "*", "?", weekdays or "*"
    year, month, day, is_from_end = _year(date[1]), in_cron(date[2], 12), date[4], date[3] == "~"
    if day == "*":
        return year, month, "?", weekdays or "*"
    if weekdays:
        counts = _counts(day, is_from_end=is_from_end)
        return year, month, "?", _weekdays_of_month(weekdays, counts)
    return year, month, _before_last(day) if is_from_end else in_cron(day, 31), "?"


def _year(numbers: str | None) -> str:
    return in_cron(_SHORT_YEAR.sub(_whole_year, numbers or "*"), _LAST_YEAR)


def _whole_year(short: re.Match[str]) -> str:
    year = int(short[0])
    return str(year + (2000 if year < 70 else 1900))


def _before_last(day: str) -> str:
    back = sorted(days_back(day), reverse=True)
    return ",".join(f"L-{number - 1}" if number > 1 else "L" for number in back)


def _counts(day: str, *, is_from_end: bool) -> list[str]:
    """How Quartz counts weekdays that fall on those days; empty if it cannot."""
    if is_from_end:
        return ["L"] if days_back(day) == set(_SEVENTHS["#1"]) else []
    days = {number for span in spans_of(day, 31) for number in span.values(31)}
    counts = [count for count, seven in _SEVENTHS.items() if days >= set(seven)]
    return counts if days == {number for count in counts for number in _SEVENTHS[count]} else []


def _weekdays_of_month(weekdays: str, counts: list[str]) -> str:
    if not counts:
        raise Unreadable(
            "it names weekdays and days of the month, which must both match: only weekdays in 1..7,"
            f" 8..14, 15..21, 22..28, 29..31 or ~1..7 can be said here; {_REMEDY}"
        )
    return ",".join(
        f"{WEEKDAY_NAMES.index(name) + 1}L" if count == "L" else f"{name}{count}"
        for name in _each(weekdays)
        for count in counts
    )


def _each(weekdays: str) -> list[str]:
    """Every weekday of lists and ranges, from Monday on."""
    named: set[str] = set()
    for span in weekdays.split(","):
        first, _, last = span.partition("-")
        named |= set(_WEEK[_WEEK.index(first) : _WEEK.index(last or first) + 1])
    return [name for name in _WEEK if name in named]
