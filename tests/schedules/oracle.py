"""A slow second opinion on when plans fire, sharing no code with the package.

It writes down what every minute of a span looks like in a zone, asks of every wall-clock time of
every day whether the plan means it, and looks up the instants that show it.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Plan

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Meaning:
    """What a wall-clock plan means: which days, which times of day, and which clock rule."""

    on: Callable[[date], bool]
    at: tuple[time, ...]
    elapsed: bool = False


@dataclass(frozen=True)
class Span:
    """The days around a date in a zone; ``begin`` and ``end`` are instants well inside."""

    zone: str
    middle: date
    days: int = 3

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.middle, time(12), UTC) - self.days * DAY

    @property
    def end(self) -> datetime:
        return datetime.combine(self.middle, time(12), UTC) + self.days * DAY

    @property
    def change(self) -> datetime:
        """The minute within the span at which the offset changes, else its middle."""
        return _change(self)


@lru_cache(maxsize=64)
def _change(span: Span) -> datetime:
    zone = ZoneInfo(span.zone)
    instant = span.begin
    before = instant.astimezone(zone).utcoffset()
    while instant < span.end and instant.astimezone(zone).utcoffset() == before:
        instant += MINUTE
    return instant if instant < span.end else span.begin + span.days * DAY


@lru_cache(maxsize=64)
def minutes_shown(span: Span) -> dict[datetime, list[datetime]]:
    """For every wall-clock minute the instants that show it."""
    instants: dict[datetime, list[datetime]] = {}
    zone = ZoneInfo(span.zone)
    instant = span.begin - 3 * DAY
    while instant < span.end + 3 * DAY:
        wall = instant.astimezone(zone).replace(tzinfo=None, fold=0)
        instants.setdefault(wall, []).append(instant)
        instant += MINUTE
    return instants


def instants_of(wall: datetime, span: Span) -> list[datetime]:
    """Every instant that shows a wall time."""
    rest = timedelta(seconds=wall.second, microseconds=wall.microsecond)
    return [instant + rest for instant in minutes_shown(span).get(wall - rest, [])]


def end_of_gap(wall: datetime, span: Span) -> datetime:
    """The first instant that shows a later time than ``wall``, which is in a gap."""
    minute = wall.replace(second=0, microsecond=0)
    while minute not in minutes_shown(span):
        minute += MINUTE
    return minutes_shown(span)[minute][0]


def instant_of(wall: datetime, span: Span) -> datetime:
    """One instant for a wall time with a fold."""
    instants = instants_of(wall, span)
    return instants[-1 if wall.fold else 0] if instants else end_of_gap(wall, span)


def fires_of(plan: Plan, meaning: Meaning, span: Span) -> list[datetime]:
    """All fires of a wall-clock plan from the begin to the end of the span."""
    fires: set[datetime] = set()
    day = span.begin.date() - DAY
    while day <= span.end.date() + DAY:
        if meaning.on(day):
            for clock in meaning.at:
                fires |= _fires_at(datetime.combine(day, clock), meaning, span)
        day += DAY
    return _bounded(plan, fires | _own_start(plan, meaning, span), span)


def _fires_at(wall: datetime, meaning: Meaning, span: Span) -> set[datetime]:
    instants = instants_of(wall, span)
    if meaning.elapsed:
        return set(instants)
    return {instants[0] if instants else end_of_gap(wall, span)}


def _own_start(plan: Plan, meaning: Meaning, span: Span) -> set[datetime]:
    """A plan at its start's time of day fires at its start, in whichever pass that is."""
    if plan.start is None or plan.frequency is Frequency.CRON:
        return set()
    near = span.begin.date() <= plan.start.date() <= span.end.date()
    return {instant_of(plan.start, span)} if near and meaning.on(plan.start.date()) else set()


def _bounded(plan: Plan, fires: Iterable[datetime], span: Span) -> list[datetime]:
    delay = plan.spread_by or timedelta()  # what comes is what was planned so much earlier
    begin, end = span.begin - delay, span.end - delay
    if plan.start is not None and plan.start.date() >= span.begin.date() - DAY:
        begin = max(begin, instant_of(plan.start, span))
    if plan.finish is not None and plan.finish.date() <= span.end.date() + DAY:
        end = min(end, instant_of(plan.finish, span))
    is_planned = (fire for fire in fires if begin <= fire <= end and not is_left_out(plan, fire))
    return sorted(fire + delay for fire in is_planned)


def is_left_out(plan: Plan, fire: datetime) -> bool:
    """Whether the clock of the zone shows at ``fire`` a day that the plan leaves out."""
    day = fire.astimezone(ZoneInfo(plan.timezone)).date()
    for item in plan.except_.items:
        if item in plan.except_.calendars:
            if day.toordinal() in plan.except_.calendars[item].days:
                return True
        else:
            first, last = (*item.split(".."), item)[:2]
            if date.fromisoformat(first) <= day <= date.fromisoformat(last):
                return True
    return False


def meaning_of(plan: Plan) -> Meaning:
    """What a daily, weekly or monthly plan means."""
    assert plan.start is not None
    days = {Frequency.DAILY: _daily, Frequency.WEEKLY: _weekly, Frequency.MONTHLY: _monthly}
    assert plan.frequency is not None
    on = days[plan.frequency]
    return Meaning(on=lambda day: on(plan, day), at=(plan.start.time(),))


def _daily(plan: Plan, day: date) -> bool:
    if plan.daily_option is DailyOption.WEEKDAYS:
        return day.isoweekday() <= 5
    if plan.daily_option is DailyOption.WEEKENDS:
        return day.isoweekday() >= 6
    assert plan.start is not None
    return (day - plan.start.date()).days % plan.interval == 0


def _weekly(plan: Plan, day: date) -> bool:
    assert plan.start is not None
    weeks = (_monday(day) - _monday(plan.start.date())).days // 7
    return day.weekday() in plan.days and weeks % plan.interval == 0


def _monday(day: date) -> date:
    while day.isoweekday() != 1:
        day -= DAY
    return day


def _monthly(plan: Plan, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    if plan.monthly_option is MonthlyOption.LAST_DAY:
        return day.day == last
    if plan.monthly_option is MonthlyOption.SPECIFIC:
        assert plan.day is not None
        is_missing = plan.day > last
        return day.day == plan.day or (plan.or_last_day and is_missing and day.day == last)
    if day.weekday() != plan.weekday:
        return False
    if plan.monthly_option is MonthlyOption.LAST:
        return day.day + 7 > last
    names = ["first", "second", "third", "fourth", "fifth"]
    return names[(day.day - 1) // 7] == plan.monthly_option
