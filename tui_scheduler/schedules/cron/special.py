"""The items that mean a day relative to its month: ``L``, ``L-3``, ``15W``, ``6L``, ``6#3``.

croniter reads none of them reliably, so they become rules on months here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tui_scheduler.schedules import months
from tui_scheduler.schedules.cron.fields import CronError, CronField
from tui_scheduler.schedules.english import COUNTS, WEEKDAYS, ordinal
from tui_scheduler.schedules.plan import Weekday
from tui_scheduler.wording import plural

_LAST = re.compile(r"L(?:-(?P<back>[0-9]{1,3}))?(?P<working>W)?")
_NEAREST = re.compile(r"(?P<day>[0-9]+)W")
_NTH = re.compile(r"(?P<weekday>[0-9A-Z]+)#(?P<count>[0-9]+)")
_LAST_WEEKDAY = re.compile(r"(?P<weekday>[0-9]+|[A-Z]{3})L")


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """The days that such an item means, and its words, as in "the last day" (of the month)."""

    rule: months.Rule
    words: str


# Reads one item; None when it is a plain one.
ReadSpecial = Callable[[CronField, str], SpecialDays | None]


def weekday_of(number: int) -> Weekday:
    """The weekday that croniter calls by that number (0 and 7 are Sunday)."""
    return Weekday((number - 1) % 7)


def unix_day(field: CronField, item: str) -> SpecialDays | None:
    """``L``, the last day of the month."""
    if item == "L":
        return _before_last(0)
    if _LAST.fullmatch(item) or _NEAREST.fullmatch(item):
        raise CronError(
            field.name, f"{item} needs six fields (seconds first), with either a day or a weekday"
        )
    return None


def unix_weekday(field: CronField, item: str) -> SpecialDays | None:
    """``n#k``, the k-th of a weekday."""
    if item.startswith("L") or _LAST_WEEKDAY.fullmatch(item):
        raise CronError(
            field.name, f"{item} needs six fields (seconds first), with either a day or a weekday"
        )
    return _nth(field, item)


def quartz_day(field: CronField, item: str) -> SpecialDays | None:
    """``L``, ``L-n``, ``LW``, ``L-nW`` and ``nW``."""
    if match := _LAST.fullmatch(item):
        back = int(match["back"] or 0)
        if back > 30:
            raise CronError(field.name, f"L-{back} is before any month begins; use L-1 to L-30")
        return _nearest_to_last(back) if match["working"] else _before_last(back)
    if match := _NEAREST.fullmatch(item):
        day = field.number(match["day"])
        words = f"the working day nearest to the {ordinal(day)}"
        if day == 1:
            words = "the first working day"
        return SpecialDays(months.nearest_working_day(day), words)
    return None


def quartz_weekday(field: CronField, item: str) -> SpecialDays | None:
    """``nL``, the last of a weekday, and ``n#k``."""
    if match := _LAST_WEEKDAY.fullmatch(item):
        weekday = _weekday(field, match["weekday"])
        return SpecialDays(months.last(weekday), f"the last {WEEKDAYS[weekday]}")
    return _nth(field, item)


def _before_last(days: int) -> SpecialDays:
    words = f"the day {plural(days, 'day')} before the last" if days else "the last day"
    return SpecialDays(months.before_last(days), words)


def _nearest_to_last(days: int) -> SpecialDays:
    words = f"the working day nearest to {plural(days, 'day')} before the last"
    if not days:
        words = "the last working day"
    return SpecialDays(months.nearest_working_day_before_last(days), words)


def _nth(field: CronField, item: str) -> SpecialDays | None:
    match = _NTH.fullmatch(item)
    if match is None:
        return None
    if match["count"] not in {"1", "2", "3", "4", "5"}:
        raise CronError(field.name, f"no month has a #{match['count']}; use #1 to #5")
    weekday, count = _weekday(field, match["weekday"]), int(match["count"])
    words = f"the {COUNTS[count - 1]} {WEEKDAYS[weekday]}"
    return SpecialDays(months.nth(weekday, count), words)


def _weekday(field: CronField, word: str) -> Weekday:
    return weekday_of(field.number(word) + field.shift)
