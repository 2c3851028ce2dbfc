"""From the text of a cron expression to the days and times it means.

Five fields are read as Vixie's and Debian's cron do, six or seven as the Quartz scheduler does
(seconds first, optional year last, weekday 1 is Sunday).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from tui_scheduler.schedules import months
from tui_scheduler.schedules.clock_times import ClockTimes
from tui_scheduler.schedules.cron.cautions import cautions_of
from tui_scheduler.schedules.cron.fields import QUARTZ, UNIX, CronError
from tui_scheduler.schedules.cron.parts import CronPart, read_parts
from tui_scheduler.schedules.cron.remedies import rewritten
from tui_scheduler.schedules.cron.special import weekday_of
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


@dataclass(frozen=True, slots=True)
class CronExpression:
    """An expression that was understood.

    ``elapsed`` says that it follows elapsed time through changes of the clock; ``either`` that a
    day need only match one of day of month and weekday. ``cautions`` says in sentences what is
    read otherwise than one might expect.
    """

    times: ClockTimes
    day: CronPart
    month: CronPart
    weekday: CronPart
    year: CronPart
    elapsed: bool
    either: bool
    days: CalendarDays
    cautions: tuple[str, ...]

    @property
    def pattern(self) -> WallPattern:
        """The wall times that the expression names."""
        return WallPattern(self.days, self.times)


@lru_cache(maxsize=2048)
def parse_cron(text: str) -> CronExpression:
    """The expression; CronError with the field, the reason and the remedy when it is refused."""
    words = _words(text)
    try:
        return _parsed(words)
    except CronError as refused:
        raise CronError(refused.where, refused.reason, _remedy(words)) from refused


def _remedy(words: Sequence[str]) -> str:
    """The expression that was probably meant; nothing if no rewriting makes it one."""
    instead = rewritten(words)
    with suppress(CronError):
        _parsed(instead)
        return " ".join(instead)
    return ""


def _parsed(words: Sequence[str]) -> CronExpression:
    quartz = len(words) > len(UNIX)
    if quartz:
        _check_question_marks(words)
        parts = read_parts(QUARTZ[: len(words)], words, quartz=True)
    else:
        parts = [CronPart("0", (0,)), *read_parts(UNIX, words, quartz=False)]
    parts += [CronPart("*", None)] * (len(QUARTZ) - len(parts))
    either = not quartz and _both_restrict(parts[3], parts[5])
    return _expression(parts, either=either, cautions=tuple(cautions_of(words)))


def _expression(
    parts: Sequence[CronPart], *, either: bool, cautions: tuple[str, ...]
) -> CronExpression:
    second, minute, hour, day, month, weekday, year = parts
    times = ClockTimes(hour.listed(24), minute.listed(60), second.listed(60))
    elapsed = minute.word.startswith("*") or hour.word.startswith("*")
    masks = months.masks_of(_day_rule(day, weekday, either=either))
    months_meant = _ALL_MONTHS if month.values is None else frozenset(month.values)
    years = None if year.values is None else frozenset(year.values)
    days = CalendarDays(masks, months_meant, years)
    return CronExpression(times, day, month, weekday, year, elapsed, either, days, cautions)


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


def _both_restrict(day: CronPart, weekday: CronPart) -> bool:
    """Vixie's cron looks at the first character only, so that ``*/2`` does not restrict."""
    return not day.word.startswith("*") and not weekday.word.startswith("*")


def _day_rule(day: CronPart, weekday: CronPart, *, either: bool) -> months.Rule:
    days = _rule(day, months.day_of_month)
    weekdays = _rule(weekday, lambda number: months.every(weekday_of(number)))
    return months.any_of(days, weekdays) if either else months.both(days, weekdays)


def _rule(part: CronPart, of_value: Callable[[int], months.Rule]) -> months.Rule:
    if part.values is None:
        return months.every_day()
    return months.any_of(*map(of_value, part.values), *(special.rule for special in part.specials))
