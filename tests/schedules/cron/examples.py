"""Random cron expressions together with what they mean, so that nothing has to parse them."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from functools import cache

from hypothesis import strategies as st

from tests.schedules.oracle import Meaning

On = Callable[[date], bool]

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SUNDAY_FIRST = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(frozen=True)
class Example:
    """An expression and its meaning."""

    text: str
    meaning: Meaning


@dataclass(frozen=True)
class Item:
    """One item of a field, and the values it means."""

    text: str
    values: frozenset[int]


@cache
def items(low: int, high: int, *, wraps: bool = False) -> st.SearchStrategy[Item]:
    """A value, a range, or a step over a range, over all, or from a value."""
    value, step = st.integers(low, high), st.integers(1, min(high - low, 7))
    return st.builds(_item, st.just((low, high, wraps)), value, value, step, st.integers(0, 4))


def _item(bounds: tuple[int, int, bool], one: int, other: int, step: int, kind: int) -> Item:
    low, high, wraps = bounds
    size = high - low + 1
    if one > other and not wraps:
        one, other = other, one
    around = range(one, other + 1 if one <= other else other + size + 1)
    wrapped = [(value - low) % size + low for value in around]
    return [
        Item(str(one), frozenset({one})),
        Item(f"{one}-{other}", frozenset(wrapped)),
        Item(f"{one}-{other}/{step}", frozenset(wrapped[::step])),
        Item(f"{one}/{step}", frozenset(range(one, high + 1, step))),
        Item(f"*/{step}", frozenset(range(low, high + 1, step))),
    ][kind]


@cache  # building a strategy takes longer than drawing from it
def fields(
    low: int, high: int, *, wraps: bool = False
) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    """All values, a step over all, or a list of up to three items, as text and values."""
    everything = st.just(("*", frozenset(range(low, high + 1))))
    steps = st.integers(1, min(high - low, 7)).map(
        lambda step: (f"*/{step}", frozenset(range(low, high + 1, step)))
    )
    lists = st.lists(items(low, high, wraps=wraps), min_size=1, max_size=3).map(_joined)
    return st.one_of(everything, steps, lists, lists)


def _joined(chosen: list[Item]) -> tuple[str, frozenset[int]]:
    values = frozenset[int]().union(*(item.values for item in chosen))
    return ",".join(item.text for item in chosen), values


@cache
def numbers(low: int, high: int) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    """A single value or two, which keep the times of a day few."""
    values = st.frozensets(st.integers(low, high), min_size=1, max_size=2)
    return values.map(lambda chosen: (",".join(map(str, sorted(chosen))), chosen))


def _last(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _nearest(day: date, number: int) -> bool:
    """Whether ``day`` is the working day nearest to a day of its month."""
    working = [
        other for other in range(1, _last(day) + 1) if day.replace(day=other).isoweekday() <= 5
    ]
    nearest = min(working, key=lambda other: abs(other - number))
    return number <= _last(day) and number >= 1 and day.day == nearest


def _nth(day: date, sunday_first: int, count: int) -> bool:
    return day.isoweekday() % 7 == sunday_first and (day.day - 1) // 7 + 1 == count


@cache
def special_days() -> st.SearchStrategy[tuple[str, On]]:
    """What Quartz's day of month knows beyond values."""
    back = st.integers(1, 30)
    return st.one_of(
        st.just(("L", lambda day: day.day == _last(day))),
        st.just(("LW", lambda day: _nearest(day, _last(day)))),
        back.map(lambda n: (f"L-{n}", lambda day: day.day == _last(day) - n)),
        st.integers(1, 31).map(lambda n: (f"{n}W", lambda day: _nearest(day, n))),
    )


@cache
def special_weekdays(first: int) -> st.SearchStrategy[tuple[str, On]]:
    """``n#k``, and in Quartz ``nL``; ``first`` is the number of Sunday."""
    weekday = st.integers(0, 6)
    nth = st.tuples(weekday, st.integers(1, 5)).map(
        lambda chosen: (f"{chosen[0] + first}#{chosen[1]}", lambda day: _nth(day, *chosen))
    )
    if first == 0:
        return nth
    last = weekday.map(
        lambda n: (f"{n + 1}L", lambda day: day.isoweekday() % 7 == n and day.day + 7 > _last(day))
    )
    return st.one_of(nth, last)


