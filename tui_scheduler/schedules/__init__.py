"""When a request runs: pure functions of a plan and a moment, without a clock or any I/O."""

from tui_scheduler.schedules.brief import brief, without_year
from tui_scheduler.schedules.durations import format_duration, parse_duration
from tui_scheduler.schedules.events import awaited
from tui_scheduler.schedules.exceptions import Calendar, Exceptions, parse_exceptions
from tui_scheduler.schedules.firing import (
    LeftOutDay,
    anchored,
    count_fires,
    fires,
    first_fire,
    latest_fire,
    left_out,
    next_fire,
    shortest_interval,
    why_left_out,
)
from tui_scheduler.schedules.moments import parse_moment
from tui_scheduler.schedules.plan import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Outcome,
    Plan,
    Timing,
    Weekday,
)
from tui_scheduler.schedules.sentences import summary, to_words
from tui_scheduler.schedules.validation import problems
from tui_scheduler.schedules.warnings import warnings
from tui_scheduler.schedules.zones import wall_to_instant

__all__ = [
    "Calendar",
    "DailyOption",
    "Exceptions",
    "Frequency",
    "LeftOutDay",
    "MonthlyOption",
    "Outcome",
    "Plan",
    "Timing",
    "Weekday",
    "anchored",
    "awaited",
    "brief",
    "count_fires",
    "fires",
    "first_fire",
    "format_duration",
    "latest_fire",
    "left_out",
    "next_fire",
    "parse_duration",
    "parse_exceptions",
    "parse_moment",
    "problems",
    "shortest_interval",
    "summary",
    "to_words",
    "wall_to_instant",
    "warnings",
    "why_left_out",
    "without_year",
]
