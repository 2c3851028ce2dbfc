"""What a user says about when a process runs: the plan of a request, as plain data."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from tui_scheduler.schedules.exceptions import NOTHING, Exceptions


class Timing(StrEnum):
    """How a request runs: at once, once later, again and again, or whenever something happens."""

    IMMEDIATE = "immediate"
    LATER = "later"
    SCHEDULE = "schedule"
    BOOT = "boot"
    AFTER = "after"


class Outcome(StrEnum):
    """Which ends of the runs of another process a request follows; an end is any of them."""

    SUCCESS = "success"
    FAILURE = "failure"
    END = "end"


EVENTS = frozenset({Timing.BOOT, Timing.AFTER})
"""Timings whose fires come with an event, so that no clock knows the next one."""


class Frequency(StrEnum):
    """How often a scheduled request fires."""

    SECONDLY = "secondly"
    MINUTELY = "minutely"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    CRON = "cron"


class DailyOption(StrEnum):
    """Which days a daily plan means."""

    EVERY_N_DAYS = "every-n-days"
    WEEKDAYS = "weekdays"
    WEEKENDS = "weekends"


class MonthlyOption(StrEnum):
    """Which day of the month a monthly plan means; the first five go with a weekday."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    LAST = "last"
    LAST_DAY = "last-day"
    SPECIFIC = "specific"


class Weekday(IntEnum):
    """A day of the week, numbered as ``datetime.weekday()`` numbers it."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


EVERY_MONTH_HAS = 28
"""The last day that no month is without."""

WORKING_DAYS = tuple(Weekday)[:5]
WEEKEND = tuple(Weekday)[5:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When a request runs.

    ``start`` and ``finish`` are naive wall-clock times in ``timezone`` (an IANA name); ``fold``
    tells the two passes of a repeated hour apart. ``finish`` is inclusive. A missing ``start``
    means the moment of scheduling. With ``or_last_day`` a month without the specific ``day`` has
    its last day instead. ``delay`` is how long after the boot of the machine it fires. ``follows``
    names the process or group whose runs it follows, if they end with ``outcome``. The days of
    ``except_``, in its zone, are no part of the plan. Fields that the timing and the frequency do
    not use are ignored.

    Each fire comes up to ``spread`` later, always by as much: ``spread_by``, in whole seconds, is
    drawn when the plan is stored, and None before. Nobody says it, so plans that differ in nothing
    else are equal. A fire that its spread carries into a day that is left out is none of that day.
    """

    timing: Timing
    timezone: str
    start: datetime | None = None
    frequency: Frequency | None = None
    interval: int = 1
    repetitions: int | None = None
    daily_option: DailyOption = DailyOption.EVERY_N_DAYS
    days: frozenset[Weekday] = frozenset()
    monthly_option: MonthlyOption | None = None
    weekday: Weekday | None = None
    day: int | None = None
    or_last_day: bool = False
    cron: str | None = None
    finish: datetime | None = None
    delay: timedelta | None = None
    follows: str | None = None
    outcome: Outcome = Outcome.SUCCESS
    spread: timedelta | None = None
    spread_by: timedelta | None = field(default=None, compare=False)
    except_: Exceptions = NOTHING

    @property
    def awaits_event(self) -> bool:
        """Whether its fires come with an event, and at no time that is known before."""
        return self.timing in EVENTS

    @property
    def later_by(self) -> timedelta:
        """How much later its fires come than it says; nothing before that was drawn."""
        return self.spread_by or timedelta()
