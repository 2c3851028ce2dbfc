"""Clock changes of all kinds: an hour, half an hour, at midnight, and a whole day."""

from dataclasses import replace

import pytest

from tests.schedules.plans import (
    APIA,
    CAIRO,
    LORD_HOWE,
    MADRID,
    NEW_YORK,
    SANTIAGO,
    clocks,
    cron,
    plan,
    utc,
    wall,
    wall_times,
)
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    Plan,
    Weekday,
    count_fires,
    first_fire,
    latest_fire,
    next_fire,
)


def daily(start: str, zone: str) -> Plan:
    return plan(Frequency.DAILY, start, timezone=zone)


@pytest.mark.parametrize(
    ("zone", "start", "after", "expected"),
    [
        (
            MADRID,
            "2026-03-28T02:30",
            "2026-03-28T00:00",
            ["28 02:30+0100", "29 03:00+0200", "30 02:30+0200"],
        ),
        (
            NEW_YORK,
            "2026-03-07T02:15",
            "2026-03-07T00:00",
            ["07 02:15-0500", "08 03:00-0400", "09 02:15-0400"],
        ),
        (
            LORD_HOWE,
            "2026-10-03T02:15",
            "2026-10-02T12:00",
            ["03 02:15+1030", "04 02:30+1100", "05 02:15+1100"],
        ),
        (
            CAIRO,
            "2026-04-23T00:30",
            "2026-04-22T12:00",
            ["23 00:30+0200", "24 01:00+0300", "25 00:30+0300"],
        ),
        (
            SANTIAGO,
            "2026-09-05T00:00",
            "2026-09-05T00:00",
            ["05 00:00-0400", "06 01:00-0300", "07 00:00-0300"],
        ),
        (
            APIA,
            "2011-12-29T12:00",
            "2011-12-29T12:00",
            ["29 12:00-1000", "31 00:00+1400", "31 12:00+1400"],
        ),
    ],
)
def test_a_time_that_does_not_exist_runs_once_at_the_first_instant_after_the_gap(
    zone: str, start: str, after: str, expected: list[str]
) -> None:
    assert clocks(daily(start, zone), after, 3) == expected


@pytest.mark.parametrize(
    ("zone", "start", "after", "expected"),
    [
        (
            MADRID,
            "2026-10-24T02:30",
            "2026-10-24T00:00",
            ["24 02:30+0200", "25 02:30+0200", "26 02:30+0100"],
        ),
        (
            NEW_YORK,
            "2026-10-31T01:30",
            "2026-10-31T00:00",
            ["31 01:30-0400", "01 01:30-0400", "02 01:30-0500"],
        ),
        (
            LORD_HOWE,
            "2026-04-04T01:45",
            "2026-04-03T12:00",
            ["04 01:45+1100", "05 01:45+1100", "06 01:45+1030"],
        ),
        (
            SANTIAGO,
            "2026-04-03T23:30",
            "2026-04-03T12:00",
            ["03 23:30-0300", "04 23:30-0300", "05 23:30-0400"],
        ),
    ],
)
def test_a_time_that_happens_twice_runs_the_first_time(
    zone: str, start: str, after: str, expected: list[str]
) -> None:
    assert clocks(daily(start, zone), after, 3) == expected


def test_several_times_in_one_gap_collapse_into_one_run() -> None:
    times = cron("0,15,30,45 2,3 * * *", timezone=MADRID)
    assert clocks(times, "2026-03-28T23:00", 4) == [
        "29 03:00+0200",
        "29 03:15+0200",
        "29 03:30+0200",
        "29 03:45+0200",
    ]
    assert count_fires(times, utc("2026-03-28T23:00"), utc("2026-03-29T23:00")) == 4


def test_a_starred_minute_or_hour_follows_elapsed_time() -> None:
    every_half_hour = cron("*/30 * * * *", timezone=MADRID)
    assert clocks(every_half_hour, "2026-10-25T00:15", 4) == [
        "25 02:30+0200",
        "25 02:00+0100",
        "25 02:30+0100",
        "25 03:00+0100",
    ]
    assert clocks(every_half_hour, "2026-03-29T00:15", 2) == ["29 01:30+0100", "29 03:00+0200"]


