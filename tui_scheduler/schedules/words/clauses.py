"""What the clauses of a sentence said, each thing at most once."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import (
    EVERY_MONTH_HAS,
    DailyOption,
    Frequency,
    MonthlyOption,
    Weekday,
)
from tui_scheduler.schedules.timetable import STEPS
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


class DayFields(NamedTuple):
    """Days of a month as a cron expression says them; some only where it has seconds."""

    day: str = "*"
    weekday: str = "*"
    needs_seconds: bool = False


@dataclass(frozen=True, slots=True)
class MonthDay:
    """Days of the month, and the words for them; ``fields`` where no plan has an option for it."""

    option: MonthlyOption | None
    words: str
    weekday: Weekday | None = None
    day: int | None = None
    fields: DayFields | None = None
    count: int = 1

    @property
    def may_be_missing(self) -> bool:
        """Whether some months have no such day."""
        return (self.day or 0) > EVERY_MONTH_HAS


class YearlyDate(NamedTuple):
    """A day of every year."""

    day: int
    month: int

    @property
    def words(self) -> str:
        """The date as it is said."""
        return f"{self.day} {english.MONTHS[self.month - 1].lower()}"


class Counted(NamedTuple):
    """How many times in each ``unit``, and the words for it."""

    times: int
    unit: str
    words: str


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
    clocks: tuple[time, ...] | None = None
    clocks_at: tuple[int, int] | None = None
    years: int | None = None
    dates: tuple[YearlyDate, ...] | None = None
    months: frozenset[int] | None = None
    of_days: Frequency | None = None
    quarter: str | None = None
    counted: Counted | None = None
    on: Moment | None = None
    begin: Moment | None = None
    end: Moment | None = None
    begin_beside: Moment | None = None
    end_beside: Moment | None = None
    times: int | None = None
    spread: timedelta | None = None
    at_once: bool | None = None
    when_scheduled: bool | None = None
    part_of_day: str | None = None
    is_between: bool | None = None
    is_to: bool | None = None

    def say(self, **clauses: Any) -> None:
        """Note what was said; raises NotUnderstood when it was said before."""
        for name, value in clauses.items():
            if getattr(self, name) is None:
                setattr(self, name, value)
            elif name in {"begin", "end"}:
                self._say_beside(name, value)
            else:
                raise NotUnderstood(f"{_NAMES[name]} is said twice")

    def _say_beside(self, name: str, moment: Moment) -> None:
        """Note the day from or until which an interval runs between two times of day."""
        of_day, of_plan = sorted((getattr(self, name), moment), key=lambda each: bool(each.day))
        if of_day.day or not of_plan.day or getattr(self, f"{name}_beside") is not None:
            raise NotUnderstood(f"{_NAMES[name]} is said twice")
        setattr(self, name, of_day)
        setattr(self, f"{name}_beside", of_plan)

    def say_clocks(self, clocks: tuple[time, ...], place: tuple[int, int]) -> None:
        """Note one or several times of day, said between two tokens."""
        if self.at is not None or self.clocks is not None:
            raise NotUnderstood(f"{_NAMES['at']} is said twice")
        if len(set(clocks)) == 1:
            self.at = clocks[0]
        else:
            self.clocks, self.clocks_at = clocks, place

    def say_step(self, step: tuple[Frequency, int]) -> None:
        """Note how often; beside an interval within the day, daily or weekly says on which days."""
        each = [step] if self.step is None else [self.step, step]
        within, others = ([s for s in each if (s[0] in STEPS) == is_within] for is_within in (1, 0))
        if self.of_days is None and len(within) == len(others) == 1 and others[0][1] == 1:
            self.step, self.of_days = within[0], others[0][0]
        else:
            self.say(step=step)

    @property
    def at_words(self) -> str:
        """The times of day as a reading has them: all of a list, or the first."""
        clocks = map(english.short_clock, self.clocks or ())
        return " and ".join(clocks) or "{at}"

    @property
    def window(self) -> tuple[time, time] | None:
        """The times of day between which an interval is said to begin anew on each of its days."""
        begin, end = self.begin or Moment(clock=self.at if self.is_to else None), self.end
        if end is None or begin.day or end.day or begin.clock is None or end.clock is None:
            return None
        is_meant = self.is_between or self.is_to or self.of_days or self.has_days
        is_within_day = self.step is not None and self.step[0] in STEPS
        return (begin.clock, end.clock) if is_meant and is_within_day else None

    @property
    def bounds(self) -> tuple[Moment | None, Moment | None]:
        """The first and the last moment of the plan, which are not those of a window.

        Raises NotUnderstood when two are said and neither is that of a window.
        """
        if self.window is not None:
            return self.begin_beside, self.end_beside
        for name in ("begin", "end"):
            if getattr(self, f"{name}_beside") is not None:
                raise NotUnderstood(f"{_NAMES[name]} is said twice")
        return self.begin, self.end

    @property
    def has_days(self) -> bool:
        """Whether some days are said."""
        days = (self.kind_of_days, self.weekdays, self.month_day, self.dates)
        return any(part is not None for part in days)

    @property
    def recurs(self) -> bool:
        """Whether it fires again and again."""
        return self.has_days or any(part is not None for part in (self.step, self.years, self.cron))


_NAMES = {
    "step": "how often",
    "kind_of_days": "which days",
    "weekdays": "which weekdays",
    "month_day": "which day of the month",
    "of_the_month": "which month",
    "or_last_day": "the last day of short months",
    "cron": "the cron expression",
    "at": "the time of day",
    "clocks": "the time of day",
    "years": "every how many years",
    "dates": "which days of the year",
    "months": "which months",
    "quarter": "how often",
    "counted": "how often",
    "on": "the date",
    "begin": "the first moment",
    "end": "the last moment",
    "times": "how many times",
    "spread": "the spread",
    "at_once": "that it runs now",
    "when_scheduled": "that it begins when it is scheduled",
    "part_of_day": "the part of the day",
    "is_between": "between which times",
    "is_to": "the last moment",
}
