"""Single values as people read them, whatever they belong to."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tui_scheduler.cli.printing.layout import Cell
from tui_scheduler.schedules import format_duration
from tui_scheduler.sizes import peak_text
from tui_scheduler.wording import REQUEST_STATUSES, RUN_STATUSES, exact_duration, iso_moment

_COLOURS = {
    "scheduled": "32", "paused": "33", "complete": "2", "success": "32", "processing": "36",
    "error": "31", "timed_out": "31", "lost": "31", "killed": "33", "misfired": "33",
    "skipped": "33",
}  # fmt: skip
_WORDS = {**RUN_STATUSES, **REQUEST_STATUSES}
NOTHING = Cell("-")
"""Stands for a value that there is not."""


def text_cell(text: str | None) -> Cell:
    """Returns text that may be missing."""
    return Cell(text) if text else NOTHING


def status_cell(status: str | None) -> Cell:
    """Returns the status of a run or a request in words, in its colour."""
    return NOTHING if status is None else Cell(_WORDS[status].word, _COLOURS.get(status, ""))


def status_colour(status: str) -> str:
    """Returns the colour of a status, as layout has it; empty for none."""
    return _COLOURS.get(status, "")


def moment_cell(moment: datetime | None, zone: str) -> Cell:
    """Returns a moment on the clock of ``zone``, to the second, with its offset."""
    return NOTHING if moment is None else Cell(iso_moment(moment, zone))


def clock_cell(duration: timedelta | None) -> Cell:
    """Returns a duration in hours, minutes, seconds and milliseconds."""
    return text_cell(exact_duration(duration))


def peak_cell(size: int | None) -> Cell:
    """Returns a peak in bytes of which only a bound is known."""
    return NOTHING if size is None else Cell(peak_text(size))


def duration_cell(duration: timedelta | None) -> Cell:
    """Returns a duration as it may be typed."""
    return NOTHING if duration is None else Cell(format_duration(duration))


def variables_cell(variables: Mapping[str, str]) -> Cell:
    """Returns variables, one a line."""
    lines = [f"{name}={value}" for name, value in variables.items()]
    return text_cell("\n".join(lines))
