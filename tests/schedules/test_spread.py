"""A plan whose fires come later by what was drawn: always by as much, and in elapsed time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.schedules.plans import MADRID, cron, plan, utc
from tui_scheduler.schedules import (
    Frequency,
    Plan,
    Timing,
    Weekday,
    brief,
    count_fires,
    fires,
    first_fire,
    latest_fire,
    problems,
    summary,
    warnings,
)

NOW = utc("2026-03-27T12:00:30")
BY = timedelta(minutes=20, seconds=7)
HALF_AN_HOUR = timedelta(minutes=30)


def spread(plan: Plan, by: timedelta | None = BY, over: timedelta = HALF_AN_HOUR) -> Plan:
    return replace(plan, spread=over, spread_by=by)


def daily(start: str, **fields: object) -> Plan:
    return spread(plan(Frequency.DAILY, start, **fields))


def times(moments: list[datetime]) -> list[str]:
    return [f"{moment:%d %H:%M:%S}" for moment in moments]


def test_each_fire_comes_later_by_as_much() -> None:
    assert times(fires(daily("2026-03-01T02:00"), NOW, 3)) == [
        "28 02:20:07",
        "29 02:20:07",
        "30 02:20:07",
    ]


def test_questions_about_a_time_are_about_when_it_comes() -> None:
    at_two = daily("2026-03-01T02:00")
    assert latest_fire(at_two, utc("2026-03-28T02:20")) == utc("2026-03-27T02:20:07")
    assert latest_fire(at_two, utc("2026-03-28T02:20:07")) == utc("2026-03-28T02:20:07")
    assert count_fires(at_two, utc("2026-03-27T02:20:07"), utc("2026-03-29T02:20:07")) == 2


def test_scheduled_between_the_two_it_fires_in_a_moment() -> None:
    assert first_fire(daily("2026-03-01T12:00"), NOW) == utc("2026-03-27T12:20:07")


def test_without_a_start_it_counts_from_the_scheduling() -> None:
    hourly = spread(plan(Frequency.HOURLY))
    assert first_fire(hourly, NOW) == NOW + BY


def test_once_comes_later_as_well() -> None:
    once = Plan(
        timing=Timing.LATER, timezone="UTC", start=datetime.fromisoformat("2026-03-28T09:00")
    )
    assert first_fire(spread(once), NOW) == utc("2026-03-28T09:20:07")
    assert first_fire(spread(replace(once, start=None)), NOW) == NOW + BY
    immediately = spread(Plan(timing=Timing.IMMEDIATE, timezone="UTC"))
    assert first_fire(immediately, NOW) == NOW


def test_the_finish_is_that_of_what_was_planned() -> None:
    """Whatever was drawn, there are as many runs; the last may come after the finish."""
    until = daily("2026-03-28T02:00", finish="2026-03-29T02:00")
    assert times(fires(until, NOW, 9)) == ["28 02:20:07", "29 02:20:07"]


def test_what_the_clock_does_meanwhile_is_no_matter() -> None:
    """02:00 comes at 03:00 on that night, and 01:50 a while before the gap."""
    assert fires(replace(daily("2026-03-29T02:00"), timezone=MADRID), NOW, 1) == [
        utc("2026-03-29T01:20:07")
    ]
    assert fires(replace(daily("2026-03-29T01:50"), timezone=MADRID), NOW, 1) == [
        utc("2026-03-29T01:10:07")
    ]


def test_the_last_days_of_the_calendar_have_room_for_it() -> None:
    last = spread(cron("0 0 24 12 *"), timedelta(days=20), timedelta(days=28))
    assert fires(last, utc("9998-01-01T00:00"), 9) == [
        utc("9998-01-13T00:00"),
        utc("9999-01-13T00:00"),
    ]
    assert latest_fire(last, utc("0001-01-03T00:00")) is None


@pytest.mark.parametrize(
    ("over", "message"),
    [
        (timedelta(), "0s is out of range; use 1s to 28d in whole seconds, or none"),
        (timedelta(seconds=1.5), "1.5s is out of range; use 1s to 28d in whole"),
        (timedelta(days=29), "29d is out of range; use 1s to 28d"),
    ],
)
def test_a_spread_out_of_range_is_refused(over: timedelta, message: str) -> None:
    [problem] = problems(replace(daily("2026-03-28T02:00"), spread=over), NOW)
    assert (problem.field, problem.text.startswith(message)) == ("spread", True)


@pytest.mark.parametrize(
    ("wide", "most"),
    [
        (plan(Frequency.MINUTELY, interval=5), "5m"),
        (daily("2026-03-28T02:00"), "1d"),
        (
            plan(
                Frequency.WEEKLY,
                "2026-03-28T02:00",
                days=frozenset({Weekday.MON, Weekday.THU}),
            ),
            "3d",
        ),
        (cron("0 9,17 * * *"), "8h"),
        (cron("0 0 13 * 5"), "1d"),
    ],
)
def test_a_spread_is_not_longer_than_the_time_between_two_runs(wide: Plan, most: str) -> None:
    longer = replace(wide, spread=timedelta(days=4))
    [problem] = problems(longer, NOW)
    assert str(problem) == f"spread: runs come {most} apart at times; use at most {most}"


def test_as_long_as_the_time_between_two_runs_is_not_too_long() -> None:
    """Also in a night that has an hour less."""
    at_two = replace(daily("2026-03-28T02:00"), timezone=MADRID)
    assert problems(replace(at_two, spread=timedelta(days=1)), NOW) == ()


def test_what_was_not_drawn_yet_is_told() -> None:
    [warning] = warnings(replace(daily("2026-03-28T12:00"), spread_by=None), NOW)
    assert warning == (
        "each run comes up to 30 min later than is shown, always by as much: that is drawn when the"
        " request is saved"
    )
    assert warnings(daily("2026-03-28T12:00"), NOW) == ()


def test_a_clock_change_is_told_of_what_was_planned() -> None:
    [warning] = warnings(
        replace(daily("2026-03-28T02:30", finish="2026-04-02T00:00"), timezone=MADRID), NOW
    )
    assert warning == "02:30 does not exist on 29 March: runs at 03:00; the spread comes on top"


def test_it_is_said_behind_the_times() -> None:
    until = daily("2026-03-28T02:00", finish="2026-04-02T00:00", repetitions=3)
    assert summary(until) == (
        "Every day at 02:00 spread over 30 minutes, until Thursday 2 April 2026 at 00:00, 3 times"
    )
    assert brief(until) == "Every day 02:00 spread 30m, until Thu 2 Apr 2026 00:00, 3 times"


def test_plans_that_say_the_same_are_equal() -> None:
    assert daily("2026-03-28T02:00") == replace(daily("2026-03-28T02:00"), spread_by=None)
