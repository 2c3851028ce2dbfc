"""What the clauses of a sentence said, each thing at most once."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from tui_scheduler.schedules.plan import (
    EVERY_MONTH_HAS,
    DailyOption,
    Frequency,
    MonthlyOption,
    Weekday,
)
from tui_scheduler.schedules.words.errors import NotUnderstood


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a time of day, or both; the time's ``fold`` tells the second pass."""

    day: date | None = None
    clock: time | None = None
    is_today: bool = False

    @property
    def wall(self) -> datetime | None:
        """The wall time, when both are known."""
        if self.day is None or self.clock is None:
            return None
        return datetime.combine(self.day, self.clock)


@dataclass(frozen=True, slots=True)
class WeekDays:
    """Days of the week; ``is_clear`` says that no single date can be meant."""

    days: frozenset[Weekday]
    is_clear: bool


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of the month, and the words for it."""

    option: MonthlyOption
    words: str
    weekday: Weekday | None = None
    day: int | None = None

    @property
    def may_be_missing(self) -> bool:
        """Whether some months have no such day."""
        return (self.day or 0) > EVERY_MONTH_HAS


@dataclass(slots=True)
class Clauses:
    """The clauses of one sentence; None is what was not said."""

    step: tuple[Frequency, int] | None = None
    kind_of_days: DailyOption | None = None
    weekdays: WeekDays | None = None
    month_day: MonthDay | None = None
    of_the_month: bool | None = None
    or_last_day: bool | None = None
    cron: str | None = None
    at: time | None = None
    on: Moment | None = None
    begin: Moment | None = None
    end: Moment | None = None
    times: int | None = None
    at_once: bool | None = None
    when_scheduled: bool | None = None
    part_of_day: str | None = None
    is_between: bool | None = None

    def say(self, **clauses: Any) -> None:
        """Note what was said; raises NotUnderstood when it was said before."""
        for name, value in clauses.items():
            if getattr(self, name) is not None:
                raise NotUnderstood(f"{_NAMES[name]} is said twice")
            setattr(self, name, value)

    @property
    def recurs(self) -> bool:
        """Whether it fires again and again."""
        parts = (self.step, self.kind_of_days, self.weekdays, self.month_day, self.cron)
        return any(part is not None for part in parts)


_NAMES = {
    "step": "how often",
    "kind_of_days": "which days",
    "weekdays": "which weekdays",
    "month_day": "which day of the month",
    "of_the_month": "which month",
    "or_last_day": "the last day of short months",
    "cron": "the cron expression",
    "at": "the time of day",
    "on": "the date",
    "begin": "the first moment",
    "end": "the last moment",
    "times": "how many times",
    "at_once": "that it runs now",
    "when_scheduled": "that it begins when it is scheduled",
    "part_of_day": "the part of the day",
    "is_between": "between which times",
}
