"""The days of the calendars that plans name, as the configuration has them now.

One database is open in a program, and one set of calendars is in force; plans that are read from it
come with their days, so that all that is asked of them needs nothing else. Where a calendar is gone
or cannot be had, the plan says why, and nothing fires on guesswork.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from tui_scheduler.calendars import (
    HOLIDAYS_EXTRA,
    NamedCalendar,
    no_such_calendar,
    span_of,
)
from tui_scheduler.schedules import Calendar, Plan
from tui_scheduler.settings import config_file

_YEARS = range(1970, 2101)
"""The years whose public holidays are looked up; later ones are not known."""


@dataclass(frozen=True, slots=True)
class Calendars:
    """Those of the configuration file ``config``; ``problem`` says why it could not be read."""

    by_name: Mapping[str, NamedCalendar] = field(default_factory=dict)
    config: Path = field(default_factory=config_file)
    problem: str = ""

    def days_of(self, name: str) -> Calendar:
        """The days of one, or why they are not known."""
        if name not in self.by_name:
            return Calendar(problem=no_such_calendar(name, self.by_name, self.config))
        try:
            return _days_of(self.by_name[name])
        except ValueError as error:
            return Calendar(problem=f"{self.config}: calendar.{name}: {error}")

    def resolved(self, plan: Plan) -> Plan:
        """Returns ``plan`` with the days of the calendars that it names."""
        names = plan.except_.names
        if not names:
            return plan
        known = {name: self.days_of(name) for name in names}
        return replace(plan, except_=replace(plan.except_, calendars=known))


class _InForce:
    """The calendars that all plans of this program are read with."""

    calendars = Calendars()


def use_calendars(calendars: Calendars) -> None:
    """Let plans that are read from now on have the days of these calendars."""
    _InForce.calendars = calendars


def calendars_in_force() -> Calendars:
    """Returns the calendars that plans are read with now."""
    return _InForce.calendars


def resolved(plan: Plan) -> Plan:
    """Returns ``plan`` with the days that the calendars which it names have now."""
    return _InForce.calendars.resolved(plan)


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
    """The public holidays of a place; raises ValueError with the remedy."""
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
        found = country_holidays(country, subdiv=by_name.get(region.upper()), years=_YEARS)
    return {day.toordinal() for day in found}
