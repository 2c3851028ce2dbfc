"""The fields of the request form, in their order on the screen, and the words around them."""

from collections.abc import Iterator, Mapping

from tui_scheduler import wording
from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Outcome, Timing, Weekday
from tui_scheduler.tui.screens.requests.form_values import RequestValues
from tui_scheduler.tui.widgets.form.choice import AnyOf, OneOf
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import (
    LineEntry,
    PickEntry,
    SuggestingEntry,
    VariablesEntry,
)

TIMINGS: Mapping[Timing, str] = {
    Timing.IMMEDIATE: "Run Immediately",
    Timing.LATER: "Run Later",
    Timing.SCHEDULE: "Schedule",
    Timing.BOOT: "At boot",
    Timing.AFTER: "After another",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.SUCCESS: "Succeeds",
    Outcome.FAILURE: "Fails",
    Outcome.END: "Ends, any way",
}
FREQUENCIES: Mapping[Frequency, str] = {
    Frequency.SECONDLY: "Seconds",
    Frequency.MINUTELY: "Minutes",
    Frequency.HOURLY: "Hours",
    Frequency.DAILY: "Days",
    Frequency.WEEKLY: "Weeks",
    Frequency.MONTHLY: "Months",
    Frequency.CRON: "Cron",
}
DAILY_OPTIONS: Mapping[DailyOption, str] = {
    DailyOption.EVERY_N_DAYS: "Every n",
    DailyOption.WEEKDAYS: "Weekdays",
    DailyOption.WEEKENDS: "Weekends",
}
MONTHLY_OPTIONS: Mapping[MonthlyOption, str] = {
    MonthlyOption.FIRST: "First",
    MonthlyOption.SECOND: "Second",
    MonthlyOption.THIRD: "Third",
    MonthlyOption.FOURTH: "Fourth",
    MonthlyOption.LAST: "Last",
    MonthlyOption.LAST_DAY: "Last day",
    MonthlyOption.SPECIFIC: "Specific day",
}
SHORT_MONTHS: Mapping[bool, str] = {False: "Skipped", True: "Or the last day"}
WEEKDAYS: Mapping[Weekday, str] = {day: day.name.capitalize() for day in Weekday}
MISFIRES: Mapping[MisfirePolicy, str] = {
    each: wording.MISFIRES[each].choice for each in MisfirePolicy
}

_UNITS: Mapping[Frequency, str] = {
    Frequency.SECONDLY: "seconds",
    Frequency.MINUTELY: "minutes",
    Frequency.HOURLY: "hours",
    Frequency.DAILY: "days",
    Frequency.WEEKLY: "weeks",
}
_MISFIRE_NOTES: Mapping[MisfirePolicy, str] = {
    MisfirePolicy.ONCE: "One late run makes up for all that were missed.",
    MisfirePolicy.SKIP: "What was missed is only noted in the monitor.",
    MisfirePolicy.ALL: "Every missed run is made up for, late, at most 100.",
}

SAYINGS = (
    "weekdays at 18:30",
    "every 15 minutes",
    "tomorrow 9:00",
    "in 10 minutes",
    "monday and friday at 7:00",
    "last friday of the month at 18:00",
    "after backup",
    "0 9-17/2 * * mon-fri",
)
"""What may be said in *When*, to begin from."""

_MOMENT = "2026-03-29 02:30"
_OF_DAYS = frozenset({Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY})


def request_fields(new: RequestValues) -> Iterator[Field]:
    """Every field, holding what a new request begins with."""
    yield Field("process", "Process", PickEntry(new.process, placeholder="Choose a process"))
    yield Field("description", "Description", LineEntry(new.description))
    yield from _fires(new)
    yield from _bounds(new)
    yield from _otherwise(new)
    yield Field(
        "parameters",
        "Parameters",
        VariablesEntry(new.parameters),
        classes="-apart",
    )


