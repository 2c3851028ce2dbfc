"""The fields of the request form, in their order on the screen, and the words around them."""

from collections.abc import Iterator, Mapping

from tui_scheduler import wording
from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Timing, Weekday
from tui_scheduler.tui.screens.requests.form_values import RequestValues
from tui_scheduler.tui.widgets.form.choice import AnyOf, OneOf
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import LineEntry, PickEntry, VariablesEntry

TIMINGS: Mapping[Timing, str] = {
    Timing.IMMEDIATE: "Run Immediately",
    Timing.LATER: "Run Later",
    Timing.SCHEDULE: "Schedule",
}
FREQUENCIES: Mapping[Frequency, str] = {
    Frequency.SECONDLY: "Every n seconds",
    Frequency.MINUTELY: "Every n minutes",
    Frequency.HOURLY: "Hourly",
    Frequency.DAILY: "Daily",
    Frequency.WEEKLY: "Weekly",
    Frequency.MONTHLY: "Monthly",
    Frequency.CRON: "Cron expression",
}
DAILY_OPTIONS: Mapping[DailyOption, str] = {
    DailyOption.EVERY_N_DAYS: "Every n days",
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
    MisfirePolicy.ONCE: "After a pause one run makes up for all that were missed.",
    MisfirePolicy.SKIP: "What was missed is only noted in the monitor.",
    MisfirePolicy.ALL: "After a pause every missed run is made up for, at most 100.",
}

_SAYINGS = "such as weekdays at 18:30, in 10 minutes"


def request_fields(new: RequestValues) -> Iterator[Field]:
    """Every field, holding what a new request begins with."""
    moment = "2026-03-29 02:30"
    yield Field("process", "Process", PickEntry(new.process, placeholder="Choose a process"))
    yield Field("description", "Description", LineEntry(new.description))
    yield Field("when", "When", LineEntry(new.when, placeholder=_SAYINGS), classes="-apart")
    yield Field("timing", "Timing", OneOf(TIMINGS, new.timing))
    yield Field("frequency", "Frequency", OneOf(FREQUENCIES, new.frequency))
    yield Field("daily_option", "Which days", OneOf(DAILY_OPTIONS, new.daily_option))
    yield Field("interval", "Every", LineEntry(new.interval, placeholder="1"), classes="-short")
    yield Field("days", "On", AnyOf(WEEKDAYS, new.days))
    yield Field("monthly_option", "On the", OneOf(MONTHLY_OPTIONS, new.monthly_option))
    yield Field("weekday", "Weekday", OneOf(WEEKDAYS, new.weekday))
    yield Field("day", "Day", LineEntry(new.day, placeholder="1 to 31"), classes="-short")
    yield Field("cron", "Expression", LineEntry(new.cron, placeholder="such as 30 18 * * mon-fri"))
    yield Field(
        "start",
        "Start",
        LineEntry(new.start, placeholder=f"{moment}; empty: when scheduled"),
        classes="-apart",
    )
    yield Field("finish", "Finish", LineEntry(new.finish, placeholder=f"{moment}; empty: never"))
    yield Field(
        "repetitions",
        "Repetitions",
        LineEntry(placeholder="no limit"),
        unit="runs",
        classes="-short",
    )
    yield Field(
        "timezone",
        "Time zone",
        PickEntry(new.timezone, placeholder="Choose a time zone"),
        classes="-apart",
    )
    yield Field("misfire", "Missed runs", OneOf(MISFIRES, new.misfire))
    yield Field(
        "misfire_limit",
        "At most",
        LineEntry(new.misfire_limit, placeholder="any time"),
        unit="late, such as 3h",
        classes="-short",
    )
    yield Field(
        "parameters",
        "Parameters",
        VariablesEntry(new.parameters),
        classes="-apart",
    )


def unit_of(values: RequestValues) -> str:
    """What the interval counts."""
    unit = _UNITS.get(values.frequency, "")
    return unit.removesuffix("s") if values.interval.strip() in {"", "1"} else unit


def note_on_misfire(values: RequestValues) -> str:
    """What the chosen policy does."""
    return _MISFIRE_NOTES[values.misfire]
