"""The days of the calendars that plans name, as the configuration has them now.

Plans that are read come with the days of the calendars that are in force, so that all that is asked
of them needs nothing else. Where a calendar is gone
or cannot be had, the plan says why, and nothing fires on guesswork.
"""

import warnings
from dataclasses import replace
from datetime import date
from functools import lru_cache

from tui_scheduler.calendars import (
    HOLIDAYS_EXTRA,
    Calendars,
    NamedCalendar,
    calendars_in_force,
    no_such_calendar,
    span_of,
)
from tui_scheduler.schedules import Calendar, Plan

_YEARS = range(1970, 2101)
"""The years whose public holidays are looked up; later ones are not known."""


def days_of(calendars: Calendars, name: str) -> Calendar:
    """Returns the days of one of these calendars, or why they are not known."""
    if name not in calendars.by_name:
        return Calendar(problem=no_such_calendar(name, calendars.by_name, calendars.config))
    try:
        return _days_of(calendars.by_name[name])
    except ValueError as error:
        return Calendar(problem=f"{calendars.config}: calendar.{name}: {error}")


def resolved(plan: Plan) -> Plan:
    """Returns ``plan`` with the days that the calendars which it names have now."""
    names = plan.except_.names
    if not names:
        return plan
    calendars = calendars_in_force()
    known = {name: days_of(calendars, name) for name in names}
    return replace(plan, except_=replace(plan.except_, calendars=known))


@lru_cache(maxsize=256)
def _days_of(calendar: NamedCalendar) -> Calendar:
    """All days of a calendar; raises ValueError with the remedy."""
    days = {day for first, end in map(span_of, calendar.dates) for day in range(first, end)}
    if not calendar.holidays:
        return Calendar(frozenset(days))
    return Calendar(
        frozenset(days | _public_holidays(*calendar.place)), date(_YEARS[-1], 12, 31).toordinal()
    )


def _public_holidays(country: str, region: str) -> set[int]:
    """Returns the public holidays of a place, as day numbers; raises ValueError with the remedy."""
    try:
        from holidays import country_holidays, list_supported_countries
    except ImportError:
        raise ValueError(f"public holidays need what is not installed: {HOLIDAYS_EXTRA}") from None
    regions = list_supported_countries(include_aliases=True).get(country)
    if regions is None:
        raise ValueError(f"there are no holidays of {country!r}: write a country such as ES or DE")
    by_name = {each.upper(): each for each in regions}
    if region and region.upper() not in by_name:
        use = f"use one of {', '.join(regions)}" if regions else f"write {country}"
        raise ValueError(f"there are no holidays of {region!r} in {country}: {use}")
    with warnings.catch_warnings():  # of calendars that foretell a part of these years
        warnings.simplefilter("ignore")
        days = country_holidays(country, subdiv=by_name.get(region.upper()), years=_YEARS)
    return {day.toordinal() for day in days}
