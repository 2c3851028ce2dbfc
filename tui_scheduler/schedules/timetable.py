"""From a plan, which is words, to a series of fires between its start and its finish."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from tui_scheduler.schedules import months
from tui_scheduler.schedules.clock_times import ClockTimes
from tui_scheduler.schedules.days import CalendarDays, Days, PeriodicDays
from tui_scheduler.schedules.exceptions import NO_DAYS, Spans
from tui_scheduler.schedules.left_out_days import NO_HOLES, LeftOut, left_out_in
from tui_scheduler.schedules.plan import (
    WEEKEND,
    WORKING_DAYS,
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
)
from tui_scheduler.schedules.series import ByWallClock, Elapsing, Once, Series, StartingAt
from tui_scheduler.schedules.wall_pattern import WallPattern
from tui_scheduler.schedules.zones import EARLIEST, LATEST, TICK, instant_of_wall, zone_info

STEPS = {
    Frequency.SECONDLY: timedelta(seconds=1),
    Frequency.MINUTELY: timedelta(minutes=1),
    Frequency.HOURLY: timedelta(hours=1),
}
UNITS = {**STEPS, Frequency.DAILY: timedelta(days=1), Frequency.WEEKLY: timedelta(weeks=1)}
LONGEST_STEP = timedelta(days=36_525)  # a century
LONGEST_SPREAD = timedelta(days=28)

_NEVER = (LATEST, EARLIEST)  # between which there is no moment
_WEEKDAY_COUNTS = {
    MonthlyOption.FIRST: 1,
    MonthlyOption.SECOND: 2,
    MonthlyOption.THIRD: 3,
    MonthlyOption.FOURTH: 4,
}


@dataclass(frozen=True, slots=True)
class Timetable:
    """A series between two instants, both inclusive, but for what is left out.

    Each stretch that is left out costs one step, however many fires of the series it holds. What is
    left fires ``delay`` later, which is elapsed time: what a clock does meanwhile is no matter.
    """

    series: Series
    begin: datetime = EARLIEST + TICK
    end: datetime = LATEST - TICK
    left_out: LeftOut = NO_HOLES
    delay: timedelta = timedelta()
    _counted: dict[datetime, int] = field(default_factory=dict, compare=False, repr=False)
    _last: list[tuple[datetime, datetime]] = field(
        default_factory=lambda: [_NEVER], init=False, compare=False, repr=False
    )

    def next(self, after: datetime) -> datetime | None:
        """The first fire strictly later than ``after``.

        The last answer is kept: between the two moments of it there is no fire, whoever asks.
        """
        asked, known = self._last[0]
        if asked <= after < known:
            return known
        fire = self._next(after)
        if fire is not None:
            self._last[0] = after, fire
        return fire

    def _next(self, after: datetime) -> datetime | None:
        fire = self.series.next(max(self.planned(after), self.begin - TICK))
        while fire is not None and fire <= self.end and (hole := self.left_out.at(fire)):
            fire = self.series.next(hole[1] - TICK)
        return None if fire is None or fire > self.end else fire + self.delay

    def latest(self, until: datetime) -> datetime | None:
        """The last fire not later than ``until``."""
        fire = self.series.latest(min(self.planned(until), self.end))
        while fire is not None and fire >= self.begin and (hole := self.left_out.at(fire)):
            fire = self.series.latest(hole[0] - TICK)
        return None if fire is None or fire < self.begin else fire + self.delay

    def count(self, after: datetime, until: datetime) -> int:
        """How many fires are later than ``after`` and not later than ``until``."""
        after = max(self.planned(after), self.begin - TICK)
        until = min(self.planned(until), self.end)
        return self.series.count(after, until) - sum(
            self._count_in(begin, end)
            if begin > after and end <= until
            else self.series.count(max(begin - TICK, after), min(end - TICK, until))
            for begin, end in self.left_out.between(after, until)
        )

    def planned(self, fire: datetime) -> datetime:
        """When a fire at this instant would come without the delay."""
        return max(fire, EARLIEST + self.delay) - self.delay

    def _count_in(self, begin: datetime, end: datetime) -> int:
        """How many fires a whole stretch holds that is left out; each is counted once."""
        if begin not in self._counted:
            self._counted[begin] = self.series.count(begin - TICK, end - TICK)
        return self._counted[begin]


def timetable(plan: Plan) -> Timetable:
    """The fires of a plan; ValueError when it lacks what it needs or is invalid.

    A recurring plan other than cron needs a start (see ``anchored``).
    """
    # Plans that differ in nothing but a fold, the delay that was drawn, or in what is known of
    # calendars, compare equal.
    folds = _fold(plan.start), _fold(plan.finish)
    if not timedelta() <= plan.later_by <= LONGEST_SPREAD:
        raise ValueError(f"its fires cannot come {plan.later_by} later")
    return _timetable(plan, plan.later_by, folds, *_excepted(plan))


@lru_cache(maxsize=4096)
def _timetable(
    plan: Plan, delay: timedelta, _folds: tuple[int, int], excepted: Spans, last_day: int | None
) -> Timetable:
    zone_info(plan.timezone)
    left_out = left_out_in(plan.timezone, excepted)
    if plan.awaits_event:
        return Timetable(Once(EARLIEST), LATEST, left_out=left_out)
    begin = EARLIEST + TICK if plan.start is None else instant_of_wall(plan.start, plan.timezone)
    latest = LATEST - TICK - delay
    end = LATEST - TICK
    if last_day is not None:
        end = instant_of_wall(datetime.fromordinal(last_day + 1), plan.timezone) - TICK
    if plan.timing is not Timing.SCHEDULE:
        # only scheduling can say when it is without a start
        once = LATEST if plan.start is None else begin
        return Timetable(Once(begin), once, min(end, latest), left_out, delay)
    if plan.finish is not None:
        end = min(end, instant_of_wall(plan.finish, plan.timezone))
    return Timetable(_series(plan, begin), begin, min(end, latest), left_out, delay)


def _excepted(plan: Plan) -> tuple[Spans, int | None]:
    """The days that are left out, and the last one of which that is known."""
    if not plan.except_ or plan.timing is Timing.IMMEDIATE:
        return NO_DAYS, None
    return plan.except_.spans, plan.except_.known_until


def _series(plan: Plan, begin: datetime) -> Series:
    if plan.frequency is None:
        raise ValueError("a scheduled plan needs a frequency")
    if plan.frequency is Frequency.CRON:
        from tui_scheduler.schedules.cron import parse_cron

        expression = parse_cron(plan.cron or "")
        return ByWallClock(plan.timezone, expression.pattern, expression.elapsed)
    if plan.start is None:
        raise ValueError("the plan has no start; anchor it at the moment of scheduling")
    if plan.frequency in STEPS:
        return Elapsing(begin, _step(plan, plan.frequency))
    return _from_start(plan, plan.start, begin)


def _from_start(plan: Plan, start: datetime, begin: datetime) -> Series:
    """The series of a plan that fires at its start's time of day."""
    days = _DAYS[plan.frequency or Frequency.DAILY](plan, start)
    rest = ByWallClock(plan.timezone, WallPattern(days, ClockTimes.only(start.time())))
    # A start in the second pass of a repeated hour would miss its own day, which fires in the
    # first pass.
    if start.fold and days.has(start.toordinal()):
        return StartingAt(begin, rest)
    return rest


