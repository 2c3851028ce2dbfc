"""What is wrong with a plan, at the field that has to change, with the remedy."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import available_timezones

from tui_scheduler.errors import Problem
from tui_scheduler.schedules import english
from tui_scheduler.schedules.cron import CronError, CronExpression, parse_cron
from tui_scheduler.schedules.durations import format_duration
from tui_scheduler.schedules.exceptions import NOTHING
from tui_scheduler.schedules.firing import first_fire, shortest_interval
from tui_scheduler.schedules.plan import DailyOption, Frequency, MonthlyOption, Plan, Timing
from tui_scheduler.schedules.timetable import LONGEST_SPREAD, LONGEST_STEP, UNITS
from tui_scheduler.schedules.zones import (
    LATEST,
    SECOND,
    instant_of,
    instant_of_wall,
    moment_of,
    wall_of,
    zone_info,
)

_START_YEARS = range(1970, 9999)
_FINISH_YEARS = range(1970, 10_000)
_OVER = "it is over, so nothing would run; use a later finish, or none"
_LONGEST_DELAY = timedelta(days=3650)
_MOST_REPETITIONS = 1_000_000_000
_CRON_DAYS = date(1970, 1, 1).toordinal(), LATEST.toordinal()


def problems(plan: Plan, now: datetime) -> tuple[Problem, ...]:
    """Everything that forbids to save the plan at ``now``; empty when it is valid."""
    reasons = [
        *_zone(plan),
        *_moment("start", plan.start, _START_YEARS),
        *_spread(plan),
        *_exceptions(plan),
    ]
    if plan.timing is Timing.BOOT:
        reasons += _delay(plan)
    if plan.timing is Timing.AFTER:
        reasons += [*_moment("finish", plan.finish, _FINISH_YEARS), *_followed(plan)]
        reasons += _repetitions(plan)
        if not reasons:
            reasons += [*_finish(plan)] or [*_over(plan, now)]
    if plan.timing is Timing.SCHEDULE:
        reasons += [*_moment("finish", plan.finish, _FINISH_YEARS), *_frequency(plan)]
        if not reasons:
            reasons += [*_finish(plan)] or [*_why_never(plan, now)] or [*_too_wide(plan, now)]
    elif plan.timing is Timing.LATER and plan.start is not None and not reasons:
        reasons += [*_day_of_start(plan, plan.start)]
    return tuple(reasons)


def _delay(plan: Plan) -> Iterator[Problem]:
    if plan.delay is not None and not timedelta() < plan.delay <= _LONGEST_DELAY:
        remedy = f"use more than 0 and at most {_LONGEST_DELAY.days}d, or none"
        yield Problem("delay", f"it is out of range; {remedy}")


def _followed(plan: Plan) -> Iterator[Problem]:
    if not plan.follows:
        yield Problem("follows", "it is missing; name the process or group whose end is awaited")


def _over(plan: Plan, now: datetime) -> Iterator[Problem]:
    if plan.finish and instant_of_wall(plan.finish, plan.timezone) < instant_of(now):
        yield Problem("finish", _OVER)


def _exceptions(plan: Plan) -> Iterator[Problem]:
    if plan.timing is not Timing.IMMEDIATE:
        yield from (Problem("except_", problem) for problem in plan.except_.problems)


def _day_of_start(plan: Plan, start: datetime) -> Iterator[Problem]:
    """The problem of a plan that fires once, on a day that it leaves out."""
    if first_fire(plan, moment_of(instant_of_wall(start, plan.timezone))) is None:
        why = plan.except_.why(start.date())
        left_out = f"{english.full_day(start)} is left out ({why or plan.except_}),"
        yield Problem("except_", f"{left_out} so it would never run; use another start")


def _zone(plan: Plan) -> Iterator[Problem]:
    try:
        zone_info(plan.timezone)
    except ValueError as unknown:
        near = get_close_matches(plan.timezone, zone_names(), n=1)
        hint = f" (perhaps {near[0]})" if near else ""
        yield Problem("timezone", f"{unknown}{hint}")


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The name of every time zone that this machine knows."""
    return tuple(sorted(available_timezones()))


def _moment(field: str, wall: datetime | None, years: range) -> Iterator[Problem]:
    if wall is None:
        return
    if wall.tzinfo is not None:
        yield Problem(field, "it carries an offset; give the wall-clock time of the plan's zone")
    elif wall.year not in years:
        remedy = f"use {years[0]} to {years[-1]}"
        yield Problem(field, f"the year {wall.year} is out of range; {remedy}")


def _finish(plan: Plan) -> Iterator[Problem]:
    if plan.finish is None or plan.start is None:
        return
    finish = instant_of_wall(plan.finish, plan.timezone)
    if finish < instant_of_wall(plan.start, plan.timezone):
        after = english.full_moment(plan.start)
        yield Problem("finish", f"it is before the start; use a time from {after} on, or none")


def _spread(plan: Plan) -> Iterator[Problem]:
    if plan.spread is None or plan.timing is Timing.IMMEDIATE:
        return
    longest = format_duration(LONGEST_SPREAD)
    if not SECOND <= plan.spread <= LONGEST_SPREAD or plan.spread % SECOND:
        remedy = f"use 1s to {longest} in whole seconds, or none"
        yield Problem("spread", f"{_duration(plan.spread)} is out of range; {remedy}")


