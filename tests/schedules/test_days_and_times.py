"""Sets of days and of times of day, against listing them."""

from datetime import date, time

import pytest

from tui_scheduler.schedules import Weekday, months
from tui_scheduler.schedules.clock_times import ClockTimes, clock_of
from tui_scheduler.schedules.days import CalendarDays, Days, PeriodicDays
from tui_scheduler.schedules.wall_pattern import WallPattern, wall_at
from tui_scheduler.schedules.zones import TICK

BEGIN = date(2024, 1, 1).toordinal()
END = date(2025, 3, 1).toordinal()

SETS: dict[str, Days] = {
    "every third day": PeriodicDays(BEGIN + 1, 3),
    "two days of every second week": PeriodicDays(BEGIN - 700, 14, (2, 5)),
    "day 31": CalendarDays(months.masks_of(months.day_of_month(31))),
    "all days of two months": CalendarDays(
        months.masks_of(months.every_day()), frozenset({2, 11}), frozenset({2024})
    ),
    "fifth Sundays": CalendarDays(months.masks_of(months.nth(Weekday.SUN, 5))),
    "no day": CalendarDays(months.masks_of(months.day_of_month(30)), frozenset({2})),
}
TIMES = ClockTimes((3, 4, 20), (0, 59), (1, 30), 250)


@pytest.mark.parametrize("days", SETS.values(), ids=SETS.keys())
def test_sets_of_days_agree_with_listing_them(days: Days) -> None:
    listed = [day for day in range(BEGIN, END + 30) if days.has(day)]
    for lower in range(BEGIN, END, 11):
        for upper in (lower, lower + 1, lower + 29, END):
            inside = [day for day in listed if lower <= day < upper]
            assert days.count(lower, upper) == len(inside)
            assert days.first(lower, upper) == (inside[0] if inside else None)
            assert days.last(lower, upper) == (inside[-1] if inside else None)


def test_times_of_day_agree_with_listing_them() -> None:
    listed = [
        clock_of(wall_at(1, 0).replace(hour=hour, minute=minute, second=second, microsecond=250))
        for hour in TIMES.hours
        for minute in TIMES.minutes
        for second in TIMES.seconds
    ]
    assert TIMES.per_day == len(listed)
    assert [TIMES.at(position) for position in range(len(listed))] == listed
    for clock in [0, *listed, 86_400_000_000 - 1]:
        for near in (clock - 1, clock, clock + 1):
            assert TIMES.before(near) == sum(other < near for other in listed)


def test_a_single_time_of_day() -> None:
    only = ClockTimes.only(time(2, 30, 15, 7))
    assert only.per_day == 1
    assert wall_at(1, only.at(0)).time() == time(2, 30, 15, 7)


def test_wall_times_of_a_pattern_are_found_from_both_sides() -> None:
    pattern = WallPattern(SETS["every third day"], TIMES)
    lower, upper = wall_at(BEGIN, 0), wall_at(BEGIN + 30, 0)
    first, last = pattern.first(lower, upper), pattern.last(lower, upper)
    assert first == wall_at(BEGIN + 1, TIMES.at(0))
    assert last is not None
    assert last == wall_at(BEGIN + 28, TIMES.at(TIMES.per_day - 1))
    assert pattern.count(lower, upper) == 10 * TIMES.per_day
    assert pattern.count(upper, lower) == 0
    assert pattern.first(last, upper) == last
    assert pattern.last(lower, last + TICK) == last
    assert pattern.first(last + TICK, upper) is None


@pytest.mark.parametrize("rule", [months.every(day) for day in Weekday])
def test_every_weekday_comes_four_or_five_times_a_month(rule: months.Rule) -> None:
    assert {mask.bit_count() for mask in months.masks_of(rule)} == {4, 5}


def test_the_last_of_a_weekday_is_the_fourth_or_the_fifth() -> None:
    for weekday in Weekday:
        last = months.masks_of(months.last(weekday))
        fourth = months.masks_of(months.nth(weekday, 4))
        fifth = months.masks_of(months.nth(weekday, 5))
        assert last == tuple(late or early for late, early in zip(fifth, fourth, strict=True))
