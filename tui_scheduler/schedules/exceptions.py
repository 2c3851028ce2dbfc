"""The days that are left out of a plan, each with what says so.

Dates and ranges of them stand in the plan itself; calendars have names, and their days are given in
by whoever knows them. So whatever is asked of a plan is answered by the plan alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from tui_scheduler.calendars import (
    DAY_NAMES,
    Span,
    is_date_like,
    read_days,
    span_of,
    why_no_calendar_name,
)

MOST_ITEMS = 1000
_BETWEEN = re.compile(r"\s*[,;\n]\s*|\s+and\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Spans in order, no two of which touch. Equal to itself alone, so that caches find it fast."""

    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that have a name together, as ordinals.

    Of days after ``known_until`` nobody knows whether they belong to it; None if all is known.
    Where there is a ``problem`` nothing is known of any day.
    """

    days: frozenset[int] = frozenset()
    known_until: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class Exceptions:
    """What is left out: ``items`` as they are said, and the days of the ``calendars`` among them.

    The calendars are those that are known where a plan is asked; they are no part of what it says.
    What follows from both is found once, as plans are asked for thousands of fires.
    """

    items: tuple[str, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return ", ".join(self.items)

    @cached_property
    def _hash(self) -> int:
        return hash(self.items)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The calendars that are named."""
        return tuple(item for item in self.items if not is_date_like(item))

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """Why the days of some calendars are not known, a sentence each without its full stop."""
        return tuple(filter(None, map(self._problem, self.names)))

    @cached_property
    def known_until(self) -> int | None:
        """The last day of which it is known whether it is left out; None if there is no last."""
        ends = (self.calendars[name].known_until for name in self.names)
        return min((end for end in ends if end is not None), default=None)

    @cached_property
    def spans(self) -> Spans:
        """All days that are left out; ValueError where those of a calendar are not known."""
        if problems := self.problems:
            raise ValueError(problems[0])
        return _spans(self.items, tuple(self.calendars[name] for name in self.names))

    def why(self, day: date) -> str | None:
        """What says that ``day`` is left out, as it was said; None if nothing does."""
        ordinal = day.toordinal()
        return next((item for item in self.items if self._has(item, ordinal)), None)

    def _has(self, item: str, day: int) -> bool:
        if not is_date_like(item):
            return item in self.calendars and day in self.calendars[item].days
        first, end = span_of(item)
        return first <= day < end

    def _problem(self, name: str) -> str:
        if name not in self.calendars:
            return f"nothing is known of the calendar {name!r}"
        return self.calendars[name].problem


NOTHING = Exceptions()
NO_DAYS = Spans()


def parse_exceptions(text: str) -> Exceptions:
    """The exceptions that ``text`` says, separated by commas; ValueError with the remedy."""
    return exceptions_of(filter(None, _BETWEEN.split(text.strip(" \t\n,;"))))


def exceptions_of(items: Iterable[str]) -> Exceptions:
    """Returns the exceptions that ``items`` name, each once; raises ValueError with the remedy."""
    distinct = tuple(dict.fromkeys(map(_item, items)))
    if len(distinct) > MOST_ITEMS:
        remedy = "make a calendar of them in the configuration file"
        raise ValueError(f"these are more than {MOST_ITEMS}: {remedy}")
    return Exceptions(distinct)


def _item(text: str) -> str:
    """One of them as it is kept."""
    if is_date_like(text):
        return read_days(text)
    if text.lower() in DAY_NAMES:
        raise ValueError(f"{text!r} is no calendar: days of the week are said by the plan itself")
    if why := why_no_calendar_name(text):
        raise ValueError(f"{text!r} is no date and no calendar, whose name {why}")
    return text


@lru_cache(maxsize=1024)
def _spans(items: tuple[str, ...], calendars: tuple[Calendar, ...]) -> Spans:
    spans = [span_of(item) for item in items if is_date_like(item)]
    spans += [(day, day + 1) for calendar in calendars for day in calendar.days]
    return Spans(tuple(_merged(sorted(spans))))


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    current: Span | None = None
    for first, end in spans:
        if current is not None and first <= current[1]:
            current = current[0], max(current[1], end)
            continue
        if current is not None:
            yield current
        current = first, end
    if current is not None:
        yield current
