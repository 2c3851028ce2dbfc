"""Intervals between two times of day, and whole days of them, as times of a cron expression.

The end belongs to them where one expression can say so: ``hourly from 9 to 17`` runs at 17:00, and
``every 15 minutes from 9 to 17`` for the last time at 16:45, as the expression for the hours from 9
to 16 says nothing of 17:00 alone.
"""

from collections.abc import Iterator, Sequence
from datetime import time
from itertools import pairwise
from typing import NamedTuple

from tui_scheduler.schedules.english import step_of
from tui_scheduler.schedules.plan import Frequency

_HOUR, _DAY = 60, 24 * 60  # in minutes
_LONGEST_LIST = 3


class Times(NamedTuple):
    """The first fields of an expression."""

    minute: str
    hour: str
    second: str = "0"


Part = tuple[Times, int]
"""The fields of one of several expressions, and on which day after that which is said."""


def at_clocks(clocks: Sequence[time]) -> Times | None:
    """Returns the fields for some times of day; None if one expression cannot say them."""
    hours, minutes, seconds = (
        sorted({getattr(clock, unit) for clock in clocks}) for unit in ("hour", "minute", "second")
    )
    if len(hours) * len(minutes) * len(seconds) != len(set(clocks)):
        return None
    return Times(*(",".join(map(str, values)) for values in (minutes, hours, seconds)))


def all_day(frequency: Frequency, interval: int) -> Times | None:
    """Returns the fields for an interval that goes evenly into a minute, an hour or a day."""
    if frequency is Frequency.SECONDLY and 60 % interval == 0:
        return Times("*", "*", _stepped(interval))
    minutes = _in_minutes(frequency, interval)
    if minutes is None or _DAY % minutes:
        return None
    if _HOUR % minutes == 0:
        return Times(_stepped(minutes) if minutes < _HOUR else "0", "*")
    return Times("0", _stepped(minutes // _HOUR)) if minutes % _HOUR == 0 else None


def between(
    frequency: Frequency, interval: int, begin: time, end: time, *, is_every_day: bool
) -> Times | None:
    """Returns the fields for an interval that begins anew each day at ``begin``, up to ``end``.

    None if one expression cannot say it, also where it goes over midnight and is not of
    ``is_every_day``: what comes after midnight is on other days.
    """
    if frequency is Frequency.SECONDLY and 60 % interval == 0:
        whole = between(Frequency.MINUTELY, 1, begin, end, is_every_day=is_every_day)
        return None if whole is None else whole._replace(second=_stepped(interval))
    minutes = _in_minutes(frequency, interval)
    if minutes is None or begin.second or end.second:
        return None
    fires, last = _fires(minutes, begin, end)
    for chosen in (fires, fires[:-1]) if fires[-1] == last else (fires,):
        if chosen and (is_every_day or chosen[-1] < _DAY) and (times := _product(chosen)):
            return times
    return None


def parts(
    frequency: Frequency, interval: int, begin: time, end: time, *, is_every_day: bool
) -> tuple[Part, ...]:
    """Returns the fields for each expression that is needed, and how many days later it is."""
    minutes = _in_minutes(frequency, interval)
    if minutes is None or begin.second or end.second:
        return ()
    fires, last = _fires(minutes, begin, end)
    if not is_every_day and fires[-1] == last and not _product(fires):
        fires = fires[:-1]
    todays = [fire for fire in fires if is_every_day or fire < _DAY]
    return (*_grouped(todays, 0), *_grouped(fires[len(todays) :], 1))


def all_day_parts(frequency: Frequency, interval: int) -> tuple[Part, ...]:
    """Returns the same for an interval that goes evenly into a day."""
    minutes = _in_minutes(frequency, interval)
    if minutes is None or _DAY % minutes:
        return ()
    return tuple(_grouped(range(0, _DAY, minutes), 0))


def _grouped(fires: Sequence[int], later: int) -> Iterator[Part]:
    """Each minute with its hours, those with the same hours together."""
    hours: dict[int, tuple[int, ...]] = {}
    for fire in fires:
        minute, hour = fire % _HOUR, fire // _HOUR % 24
        hours[minute] = (*hours.get(minute, ()), hour)
    for same in dict.fromkeys(hours.values()):
        at = sorted(minute for minute in hours if hours[minute] == same)
        yield Times(_minutes(at), _hours(same)), later


def _in_minutes(frequency: Frequency, interval: int) -> int | None:
    if frequency is Frequency.SECONDLY:
        return None if interval % 60 else interval // 60
    return interval * _HOUR if frequency is Frequency.HOURLY else interval


def _fires(interval: int, begin: time, end: time) -> tuple[range, int]:
    """Returns all fires, in minutes since midnight, and the end."""
    first, last = (clock.hour * _HOUR + clock.minute for clock in (begin, end))
    last += _DAY if last <= first else 0
    return range(first, last + 1, interval), last


def _product(fires: Sequence[int]) -> Times | None:
    """Returns the fields if each minute of the fires goes with each of their hours."""
    minutes = sorted({fire % _HOUR for fire in fires})
    hours = [*dict.fromkeys(fire // _HOUR % 24 for fire in fires)]
    if not fires or len(minutes) * len(hours) != len(fires):
        return None
    return Times(_minutes(minutes), _hours(hours))


def _stepped(interval: int) -> str:
    return "*" if interval == 1 else f"*/{interval}"


def _minutes(minutes: Sequence[int]) -> str:
    step = step_of(minutes)
    is_of_all = step is not None and minutes[0] == 0 and step * len(minutes) == _HOUR
    return _stepped(step) if step and is_of_all else ",".join(map(str, minutes))


def _hours(hours: Sequence[int]) -> str:
    """Returns hours in their order, also over midnight: ``9-17``, ``22-23,0-2``, ``8-16/2``."""
    if len(hours) == 24:
        return "*"
    step = step_of(hours)
    if step is not None and step > 1 and len(hours) > _LONGEST_LIST:
        return f"{hours[0]}-{hours[-1]}/{step}"
    spans = [[hours[0]]]
    for before, hour in pairwise(hours):
        if hour == before + 1:
            spans[-1].append(hour)
        else:
            spans.append([hour])
    return ",".join(str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}" for span in spans)