def _step(plan: Plan, frequency: Frequency) -> timedelta:
    unit = UNITS[frequency]
    if not 1 <= plan.interval <= LONGEST_STEP // unit:
        raise ValueError(f"the interval must be between 1 and {LONGEST_STEP // unit}")
    return plan.interval * unit


def _days_of_daily(plan: Plan, start: datetime) -> Days:
    if plan.daily_option is DailyOption.EVERY_N_DAYS:
        return PeriodicDays(start.toordinal(), _step(plan, Frequency.DAILY).days)
    chosen = WORKING_DAYS if plan.daily_option is DailyOption.WEEKDAYS else WEEKEND
    return PeriodicDays(_monday(start), 7, tuple(map(int, chosen)))


def _days_of_weekly(plan: Plan, start: datetime) -> Days:
    if not plan.days:
        raise ValueError("a weekly plan needs at least one weekday")
    weekdays = tuple(sorted(map(int, plan.days)))
    return PeriodicDays(_monday(start), _step(plan, Frequency.WEEKLY).days, weekdays)


def _days_of_monthly(plan: Plan, _start: datetime) -> Days:
    return CalendarDays(months.masks_of(_monthly_rule(plan)))


def _monthly_rule(plan: Plan) -> months.Rule:
    option = plan.monthly_option
    if option is MonthlyOption.LAST_DAY:
        return months.before_last()
    if option is MonthlyOption.SPECIFIC and plan.day is not None:
        rule = months.day_or_last if plan.or_last_day else months.day_of_month
        return rule(plan.day)
    if option is MonthlyOption.LAST and plan.weekday is not None:
        return months.last(plan.weekday)
    if option in _WEEKDAY_COUNTS and plan.weekday is not None:
        return months.nth(plan.weekday, _WEEKDAY_COUNTS[option])
    raise ValueError("a monthly plan needs to say which day it means")


_DAYS: dict[Frequency, Callable[[Plan, datetime], Days]] = {
    Frequency.DAILY: _days_of_daily,
    Frequency.WEEKLY: _days_of_weekly,
    Frequency.MONTHLY: _days_of_monthly,
}


def _monday(wall: datetime) -> int:
    return wall.toordinal() - wall.weekday()


def _fold(wall: datetime | None) -> int:
    return 0 if wall is None else wall.fold
