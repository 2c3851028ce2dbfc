"""Numbers, dates and lists in English, whatever the locale."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_SECOND = time(23, 59, 59)
_LENGTHS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
COUNTS = ("first", "second", "third", "fourth", "fifth")


def listed(words: Iterable[str]) -> str:
    """Returns the words as "a", "a and b" or "a, b and c"."""
    *head, last = words
    return f"{', '.join(head)} and {last}" if head else last


def every(count: int, noun: str) -> str:
    """Returns the repetition in lower case: "every day", "every 2 days"."""
    return f"every {noun}" if count == 1 else f"every {count} {noun}s"


def length(span: timedelta) -> str:
    """Returns a length of time in whole units: "30 minutes", "1 hour and 30 minutes"."""
    rest, words = span // timedelta(seconds=1), []
    for unit, seconds in _LENGTHS:
        count, rest = divmod(rest, seconds)
        words += [f"{count} {unit}{'s' * (count != 1)}"] if count else []
    return " and ".join(words) or "0 seconds"


def ordinal(number: int) -> str:
    """Returns the number of a day: "1st", "22nd", "13th"."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}th" if number % 100 in {11, 12, 13} else f"{number}{suffix}"


def clock(wall: datetime) -> str:
    """Returns the time of day, with seconds only where there are some."""
    return f"{wall:%H:%M:%S}" if wall.second else f"{wall:%H:%M}"


def short_clock(clock: time) -> str:
    """Returns the time of day as people write it: "9:00", "18:30:15"."""
    seconds = f":{clock.second:02}" if clock.second else ""
    return f"{clock.hour}:{clock.minute:02}{seconds}"


def day(at: date) -> str:
    """Returns the day and month: "29 March"."""
    return f"{at.day} {MONTHS[at.month - 1]}"


def full_day(at: date) -> str:
    """Returns the whole date: "Sunday 29 March 2026"."""
    return f"{WEEKDAYS[at.weekday()]} {day(at)} {at.year}"


def full_moment(wall: datetime) -> str:
    """Returns the date and time: "Sunday 29 March 2026 at 02:30"."""
    return f"{full_day(wall)} at {clock(wall)}"


def exact_moment(wall: datetime) -> str:
    """Returns the date and time, and which pass of a repeated hour when it is the second."""
    return full_moment(wall) + second_pass(wall)


def last_moment(wall: datetime) -> str:
    """Returns the date and time, inclusive: the date alone when it is the last second of it."""
    return full_day(wall) if wall.time() == _LAST_SECOND else exact_moment(wall)


def second_pass(wall: datetime) -> str:
    """Returns what tells the second pass of a repeated hour from the first, or nothing."""
    return " (second pass)" if wall.fold else ""


def step_of(values: Sequence[int]) -> int | None:
    """Returns the step of an arithmetic progression; None when the values are not one."""
    steps = {later - earlier for earlier, later in pairwise(values)}
    return steps.pop() if len(steps) == 1 else None


def spans(values: Sequence[int], name: Callable[[int], str]) -> str:
    """Returns rising values by name, three or more in a row as "a to b"."""
    runs: list[list[int]] = []
    for value in values:
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    words: list[str] = []
    for run in runs:
        if len(run) > 2:
            words.append(f"{name(run[0])} to {name(run[-1])}")
        else:
            words.extend(map(name, run))
    return listed(words)
