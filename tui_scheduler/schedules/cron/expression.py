"""From the text of a cron expression to the days and times it means.

Five fields are read as Vixie's and Debian's cron do, six or seven as the Quartz scheduler does
(seconds first, optional year last, weekday 1 is Sunday).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tui_scheduler.schedules import months
from tui_scheduler.schedules.clock_times import ClockTimes
from tui_scheduler.schedules.cron import special
from tui_scheduler.schedules.cron.fields import QUARTZ, UNIX, CronError, CronField
from tui_scheduler.schedules.days import CalendarDays
from tui_scheduler.schedules.wall_pattern import WallPattern

ALIASES = {
    "@HOURLY": "0 * * * *",
    "@DAILY": "0 0 * * *",
    "@MIDNIGHT": "0 0 * * *",
    "@WEEKLY": "0 0 * * 0",
    "@MONTHLY": "0 0 1 * *",
    "@YEARLY": "0 0 1 1 *",
    "@ANNUALLY": "0 0 1 1 *",
}
_LONGEST = 1000  # characters; the longest sensible list of minutes has 170
_ALL_MONTHS = frozenset(range(1, 13))

_SPECIALS: dict[tuple[bool, str], special.Special] = {
    (False, "day of month"): special.unix_day,
    (False, "weekday"): special.unix_weekday,
    (True, "day of month"): special.quartz_day,
    (True, "weekday"): special.quartz_weekday,
}


@dataclass(frozen=True, slots=True)
class CronExpression:
    """An expression that was understood.

    ``words`` are its fields in capitals with seconds and year filled in: second, minute, hour, day
    of month, month, weekday, year. ``elapsed`` says that it follows elapsed time through changes
    of the clock.
    """

    words: tuple[str, ...]
    quartz: bool
    pattern: WallPattern
    elapsed: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """One field: the values of its plain items, None for all of them, and its special items."""

    word: str
    values: tuple[int, ...] | None
    rules: tuple[months.Rule, ...] = ()


@lru_cache(maxsize=2048)
def parse_cron(text: str) -> CronExpression:
    """The expression; CronError with the field, the reason and the remedy when it is refused."""
    words = _words(text)
    quartz = len(words) > len(UNIX)
    fields = QUARTZ[: len(words)] if quartz else UNIX
    if quartz:
        _check_question_marks(words)
    reads = _read(fields, words, quartz)
    if not quartz:
        reads = [_Read("0", (0,)), *reads]
    if len(reads) < len(QUARTZ):
        reads.append(_Read("*", None))
    times = ClockTimes(_listed(reads[2], 24), _listed(reads[1], 60), _listed(reads[0], 60))
    elapsed = any(read.word.startswith("*") for read in reads[1:3])
    pattern = WallPattern(_days(reads, quartz), times)
    return CronExpression(tuple(read.word for read in reads), quartz, pattern, elapsed)


def _words(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise CronError("", f"the expression is too long; use at most {_LONGEST} characters")
    upper = text.strip().upper()
    if upper.startswith("@"):
        if upper not in ALIASES:
            names = ", ".join(alias.lower() for alias in ALIASES)
            raise CronError("", f"{text.strip()} is not known; use one of {names}")
        upper = ALIASES[upper]
    words = upper.split()
    if not 5 <= len(words) <= 7:
        raise CronError(
            "",
            f"the expression has {len(words)} fields; write five (minute hour day month weekday),"
            " or six or seven with seconds first and the year last",
        )
    return words


def _check_question_marks(words: Sequence[str]) -> None:
    """Quartz leaves out one of the two day fields; a star there is as clear."""
    day, weekday = words[3], words[5]
    if day == weekday == "?":
        raise CronError("weekday", "? stands in both day fields; use * in one of them")
    if day not in {"*", "?"} and weekday not in {"*", "?"}:
        raise CronError(
            "weekday",
            "with six or seven fields the day of month and the weekday cannot both be given;"
            " use ? for one of them",
        )


def _read(fields: Sequence[CronField], words: Sequence[str], quartz: bool) -> list[_Read]:
    """Each field, its plain items expanded by croniter."""
    plain: list[str] = []
    rules: list[tuple[months.Rule, ...]] = []
    for field, word in zip(fields, words, strict=True):
        text, found = _split(field, word, quartz)
        plain.append(text)
        rules.append(found)
    values = _expand(plain, quartz)
    return [
        _Read(word, () if not text else read, found)
        for word, text, read, found in zip(words, plain, values, rules, strict=True)
    ]


def _split(field: CronField, word: str, quartz: bool) -> tuple[str, tuple[months.Rule, ...]]:
    """The plain items of a field in croniter's words, and the rules of the others."""
    read_special = _SPECIALS.get((quartz, field.name))
    if word == "?" and quartz and read_special:
        return "*", ()
    plain: list[str] = []
    rules: list[months.Rule] = []
    for item in word.split(","):
        rule = read_special(field, item) if read_special else None
        if rule is None:
            plain.append(field.plain(item))
        else:
            rules.append(rule)
    return ",".join(plain), tuple(rules)


def _expand(plain: Sequence[str], quartz: bool) -> list[tuple[int, ...] | None]:
    """What croniter makes of the plain items; a field without any does not matter."""
    # Importing croniter takes 50 ms, which the first screen need not wait for.
    from croniter import croniter

    fields = [text or "*" for text in plain]
    try:
        # croniter puts the seconds after the five common fields, and the year after them.
        lists = croniter.expand(" ".join(fields), second_at_beginning=quartz)[0]
    except ValueError as refused:
        raise CronError("", f"{' '.join(fields)} is not a cron expression: {refused}") from refused
    if quartz:
        lists = [lists[5], *lists[:5], *lists[6:]]
    return [None if "*" in values else tuple(sorted(map(int, values))) for values in lists]


def _listed(read: _Read, size: int) -> tuple[int, ...]:
    return tuple(range(size)) if read.values is None else read.values


def _days(reads: Sequence[_Read], quartz: bool) -> CalendarDays:
    day, month, weekday, year = reads[3:]
    months_meant = _ALL_MONTHS if month.values is None else frozenset(month.values)
    years = None if year.values is None else frozenset(year.values)
    rule = _day_rule(day, weekday, either=not quartz and _both_restrict(day, weekday))
    return CalendarDays(months.masks_of(rule), months_meant, years)


def _both_restrict(day: _Read, weekday: _Read) -> bool:
    """Vixie's cron looks at the first character only, so that ``*/2`` does not restrict."""
    return not day.word.startswith("*") and not weekday.word.startswith("*")


def _day_rule(day: _Read, weekday: _Read, *, either: bool) -> months.Rule:
    days = _rule(day, months.day_of_month)
    weekdays = _rule(weekday, lambda number: months.every(special.weekday_of(number)))
    return months.any_of(days, weekdays) if either else months.both(days, weekdays)


def _rule(read: _Read, of_value: Callable[[int], months.Rule]) -> months.Rule:
    if read.values is None:
        return months.every_day()
    return months.any_of(*map(of_value, read.values), *read.rules)