def _clocks(*values: frozenset[int]) -> tuple[time, ...]:
    hours, minutes, seconds = map(sorted, values)
    return tuple(time(h, m, s) for h in hours for m in minutes for s in seconds)


YEARS = st.sampled_from([("", range(1, 9999)), (" 2010-2026/2", range(2010, 2027, 2))])


@st.composite
def unix_examples(draw: st.DrawFn) -> Example:
    """Five fields."""
    minute_text, minutes = draw(few_or_any(59, 59))
    hour_text, hours = draw(few_or_any(4, 23))
    day_text, on_day = draw(_unix_days())
    month_text, months = draw(fields(1, 12))
    week_text, on_weekday = draw(_unix_weekdays())
    both = day_text.startswith("*") or week_text.startswith("*")

    def on(day: date) -> bool:
        matches = [on_day(day), on_weekday(day)]
        return day.month in months and (all(matches) if both else any(matches))

    text = f"{minute_text} {hour_text} {day_text} {month_text} {week_text}"
    elapsed = minute_text.startswith("*") or hour_text.startswith("*")
    return Example(text, Meaning(on, _clocks(hours, minutes, frozenset({0})), elapsed))


@st.composite
def quartz_examples(draw: st.DrawFn) -> Example:
    """Six or seven fields."""
    second_text, seconds = draw(numbers(0, 59))
    minute_text, minutes = draw(few_or_any(59, 59, wraps=True))
    hour_text, hours = draw(few_or_any(4, 23, wraps=True))
    month_text, months = draw(fields(1, 12, wraps=True))
    day_text, week_text, on_day = draw(_quartz_days())
    year_text, years = draw(YEARS)

    def on(day: date) -> bool:
        return day.year in years and day.month in months and on_day(day)

    text = f"{second_text} {minute_text} {hour_text} {day_text} {month_text} {week_text}{year_text}"
    elapsed = minute_text.startswith("*") or hour_text.startswith("*")
    return Example(text, Meaning(on, _clocks(hours, minutes, seconds), elapsed))


@cache
def few_or_any(
    few: int, high: int, *, wraps: bool = False
) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    """One or two values up to ``few``, or any field up to ``high``."""
    return st.one_of(numbers(0, few), fields(0, high, wraps=wraps))


@cache
def _unix_days() -> st.SearchStrategy[tuple[str, On]]:
    last: tuple[str, On] = ("L", lambda day: day.day == _last(day))
    return st.one_of(_values_of_day(), _values_of_day(), st.just(last))


@cache
def _unix_weekdays() -> st.SearchStrategy[tuple[str, On]]:
    return st.one_of(_values_of_weekday(0, 7), special_weekdays(0))


@cache
def _quartz_days() -> st.SearchStrategy[tuple[str, str, On]]:
    days = st.one_of(_values_of_day(wraps=True), special_days())
    weekdays = st.one_of(_values_of_weekday(1, 7, wraps=True), special_weekdays(1))
    return st.one_of(
        days.map(lambda chosen: (chosen[0], "?", chosen[1])),
        weekdays.map(lambda chosen: ("?", chosen[0], chosen[1])),
    )


@cache
def _values_of_day(*, wraps: bool = False) -> st.SearchStrategy[tuple[str, On]]:
    return fields(1, 31, wraps=wraps).map(lambda field: (field[0], lambda day: day.day in field[1]))


@cache
def _values_of_weekday(
    low: int, high: int, *, wraps: bool = False
) -> st.SearchStrategy[tuple[str, On]]:
    """Numbers of weekdays; 0 and 7 are Sunday when ``low`` is 0, else 1 is."""
    return fields(low, high, wraps=wraps).map(
        lambda field: (
            field[0],
            lambda day: day.isoweekday() % 7 in {(value - low) % 7 for value in field[1]},
        )
    )
