"""The options that say when a request runs, and the plan they mean."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from tui_scheduler.cli.options.click_classes import option
from tui_scheduler.cli.options.param_types import (
    NUMBER,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    WEEKDAY,
    WEEKDAYS,
    ZONE,
    Cleared,
    choice,
)
from tui_scheduler.cli.options.when import WHEN, WHEN_HELP, UnlessWords, plan_in_words
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    parse_moment,
)
from tui_scheduler.services.plans import normalised

F = TypeVar("F", bound=Callable[..., Any])

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
        "End after N executions."}),
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
    ("--cron", {"metavar": "EXPR", "help":
        "Five fields as in crontab, or six or seven as in Quartz, with --frequency cron."}),
    ("--finish", {"type": OPTIONAL_TEXT, "metavar": _MOMENT, "help":
        "Last moment, inclusive; a date alone is all of its day."}),
    ("--timezone", {"type": ZONE, "metavar": "ZONE", "help":
        "IANA name such as Europe/Madrid. Default: the machine's."}),
]  # fmt: skip
FIELDS = ("timing", *(name[2:].replace("-", "_") for name, _ in _OPTIONS))
"""The parameters that ``timing_options`` adds; all are None when they were not given."""


def timing_options(*, is_required: bool) -> Callable[[F], F]:
    """Give a command the options of TIMING."""

    def decorate(function: F) -> F:
        for name, attributes in reversed(_OPTIONS):
            function = option(name, **attributes)(function)
        timing = option(
            "--timing",
            cls=UnlessWords,
            type=choice(Timing),
            metavar="|".join(Timing),
            required=is_required,
            help="Once when scheduled, once at --start, or again and again; or use --when.",
        )
        decorated: F = option(WHEN, metavar="WORDS", help=WHEN_HELP)(timing(function))
        return decorated

    return decorate


def plan_from(given: Mapping[str, Any], base: Plan, now: datetime) -> Plan:
    """``base`` with the options that were given; raises InvalidInput for what it cannot read.

    Options that the plan does not use are told on standard error, and change nothing.
    """
    if given.get("when") is not None:
        base = plan_in_words(given, base, now)
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
    plan = replace(base, **values)
    _tell_unused(plan, values)
    return plan


def _tell_unused(plan: Plan, values: Mapping[str, Any]) -> None:
    used = normalised(plan)
    unused = [name for name, value in values.items() if getattr(used, name) != value]
    if unused:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in unused)
        kind = plan.frequency if plan.timing is Timing.SCHEDULE and plan.frequency else plan.timing
        complain(f"Ignored, because {kind.value!r} does not use it: {options}")
