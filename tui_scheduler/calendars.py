"""The calendars that the configuration file names: days that are called by one word.

Days are said here as they are everywhere: as dates, and as ranges of them. What is called by a name
is resolved by whoever needs its days; nothing of that is known here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

HOLIDAYS_EXTRA = "pip install 'tui-scheduler[holidays]'"
"""What makes public holidays known."""

MOST_DAYS = 50_000
_LONGEST_NAME = 100  # characters
_NAME = re.compile(rf"[^\W\d_][\w-]{{0,{_LONGEST_NAME - 1}}}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_RANGE = re.compile(r"\s*\.\.\s*")
_PLACE = re.compile(r"(?P<country>[A-Za-z]{2,3})(?:-(?P<region>[\w ]{1,50}))?")
_KEYS = ("dates", "holidays")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_NAMES = frozenset(
    {
        *(name[:length] for name in _WEEKDAYS for length in (3, len(name))),
        *(f"{name}s" for name in _WEEKDAYS),
        *{"weekday", "weekdays", "weekend", "weekends", "workday", "workdays"},
    }
)
_RESERVED = DAY_NAMES | {"none", "in", "and", "on", "for", "except", "utc", "gmt"}
"""Words that mean something else where the name of a calendar may stand."""

Span = tuple[int, int]
"""Days as ordinals: the first, and the one after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCalendar:
    """Days by a name: ``dates`` and ranges, and the public ``holidays`` of a place.

    The place is a country, or one of its regions behind a dash; empty for none.
    """

    name: str
    dates: tuple[str, ...] = ()
    holidays: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """The country, and the region or nothing."""
        country, _, region = self.holidays.partition("-")
        return country.upper(), region


@dataclass(frozen=True, slots=True)
class Calendars:
    """Those of the configuration file ``config``; ``problem`` says why it could not be read."""

    by_name: Mapping[str, NamedCalendar] = field(default_factory=dict)
    config: Path = Path("config.toml")
    problem: str = ""


class _InForce:
    """The calendars that all plans of this program are read with, as one database is open in it."""

    calendars = Calendars()


def use_calendars(calendars: Calendars) -> None:
    """Let plans that are read from now on have the days of these calendars."""
    _InForce.calendars = calendars


def calendars_in_force() -> Calendars:
    """Returns the calendars that plans are read with now."""
    return _InForce.calendars


def calendar_of(name: str, values: Any) -> NamedCalendar:
    """Returns the calendar that a table of the configuration describes; raises ValueError."""
    if problem := why_no_calendar_name(name):
        raise ValueError(f"its name {problem}")
    if not isinstance(values, Mapping):
        raise ValueError(f"must be a table, called [calendar.{name}]")
    if unknown := sorted(set(values) - set(_KEYS)):
        raise ValueError(f"{unknown[0]} is not known. Known ones: {', '.join(_KEYS)}")
    if not values:
        raise ValueError('needs dates, such as ["2026-12-24"], or holidays, such as "ES"')
    holidays = values.get("holidays", "")
    if "holidays" in values and not (isinstance(holidays, str) and _PLACE.fullmatch(holidays)):
        raise ValueError('holidays must be a country or a region in quotes: "ES" or "DE-BY"')
    return NamedCalendar(name=name, dates=_dates(values.get("dates", [])), holidays=holidays)


def no_such_calendar(name: str, known: Iterable[str], config: Path) -> str:
    """Returns what is wrong with ``name`` where it is none of those in ``config``."""
    others = " or ".join(sorted(known)[:5])
    use = f"use {others}, " if others else ""
    return f"there is no [calendar.{name}] in {config}: {use}add it, or leave it out"


def why_no_calendar_name(name: str) -> str | None:
    """Returns why no calendar can be called ``name``, after its subject; None if one can."""
    if not _NAME.fullmatch(name):
        return "must begin with a letter, and have letters, digits, '-' and '_' only"
    if name.lower() in _RESERVED:
        return "means something else: choose another one"
    return None


def is_date_like(item: str) -> bool:
    """Whether ``item`` is to be a date or a range, and no name."""
    return item[:1].isdigit()


def read_days(text: str) -> str:
    """Returns a date or a range as it is kept; raises ValueError with the remedy."""
    days = [_date(part, text) for part in _RANGE.split(text.strip(), maxsplit=1)]
    if days[0] > days[-1]:
        raise ValueError(f"{text!r} ends before it begins: write the earlier date first")
    return "..".join(day.isoformat() for day in days)


@lru_cache(maxsize=4096)
def span_of(item: str) -> Span:
    """Returns the days of a date or a range as ``read_days`` gives it."""
    first, _, last = item.partition("..")
    begin = date.fromisoformat(first).toordinal()
    return begin, date.fromisoformat(last or first).toordinal() + 1


def _date(text: str, whole: str) -> date:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        remedy = "write 2026-12-24, or 2026-12-24..2027-01-06"
        raise ValueError(f"{whole!r} is no date: {remedy}") from None


def _dates(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise ValueError('dates must be a list, such as ["2026-12-24", "2026-12-31..2027-01-06"]')
    days = []
    for value in values:
        is_day = type(value) is date
        if not is_day and not isinstance(value, str):
            raise ValueError(f'dates must each be a date such as "2026-12-24": {value!r}')
        try:
            days.append(value.isoformat() if is_day else read_days(value))
        except ValueError as error:
            raise ValueError(f"dates: {error}") from None
    if sum(end - first for first, end in map(span_of, days)) > MOST_DAYS:
        raise ValueError(f"dates are more than {MOST_DAYS:,} days: leave some out")
    return tuple(days)