def _fires(new: RequestValues) -> Iterator[Field]:
    """When it runs."""
    yield Field("when", "When", _when_entry(new.when), classes="-apart")
    yield Field("timing", "Timing", OneOf(TIMINGS, new.timing))
    yield Field("follows", "After", PickEntry(new.follows, placeholder="Choose what it follows"))
    yield Field("outcome", "When that", OneOf(OUTCOMES, new.outcome))
    yield Field(
        "delay",
        "Delay",
        LineEntry(new.delay, placeholder="none"),
        unit="after the boot, such as 5m",
        classes="-short",
    )
    yield Field("frequency", "Frequency", OneOf(FREQUENCIES, new.frequency))
    yield Field("daily_option", "Which days", OneOf(DAILY_OPTIONS, new.daily_option))
    yield Field("interval", "Every", LineEntry(new.interval, placeholder="1"), classes="-short")
    yield Field("days", "On", AnyOf(WEEKDAYS, new.days))
    yield Field("monthly_option", "On the", OneOf(MONTHLY_OPTIONS, new.monthly_option))
    yield Field("weekday", "Weekday", OneOf(WEEKDAYS, new.weekday))
    yield Field("day", "Day", LineEntry(new.day, placeholder="1 to 31"), classes="-short")
    yield Field("or_last_day", "Short months", OneOf(SHORT_MONTHS, new.or_last_day))
    yield Field("cron", "Expression", LineEntry(new.cron, placeholder="such as 30 18 * * mon-fri"))


def _bounds(new: RequestValues) -> Iterator[Field]:
    """From when on, until when, and by which clock."""
    yield Field(
        "start",
        "Start",
        LineEntry(new.start, placeholder=f"{_MOMENT}; empty: when scheduled"),
        classes="-apart",
    )
    yield Field("finish", "Finish", LineEntry(new.finish, placeholder=f"{_MOMENT}; empty: never"))
    yield Field(
        "repetitions",
        "Repetitions",
        LineEntry(placeholder="no limit"),
        unit="runs",
        classes="-short",
    )
    yield Field(
        "spread",
        "Spread",
        LineEntry(new.spread, placeholder="on time"),
        unit="later at most, such as 30m",
        classes="-short",
    )
    yield Field(
        "except_",
        "Except",
        LineEntry(new.except_, placeholder="2026-12-24, company; empty: no day"),
    )
    yield Field(
        "timezone",
        "Time zone",
        PickEntry(new.timezone, placeholder="Choose a time zone"),
        classes="-apart",
    )


def _otherwise(new: RequestValues) -> Iterator[Field]:
    """What becomes of runs that do not come as they should."""
    yield Field("misfire", "Missed runs", OneOf(MISFIRES, new.misfire))
    yield Field(
        "misfire_limit",
        "At most",
        LineEntry(new.misfire_limit, placeholder="any time"),
        unit="late, such as 3h",
        classes="-short",
    )
    yield Field(
        "silent_after",
        "Silent after",
        LineEntry(new.silent_after, placeholder="off"),
        unit="no success, such as 26h",
        classes="-short",
        about="Then those are told whom its process or group names, once.",
    )


def _when_entry(value: str) -> SuggestingEntry:
    hint = f"such as {SAYINGS[0]}, {SAYINGS[3]}"
    return SuggestingEntry(value, placeholder=hint, sayings=SAYINGS)


def note_on_start(values: RequestValues) -> str:
    """What the start is to a plan, if that is more than its first moment."""
    if values.timing is Timing.AFTER:
        return "Only what ends from then on is followed."
    is_of_days = values.timing is Timing.SCHEDULE and values.frequency in _OF_DAYS
    return "Each run is at this time of day (empty: when scheduled)." if is_of_days else ""


def unit_of(values: RequestValues) -> str:
    """What the interval counts."""
    unit = _UNITS.get(values.frequency, "")
    return unit.removesuffix("s") if values.interval.strip() in {"", "1"} else unit


def note_on_misfire(values: RequestValues) -> str:
    """What the chosen policy does."""
    return _MISFIRE_NOTES[values.misfire]
