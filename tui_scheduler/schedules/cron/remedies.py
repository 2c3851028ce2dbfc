"""What to write instead of an expression that is refused and yet is clear: its words, rewritten.

Each rule mends one habit, of another cron or of people; whether the outcome is understood is for
the caller to see. All words are in capitals.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from tui_scheduler.schedules.cron.fields import QUARTZ, UNIX, WEEKDAY_NAMES, CronField
from tui_scheduler.schedules.english import MONTHS, WEEKDAYS

_WEEKDAY = rf"(?:[0-7]|{'|'.join(WEEKDAY_NAMES)})"
_WEEKDAY_NUMBER = re.compile(r"(?<![#/0-9])[0-7](?![0-9])")  # no count and no step
_RANGE = re.compile(r"([0-9]{1,6}|[A-Z]+)-([0-9]{1,6}|[A-Z]+)(?:/([0-9]{1,6}))?")
_OF_SIX_FIELDS = (
    (2, re.compile(r"L(?:-[0-9]+)?W|L-[0-9]+|[0-9]+W")),
    (4, re.compile(rf"{_WEEKDAY}L|L{_WEEKDAY}")),
)
_RANDOM = re.compile(
    r"H(?:\((?P<range>[0-9]{1,2}-[0-9]{1,2})\))?(?:/(?P<step>[0-9]{1,2}))?|(?P<first>[0-9]{0,2})~[0-9]{0,2}"
)
_ANY_TIME = {"minute": 17, "hour": 2}
"""Not when all the others run."""

Rule = Callable[[Sequence[str]], Sequence[str]]


def rewritten(words: Sequence[str]) -> Sequence[str]:
    """The words of an expression after all rules; the same if none applies."""
    for rule in _RULES:
        words = rule(words)
    return words


def named_from_sunday_0(word: str) -> str:
    """The weekdays of a field by name, where Sunday is 0, as it is with five fields."""
    return _WEEKDAY_NUMBER.sub(lambda match: WEEKDAY_NAMES[int(match[0]) % 7], word)


def _each_item(change: Callable[[CronField, str], str]) -> Rule:
    def rule(words: Sequence[str]) -> list[str]:
        fields = UNIX if len(words) == len(UNIX) else QUARTZ
        return [
            ",".join(change(field, item) for item in word.split(",") if item)
            for field, word in zip(fields, words, strict=False)
        ]

    return rule


def _short_name(field: CronField, item: str) -> str:
    """``MONDAY`` or ``SEPT`` as cron knows it."""

    def short(word: re.Match[str]) -> str:
        is_longer = any(name.upper().startswith(word[0]) for name in (*MONTHS, *WEEKDAYS))
        return word[0][:3] if is_longer and field.names else word[0]

    return re.sub(r"[A-Z]{4,}", short, item)


def _chosen(field: CronField, item: str) -> str:
    """A time that other programs choose at random (Jenkins' ``H``, cronie's ``~``), as one."""
    match = _RANDOM.fullmatch(item)
    if match is None:
        return item
    if match["step"]:
        return f"{match['range'] or '*'}/{match['step']}"
    first = (match["range"] or match["first"] or "").partition("-")[0]
    return first or str(_ANY_TIME.get(field.name, field.low))


def _star(field: CronField, item: str) -> str:
    """``?`` as five fields say it."""
    return "*" if item == "?" and field in UNIX else item


def _forwards(field: CronField, item: str) -> str:
    """A range that runs over the end of its field as two that do not; of years in their order."""
    match = _RANGE.fullmatch(item)
    ends = [_value(field, word) for word in match.groups()[:2]] if match else [0, 0]
    if match is None or field.wraps or ends[0] <= ends[1]:
        return item
    if field.name == "year":
        return f"{match[2]}-{match[1]}"
    lowest = 1 if field.names else field.low  # Sunday ends the week, as 7
    step, size = int(match[3] or 1) or 1, field.high - lowest + 1
    values = range(ends[0], ends[1] + size + 1, step)
    before = [value for value in values if value <= field.high]
    after = [value - size for value in values if value > field.high]
    labels = _labels(field) if item[0].isalpha() else {}
    return ",".join(_span(part, step, labels) for part in (before, after) if part)


def _value(field: CronField, word: str) -> int:
    return field.names.get(word, int(word) if word.isdecimal() else 0)


def _labels(field: CronField) -> dict[int, str]:
    names = {number: name for name, number in field.names.items()}
    return names | {field.high: names.get(field.high, WEEKDAY_NAMES[0])}


def _span(values: Sequence[int], step: int, labels: Mapping[int, str]) -> str:
    first, last = (labels.get(value, str(value)) for value in (values[0], values[-1]))
    if first == last:
        return first
    return f"{first}-{last}" + (f"/{step}" if step > 1 else "")


def _six_fields(words: Sequence[str]) -> Sequence[str]:
    """What five fields do not know, with seconds before it and ``?`` for the day that is free."""
    if len(words) != len(UNIX) or not any(
        kind.fullmatch(item) for place, kind in _OF_SIX_FIELDS for item in words[place].split(",")
    ):
        return words
    minute, hour, day, month, weekday = words
    weekday = named_from_sunday_0(re.sub(rf"\bL({_WEEKDAY})\b", r"\1L", weekday))
    if weekday == "*":
        weekday = "?"
    elif day == "*":
        day = "?"
    return ["0", minute, hour, day, month, weekday]


def _last_of_week(words: Sequence[str]) -> Sequence[str]:
    """A lone ``L`` of five fields, by the name of what Quartz means by it."""
    return [*words[:4], "SAT"] if len(words) == len(UNIX) and words[4] == "L" else words


def _named_weekdays(words: Sequence[str]) -> Sequence[str]:
    """The weekdays of six fields by name where a 0 shows that they do not count from 1."""
    if len(words) <= len(UNIX) or not re.search(r"(?<![#/0-9])0(?![0-9])", words[5]):
        return words
    return [*words[:5], named_from_sunday_0(words[5]), *words[6:]]


_RULES: tuple[Rule, ...] = (
    _each_item(_short_name),
    _each_item(_star),
    _each_item(_chosen),
    _last_of_week,
    _six_fields,
    _named_weekdays,
    _each_item(_forwards),
)
