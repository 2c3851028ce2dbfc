"""When a request runs: pure functions of a plan and a moment, without a clock or any I/O.

Each part is loaded when something of it is asked for: who lists processes needs next to none.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_scheduler.schedules.cautions import warnings
    from tui_scheduler.schedules.durations import TooLong, format_duration, parse_duration
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
    from tui_scheduler.schedules.short_sentences import brief, without_year
    from tui_scheduler.schedules.validation import problems
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
    "TooLong",
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

_NAMES = {
    "short_sentences": "brief without_year",
    "durations": "TooLong format_duration parse_duration",
    "events": "awaited",
    "exceptions": "Calendar Exceptions parse_exceptions",
    "firing": "LeftOutDay anchored count_fires fires first_fire latest_fire left_out next_fire"
    " shortest_interval why_left_out",
    "moments": "parse_moment",
    "plan": "DailyOption Frequency MonthlyOption Outcome Plan Timing Weekday",
    "sentences": "summary to_words",
    "validation": "problems",
    "cautions": "warnings",
    "zones": "wall_to_instant",
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for; from then on it is there."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
