"""The times of day of a cron expression in plain English."""

from collections.abc import Sequence

from tui_scheduler.schedules.clock_times import ClockTimes
from tui_scheduler.schedules.english import clock, every, listed, ordinal, spans, step_of
from tui_scheduler.schedules.wall_pattern import wall_at

_MOST_CLOCKS = 6  # as many times of day are listed one by one
_LONGEST_LIST = 4


def describe_times(times: ClockTimes, *, is_every_day: bool = False) -> str:
    """The words, such as "At 02:30" or "Every 5 minutes between 09:00 and 17:59".

    Hours over midnight are in a row only if they are those of every day.
    """
    if times.per_day <= _MOST_CLOCKS:
        return f"At {listed(_clock(times.at(position)) for position in range(times.per_day))}"
    if times.seconds != (0,):
        parts = [_often(times.seconds, 60, "second"), _within(times.minutes, 60, "minute")]
        return " ".join(filter(None, (*parts, _hours(times.hours, wraps=is_every_day))))
    if len(times.minutes) > 1:
        minutes = _often(times.minutes, 60, "minute")
        hours = _hours(times.hours, wraps=is_every_day)
        return f"{minutes} {hours or _of_every_hour(minutes)}".rstrip()
    return _once_an_hour(times, wraps=is_every_day)


def _once_an_hour(times: ClockTimes, *, wraps: bool) -> str:
    step = _cycle(times.hours, 24)
    if step is None and (span := _in_a_row(times.hours, wraps=wraps)):
        first, last = (f"{hour:02}:{times.minutes[0]:02}" for hour in span)
        return f"Every hour between {first} and {last}"
    if step is None:
        return f"At minute {times.minutes[0]} {_hours(times.hours, wraps=wraps)}"
    words = every(step, "hour").capitalize()
    if step == 1:
        return f"{words} at minute {times.minutes[0]}" if times.minutes[0] else words
    first = _clock(times.at(0))
    return words if first == "00:00" else f"{words} from {first}"


def _often(values: Sequence[int], size: int, noun: str) -> str:
    """How often within the next larger unit: "Every 5 minutes", "At minutes 1 and 9"."""
    step = _cycle(values, size)
    if step is not None:
        first = f" from {noun} {values[0]}" if values[0] else ""
        return every(step, noun).capitalize() + first
    return f"At {_named(values, noun)}"


def _of_every_hour(minutes: str) -> str:
    return "of every hour" if minutes.startswith("At ") else ""


def _within(values: Sequence[int], size: int, noun: str) -> str:
    """Within which larger units: "in every 2nd hour", "in minutes 1 and 9"; none for all."""
    step = _cycle(values, size)
    if step == 1:
        return ""
    if step is not None:
        first = f" from {noun} {values[0]}" if values[0] else ""
        return f"in every {ordinal(step)} {noun}{first}"
    return f"in {_named(values, noun)}"


def _hours(hours: Sequence[int], *, wraps: bool) -> str:
    if span := _in_a_row(hours, wraps=wraps):
        return f"between {span[0]:02}:00 and {span[1]:02}:59"
    return _within(hours, 24, "hour")


def _in_a_row(hours: Sequence[int], *, wraps: bool) -> tuple[int, int] | None:
    """The first and the last of hours that follow each other; None if they do not."""
    begins = [hour for hour in hours if ((hour - 1) % 24 if wraps else hour - 1) not in hours]
    if len(begins) != 1 or len(hours) == 24:
        return None
    return begins[0], (begins[0] + len(hours) - 1) % 24


def _named(values: Sequence[int], noun: str) -> str:
    step = step_of(values)
    if step is not None and step > 1 and len(values) > _LONGEST_LIST:
        return f"every {ordinal(step)} {noun} from {values[0]} to {values[-1]}"
    return f"{noun}{'s' if len(values) > 1 else ''} {spans(values, str)}"


def _cycle(values: Sequence[int], size: int) -> int | None:
    """The step of values that go evenly round a clock of ``size``."""
    step = step_of(values)
    return step if step is not None and step * len(values) == size else None


def _clock(microseconds: int) -> str:
    return clock(wall_at(1, microseconds))