def _too_wide(plan: Plan, now: datetime) -> Iterator[Problem]:
    """The problem of a spread over more time than there is between two fires."""
    if plan.spread is None:
        return  # most plans, of which sixty fires need not be found then
    shortest = shortest_interval(plan, now)
    if shortest is not None and plan.spread > shortest:
        most = format_duration(shortest)
        yield Problem("spread", f"runs come {most} apart at times; use at most {most}")


def _duration(duration: timedelta) -> str:
    return f"{duration.total_seconds():g}s" if duration < SECOND else format_duration(duration)


def _frequency(plan: Plan) -> Iterator[Problem]:
    if plan.frequency is None:
        names = english.listed(frequency.value for frequency in Frequency)
        yield Problem("frequency", f"it is missing; choose one of {names}")
        return
    yield from _FIELDS.get(plan.frequency, _interval)(plan)
    yield from _repetitions(plan)


def _repetitions(plan: Plan) -> Iterator[Problem]:
    if plan.repetitions is not None and not 1 <= plan.repetitions <= _MOST_REPETITIONS:
        remedy = f"use 1 to {_MOST_REPETITIONS}, or none"
        yield Problem("repetitions", f"{plan.repetitions} is out of range; {remedy}")


def _interval(plan: Plan) -> Iterator[Problem]:
    if plan.frequency is None:
        return
    longest = LONGEST_STEP // UNITS[plan.frequency]
    if not 1 <= plan.interval <= longest:
        yield Problem("interval", f"{plan.interval} is out of range; use 1 to {longest}")


def _daily(plan: Plan) -> Iterator[Problem]:
    if plan.daily_option is DailyOption.EVERY_N_DAYS:
        yield from _interval(plan)


def _weekly(plan: Plan) -> Iterator[Problem]:
    yield from _interval(plan)
    if not plan.days:
        yield Problem("days", "no weekday is chosen; choose at least one")


def _monthly(plan: Plan) -> Iterator[Problem]:
    option = plan.monthly_option
    if option is None:
        names = english.listed(option.value for option in MonthlyOption)
        yield Problem("monthly_option", f"it is missing; choose one of {names}")
    elif option is MonthlyOption.SPECIFIC:
        if plan.day is None:
            yield Problem("day", "it is missing; use 1 to 31, or choose the last day")
        elif not 1 <= plan.day <= 31:
            remedy = "use 1 to 31, or choose the last day"
            yield Problem("day", f"no month has a day {plan.day}; {remedy}")
    elif option is not MonthlyOption.LAST_DAY and plan.weekday is None:
        yield Problem("weekday", f"it is missing; choose the weekday whose {option} is meant")


def _cron(plan: Plan) -> Iterator[Problem]:
    if not plan.cron or not plan.cron.strip():
        remedy = "write five fields, such as 30 2 * * 1-5 for weekdays at 02:30"
        yield Problem("cron", f"it is missing; {remedy}")
        return
    try:
        parse_cron(plan.cron)
    except CronError as refused:
        yield Problem("cron", str(refused))


_FIELDS: dict[Frequency, Callable[[Plan], Iterator[Problem]]] = {
    Frequency.DAILY: _daily,
    Frequency.WEEKLY: _weekly,
    Frequency.MONTHLY: _monthly,
    Frequency.CRON: _cron,
}


def _why_never(plan: Plan, now: datetime) -> Iterator[Problem]:
    """The problem of a plan that would not fire even once when it is scheduled at ``now``."""
    if first_fire(plan, now) is not None:
        return
    whole = replace(plan, except_=NOTHING)
    if plan.except_ and first_fire(whole, now) is not None:
        yield Problem("except_", _never_for_exceptions(plan))
        return
    plan = whole
    endless = first_fire(replace(plan, finish=None), now)
    if endless is not None and plan.finish is not None:
        yield Problem("finish", _never_before_finish(plan, plan.finish, endless, now))
    elif plan.frequency is Frequency.CRON:
        yield Problem("cron", _never_by_cron(parse_cron(plan.cron or "")))
    else:
        yield Problem("start", "nothing would run before the year 9999; use an earlier start")


def _never_for_exceptions(plan: Plan) -> str:
    """What is wrong with a plan of which nothing is left."""
    last = plan.except_.known_until
    until = f" up to {english.full_day(date.fromordinal(last))}, where they end" if last else ""
    return f"it never fires: every run is on a day that is left out{until}; leave out fewer"


def _never_before_finish(plan: Plan, finish: datetime, endless: datetime, now: datetime) -> str:
    if instant_of_wall(finish, plan.timezone) < instant_of(now):
        return _OVER
    first = english.full_moment(wall_of(instant_of(endless), plan.timezone))
    return f"the first run would be on {first}, after the finish; use that or later, or none"


def _never_by_cron(expression: CronExpression) -> str:
    days = expression.days
    years = expression.year.values
    if years is None or replace(days, years=None).first(*_CRON_DAYS) is None:
        return _impossible(expression)
    named = english.spans(years, str)
    if days.first(*_CRON_DAYS) is None:
        return f"year: such a day does not come in {named}; use other years, or *"
    return f"year: nothing is left to run in {named}; use a later year, or *"


def _impossible(expression: CronExpression) -> str:
    days, months = expression.day.values, expression.month.values
    if not days or not months or expression.day.specials:
        return "the days and times never come together; allow more of them"
    named = english.spans(months, lambda number: english.MONTHS[number - 1])
    never = f"day {english.spans(days, str)} never comes in {named}"
    return f"day of month: {never}; use an earlier day, or L for the last day"