def test_a_starred_minute_in_a_missing_hour_does_not_run_that_day() -> None:
    assert clocks(cron("*/30 2 * * *", timezone=MADRID), "2026-03-28T12:00", 2) == [
        "30 02:00+0200",
        "30 02:30+0200",
    ]


def test_seconds_in_a_fixed_minute_are_still_a_fixed_time() -> None:
    times = cron("* 30 2 * * ?", timezone=MADRID)
    assert count_fires(times, utc("2026-03-29T00:00"), utc("2026-03-29T12:00")) == 1
    assert count_fires(times, utc("2026-10-25T00:00"), utc("2026-10-25T12:00")) == 60


@pytest.mark.parametrize("after", ["2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:29:59"])
def test_nothing_fixed_runs_in_the_second_pass(after: str) -> None:
    assert clocks(daily("2026-10-20T02:30", MADRID), after, 1) == ["26 02:30+0100"]


def test_the_instant_after_a_gap_is_strictly_after_itself() -> None:
    missing = daily("2026-03-28T02:30", MADRID)
    end_of_gap = utc("2026-03-29T01:00")
    assert next_fire(missing, utc("2026-03-29T00:59:59.999999")) == end_of_gap
    assert next_fire(missing, end_of_gap) == utc("2026-03-30T00:30")
    assert latest_fire(missing, end_of_gap) == end_of_gap
    assert latest_fire(missing, utc("2026-03-29T00:59:59")) == utc("2026-03-28T01:30")


def test_a_day_that_was_skipped_does_not_exist_for_a_weekly_plan_but_runs_late() -> None:
    friday = plan(
        Frequency.WEEKLY, "2011-12-23T09:00", days=frozenset({Weekday.FRI}), timezone=APIA
    )
    assert wall_times(friday, "2011-12-29T00:00", 2) == [
        "2011-12-31 00:00:00+1400",
        "2012-01-06 09:00:00+1400",
    ]


def test_a_start_in_the_second_pass_is_the_first_fire() -> None:
    second_pass = wall("2026-10-25T02:30", fold=1)
    start = utc("2026-10-25T01:30")
    every_day = replace(daily("2026-10-25T02:30", MADRID), start=second_pass)
    weekends = replace(every_day, daily_option=DailyOption.WEEKENDS)
    for both in (every_day, weekends):
        assert first_fire(both, utc("2026-10-24T00:00")) == start
        assert next_fire(both, start) is not None
        assert latest_fire(both, utc("2026-10-25T12:00")) == start
        assert count_fires(both, utc("2026-10-24T00:00"), utc("2026-10-25T12:00")) == 1
        assert latest_fire(both, utc("2026-10-25T01:00")) is None
    assert clocks(every_day, "2026-10-25T01:30", 1) == ["26 02:30+0100"]
    assert clocks(weekends, "2026-10-25T01:30", 1) == ["31 02:30+0100"]
    assert latest_fire(every_day, utc("2026-10-27T00:00")) == utc("2026-10-26T01:30")


def test_two_plans_that_differ_in_a_fold_only_are_not_confused() -> None:
    first_pass = daily("2026-10-25T02:30", MADRID)
    second_pass = replace(first_pass, start=wall("2026-10-25T02:30", fold=1))
    assert first_fire(first_pass, utc("2026-10-01T00:00")) == utc("2026-10-25T00:30")
    assert first_fire(second_pass, utc("2026-10-01T00:00")) == utc("2026-10-25T01:30")


def test_finish_in_a_gap_still_includes_the_late_run() -> None:
    until_gap = plan(
        Frequency.DAILY, "2026-03-27T02:30", finish="2026-03-29T02:45", timezone=MADRID
    )
    assert clocks(until_gap, "2026-03-27T12:00", 5) == ["28 02:30+0100", "29 03:00+0200"]


def test_a_plan_keeps_its_wall_time_through_the_year() -> None:
    morning = daily("2026-01-01T09:00", NEW_YORK)
    assert next_fire(morning, utc("2026-01-15T00:00")) == utc("2026-01-15T14:00")
    assert next_fire(morning, utc("2026-07-15T00:00")) == utc("2026-07-15T13:00")


def test_counting_since_2001_agrees_with_the_number_of_days() -> None:
    at_half_past_two = cron("30 2 * * *", timezone=MADRID)
    assert count_fires(at_half_past_two, utc("2001-01-01T00:00"), utc("2026-01-01T00:00")) == 9131
