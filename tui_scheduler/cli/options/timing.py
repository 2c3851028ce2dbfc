"""The options that say when a request runs, in words or field by field, and the plan they mean."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, TypeVar

from tui_scheduler.cli.completing.completions import calendars, owner_names
from tui_scheduler.cli.options.click_classes import Unless, option, parameter_of, with_options
from tui_scheduler.cli.options.param_types import (
    EXCEPTIONS,
    NUMBER,
    OPTIONAL_DURATION,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    WEEKDAY,
    WEEKDAYS,
    ZONE,
    Cleared,
    choice,
)
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.errors import InvalidInput, Problem, spelled
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Outcome,
    Plan,
    Timing,
    parse_moment,
    summary,
    to_words,
)
from tui_scheduler.schedules.exceptions import NOTHING
from tui_scheduler.services.calendars import resolved
from tui_scheduler.services.plans import normalised

F = TypeVar("F", bound=Callable[..., Any])

_WHEN = "--when"
_WHEN_HELP = (
    "The whole plan in plain words, instead of --timing and its fields: 'every 15 minutes',"
    " 'weekdays at 18:30', 'last friday of the month at 6pm', 'tomorrow 9:00 in Europe/Madrid',"
    " 'after backup', 'at boot'."
)
# What the words may leave open, each with the words that say it.
_LEFT_OPEN = {
    "start": "from 2027-03-01",
    "finish": "until 2027-03-01",
    "repetitions": "10 times",
    "spread": "spread over 30 minutes",
    "timezone": "in Europe/Madrid",
    "except_": "except 2026-12-24",
}
_MOMENT = "ISO"
_OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("--start", {"type": OPTIONAL_TEXT, "metavar": _MOMENT, "help":
        "First moment: 2026-03-29T02:30, 2026-03-29 or 18:30 (today). Without an offset it is"
        " wall-clock time in the request's zone. Default: the moment of scheduling."}),
    ("--frequency", {"type": choice(Frequency), "metavar": "|".join(Frequency), "help":
        "How often, with --timing schedule."}),
    ("--interval", {"type": NUMBER, "metavar": "N", "help":
        "Every N seconds, minutes, hours, days or weeks. Default: 1."}),
    ("--repetitions", {"type": OPTIONAL_NUMBER, "metavar": "N", "help":
        "End after N runs."}),
    ("--daily-option", {"type": choice(DailyOption), "metavar": "|".join(DailyOption), "help":
        "Which days, with --frequency daily. Default: every-n-days."}),
    ("--days", {"type": WEEKDAYS, "metavar": "mon,tue,...", "help":
        "The weekdays, with --frequency weekly."}),
    ("--monthly-option", {"type": choice(MonthlyOption), "metavar": "|".join(MonthlyOption),
        "help": "Which day, with --frequency monthly; the first five need --weekday."}),
    ("--weekday", {"type": WEEKDAY, "metavar": "mon", "help":
        "The weekday, with --monthly-option first to last."}),
    ("--day", {"type": NUMBER, "metavar": "N", "help":
        "The day of the month (1-31), with --monthly-option specific."}),
    ("--or-last-day/--skip-short-months", {"default": None, "help":
        "Whether a month without the --day has its last day instead, with --day 29 to 31. Default:"
        " it is skipped."}),
    ("--cron", {"metavar": "EXPR", "help":
        "Five fields as in crontab, or six or seven as in Quartz, with --frequency cron."}),
    ("--finish", {"type": OPTIONAL_TEXT, "metavar": _MOMENT, "help":
        "Last moment, inclusive; a date alone is all of its day."}),
    ("--delay", {"type": OPTIONAL_DURATION, "metavar": "5m", "help":
        "How long after the boot, with --timing boot. Default: at once."}),
    ("--follows", {"metavar": "NAME", "shell_complete": owner_names, "help":
        "The process or group after whose runs it runs, with --timing after."}),
    ("--outcome", {"type": choice(Outcome), "metavar": "|".join(Outcome), "help":
        "How they end, with --timing after. Default: success."}),
    ("--spread", {"type": OPTIONAL_DURATION, "metavar": "30m", "help":
        "Let each run come up to so much later, always by as much, which is drawn once: so that"
        " many requests at one time do not begin at once. 'none' for on time."}),
    ("--except", {"type": EXCEPTIONS, "metavar": "DAYS", "shell_complete": calendars, "help":
        "Days that are left out, with commas: dates (2026-12-24), ranges"
        " (2026-12-24..2027-01-06), and calendars of the configuration file by name; or none."}),
    ("--timezone", {"type": ZONE, "metavar": "ZONE", "help":
        "IANA name such as Europe/Madrid. Default: the machine's."}),
]  # fmt: skip
FIELDS = ("timing", *(parameter_of(name) for name, _ in _OPTIONS))
"""The parameters that ``timing_options`` adds; all are None when they were not given."""


class UnlessWords(Unless):
    """Required unless the words say it."""

    other = "when"
    remedy = f"is missing: give it, or say {_WHEN} 'weekdays at 18:30'"


def timing_options(*, is_required: bool) -> Callable[[F], F]:
    """Give a command the options of TIMING."""

    def decorate(function: F) -> F:
        timing = option(
            "--timing",
            cls=UnlessWords,
            type=choice(Timing),
            metavar="|".join(Timing),
            required=is_required,
            help="Once when scheduled, once at --start, again and again, at each boot of the"
            " machine, or after the runs of another process or group; or use --when.",
        )
        when = option(_WHEN, metavar="WORDS", help=_WHEN_HELP)
        decorated: F = when(timing(with_options(_OPTIONS)(function)))
        return decorated

    return decorate


def has_plan(given: Mapping[str, Any]) -> bool:
    """Returns whether options say a plan; raises InvalidInput for fields without a timing."""
    if given["when"] is not None or given["timing"] is not None:
        return True
    if any(given[name] is not None for name in FIELDS):
        raise InvalidInput([Problem("timing", UnlessWords.remedy)])
    return False


def blank_plan(given: Mapping[str, Any], zone: str) -> Plan:
    """Returns the plan that a new request begins with; its timing may be still to be said."""
    return Plan(timing=given["timing"] or Timing.IMMEDIATE, timezone=given["timezone"] or zone)


def plan_in_words(words: str, zone: str, now: datetime) -> Plan:
    """Returns the plan that ``words`` say, told on standard error; or raises InvalidInput."""
    blank = Plan(timing=Timing.IMMEDIATE, timezone=zone)
    return _plan_in_words({**dict.fromkeys(FIELDS), "when": words}, blank, now)


def plan_from(given: Mapping[str, Any], base: Plan, now: datetime) -> Plan:
    """Returns ``base`` with the options that were given; or raises InvalidInput.

    Options that the plan does not use are told on standard error, and change nothing.
    """
    if given.get("when") is not None:
        base = _plan_in_words(given, base, now)
    chosen = {name: given[name] for name in FIELDS if given.get(name) is not None}
    zone = chosen.get("timezone", base.timezone)
    problems = []
    for name in ("start", "finish"):
        if isinstance(text := chosen.get(name), str):
            try:
                chosen[name] = parse_moment(text, zone, now, is_finish=name == "finish")
            except ValueError as error:
                problems.append(Problem(name, str(error)))
    if problems:
        raise InvalidInput(problems)
    values: dict[str, Any] = {
        name: None if value is Cleared.NONE else value for name, value in chosen.items()
    }
    if values.get("except_", NOTHING) is None:
        values["except_"] = NOTHING
    plan = replace(base, **values)
    _tell_unused(plan, values)
    return resolved(plan)


def _plan_in_words(given: Mapping[str, Any], base: Plan, now: datetime) -> Plan:
    """Returns the plan that the words of ``given`` say, told on standard error.

    Of ``base`` only the zone is used. Raises InvalidInput for words that are not understood, and
    for every option that says again what they say.
    """
    # Only who says words waits for what understands them.
    from tui_scheduler.schedules.words import parse

    zone = given["timezone"] or base.timezone
    try:
        plan = parse(given["when"], zone, now)
    except ValueError as refused:
        raise InvalidInput([Problem("when", str(refused))]) from refused
    if problems := [_again(name) for name in _said_twice(given, plan, zone)]:
        raise InvalidInput(problems)
    plan = resolved(plan)
    by_cron = f": {summary(plan)}" if plan.frequency is Frequency.CRON else ""
    complain(f"Understood: {to_words(plan)}, in {plan.timezone}{by_cron}")
    return plan


def _said_twice(given: Mapping[str, Any], plan: Plan, zone: str) -> list[str]:
    """Returns the options given that the words do not leave open."""
    left_open = Plan(timing=plan.timing, timezone=zone)
    return [
        name
        for name in (field.name for field in fields(Plan))
        if given.get(name) is not None
        and (name not in _LEFT_OPEN or getattr(plan, name) != getattr(left_open, name))
    ]


def _again(name: str) -> Problem:
    if name in _LEFT_OPEN:
        remedy = (
            f"leave it out, or take it out of the words, where it is said like {_LEFT_OPEN[name]!r}"
        )
    else:
        remedy = "leave it out, or leave --when out"
    return Problem(name, f"--when says it already: {remedy}")


def _tell_unused(plan: Plan, values: Mapping[str, Any]) -> None:
    used = normalised(plan)
    unused = [name for name, value in values.items() if getattr(used, name) != value]
    if unused:
        options = ", ".join(f"--{spelled(name).replace('_', '-')}" for name in unused)
        kind = plan.frequency if plan.timing is Timing.SCHEDULE and plan.frequency else plan.timing
        complain(f"Ignored, because {kind.value!r} does not use it: {options}")
