"""What a valid expression means otherwise than many would expect."""

import re
from collections.abc import Iterator, Sequence

from tui_scheduler.schedules.cron.fields import QUARTZ, UNIX, WEEKDAY_NAMES, CronField
from tui_scheduler.schedules.cron.remedies import named_from_sunday_0

_STEP = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)/(?P<step>[0-9]+)")
_UNITS = {"second": "second", "minute": "minute", "hour": "hour", "day of month": "day"}
_PLACES = {"second": "at", "minute": "at", "hour": "at", "month": "in", "year": "in"}
_NUMBERS = re.compile(r"[1-7](?:[-,/][1-7])*")


def cautions_of(words: Sequence[str]) -> Iterator[str]:
    """A sentence for each surprise in the words of an expression."""
    is_unix = len(words) == len(UNIX)
    for field, word in zip(UNIX if is_unix else QUARTZ, words, strict=False):
        for item in word.split(","):
            yield from _step_beyond(field, item)
    if not is_unix and "?" not in words:
        yield from _unclear_weekdays(words[5])


def _step_beyond(field: CronField, item: str) -> Iterator[str]:
    """A step that leaves only the first value, but for one that is as long as its field."""
    match = _STEP.fullmatch(item)
    if match is None:
        return
    first = field.low if match["first"] is None else field.number(match["first"])
    last = field.high if match["last"] is None else field.number(match["last"])
    step = int(match["step"][:6])
    size = 7 if field.name == "weekday" else field.high - field.low + 1
    if 0 <= last - first < step and step != size:
        unit = _UNITS.get(field.name)
        remedy = f"; for every {step} {unit}s use an interval" if unit else ""
        names = {number: name for name, number in field.names.items()}
        value = f"{field.name} {names.get(first, first)}"
        yield f"{item} runs only {_PLACES.get(field.name, 'on')} {value}{remedy}"


def _unclear_weekdays(word: str) -> Iterator[str]:
    """Weekdays by number in six fields, which some count from 1 and others from 0."""
    if not _NUMBERS.fullmatch(word):
        return
    others = named_from_sunday_0(word)
    ours = re.sub(r"(?<!/)[1-7]", lambda number: WEEKDAY_NAMES[int(number[0]) - 1], word)
    yield (
        f"weekday {word} is {ours} here, as for Quartz, but {others} for Spring, Go and node-cron:"
        " write the names"
    )
