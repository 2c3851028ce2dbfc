"""The option that says in plain words when a request runs."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from tui_scheduler.cli.options.click_classes import Unless
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.schedules import Plan, Timing, to_words

WHEN = "--when"
_NAME = "when"
WHEN_HELP = (
    "The whole plan in plain words, instead of --timing and its fields: 'every 15 minutes',"
    " 'weekdays at 18:30', 'last friday of the month at 6pm', 'tomorrow 9:00 in Europe/Madrid'."
)
# What the words may leave open, each with the words that say it.
_OPEN = {
    "start": "from 2027-03-01",
    "finish": "until 2027-03-01",
    "repetitions": "10 times",
    "timezone": "in Europe/Madrid",
}


class UnlessWords(Unless):
    """Required unless the words say it."""

    other = _NAME
    remedy = f"is missing: give it, or say {WHEN} 'weekdays at 18:30'"


def blank_plan(given: Mapping[str, Any], zone: str) -> Plan:
    """The plan that the options of a new request begin with; its timing may be still to be said."""
    return Plan(timing=given["timing"] or Timing.IMMEDIATE, timezone=given["timezone"] or zone)


def plan_in_words(given: Mapping[str, Any], base: Plan, now: datetime) -> Plan:
    """The plan that the words of ``given`` say, told on standard error.

    Of ``base`` only the zone is used. Raises InvalidInput for words that are not understood, and
    for every option that says again what they say.
    """
    # Only who says words waits for what understands them.
    from tui_scheduler.schedules.words import parse

    zone = given["timezone"] or base.timezone
    try:
        plan = parse(given[_NAME], zone, now)
    except ValueError as refused:
        raise InvalidInput([Problem(_NAME, str(refused))]) from refused
    if problems := [_again(name) for name in _said_twice(given, plan, zone)]:
        raise InvalidInput(problems)
    complain(f"Understood: {to_words(plan)}, in {plan.timezone}")
    return plan


def _said_twice(given: Mapping[str, Any], plan: Plan, zone: str) -> list[str]:
    """The options given that the words do not leave open."""
    left_open = Plan(timing=plan.timing, timezone=zone)
    return [
        name
        for name in (field.name for field in fields(Plan))
        if given.get(name) is not None
        and (name not in _OPEN or getattr(plan, name) != getattr(left_open, name))
    ]


def _again(name: str) -> Problem:
    if name in _OPEN:
        remedy = f"leave it out, or take it out of the words, where it is said like {_OPEN[name]!r}"
    else:
        remedy = "leave it out, or leave --when out"
    return Problem(name, f"--when says it already: {remedy}")
