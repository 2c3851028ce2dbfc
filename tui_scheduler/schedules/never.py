"""Why a plan never fires, and what to change so that it does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from tui_scheduler.errors import Problem
from tui_scheduler.schedules import english
from tui_scheduler.schedules.cron import CronExpression, parse_cron
from tui_scheduler.schedules.firing import first_fire
from tui_scheduler.schedules.plan import Frequency, Plan
from tui_scheduler.schedules.zones import LATEST, instant_of, instant_of_wall, wall_of

_CRON_DAYS = date(1970, 1, 1).toordinal(), LATEST.toordinal()


def why_never(plan: Plan, now: datetime) -> Iterator[Problem]:
    """The problem of a plan that would not fire even once when it is scheduled at ``now``."""
    if first_fire(plan, now) is not None:
        return
    endless = first_fire(replace(plan, finish=None), now)
    if endless is not None and plan.finish is not None:
        yield Problem("finish", _finish(plan, plan.finish, endless, now))
    elif plan.frequency is Frequency.CRON:
        yield Problem("cron", _cron(parse_cron(plan.cron or "")))
    else:
        yield Problem("start", "nothing would fire before the year 9999; use an earlier start")


def _finish(plan: Plan, finish: datetime, endless: datetime, now: datetime) -> str:
    if instant_of_wall(finish, plan.timezone) < instant_of(now):
        return "it is over, so nothing would fire; use a later finish, or none"
    first = english.full_moment(wall_of(instant_of(endless), plan.timezone))
    return f"the first fire would be on {first}, after the finish; use that or later, or none"


def _cron(expression: CronExpression) -> str:
    days = expression.days
    years = expression.year.values
    if years is None or replace(days, years=None).first(*_CRON_DAYS) is None:
        return _impossible(expression)
    named = english.spans(years, str)
    if days.first(*_CRON_DAYS) is None:
        return f"year: such a day does not come in {named}; use other years, or *"
    return f"year: nothing is left to fire in {named}; use a later year, or *"


def _impossible(expression: CronExpression) -> str:
    days, months = expression.day.values, expression.month.values
    if not days or not months or expression.day.specials:
        return "the days and times never come together; allow more of them"
    named = english.spans(months, lambda number: english.MONTHS[number - 1])
    never = f"day {english.spans(days, str)} never comes in {named}"
    return f"day of month: {never}; use an earlier day, or L for the last day"
